//! The teller: makes frames of what has become durable, in order, for the rooms where somebody listens. It reads the
//! store and changes nothing. A listener that comes between a commit and its telling finds the change in the feed.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::domain::{Applied, Event, RoomId, UserId};
use crate::live::{self, Hubs};
use crate::metrics::Metrics;
use crate::store::{Snapshot, Store, StoreError};

/// What one commit has made durable.
pub(crate) struct Committed {
    /// The changes that somebody may hear, in order.
    pub changes: Vec<Applied>,
    pub durable_at: Instant,
}

/// The one thread that tells the hubs.
pub(crate) struct Publisher {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub metrics: Arc<Metrics>,
}

impl Publisher {
    /// Tells what comes until the writer has gone.
    pub fn run(self, committed: Receiver<Committed>) {
        for Committed { changes: new, durable_at: committed } in committed {
            for done in new {
                self.publish(done, committed);
            }
        }
    }

    fn publish(&self, done: Applied, committed: Instant) {
        let told = match done.event {
            Event::PersonRenamed { user } => self.publish_rename(user, done, committed),
            event => event.effects().room.map_or(Ok(()), |room| {
                self.publish_to_room(&self.store.snapshot()?, room, done, committed);
                Ok(())
            }),
        };
        if let Err(fault) = told {
            self.log_failure(&fault, done);
            match done.event.effects().room {
                Some(room) => self.hubs.discard_replay(room, done.seq),
                None => self.hubs.discard_all_replays(done.seq),
            }
        }
    }

    /// Somebody is called otherwise: the rooms that have seen their name are few, and those that somebody hears are fewer.
    fn publish_rename(&self, user: UserId, done: Applied, committed: Instant) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot()?;
        for room in snapshot.rooms_showing_name(user)? {
            if self.hubs.has_listener(room) {
                self.publish_to_room(&snapshot, room, done, committed);
            }
        }
        Ok(())
    }

    fn publish_to_room(&self, snapshot: &Snapshot, room: RoomId, done: Applied, committed: Instant) {
        match self.read_frame(snapshot, room, done) {
            Ok(Some(frame)) => self.hubs.publish(room, frame, committed),
            Ok(None) => {}
            Err(fault) => {
                self.log_failure(&fault, done);
                self.hubs.discard_replay(room, done.seq);
            }
        }
    }

    fn log_failure(&self, error: &StoreError, done: Applied) {
        self.metrics.internal_errors.inc();
        tracing::error!(%error, seq = %done.seq, "a change could not be told");
    }

    fn read_frame(&self, snapshot: &Snapshot, room: RoomId, done: Applied) -> Result<Option<live::Frame>, StoreError> {
        let Some(room) = snapshot.room_by_id(room)? else { return Err(StoreError::Missing { table: "rooms" }) };
        live::read_frame(snapshot, self.store.epoch(), &room, done)
    }
}
