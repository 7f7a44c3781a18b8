//! The publisher: makes frames of durable changes, in order, for the rooms with listeners. It reads the store and changes
//! nothing. A listener that subscribes between a commit and its publication finds the change in the feed.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::domain::{Applied, Event, RoomId, UserId};
use crate::live::{self, Frame, Hubs};
use crate::metrics::Metrics;
use crate::store::{Snapshot, Store, StoreError};

/// The changes of one commit.
pub(crate) struct Committed {
    /// The changes that may have listeners, in order.
    pub changes: Vec<Applied>,
    pub durable_at: Instant,
}

/// The one thread that publishes to the hubs.
pub(crate) struct Publisher {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub metrics: Arc<Metrics>,
}

impl Publisher {
    /// Publishes commits until the writer has ended. All changes of a commit are read from one snapshot.
    pub fn run(self, committed: Receiver<Committed>) {
        for commit in committed {
            match self.store.snapshot() {
                Ok(snapshot) => self.publish_commit(&snapshot, &commit),
                Err(error) => {
                    // Without a snapshot the rooms are unknown: all listeners read the feed, at least up to the last change.
                    if let Some(last) = commit.changes.last() {
                        self.log_failure(&error, *last);
                        self.hubs.discard_all_replays(last.seq);
                    }
                }
            }
        }
    }

    fn publish_commit(&self, snapshot: &Snapshot, commit: &Committed) {
        for change in &commit.changes {
            match change.event {
                Event::PersonRenamed { user } => self.publish_rename(snapshot, user, *change, commit.durable_at),
                event => {
                    if let Some(room) = event.effects().room {
                        self.publish_to_room(snapshot, room, *change, commit.durable_at);
                    }
                }
            }
        }
    }

    /// Publishes a rename: only few rooms have shown the person's name, and fewer have listeners.
    fn publish_rename(&self, snapshot: &Snapshot, user: UserId, change: Applied, durable_at: Instant) {
        match snapshot.rooms_showing_name(user) {
            Ok(rooms) => {
                for room in rooms.into_iter().filter(|room| self.hubs.has_listener(*room)) {
                    self.publish_to_room(snapshot, room, change, durable_at);
                }
            }
            Err(error) => {
                self.log_failure(&error, change);
                self.hubs.discard_all_replays(change.seq);
            }
        }
    }

    fn publish_to_room(&self, snapshot: &Snapshot, room: RoomId, change: Applied, durable_at: Instant) {
        match self.read_frame(snapshot, room, change) {
            Ok(Some(frame)) => self.hubs.publish(room, frame, durable_at),
            Ok(None) => {}
            Err(error) => {
                self.log_failure(&error, change);
                self.hubs.discard_replay(room, change.seq);
            }
        }
    }

    fn read_frame(&self, snapshot: &Snapshot, room: RoomId, change: Applied) -> Result<Option<Frame>, StoreError> {
        let room = snapshot.room_by_id(room)?.ok_or(StoreError::Missing { table: "rooms" })?;
        live::read_frame(snapshot, self.store.epoch(), &room, change)
    }

    fn log_failure(&self, error: &StoreError, change: Applied) {
        self.metrics.internal_errors.inc();
        tracing::error!(%error, seq = %change.seq, "failed to publish a change");
    }
}
