//! Where a listener starts: at the place from which it wants to go on, if the feed leads on from there; otherwise now, and it
//! is told so. What it then hears, nothing here knows.

use crate::domain::limits::RENAMES_SENT_MAX;
use crate::domain::{Cursor, RoomId, Seq, UserId};
use crate::store::{Snapshot, Store, StoreError};

/// Where a listener starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResumePoint {
    /// After this change.
    After(Seq),
    /// Now, because where it wanted to start is no place in this history.
    Reset(Seq),
}

impl ResumePoint {
    /// Judges the place where a listener of `room` wants to go on. Without a wish it is now. `page` is whose page it is, if
    /// it is one: everywhere on it stands their own name, which may have changed since.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn resolve(
        store: &Store,
        room: RoomId,
        requested: Option<Cursor>,
        viewer: Option<UserId>,
    ) -> Result<Self, StoreError> {
        let snapshot = store.snapshot()?;
        let now = snapshot.last_seq()?;
        let Some(wish) = requested else { return Ok(Self::After(now)) };
        let foreign = wish.epoch.is_some_and(|epoch| epoch != store.epoch());
        let named = viewer.map_or(Ok(None), |user| snapshot.last_rename_of(user))?;
        let is_renamed = named.is_some_and(|named| wish.seq < named);
        let leads_nowhere = foreign || is_renamed || wish.seq > now || has_feed_gap(&snapshot, room, wish.seq)?;
        Ok(if leads_nowhere { Self::Reset(now) } else { Self::After(wish.seq) })
    }

    pub(crate) fn seq(self) -> Seq {
        match self {
            Self::After(seq) | Self::Reset(seq) => seq,
        }
    }
}

/// Whether the feed no longer tells all that came after `seq`. One that still begins at the room's opening has lost
/// nothing, wherever `seq` lies before it; unless since then so many are called otherwise that nobody looks for those who
/// were seen there.
pub(crate) fn has_feed_gap(snapshot: &Snapshot, room: RoomId, seq: Seq) -> Result<bool, StoreError> {
    let floor = snapshot.feed_floor(room)?.ok_or(StoreError::Missing { table: "rooms" })?;
    let is_older = seq < floor && floor.0 != room.0;
    Ok(is_older || snapshot.count_renames_after(seq, RENAMES_SENT_MAX)? > RENAMES_SENT_MAX)
}
