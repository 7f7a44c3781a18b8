//! Tells what no commit brings about: who is here, who is typing, who has come and who is gone; to whoever is elsewhere, that
//! there is more to read; and to all, from time to time, that they are still told. One task does so for all rooms and people, and sleeps until the next errand is due.

pub(crate) mod timers;

use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::Instant;

use crate::domain::limits::DIRECT_ROOM_PEOPLE_MAX;
use crate::domain::{Event, RoomId, Seq, UnreadChange, UserId, Visibility};
use crate::live::hub::ephemeral::EphemeralKind;
use crate::live::presence::Departure;
use crate::live::presence::inbox::Update;
use crate::live::presence::unread_subscriptions::RoomActivity;
use crate::live::schedule::timers::{Job, Timers};
use crate::live::{Hubs, frame};
use crate::store::{Snapshot, Store, StoreError, now};

/// How often those who listen to a room hear that it is there, whatever else they hear.
pub(crate) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How soon a room is told that somebody came or went: soon enough for the eye, late enough that a reload, or many who
/// come at once, make one telling.
const ROSTER_DELAY: Duration = Duration::from_millis(250);
/// So many listeners of a room make it wait once more as long: telling all of them costs, and a crowd changes always.
const ROSTER_LISTENERS_PER_STEP: usize = 500;
/// How many times as long it waits at most.
const ROSTER_SLOWDOWN_MAX: u32 = 60;
/// In how many changes of a room is looked for whom they mention, each time that is told.
const MENTION_SCAN_CHANGES: usize = 64;

/// How long a room of so many listeners waits until it is told that somebody came or went.
pub(crate) fn roster_delay(listeners: usize) -> Duration {
    let crowd = u32::try_from(listeners / ROSTER_LISTENERS_PER_STEP).unwrap_or(u32::MAX);
    ROSTER_DELAY * crowd.saturating_add(1).min(ROSTER_SLOWDOWN_MAX)
}

impl Hubs {
    /// Does what is due, and reads in `store` whom it concerns. Runs until it is dropped.
    pub async fn run_scheduler(&self, store: &Store) {
        // Side by side: whoever hears no beat for too long comes back, so that those must not wait for thousands of others.
        tokio::join!(self.run_jobs(self.timers(), store), self.run_jobs(self.heartbeats(), store));
    }

    async fn run_jobs(&self, timers: &Timers, store: &Store) {
        loop {
            for errand in timers.wait_for_due().await {
                match errand {
                    Job::Heartbeat(room) => self.send_heartbeat(room),
                    Job::Roster(room) => self.publish_roster(room),
                    Job::Typing(room) => self.publish_typing(room),
                    Job::AwayTimeout(user) => self.expire_presence(user, false),
                    Job::Inbox(user) => self.deliver_inbox(user),
                    Job::Presence(user) => self.log_failure(self.queue_presence(store, user)),
                    Job::Renamed(user) => self.log_failure(self.queue_rename(store, user)),
                    Job::Unread => self.log_failure(self.queue_unread(store)),
                }
                yield_now().await;
            }
        }
    }

    fn log_failure(&self, result: Result<(), StoreError>) {
        if let Err(fault) = result {
            self.metrics().internal_errors.inc();
            tracing::error!(%fault, "whom something concerns could not be read");
        }
    }

    fn send_heartbeat(&self, room: RoomId) {
        if let Some(hub) = self.find_hub(room) {
            hub.set_ephemeral(EphemeralKind::Heartbeat, frame::encode_ping());
            self.wake_hub(&hub);
            self.heartbeats().schedule(Job::Heartbeat(room), Instant::now() + HEARTBEAT_INTERVAL);
        }
    }

    fn publish_roster(&self, room: RoomId) {
        if let Some(hub) = self.find_hub(room) {
            hub.set_ephemeral(EphemeralKind::Roster, frame::encode_roster(&hub.summarize_roster()));
            self.wake_hub(&hub);
        }
    }

    fn publish_typing(&self, room: RoomId) {
        let Some(hub) = self.find_hub(room) else { return };
        let (is_news, next) = hub.refresh_typing(Instant::now());
        if let Some(next) = next {
            self.timers().schedule(Job::Typing(room), next);
        }
        if is_news {
            self.wake_hub(&hub);
        }
    }

