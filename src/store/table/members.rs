//! Scans of the members table that reading and applying share.

use redb::{ReadableTable, ReadableTableMetadata};

use crate::domain::limits::SMALL_ROOM_PEOPLE_MAX;
use crate::domain::{Room, RoomId, UserId};
use crate::store::StoreError;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::MemberRow;

/// How many members of a room a scan returns at most.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const MEMBERS_FOUND_MAX: usize = 100;
/// How many member rows a scan reads at most. People who left have a row too.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const MEMBERS_SCANNED_MAX: usize = 1_000;

/// Whether a room has so few people that each of them may mention all. A room that very many have left counts as large.
pub(crate) fn is_small_room(
    users: &impl ReadableTableMetadata,
    members: &impl ReadableTable<(u64, u64), RowBytes<MemberRow>>,
    room: &Room,
) -> Result<bool, StoreError> {
    if !room.visibility.is_members_only() {
        return Ok(users.len()? <= SMALL_ROOM_PEOPLE_MAX);
    }
    let (people, is_complete) = scan_members(members, room.id)?;
    Ok(is_complete && people.len() as u64 <= SMALL_ROOM_PEOPLE_MAX)
}

/// The members of a members-only room, up to the limits above, and whether these are all.
pub(crate) fn scan_members(
    members: &impl ReadableTable<(u64, u64), RowBytes<MemberRow>>,
    room: RoomId,
) -> Result<(Vec<UserId>, bool), StoreError> {
    let mut found = Vec::new();
    for (n, entry) in members.range((room.0, 0)..=(room.0, u64::MAX))?.enumerate() {
        if n == MEMBERS_SCANNED_MAX || found.len() == MEMBERS_FOUND_MAX {
            return Ok((found, false));
        }
        let (key, row) = entry?;
        if rows::decode::<MemberRow>("members", row.value())?.is_member {
            found.push(UserId(key.value().1));
        }
    }
    Ok((found, true))
}
