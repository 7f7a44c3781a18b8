//! The teller: makes frames of what has become durable, in order, for the rooms where somebody listens. It reads the
//! store and changes nothing. A listener that comes between a commit and its telling finds the change in the feed.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::domain::{Done, RoomId};
use crate::live::{self, Hubs};
use crate::meters::Meters;
use crate::store::{Fault, Store};

/// What one commit has made durable.
pub(super) struct News {
    /// The changes that somebody hears, each with its room, in order.
    pub new: Vec<(RoomId, Done)>,
    pub committed: Instant,
}

/// The one thread that tells the hubs.
pub(super) struct Teller {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub meters: Arc<Meters>,
}

impl Teller {
    /// Tells what comes until the writer has gone.
    pub fn run(self, news: Receiver<News>) {
        for News { new, committed } in news {
            for (room, done) in new {
                self.tell(room, done, committed);
            }
        }
    }

    fn tell(&self, room: RoomId, done: Done, committed: Instant) {
        match self.frame(room, done) {
            Ok(Some(frame)) => self.hubs.tell(room, frame, committed),
            Ok(None) => {}
            Err(fault) => {
                self.meters.faults.inc();
                tracing::error!(%fault, seq = %done.seq, "a change could not be told");
                self.hubs.forget(room);
            }
        }
    }

    fn frame(&self, room: RoomId, done: Done) -> Result<Option<live::Frame>, Fault> {
        let snapshot = self.store.snapshot()?;
        let Some(room) = snapshot.room_by_id(room)? else { return Err(Fault::Missing { table: "rooms" }) };
        live::read_frame(&snapshot, self.store.epoch(), &room, done)
    }
}