    /// Sees whether somebody is gone who was away; if they were put out, at once.
    pub(crate) fn expire_presence(&self, user: UserId, kicked: bool) {
        self.handle_departure(user, self.presence().expire(user, kicked, Instant::now()));
    }

    /// Plans what follows when somebody has one stream less.
    pub(crate) fn handle_departure(&self, user: UserId, departure: Departure) {
        match departure {
            Departure::StillOnline => {}
            Departure::Away(until) => self.timers().schedule(Job::AwayTimeout(user), until),
            Departure::Gone => {
                self.unread_subscriptions().unsubscribe(user, || self.presence().is_tracked(user));
                self.timers().schedule(Job::Presence(user), Instant::now());
            }
        }
    }

    fn queue_presence(&self, store: &Store, user: UserId) -> Result<(), StoreError> {
        for (_, other) in store.snapshot()?.direct_partners(user)? {
            self.queue_update(other.id, Update::Presence(user));
        }
        Ok(())
    }

    /// A direct room is called after its people, and stands in the lists of all of them.
    fn queue_rename(&self, store: &Store, user: UserId) -> Result<(), StoreError> {
        let snapshot = store.snapshot()?;
        let Some(person) = snapshot.person_by_id(user)? else { return Ok(()) };
        for room in snapshot.members_only_rooms(&person, now())? {
            if room.visibility == Visibility::Direct {
                for other in snapshot.members(room.id, DIRECT_ROOM_PEOPLE_MAX)? {
                    self.queue_update(other.id, Update::Unread(room.id));
                }
            }
        }
        self.queue_presence(store, user)
    }

    /// There is more to read somewhere, or less, since this change.
    pub fn record_unread_change(&self, change: UnreadChange, since: Seq) {
        match change {
            UnreadChange::AllReaders(room) => {
                if let Some(at) = self.unread_subscriptions().record_activity(room, since, Instant::now()) {
                    self.timers().schedule(Job::Unread, at);
                }
            }
            UnreadChange::Reader(user, room) => {
                self.unread_subscriptions().add_room(user, room);
                self.queue_update(user, Update::Unread(room));
            }
        }
    }

    /// Tells whoever is elsewhere of the rooms that they follow. Whoever looks at a room sees what is new there; but a direct one
    /// moves up in the list beside it too.
    fn queue_unread(&self, store: &Store) -> Result<(), StoreError> {
        let moved = self.unread_subscriptions().drain_active(Instant::now());
        let snapshot = store.snapshot()?;
        for RoomActivity { room, since, subscribers: mut followers } in moved {
            let is_direct = snapshot.room_by_id(room)?.is_some_and(|room| room.visibility == Visibility::Direct);
            for user in find_recipients(&snapshot, (room, is_direct), since)? {
                self.unread_subscriptions().add_room(user, room);
                followers.push(user);
            }
            let hub = self.find_hub(room);
            for user in followers {
                if is_direct || self.presence().is_elsewhere(user, hub.as_ref()) {
                    self.queue_update(user, Update::Unread(room));
                }
            }
        }
        Ok(())
    }

    /// Something is new to one person alone.
    pub(crate) fn queue_update(&self, user: UserId, update: Update) {
        if let Some(at) = self.presence().queue_update(user, update, Instant::now()) {
            self.timers().schedule(Job::Inbox(user), at);
        }
    }
}

/// To whom was spoken in a room, from this change on: they are told whether they follow the room or not. In a direct room
/// that is everybody, also in one that was opened after their page; in others who is mentioned. Of much that is said at once,
/// the first is looked at.
fn find_recipients(
    snapshot: &Snapshot,
    (room, is_direct): (RoomId, bool),
    since: Seq,
) -> Result<Vec<UserId>, StoreError> {
    if is_direct {
        return Ok(snapshot.members(room, DIRECT_ROOM_PEOPLE_MAX)?.into_iter().map(|person| person.id).collect());
    }
    let mut people = Vec::new();
    for done in snapshot.changes_after(room, Seq(since.0 - 1), MENTION_SCAN_CHANGES)? {
        if let Event::MessagePosted { message, .. } | Event::MessageEdited { message, .. } = done.event {
            people.extend(
                snapshot
                    .message(room, message)?
                    .into_iter()
                    .flat_map(|message| message.details.extras.mentions.clone()),
            );
        }
    }
    Ok(people)
}
