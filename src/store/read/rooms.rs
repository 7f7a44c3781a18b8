//! Reading rooms: which ones a person can see, and who their members are.

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

/// How many rooms a list of rooms scans for visible ones. It takes some milliseconds if nearly all are hidden.
const ROOMS_SCANNED_MAX: usize = 50_000;
/// The same for a search, which runs at every keystroke. It is more than [`SEARCHED_ROOMS_MAX`] because hidden rooms
/// are skipped without reading their rows.
const SEARCHED_ROOMS_SCANNED_MAX: usize = 5 * SEARCHED_ROOMS_MAX;
/// The same for the list of recently deleted rooms.
const DELETED_ROOMS_SCANNED_MAX: usize = 1_000;
/// How many members-only rooms of one person a list has. It has the newest ones.
pub(crate) const MEMBERS_ONLY_ROOMS_LISTED_MAX: usize = 200;

/// A room and its last change, or its creation if nothing changed since.
#[derive(Clone, Debug)]
pub struct ActiveRoom {
    /// The room.
    pub room: Room,
    /// The number of that change.
    pub last_seq: Seq,
    /// When that change happened.
    pub last_changed_at: Timestamp,
}

/// A room as one person sees it.
#[derive(Clone, Debug)]
pub struct VisibleRoom {
    /// The room. A direct message is named after the other people in it.
    pub room: Room,
    /// Whether the person is a member. Only members-only rooms have members.
    pub is_member: bool,
    /// Until when the person is muted in the room.
    pub muted_until: Expiry,
}

/// How much of the activity table a scan looks at.
#[derive(Clone, Copy)]
struct ScanLimits {
    /// How many entries it looks at.
    scanned_max: usize,
    /// How many of them it reads the room of.
    read_max: usize,
}

impl RoomRow {
    /// Converts the row of the room with this id.
    pub(crate) fn into_room(self, id: RoomId) -> Room {
        let Self { name, slug, created_by, topic, visibility, slow_mode_s, archived, deleted_at, .. } = self;
        let slug = Slug::from_stored(slug);
        Room { id, name, slug, topic, visibility, created_by, slow_mode_s, archived, deleted_at }
    }
}

