//! The place where a listener starts: the requested place, if the feed leads on from there; or now, with a reset.

use crate::domain::limits::RENAMES_SENT_MAX;
use crate::domain::{Cursor, RoomId, Seq, UserId};
use crate::store::{Snapshot, Store, StoreError};

/// The place where a listener starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResumePoint {
    /// After this change.
    After(Seq),
    /// Now, because the feed does not lead on from the requested place.
    Reset(Seq),
}

impl ResumePoint {
    /// Finds the place where a listener of `room` starts; now, if none is requested. `viewer` is the person whose page it
    /// is, if it is a page: it shows their own name in many places, so a change of their name needs a reset.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn resolve(
        store: &Store,
        room: RoomId,
        requested: Option<Cursor>,
        viewer: Option<UserId>,
    ) -> Result<Self, StoreError> {
        let snapshot = store.snapshot()?;
        let now = snapshot.last_seq()?;
        let Some(requested) = requested else { return Ok(Self::After(now)) };
        let is_other_history = requested.epoch.is_some_and(|epoch| epoch != store.epoch());
        let last_rename = viewer.map_or(Ok(None), |user| snapshot.last_rename_of(user))?;
        let is_renamed = last_rename.is_some_and(|renamed| requested.seq < renamed);
        let needs_reset =
            is_other_history || is_renamed || requested.seq > now || has_feed_gap(&snapshot, room, requested.seq)?;
        Ok(if needs_reset { Self::Reset(now) } else { Self::After(requested.seq) })
    }

    pub(crate) fn seq(self) -> Seq {
        match self {
            Self::After(seq) | Self::Reset(seq) => seq,
        }
    }
}

/// Whether the feed no longer has everything after `seq`. A feed that still begins with the creation of the room has lost
/// nothing, however early `seq` is; except when there have been too many renames since to look up which of them the room
/// has seen.
pub(crate) fn has_feed_gap(snapshot: &Snapshot, room: RoomId, seq: Seq) -> Result<bool, StoreError> {
    let floor = snapshot.feed_floor(room)?.ok_or(StoreError::Missing { table: "rooms" })?;
    let is_older = seq < floor && floor.0 != room.0;
    Ok(is_older || snapshot.count_renames_after(seq, RENAMES_SENT_MAX)? > RENAMES_SENT_MAX)
}
