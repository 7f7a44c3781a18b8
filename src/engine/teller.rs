//! The teller: makes frames of what has become durable, in order, for the rooms where somebody listens. It reads the
//! store and changes nothing. A listener that comes between a commit and its telling finds the change in the feed.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::domain::{Done, Event, RoomId, UserId};
use crate::live::{self, Hubs};
use crate::meters::Meters;
use crate::store::{Fault, Snapshot, Store};

/// What one commit has made durable.
pub(super) struct News {
    /// The changes that somebody may hear, in order.
    pub new: Vec<Done>,
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
            for done in new {
                self.tell(done, committed);
            }
        }
    }

    fn tell(&self, done: Done, committed: Instant) {
        let told = match done.event {
            Event::Renamed { user } => self.tell_name(user, done, committed),
            event => event.heard_in().map_or(Ok(()), |room| {
                self.tell_room(&self.store.snapshot()?, room, done, committed);
                Ok(())
            }),
        };
        if let Err(fault) = told {
            self.note(&fault, done);
            match done.event.heard_in() {
                Some(room) => self.hubs.forget(room, done.seq),
                None => self.hubs.forget_all(done.seq),
            }
        }
    }

    /// Somebody is called otherwise: the rooms that have seen their name are few, and those that somebody hears are fewer.
    fn tell_name(&self, user: UserId, done: Done, committed: Instant) -> Result<(), Fault> {
        let snapshot = self.store.snapshot()?;
        for room in snapshot.seen_in(user)? {
            if self.hubs.is_heard(room) {
                self.tell_room(&snapshot, room, done, committed);
            }
        }
        Ok(())
    }

    fn tell_room(&self, snapshot: &Snapshot, room: RoomId, done: Done, committed: Instant) {
        match self.frame(snapshot, room, done) {
            Ok(Some(frame)) => self.hubs.tell(room, frame, committed),
            Ok(None) => {}
            Err(fault) => {
                self.note(&fault, done);
                self.hubs.forget(room, done.seq);
            }
        }
    }

    fn note(&self, fault: &Fault, done: Done) {
        self.meters.faults.inc();
        tracing::error!(%fault, seq = %done.seq, "a change could not be told");
    }

    fn frame(&self, snapshot: &Snapshot, room: RoomId, done: Done) -> Result<Option<live::Frame>, Fault> {
        let Some(room) = snapshot.room_by_id(room)? else { return Err(Fault::Missing { table: "rooms" }) };
        live::read_frame(snapshot, self.store.epoch(), &room, done)
    }
}
