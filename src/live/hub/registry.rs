//! The hubs of all rooms that somebody listens to. A hub comes with its first listener and goes with its last.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use crate::domain::{AccessChange, Author, Person, RoomId, Seq, UserId};
use crate::live::Frame;
use crate::live::hub::Hub;
use crate::live::hub::replay_buffer::ReplayLimits;
use crate::live::hub::waiters::{COALESCE_DELAY, Slot, wake_in_parallel};
use crate::live::listener::access_log::{AccessLog, Relevance};
use crate::live::presence::Presence;
use crate::live::presence::inbox::Inbox;
use crate::live::presence::unread_subscriptions::UnreadSubscriptions;
use crate::live::schedule::timers::{Job, Timers};
use crate::live::schedule::{HEARTBEAT_INTERVAL, roster_delay};
use crate::metrics::{GaugeGuard, Metrics};
use crate::views::PresenceList;

/// All hubs.
pub struct Hubs {
    replay_limits: ReplayLimits,
    metrics: Arc<Metrics>,
    /// Where the bells are rung: telling thousands takes longer than a commit, and the writer has better things to do.
    runtime: Handle,
    rooms: Mutex<HashMap<RoomId, Arc<Hub>>>,
    presence: Presence,
    unread_subscriptions: UnreadSubscriptions,
    timers: Timers,
    heartbeats: Timers,
    closing: AtomicBool,
    access_log: AccessLog,
}

impl Hubs {
    /// None yet. Each will keep a tail of this size. Their bells are rung on this runtime.
    pub fn new(replay_limits: ReplayLimits, runtime: Handle, metrics: Arc<Metrics>) -> Self {
        Self {
            replay_limits,
            metrics,
            runtime,
            rooms: Mutex::default(),
            presence: Presence::default(),
            unread_subscriptions: UnreadSubscriptions::default(),
            timers: Timers::default(),
            heartbeats: Timers::default(),
            closing: AtomicBool::new(false),
            access_log: AccessLog::default(),
        }
    }