impl Snapshot {
    /// The settings of the server.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn settings(&self) -> Result<ServerSettings, StoreError> {
        let row: Option<SettingsRow> = rows::get(&self.transaction().open_table(SETTINGS)?, "house", "house")?;
        Ok(row.unwrap_or_default().settings)
    }

    /// Whether the server has an owner.
    pub fn has_owner(&self) -> Result<bool, StoreError> {
        let row: Option<SettingsRow> = rows::get(&self.transaction().open_table(SETTINGS)?, "house", "house")?;
        Ok(row.is_some_and(|row| row.owner_count > 0))
    }

    /// The room with this slug as this person sees it. `None` if it does not exist or the person cannot see it.
    pub fn visible_room_by_slug(
        &self,
        slug: &Slug,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Option<VisibleRoom>, StoreError> {
        let id = self.transaction().open_table(SLUGS)?.get(slug.as_str())?.map(|id| RoomId(id.value()));
        id.map_or(Ok(None), |id| self.visible_room_by_id(id, person, now))
    }

    /// The same for the room with this id.
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

    /// The deleted room with this slug. The caller checks who may restore it.
    pub fn deleted_room_by_slug(&self, slug: &Slug) -> Result<Option<Room>, StoreError> {
        Ok(self.room_by_slug(slug)?.filter(|room| room.deleted_at.is_some()))
    }

    /// The most recently active rooms that this person can see, latest first, without members-only rooms.
    pub fn active_rooms(
        &self,
        limit: usize,
        person: Option<&Person>,
        now: Timestamp,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        let scan = ScanLimits { scanned_max: ROOMS_SCANNED_MAX, read_max: ROOMS_SCANNED_MAX };
        self.scan_active_rooms(limit, scan, person, now, |_| true)
    }

    /// The same for rooms that `is_wanted` accepts, among the last [`SEARCHED_ROOMS_MAX`] active ones. `is_wanted` is
    /// only called for rooms that the person can see.
    pub fn matching_active_rooms(
        &self,
        limit: usize,
        person: Option<&Person>,
        now: Timestamp,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        let scan = ScanLimits { scanned_max: SEARCHED_ROOMS_SCANNED_MAX, read_max: SEARCHED_ROOMS_MAX };
        self.scan_active_rooms(limit, scan, person, now, is_wanted)
    }

    fn scan_active_rooms(
        &self,
        limit: usize,
        scan: ScanLimits,
        person: Option<&Person>,
        now: Timestamp,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<ActiveRoom>, StoreError> {
        let (rooms, settings) = (self.transaction().open_table(ROOMS)?, self.settings()?);
        let (mut found, mut reads_left) = (Vec::with_capacity(limit), scan.read_max);
        for entry in self.transaction().open_table(ACTIVITY)?.range::<u64>(..)?.rev().take(scan.scanned_max) {
            let (last_seq, row) = entry?;
            let ActivityRow { room: id, is_listed, at, .. } = rows::decode("recent", row.value())?;
            if !is_listed {
                continue;
            }
            let row: RoomRow = rows::get(&rooms, "rooms", id.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
            let room = row.into_room(id);
            if can_see(&settings, &room, person, false, now) && is_wanted(&room) {
                found.push(ActiveRoom { room, last_seq: Seq(last_seq.value()), last_changed_at: at });
            }
            reads_left -= 1;
            if found.len() == limit || reads_left == 0 {
                break;
            }
        }
        Ok(found)
    }

    /// The members-only rooms of a person, oldest first.
    pub fn members_only_rooms(&self, person: &Person, now: Timestamp) -> Result<Vec<Room>, StoreError> {
        let id = person.author.id.0;
        let (rooms_of, settings) = (self.transaction().open_table(ROOMS_BY_PERSON)?, self.settings()?);
        let mut found = Vec::new();
        for entry in rooms_of.range((id, 0)..=(id, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let Some(room) = self.room_by_id(room)? else { continue };
            // A private room that was opened since is among the active rooms.
            if room.visibility.is_members_only() && can_see(&settings, &room, Some(person), true, now) {
                found.push(self.with_display_name(room, Some(person))?);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The direct messages of a person with one other, and that other person. It looks at the newest
    /// `MEMBERS_ONLY_ROOMS_LISTED_MAX` members-only rooms.
    pub fn direct_partners(&self, user: UserId) -> Result<Vec<(RoomId, Author)>, StoreError> {
        let (rooms_of, mut found) = (self.transaction().open_table(ROOMS_BY_PERSON)?, Vec::new());
        for entry in rooms_of.range((user.0, 0)..=(user.0, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let is_direct = |room: &Room| room.visibility == Visibility::Direct && room.deleted_at.is_none();
            if !self.room_by_id(room)?.as_ref().is_some_and(is_direct) {
                continue;
            }
            let members = self.members(room, 3)?;
            if let ([first, second], true) = (members.as_slice(), members.iter().any(|member| member.id == user)) {
                found.push((room, if first.id == user { second.clone() } else { first.clone() }));
            }
        }
        Ok(found)
    }

    /// The recently deleted rooms that this person may restore.
    pub fn deleted_rooms(&self, person: &Person, now: Timestamp) -> Result<Vec<Room>, StoreError> {
        let (settings, mut found) = (self.settings()?, Vec::new());
        for entry in self.transaction().open_table(ACTIVITY)?.range::<u64>(..)?.rev().take(DELETED_ROOMS_SCANNED_MAX) {
            let ActivityRow { room: id, is_listed, .. } = rows::decode("recent", entry?.1.value())?;
            if is_listed {
                continue;
            }
            let room = self.room_by_id(id)?.filter(|room| room.deleted_at.is_some());
            let Some(room) = room else { continue };
            let is_member = self.member_row(id, person.author.id)?.is_member;
            if can_restore(&settings, &room, person, is_member, now) {
                found.push(room);
            }
        }
        Ok(found)
    }

    /// The number of open and public rooms.
    pub fn count_rooms(&self) -> Result<u64, StoreError> {
        Ok(self.transaction().open_table(META)?.get("rooms")?.map_or(0, |rooms| rooms.value()))
    }

    /// The members of a members-only room, in the order in which they joined the server; at most `limit`.
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

    /// Names a direct message after its people, without `person`.
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
