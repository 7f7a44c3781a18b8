//! Reading rooms: which there are for somebody, and who belongs to them.

use crate::domain::limits::{DIRECT_ROOM_PEOPLE_MAX, SEARCHED_ROOMS_MAX};
use crate::domain::{
    Author, Expiry, Person, Room, RoomId, Seq, ServerSettings, Slug, Timestamp, UserId, Visibility, can_restore,
    can_see,
};
use crate::store::table::rows;
use crate::store::table::schema::{
    ACTIVITY, ActivityRow, MEMBERS, META, MemberRow, ROOMS, ROOMS_BY_PERSON, RoomRow, SETTINGS, SLUGS, SettingsRow,
};
use crate::store::{Snapshot, StoreError};

/// Through how many rooms a list of rooms looks for those that may be seen: some milliseconds, if nearly all are hidden.
const ROOMS_SCANNED_MAX: usize = 50_000;
/// The same while somebody types what they look for; it is more than [`SOUGHT_ROOMS_MAX`], since hidden rooms are passed over
/// without being read.
const SEARCHED_ROOMS_SCANNED_MAX: usize = 5 * SEARCHED_ROOMS_MAX;
/// The same for those that were deleted lately.
const DELETED_ROOMS_SCANNED_MAX: usize = 1_000;
/// How many hidden rooms of one person a list has, the newest of them.
pub(crate) const MEMBERS_ONLY_ROOMS_LISTED_MAX: usize = 200;

/// A room and its last change, or its opening.
#[derive(Clone, Debug)]
pub struct ActiveRoom {
    /// The room.
    pub room: Room,
    /// The change.
    pub last_seq: Seq,
    /// When that was.
    pub last_changed_at: Timestamp,
}

/// A room as one person sees it.
#[derive(Clone, Debug)]
pub struct VisibleRoom {
    /// The room. A direct one has the names of its other people as its name.
    pub room: Room,
    /// Whether they belong to it, if it is hidden.
    pub is_member: bool,
    /// Until when they may not speak there.
    pub muted_until: Expiry,
}

impl RoomRow {
    /// The room of this row.
    pub(crate) fn into_room(self, id: RoomId) -> Room {
        let Self {
            name,
            slug: address,
            created_by: opened_by,
            topic,
            visibility: kind,
            slow_mode_s: slow_s,
            archived,
            deleted_at,
            ..
        } = self;
        let address = Slug::from_stored(address);
        Room {
            id,
            name,
            slug: address,
            topic,
            visibility: kind,
            created_by: opened_by,
            slow_mode_s: slow_s,
            archived,
            deleted_at,
        }
    }
}