    fn lock_rooms(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Hub>>> {
        self.rooms.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn find_hub(&self, room: RoomId) -> Option<Arc<Hub>> {
        self.lock_rooms().get(&room).cloned()
    }

    /// Whether somebody listens to any room.
    pub fn has_any_listener(&self) -> bool {
        !self.lock_rooms().is_empty()
    }

    /// Whether somebody listens to this room.
    pub fn has_listener(&self, room: RoomId) -> bool {
        self.find_hub(room).is_some()
    }

    /// How many listen to this room.
    pub fn listener_count(&self, room: RoomId) -> usize {
        self.find_hub(room).map_or(0, |hub| hub.listener_count())
    }

    /// Whether somebody listens with this name anywhere, or did until a moment ago.
    pub fn is_online(&self, user: UserId) -> bool {
        self.presence.is_online(user)
    }

    /// Somebody is typing in a room. Its listeners are told so, for some seconds, if that is news to them.
    pub fn start_typing(&self, room: RoomId, author: &Author) {
        let at = self.find_hub(room).and_then(|hub| hub.start_typing(author, Instant::now()));
        if let Some(at) = at {
            self.timers.schedule(Job::Typing(room), at);
        }
    }

    /// Who is in this room.
    pub fn summarize_roster(&self, room: RoomId) -> PresenceList {
        self.find_hub(room).map_or_else(PresenceList::default, |hub| hub.summarize_roster())
    }

    /// Tells the listeners of a room what became durable at this instant.
    pub fn publish(&self, room: RoomId, frame: Frame, durable_at: std::time::Instant) {
        if let Some(hub) = self.find_hub(room) {
            hub.push_frame(frame, self.replay_limits, durable_at);
            self.wake_hub(&hub);
        }
    }

    /// Sends the listeners of a room to the feed, when this change could not be made a frame.
    pub fn discard_replay(&self, room: RoomId, unpublished: Seq) {
        if let Some(hub) = self.find_hub(room) {
            hub.discard_replay(unpublished);
            self.wake_hub(&hub);
        }
    }

    /// Sends all listeners to the feed, when it could not be read in which rooms this change is heard.
    pub fn discard_all_replays(&self, unpublished: Seq) {
        let hubs: Vec<Arc<Hub>> = self.lock_rooms().values().cloned().collect();
        for hub in hubs {
            hub.discard_replay(unpublished);
            self.wake_hub(&hub);
        }
    }

    /// Somebody is called otherwise: whoever has them in a list beside the page is told.
    pub fn schedule_rename(&self, user: UserId) {
        self.timers.schedule(Job::Renamed(user), Instant::now());
    }

    /// Which judgement of rights is the newest. Take it before rights are judged, and give it to the listener.
    pub fn access_version(&self) -> u64 {
        self.access_log.version()
    }

    /// Has the rights of some listeners judged again, before anything is told that comes after this.
    pub fn invalidate_access(&self, change: AccessChange) {
        self.access_log.record(change);
        if let AccessChange::Person(user) = change {
            self.expire_presence(user, true);
        }
        let hubs: Vec<Arc<Hub>> = match change {
            AccessChange::Room(room) => self.find_hub(room).into_iter().collect(),
            AccessChange::Person(user) => {
                self.lock_rooms().values().filter(|hub| hub.has_person(user)).cloned().collect()
            }
            AccessChange::Everyone => self.lock_rooms().values().cloned().collect(),
        };
        for hub in hubs {
            self.wake_hub(&hub);
        }
    }

    /// Counts what the hubs have told since they were asked last.
    pub fn count_deliveries(&self) {
        let hubs: Vec<Arc<Hub>> = self.lock_rooms().values().cloned().collect();
        for hub in hubs {
            self.metrics.delivered_from_replay.inc_by(hub.take_delivered());
        }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(crate) fn timers(&self) -> &Timers {
        &self.timers
    }

    pub(crate) fn heartbeats(&self) -> &Timers {
        &self.heartbeats
    }

    pub(crate) fn presence(&self) -> &Presence {
        &self.presence
    }

    pub(crate) fn unread_subscriptions(&self) -> &UnreadSubscriptions {
        &self.unread_subscriptions
    }

    /// Has the bells of a room rung.
    pub(crate) fn wake_hub(&self, hub: &Arc<Hub>) {
        if !hub.notify() {
            return;
        }
        let (hub, meters) = (Arc::clone(hub), Arc::clone(&self.metrics));
        self.runtime.spawn(async move {
            loop {
                if hub.should_coalesce() {
                    sleep(COALESCE_DELAY).await;
                }
                let Some(bells) = hub.take_pending() else { return };
                for durable in bells.wake_all().await {
                    meters.fan_out_seconds.observe(durable.elapsed().as_secs_f64());
                }
            }
        });
    }

    /// Puts what is new to somebody on their board, and rings their bells.
    pub(crate) fn deliver_inbox(&self, user: UserId) {
        self.runtime.spawn(wake_in_parallel(self.presence.flush_to_inbox(user, Instant::now())));
    }

    /// Ends all streams, present and to come.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        let hubs: Vec<Arc<Hub>> = self.lock_rooms().values().cloned().collect();
        for hub in hubs {
            self.wake_hub(&hub);
        }
    }

    /// Whether all streams are to end.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Takes a seat in a room for `who`, if they have a name, whose rights were judged after so many changes. The second that
    /// is returned is the number of the last note that is of no interest any more.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        room: RoomId,
        person: Option<&Person>,
        access_version: u64,
    ) -> (Subscription, u64) {
        let mut rooms = self.lock_rooms();
        let hub = Arc::clone(rooms.entry(room).or_default());
        let (slot, note) = hub.add_listener(person);
        drop(rooms);
        self.heartbeats.schedule(Job::Heartbeat(room), Instant::now() + HEARTBEAT_INTERVAL);
        self.schedule_roster(room, &hub);
        let board = person.map(|Person { author, presence_hidden: hidden, .. }| {
            let (board, is_news) = self.presence.add_stream(author.id, *hidden, (Arc::clone(&hub), slot));
            if is_news {
                self.timers.schedule(Job::Presence(author.id), Instant::now());
            }
            board
        });
        let who = person.map(|person| person.author.clone());
        let occupant = Box::new(SubscriptionDetails { room, author: who, _gauge: self.metrics.track_stream() });
        (Subscription { hubs: Arc::clone(self), hub, slot, inbox: board, access_version, details: occupant }, note)
    }

    fn schedule_roster(&self, room: RoomId, hub: &Hub) {
        self.timers.schedule(Job::Roster(room), Instant::now() + roster_delay(hub.listener_count()));
    }
}

/// A seat in a room, given up when dropped.
pub(crate) struct Subscription {
    hubs: Arc<Hubs>,
    pub hub: Arc<Hub>,
    pub slot: Slot,
    /// What is new to whoever sits here, if they have a name.
    pub inbox: Option<Arc<Inbox>>,
    /// After how many changes of rights it was found that they may sit here.
    pub access_version: u64,
    details: Box<SubscriptionDetails>,
}

/// Who sits in a seat, and where.
struct SubscriptionDetails {
    room: RoomId,
    /// Who it is, if they have a name.
    author: Option<Author>,
    _gauge: GaugeGuard,
}

impl Subscription {
    pub fn hubs(&self) -> &Hubs {
        &self.hubs
    }

    pub fn room(&self) -> RoomId {
        self.details.room
    }

    /// Who sits here, if they have a name.
    pub fn user(&self) -> Option<UserId> {
        self.details.author.as_ref().map(|who| who.id)
    }

    /// From now on whoever sits here has this name, and others may know that they are here, or may not.
    pub fn update_person(&mut self, person: &Person) {
        let Some(who) = &mut self.details.author else { return };
        self.hub.update_person(who, person);
        *who = person.author.clone();
        self.hubs.schedule_roster(self.room(), &self.hub);
        if self.hubs.presence.set_hidden(person.author.id, person.presence_hidden) {
            self.hubs.timers.schedule(Job::Presence(person.author.id), Instant::now());
        }
    }

    /// What changes of rights since it was judged mean to whoever sits here.
    pub fn access_relevance(&self) -> Relevance {
        self.hubs.access_log.relevance_since(self.access_version, || (self.user(), self.room()))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // Under the lock of the map, so that nobody sits down in a hub that is just taken out of it.
        let mut rooms = self.hubs.lock_rooms();
        self.hub.remove_listener(self.slot, self.details.author.as_ref());
        if self.hub.listener_count() == 0 {
            self.hubs.metrics.delivered_from_replay.inc_by(self.hub.take_delivered());
            rooms.remove(&self.room());
        }
        drop(rooms);
        self.hubs.schedule_roster(self.room(), &self.hub);
        if let Some(user) = self.user() {
            // Whoever goes because of what has happened to their rights is not waited for.
            let put_out = matches!(self.access_relevance(), Relevance::Relevant(_));
            let seat = (&self.hub, self.slot);
            self.hubs.handle_departure(user, self.hubs.presence.remove_stream(user, seat, put_out, Instant::now()));
        }
    }
}
