//! The hubs of all rooms with a listener. A hub is created for its first listener and removed with its last.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

use crate::domain::{AccessChange, Author, RoomId, Seq, UserId};
use crate::live::Frame;
use crate::live::hub::Hub;
use crate::live::hub::replay_buffer::ReplayLimits;
use crate::live::hub::waiters::{COALESCE_DELAY, wake_in_parallel};
use crate::live::listener::access_log::AccessLog;
use crate::live::presence::unread_subscriptions::UnreadSubscriptions;
use crate::live::presence::{Departure, Presence};
use crate::live::schedule::delays::roster_delay;
use crate::live::schedule::timers::{Job, Timers};
use crate::metrics::Metrics;
use crate::views::PresenceList;

/// All hubs.
pub struct Hubs {
    replay_limits: ReplayLimits,
    metrics: Arc<Metrics>,
    /// Where listeners are woken: waking thousands takes longer than a commit, and must not hold up the writer.
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
    /// No hubs yet. Each will have a replay buffer with these limits. Listeners are woken on this runtime.
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

    pub(super) fn lock_rooms(&self) -> MutexGuard<'_, HashMap<RoomId, Arc<Hub>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all_hubs(&self) -> Vec<Arc<Hub>> {
        self.lock_rooms().values().cloned().collect()
    }

    pub(crate) fn find_hub(&self, room: RoomId) -> Option<Arc<Hub>> {
        self.lock_rooms().get(&room).cloned()
    }

    /// Whether any room has a listener.
    pub fn has_any_listener(&self) -> bool {
        !self.lock_rooms().is_empty()
    }

    /// Whether this room has a listener.
    pub fn has_listener(&self, room: RoomId) -> bool {
        self.find_hub(room).is_some()
    }

    /// The number of listeners of this room.
    pub fn listener_count(&self, room: RoomId) -> usize {
        self.find_hub(room).map_or(0, |hub| hub.listener_count())
    }

    /// Whether a person has a stream in any room, or had one until a moment ago.
    pub fn is_online(&self, user: UserId) -> bool {
        self.presence.is_online(user)
    }

    /// Shows a person as typing to the listeners of a room, for some seconds.
    pub fn start_typing(&self, room: RoomId, author: &Author) {
        let at = self.find_hub(room).and_then(|hub| hub.start_typing(author, Instant::now()));
        if let Some(at) = at {
            self.timers.schedule(Job::Typing(room), at);
        }
    }

    /// The people who listen to this room.
    pub fn summarize_roster(&self, room: RoomId) -> PresenceList {
        self.find_hub(room).map_or_else(PresenceList::default, |hub| hub.summarize_roster())
    }

    /// Delivers a frame to the listeners of a room. It became durable at this instant.
    pub fn publish(&self, room: RoomId, frame: Frame, durable_at: std::time::Instant) {
        if let Some(hub) = self.find_hub(room) {
            hub.push_frame(frame, self.replay_limits, durable_at);
            self.wake_hub(&hub);
        }
    }

    /// Makes the listeners of a room read the feed, when this change could not be made a frame.
    pub fn discard_replay(&self, room: RoomId, unpublished: Seq) {
        if let Some(hub) = self.find_hub(room) {
            hub.discard_replay(unpublished);
            self.wake_hub(&hub);
        }
    }

    /// Makes all listeners read the feed, when the rooms that this change concerns could not be read.
    pub fn discard_all_replays(&self, unpublished: Seq) {
        for hub in self.all_hubs() {
            hub.discard_replay(unpublished);
            self.wake_hub(&hub);
        }
    }

    /// Updates the sidebars that show a person who has a new name.
    pub fn schedule_rename(&self, user: UserId) {
        self.timers.schedule(Job::Renamed(user), Instant::now());
    }

    /// The current version of access. Read it before access is evaluated, and pass it to the listener.
    pub fn access_version(&self) -> u64 {
        self.access_log.version()
    }

    /// Makes the listeners concerned evaluate their access again, before they deliver anything that comes after this.
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
            AccessChange::Everyone => self.all_hubs(),
        };
        for hub in hubs {
            self.wake_hub(&hub);
        }
    }

    /// Adds the deliveries of all hubs since the last call to the metrics.
    pub fn count_deliveries(&self) {
        for hub in self.all_hubs() {
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

    pub(super) fn access_log(&self) -> &AccessLog {
        &self.access_log
    }

    /// Wakes the listeners of a room that are not up to date.
    pub(crate) fn wake_hub(&self, hub: &Arc<Hub>) {
        if !hub.notify() {
            return;
        }
        let (hub, metrics) = (Arc::clone(hub), Arc::clone(&self.metrics));
        self.runtime.spawn(async move {
            loop {
                if hub.should_coalesce() {
                    sleep(COALESCE_DELAY).await;
                }
                let Some(pending) = hub.take_pending() else { return };
                for durable_at in pending.wake_all().await {
                    metrics.fan_out_seconds.observe(durable_at.elapsed().as_secs_f64());
                }
            }
        });
    }

    /// Moves the queued updates of a person to their inbox, and wakes their streams.
    pub(crate) fn deliver_inbox(&self, user: UserId) {
        self.runtime.spawn(wake_in_parallel(self.presence.flush_to_inbox(user, Instant::now())));
    }

    /// Takes a person offline who has been away for long enough; at once, if they were kicked.
    pub(crate) fn expire_presence(&self, user: UserId, kicked: bool) {
        self.handle_departure(user, self.presence.expire(user, kicked, Instant::now()));
    }

    /// Schedules what follows when a person has lost a stream.
    pub(crate) fn handle_departure(&self, user: UserId, departure: Departure) {
        match departure {
            Departure::StillOnline => {}
            Departure::Away(until) => self.timers.schedule(Job::AwayTimeout(user), until),
            Departure::Gone => {
                self.unread_subscriptions.unsubscribe(user, || self.presence.is_tracked(user));
                self.timers.schedule(Job::Presence(user), Instant::now());
            }
        }
    }

    pub(super) fn schedule_roster(&self, room: RoomId, hub: &Hub) {
        self.timers.schedule(Job::Roster(room), Instant::now() + roster_delay(hub.listener_count()));
    }

    /// Ends all streams, present and future.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
        for hub in self.all_hubs() {
            self.wake_hub(&hub);
        }
    }

    /// Whether all streams are ending.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}