impl Snapshot {
    /// What the owners have settled.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn settings(&self) -> Result<ServerSettings, StoreError> {
        let row: Option<SettingsRow> = rows::get(&self.transaction().open_table(SETTINGS)?, "house", "house")?;
        Ok(row.unwrap_or_default().settings)
    }

    /// Whether the house has an owner.
    pub fn has_owner(&self) -> Result<bool, StoreError> {
        let row: Option<SettingsRow> = rows::get(&self.transaction().open_table(SETTINGS)?, "house", "house")?;
        Ok(row.is_some_and(|row| row.owner_count > 0))
    }

    /// The room at this address as this person sees it. `None` if they may not, as if there were none.
    pub fn visible_room_by_slug(
        &self,
        slug: &Slug,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Option<VisibleRoom>, StoreError> {
        let id = self.transaction().open_table(SLUGS)?.get(slug.as_str())?.map(|id| RoomId(id.value()));
        id.map_or(Ok(None), |id| self.visible_room_by_id(id, person, now))
    }

    /// The same by its number.
    pub fn visible_room_by_id(
        &self,
        id: RoomId,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Option<VisibleRoom>, StoreError> {
        let Some(room) = self.room_by_id(id)? else { return Ok(None) };
        let row = match person {
            Some(person) => self.member_row(id, person.author.id)?,
            None => MemberRow::default(),
        };
        if !can_see(&self.settings()?, &room, person, row.is_member, now) {
            return Ok(None);
        }
        let room = self.with_display_name(room, person)?;
        Ok(Some(VisibleRoom { room, is_member: row.is_member, muted_until: row.muted_until }))
    }

    /// A deleted room, for whoever may have it back.
    pub fn deleted_room_by_slug(&self, slug: &Slug) -> Result<Option<Room>, StoreError> {
        Ok(self.room_by_slug(slug)?.filter(|room| room.deleted_at.is_some()))
    }

    /// The rooms for everybody in the house in which something happened last, latest first; nothing hidden.
    pub fn active_rooms(
        &self,
        limit: usize,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        self.scan_active_rooms(limit, (ROOMS_SCANNED_MAX, ROOMS_SCANNED_MAX), person, now, |_| true)
    }

    /// The same, of those only that are wanted, of the [`SOUGHT_ROOMS_MAX`] last rooms at most. Which are wanted is asked of
    /// rooms that may be seen, and of no others.
    pub fn matching_active_rooms(
        &self,
        limit: usize,
        person: Option<&Person>,
        now: Timestamp,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        self.scan_active_rooms(limit, (SEARCHED_ROOMS_SCANNED_MAX, SEARCHED_ROOMS_MAX), person, now, is_wanted)
    }

    /// It looks at so many rooms at most, and reads so many of them.
    fn scan_active_rooms(
        &self,
        limit: usize,
        (scanned_max, read_max): (usize, usize),
        person: Option<&Person>,
        now: Timestamp,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        let (rooms, house) = (self.transaction().open_table(ROOMS)?, self.settings()?);
        let (mut found, mut left) = (Vec::with_capacity(limit), read_max);
        for entry in self.transaction().open_table(ACTIVITY)?.range::<u64>(..)?.rev().take(scanned_max) {
            let (last, row) = entry?;
            let ActivityRow { room: id, is_listed, at, .. } = rows::decode("recent", row.value())?;
            if !is_listed {
                continue;
            }
            let row: RoomRow = rows::get(&rooms, "rooms", id.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
            let room = row.into_room(id);
            if can_see(&house, &room, person, false, now) && is_wanted(&room) {
                found.push(ActiveRoom { room, last_seq: Seq(last.value()), last_changed_at: at });
            }
            left -= 1;
            if found.len() == limit || left == 0 {
                break;
            }
        }
        Ok(found)
    }

    /// The hidden rooms to which somebody belongs, in the order of their addresses' numbers.
    pub fn members_only_rooms(&self, person: &Person, now: Timestamp) -> Result<Vec<Room>, StoreError> {
        let id = person.author.id.0;
        let (rooms_of, house) = (self.transaction().open_table(ROOMS_BY_PERSON)?, self.settings()?);
        let mut found = Vec::new();
        for entry in rooms_of.range((id, 0)..=(id, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let Some(room) = self.room_by_id(room)? else { continue };
            // One that was opened to everybody is in the other list.
            if room.visibility.is_members_only() && can_see(&house, &room, Some(person), true, now) {
                found.push(self.with_display_name(room, Some(person))?);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The direct rooms of two to which somebody belongs, and the other of the two; of the newest hidden rooms, as many as a
    /// list has.
    pub fn direct_partners(&self, user: UserId) -> Result<Vec<(RoomId, Author)>, StoreError> {
        let (rooms_of, mut found) = (self.transaction().open_table(ROOMS_BY_PERSON)?, Vec::new());
        for entry in rooms_of.range((user.0, 0)..=(user.0, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let is_direct = |room: &Room| room.visibility == Visibility::Direct && room.deleted_at.is_none();
            if !self.room_by_id(room)?.as_ref().is_some_and(is_direct) {
                continue;
            }
            let people = self.members(room, 3)?;
            if let ([one, other], true) = (people.as_slice(), people.iter().any(|person| person.id == user)) {
                found.push((room, if one.id == user { other.clone() } else { one.clone() }));
            }
        }
        Ok(found)
    }

    /// The rooms deleted lately that this person may have back.
    pub fn deleted_rooms(&self, person: &Person, now: Timestamp) -> Result<Vec<Room>, StoreError> {
        let (house, mut found) = (self.settings()?, Vec::new());
        for entry in self.transaction().open_table(ACTIVITY)?.range::<u64>(..)?.rev().take(DELETED_ROOMS_SCANNED_MAX) {
            let ActivityRow { room: id, is_listed, .. } = rows::decode("recent", entry?.1.value())?;
            if is_listed {
                continue;
            }
            let room = self.room_by_id(id)?.filter(|room| room.deleted_at.is_some());
            let Some(room) = room else { continue };
            let belongs = self.member_row(id, person.author.id)?.is_member;
            if can_restore(&house, &room, person, belongs, now) {
                found.push(room);
            }
        }
        Ok(found)
    }

    /// How many rooms there are that everybody in the house may see.
    pub fn count_rooms(&self) -> Result<u64, StoreError> {
        Ok(self.transaction().open_table(META)?.get("rooms")?.map_or(0, |rooms| rooms.value()))
    }

    /// Who belongs to a hidden room, in the order in which they came to the house; at most `limit`.
    pub fn members(&self, room: RoomId, limit: usize) -> Result<Vec<Author>, StoreError> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(MEMBERS)?.range((room.0, 0)..=(room.0, u64::MAX))? {
            if found.len() == limit {
                break;
            }
            let (key, row) = entry?;
            if rows::decode::<MemberRow>("members", row.value())?.is_member {
                found.extend(self.author_by_id(UserId(key.value().1))?);
            }
        }
        Ok(found)
    }

    fn member_row(&self, room: RoomId, user: UserId) -> Result<MemberRow, StoreError> {
        let row = rows::get(&self.transaction().open_table(MEMBERS)?, "members", (room.0, user.0))?;
        Ok(row.unwrap_or_default())
    }

    /// A direct room is called after its other people.
    fn with_display_name(&self, mut room: Room, person: Option<&Person>) -> Result<Room, StoreError> {
        if room.visibility == Visibility::Direct {
            let others = self.members(room.id, DIRECT_ROOM_PEOPLE_MAX)?.into_iter();
            let others = others.filter(|other| person.is_none_or(|person| person.author.id != other.id));
            let names: Vec<String> = others.map(|other| other.name.to_string()).collect();
            room.name = names.join(", ");
        }
        Ok(room)
    }
}
