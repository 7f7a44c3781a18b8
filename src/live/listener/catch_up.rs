//! What the feed on disk has for a listener that is behind its hub.

use bytes::{Bytes, BytesMut};

use crate::domain::{Applied, Cursor, Room, RoomId};
use crate::live::hub::Positions;
use crate::live::listener::resume::has_feed_gap;
use crate::live::{Access, Subscriber, frame, stream_events};
use crate::metrics::Metrics;
use crate::store::{Snapshot, Store, StoreError};

/// How many changes are read from the feed at a time.
const CATCH_UP_CHANGES: usize = 64;
/// How much of them is encoded at a time, in bytes: no more until the socket has taken it.
const CATCH_UP_BYTES: usize = 64 * 1024;

/// What the feed has.
pub(crate) enum FeedRead {
    /// The next events.
    Events(Bytes),
    /// Nothing more: the cursor is at the present.
    CaughtUp,
    /// Nothing, because the subscriber may not listen any more.
    AccessLost,
}

/// Reads the feed of one room for one subscriber.
pub(crate) struct FeedReader<'a> {
    pub store: &'a Store,
    pub subscriber: &'a Subscriber,
    pub room: RoomId,
    pub metrics: &'a Metrics,
}

impl FeedReader<'_> {
    /// Reads the next changes and moves the cursor past them.
    pub fn read_next(&self, positions: &mut Positions) -> Result<FeedRead, StoreError> {
        let snapshot = self.store.snapshot()?;
        // On the same snapshot as the changes: it may hold some that came after the end of the access.
        if Access::evaluate(&snapshot, self.subscriber, self.room)?.is_none() {
            return Ok(FeedRead::AccessLost);
        }
        let room = snapshot.room_by_id(self.room)?.ok_or(StoreError::Missing { table: "rooms" })?;
        if has_feed_gap(&snapshot, room.id, positions.cursor)? {
            // The listener is so slow that the feed was shortened before it.
            self.metrics.stream_resets.inc();
            positions.cursor = snapshot.last_seq()?;
            let reset = stream_events::encode_reset(Cursor { epoch: Some(self.store.epoch()), seq: positions.cursor });
            return Ok(FeedRead::Events(reset.bytes(positions.encoding)));
        }
        loop {
            let changes = snapshot.changes_after(room.id, positions.cursor, CATCH_UP_CHANGES)?;
            if changes.is_empty() {
                positions.cursor = positions.cursor.max(snapshot.last_seq()?);
                return Ok(FeedRead::CaughtUp);
            }
            let bytes = self.encode_changes(&snapshot, &room, &changes, positions)?;
            if !bytes.is_empty() {
                return Ok(FeedRead::Events(bytes));
            }
        }
    }

    /// Encodes changes until they are [`CATCH_UP_BYTES`], and moves the cursor past them.
    fn encode_changes(
        &self,
        snapshot: &Snapshot,
        room: &Room,
        changes: &[Applied],
        positions: &mut Positions,
    ) -> Result<Bytes, StoreError> {
        let mut bytes = BytesMut::new();
        for change in changes {
            if bytes.len() >= CATCH_UP_BYTES {
                break;
            }
            positions.cursor = change.seq;
            if let Some(frame) = frame::read_frame(snapshot, self.store.epoch(), room, *change)? {
                bytes.extend_from_slice(&frame.encoded_as(positions.format).bytes(positions.encoding));
                self.metrics.delivered_from_feed.inc();
            }
        }
        self.metrics.feed_delivered_bytes.inc_by(bytes.len() as u64);
        Ok(bytes.freeze())
    }
}
