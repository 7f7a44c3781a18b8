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
    /// Publishes what each commit changed, until the writer has gone.
    pub fn run(self, committed: Receiver<Committed>) {
        for commit in committed {
            self.publish_commit(&commit);
        }
    }

    /// Frames show what is true after the whole commit: one snapshot serves all of its changes.
    fn publish_commit(&self, Committed { changes, durable_at }: &Committed) {
        let snapshot = match self.store.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => return changes.iter().for_each(|applied| self.discard_replay(&error, *applied)),
        };
        for applied in changes {
            if let Err(error) = self.publish(&snapshot, *applied, *durable_at) {
                self.discard_replay(&error, *applied);
            }
        }
    }

    fn publish(&self, snapshot: &Snapshot, applied: Applied, durable_at: Instant) -> Result<(), StoreError> {
        match applied.event {
            Event::PersonRenamed { user } => self.publish_rename(snapshot, user, applied, durable_at),
            event => event.effects().room.map_or(Ok(()), |room| {
                self.publish_to_room(snapshot, room, applied, durable_at);
                Ok(())
            }),
        }
    }

    /// A rename is published in every room that shows the name and has listeners.
    fn publish_rename(
        &self,
        snapshot: &Snapshot,
        user: UserId,
        applied: Applied,
        durable_at: Instant,
    ) -> Result<(), StoreError> {
        for room in snapshot.rooms_showing_name(user)? {
            if self.hubs.has_listener(room) {
                self.publish_to_room(snapshot, room, applied, durable_at);
            }
        }
        Ok(())
    }

    fn publish_to_room(&self, snapshot: &Snapshot, room: RoomId, applied: Applied, durable_at: Instant) {
        match self.read_frame(snapshot, room, applied) {
            Ok(Some(frame)) => self.hubs.publish(room, frame, durable_at),
            Ok(None) => {}
            Err(error) => {
                self.log_failure(&error, applied);
                self.hubs.discard_replay(room, applied.seq);
            }
        }
    }

    /// Sends the listeners that miss this change to the feed.
    fn discard_replay(&self, error: &StoreError, applied: Applied) {
        self.log_failure(error, applied);
        match applied.event.effects().room {
            Some(room) => self.hubs.discard_replay(room, applied.seq),
            None => self.hubs.discard_all_replays(applied.seq),
        }
    }

    fn log_failure(&self, error: &StoreError, applied: Applied) {
        self.metrics.internal_errors.inc();
        tracing::error!(%error, seq = %applied.seq, "failed to publish a change");
    }

    fn read_frame(
        &self,
        snapshot: &Snapshot,
        room: RoomId,
        applied: Applied,
    ) -> Result<Option<live::Frame>, StoreError> {
        let Some(room) = snapshot.room_by_id(room)? else { return Err(StoreError::Missing { table: "rooms" }) };
        live::read_frame(snapshot, self.store.epoch(), &room, applied)
    }
}
