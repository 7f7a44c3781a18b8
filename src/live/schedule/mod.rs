//! The scheduler sends what no commit causes: rosters, typists, presence, unread counts for people in other rooms, and
//! heartbeats. One task does so for all rooms and people, and sleeps until the next job is due.

pub(crate) mod delays;
pub(crate) mod timers;

use tokio::task::yield_now;
use tokio::time::Instant;

use crate::clock::now;
use crate::domain::limits::DIRECT_ROOM_PEOPLE_MAX;
use crate::domain::{Event, RoomId, Seq, UnreadChange, UserId, Visibility};
use crate::live::hub::ephemeral::EphemeralKind;
use crate::live::presence::inbox::Update;
use crate::live::presence::unread_subscriptions::RoomActivity;
use crate::live::schedule::delays::HEARTBEAT_INTERVAL;
use crate::live::schedule::timers::{Job, Timers};
use crate::live::{Hubs, stream_events};
use crate::store::{Snapshot, Store, StoreError};

/// How many changes of a room are searched for mentions each time that unread counts are sent.
const MENTION_SCAN_CHANGES: usize = 64;

impl Hubs {
    /// Runs the jobs that are due, and reads in `store` who is concerned. Runs until it is dropped.
    pub async fn run_scheduler(&self, store: &Store) {
        // Side by side: a client that gets no heartbeat for too long reconnects, so heartbeats must not wait for the other
        // jobs of thousands of people.
        tokio::join!(self.run_jobs(self.timers(), store), self.run_jobs(self.heartbeats(), store));
    }

    async fn run_jobs(&self, timers: &Timers, store: &Store) {
        loop {
            for job in timers.wait_for_due().await {
                if let Err(error) = self.run_job(job, store) {
                    self.metrics().internal_errors.inc();
                    tracing::error!(%error, ?job, "failed to run a scheduled job");
                }
                yield_now().await;
            }
        }
    }

    fn run_job(&self, job: Job, store: &Store) -> Result<(), StoreError> {
        match job {
            Job::Heartbeat(room) => self.send_heartbeat(room),
            Job::Roster(room) => self.publish_roster(room),
            Job::Typing(room) => self.publish_typing(room),
            Job::AwayTimeout(user) => self.expire_presence(user, false),
            Job::Inbox(user) => self.deliver_inbox(user),
            Job::Presence(user) => return self.queue_presence(store, user),
            Job::Renamed(user) => return self.queue_rename(store, user),
            Job::Unread => return self.queue_unread(store),
        }
        Ok(())
    }

    fn send_heartbeat(&self, room: RoomId) {
        if let Some(hub) = self.find_hub(room) {
            hub.set_ephemeral(EphemeralKind::Heartbeat, stream_events::encode_ping());
            self.wake_hub(&hub);
            self.heartbeats().schedule(Job::Heartbeat(room), Instant::now() + HEARTBEAT_INTERVAL);
        }
    }

    fn publish_roster(&self, room: RoomId) {
        if let Some(hub) = self.find_hub(room) {
            hub.set_ephemeral(EphemeralKind::Roster, stream_events::encode_roster(&hub.summarize_roster()));
            self.wake_hub(&hub);
        }
    }

    fn publish_typing(&self, room: RoomId) {
        let Some(hub) = self.find_hub(room) else { return };
        let (is_change, next) = hub.refresh_typing(Instant::now());
        if let Some(next) = next {
            self.timers().schedule(Job::Typing(room), next);
        }
        if is_change {
            self.wake_hub(&hub);
        }
    }

    /// Tells everyone who shares a direct room with a person whether that person is online.
    fn queue_presence(&self, store: &Store, user: UserId) -> Result<(), StoreError> {
        for (_, other) in store.snapshot()?.direct_partners(user)? {
            self.queue_update(other.id, Update::Presence(user));
        }
        Ok(())
    }

    /// Updates the direct rooms of a person with a new name: their titles are made of the names of their people, and they are
    /// in the sidebars of all of them.
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

    /// Schedules updates of unread counts after the change `since`.
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

    /// Updates the unread counts of the rooms that people in other rooms subscribe to. A person who listens to the room itself
    /// sees what is new there; but a direct room also moves up in the sidebar beside it.
    fn queue_unread(&self, store: &Store) -> Result<(), StoreError> {
        let active = self.unread_subscriptions().drain_active(Instant::now());
        let snapshot = store.snapshot()?;
        for RoomActivity { room, since, mut subscribers } in active {
            let is_direct = snapshot.room_by_id(room)?.is_some_and(|room| room.visibility == Visibility::Direct);
            let recipients =
                if is_direct { direct_members(&snapshot, room)? } else { mentioned_people(&snapshot, room, since)? };
            for user in recipients {
                self.unread_subscriptions().add_room(user, room);
                subscribers.push(user);
            }
            let hub = self.find_hub(room);
            for user in subscribers {
                if is_direct || self.presence().is_elsewhere(user, hub.as_ref()) {
                    self.queue_update(user, Update::Unread(room));
                }
            }
        }
        Ok(())
    }

    /// Queues an update for one person alone.
    pub(crate) fn queue_update(&self, user: UserId, update: Update) {
        if let Some(at) = self.presence().queue_update(user, update, Instant::now()) {
            self.timers().schedule(Job::Inbox(user), at);
        }
    }
}

/// The people of a direct room. All of them get its updates, also if it was opened after their page.
fn direct_members(snapshot: &Snapshot, room: RoomId) -> Result<Vec<UserId>, StoreError> {
    Ok(snapshot.members(room, DIRECT_ROOM_PEOPLE_MAX)?.into_iter().map(|person| person.id).collect())
}

/// The people who are mentioned in a room from the change `since` on. They get its updates whether they subscribe to it or
/// not. Only the first changes are searched.
fn mentioned_people(snapshot: &Snapshot, room: RoomId, since: Seq) -> Result<Vec<UserId>, StoreError> {
    let mut people = Vec::new();
    for change in snapshot.changes_after(room, Seq(since.0 - 1), MENTION_SCAN_CHANGES)? {
        if let Event::MessagePosted { message, .. } | Event::MessageEdited { message, .. } = change.event
            && let Some(message) = snapshot.message(room, message)?
        {
            people.extend_from_slice(&message.details.extras.mentions);
        }
    }
    Ok(people)
}
