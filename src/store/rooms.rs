//! Reading rooms: which there are for somebody, and who belongs to them.

use super::rows;
use super::schema::{
    ADDRESSES, HOUSE, HouseRow, MEMBERS, META, MemberRow, RECENT, ROOMS, ROOMS_OF, RecentRow, RoomRow,
};
use super::{Fault, Snapshot};
use crate::domain::limits::{DIRECT_PEOPLE_MAX, SOUGHT_ROOMS_MAX};
use crate::domain::{
    Address, Author, House, Kind, Moment, Person, Room, RoomId, Seq, Until, UserId, may_have_back, sees,
};

/// Through how many rooms a list of rooms looks for those that may be seen: some milliseconds, if nearly all are hidden.
const LOOKED_AT_ROOMS: usize = 50_000;
/// The same while somebody types what they look for; it is more than [`SOUGHT_ROOMS_MAX`], since hidden rooms are passed over
/// without being read.
const LOOKED_AT_SOUGHT: usize = 5 * SOUGHT_ROOMS_MAX;
/// The same for those that were deleted lately.
const LOOKED_AT_DELETED: usize = 1_000;
/// How many hidden rooms of one person a list has, the newest of them.
pub(super) const HIDDEN_LISTED_MAX: usize = 200;

/// A room and its last change, or its opening.
#[derive(Clone, Debug)]
pub struct Recent {
    /// The room.
    pub room: Room,
    /// The change.
    pub last: Seq,
    /// When that was.
    pub at: Moment,
}

/// A room as one person sees it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// The room. A direct one has the names of its other people as its name.
    pub room: Room,
    /// Whether they belong to it, if it is hidden.
    pub belongs: bool,
    /// Until when they may not speak there.
    pub muted: Until,
}

impl RoomRow {
    /// The room of this row.
    pub(super) fn room(self, id: RoomId) -> Room {
        let Self { name, address, opened_by, topic, kind, slow_s, archived, deleted_at, .. } = self;
        let address = Address::stored(address);
        Room { id, name, address, topic, kind, created_by: opened_by, slow_s, archived, deleted_at }
    }
}

impl Snapshot {
    /// What the owners have settled.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn house(&self) -> Result<House, Fault> {
        let row: Option<HouseRow> = rows::get(&self.transaction().open_table(HOUSE)?, "house", "house")?;
        Ok(row.unwrap_or_default().house)
    }

    /// Whether the house has an owner.
    pub fn is_owned(&self) -> Result<bool, Fault> {
        let row: Option<HouseRow> = rows::get(&self.transaction().open_table(HOUSE)?, "house", "house")?;
        Ok(row.is_some_and(|row| row.owners > 0))
    }

    /// The room at this address as this person sees it. `None` if they may not, as if there were none.
    pub fn sight(&self, address: &Address, person: Option<&Person>, now: Moment) -> Result<Option<Sight>, Fault> {
        let id = self.transaction().open_table(ADDRESSES)?.get(address.as_str())?.map(|id| RoomId(id.value()));
        id.map_or(Ok(None), |id| self.sight_by_id(id, person, now))
    }

    /// The same by its number.
    pub fn sight_by_id(&self, id: RoomId, person: Option<&Person>, now: Moment) -> Result<Option<Sight>, Fault> {
        let Some(room) = self.room_by_id(id)? else { return Ok(None) };
        let row = match person {
            Some(person) => self.member(id, person.author.id)?,
            None => MemberRow::default(),
        };
        if !sees(&self.house()?, &room, person, row.belongs, now) {
            return Ok(None);
        }
        let room = self.named_for(room, person)?;
        Ok(Some(Sight { room, belongs: row.belongs, muted: row.muted }))
    }

    /// A deleted room, for whoever may have it back.
    pub fn deleted_room(&self, address: &Address) -> Result<Option<Room>, Fault> {
        Ok(self.room(address)?.filter(|room| room.deleted_at.is_some()))
    }

    /// The rooms for everybody in the house in which something happened last, latest first; nothing hidden.
    pub fn recent_rooms(&self, limit: usize, person: Option<&Person>, now: Moment) -> Result<Vec<Recent>, Fault> {
        self.recent_rooms_of(limit, (LOOKED_AT_ROOMS, LOOKED_AT_ROOMS), person, now, |_| true)
    }

    /// The same, of those only that are wanted, of the [`SOUGHT_ROOMS_MAX`] last rooms at most. Which are wanted is asked of
    /// rooms that may be seen, and of no others.
    pub fn recent_rooms_like(
        &self,
        limit: usize,
        person: Option<&Person>,
        now: Moment,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<Recent>, Fault> {
        self.recent_rooms_of(limit, (LOOKED_AT_SOUGHT, SOUGHT_ROOMS_MAX), person, now, is_wanted)
    }

    /// It looks at so many rooms at most, and reads so many of them.
    fn recent_rooms_of(
        &self,
        limit: usize,
        (looked_at, read): (usize, usize),
        person: Option<&Person>,
        now: Moment,
        is_wanted: impl Fn(&Room) -> bool,
    ) -> Result<Vec<Recent>, Fault> {
        let (rooms, house) = (self.transaction().open_table(ROOMS)?, self.house()?);
        let (mut found, mut left) = (Vec::with_capacity(limit), read);
        for entry in self.transaction().open_table(RECENT)?.range::<u64>(..)?.rev().take(looked_at) {
            let (last, row) = entry?;
            let RecentRow { room: id, is_listed, at, .. } = rows::decode("recent", row.value())?;
            if !is_listed {
                continue;
            }
            let row: RoomRow = rows::get(&rooms, "rooms", id.0)?.ok_or(Fault::Missing { table: "rooms" })?;
            let room = row.room(id);
            if sees(&house, &room, person, false, now) && is_wanted(&room) {
                found.push(Recent { room, last: Seq(last.value()), at });
            }
            left -= 1;
            if found.len() == limit || left == 0 {
                break;
            }
        }
        Ok(found)
    }

    /// The hidden rooms to which somebody belongs, in the order of their addresses' numbers.
    pub fn hidden_rooms(&self, person: &Person, now: Moment) -> Result<Vec<Room>, Fault> {
        let id = person.author.id.0;
        let (rooms_of, house) = (self.transaction().open_table(ROOMS_OF)?, self.house()?);
        let mut found = Vec::new();
        for entry in rooms_of.range((id, 0)..=(id, u64::MAX))?.rev().take(HIDDEN_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let Some(room) = self.room_by_id(room)? else { continue };
            // One that was opened to everybody is in the other list.
            if room.kind.is_hidden() && sees(&house, &room, Some(person), true, now) {
                found.push(self.named_for(room, Some(person))?);
            }
        }
        found.reverse();
        Ok(found)
    }

    /// The direct rooms of two to which somebody belongs, and the other of the two; of the newest hidden rooms, as many as a
    /// list has.
    pub fn talks_of(&self, user: UserId) -> Result<Vec<(RoomId, Author)>, Fault> {
        let (rooms_of, mut found) = (self.transaction().open_table(ROOMS_OF)?, Vec::new());
        for entry in rooms_of.range((user.0, 0)..=(user.0, u64::MAX))?.rev().take(HIDDEN_LISTED_MAX) {
            let room = RoomId(entry?.0.value().1);
            let is_direct = |room: &Room| room.kind == Kind::Direct && room.deleted_at.is_none();
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
    pub fn deleted_rooms(&self, person: &Person, now: Moment) -> Result<Vec<Room>, Fault> {
        let (house, mut found) = (self.house()?, Vec::new());
        for entry in self.transaction().open_table(RECENT)?.range::<u64>(..)?.rev().take(LOOKED_AT_DELETED) {
            let RecentRow { room: id, is_listed, .. } = rows::decode("recent", entry?.1.value())?;
            if is_listed {
                continue;
            }
            let room = self.room_by_id(id)?.filter(|room| room.deleted_at.is_some());
            let Some(room) = room else { continue };
            let belongs = self.member(id, person.author.id)?.belongs;
            if may_have_back(&house, &room, person, belongs, now) {
                found.push(room);
            }
        }
        Ok(found)
    }

    /// How many rooms there are that everybody in the house may see.
    pub fn count_rooms(&self) -> Result<u64, Fault> {
        Ok(self.transaction().open_table(META)?.get("rooms")?.map_or(0, |rooms| rooms.value()))
    }

    /// Who belongs to a hidden room, in the order in which they came to the house; at most `limit`.
    pub fn members(&self, room: RoomId, limit: usize) -> Result<Vec<Author>, Fault> {
        let mut found = Vec::new();
        for entry in self.transaction().open_table(MEMBERS)?.range((room.0, 0)..=(room.0, u64::MAX))? {
            if found.len() == limit {
                break;
            }
            let (key, row) = entry?;
            if rows::decode::<MemberRow>("members", row.value())?.belongs {
                found.extend(self.user(UserId(key.value().1))?);
            }
        }
        Ok(found)
    }

    fn member(&self, room: RoomId, user: UserId) -> Result<MemberRow, Fault> {
        let row = rows::get(&self.transaction().open_table(MEMBERS)?, "members", (room.0, user.0))?;
        Ok(row.unwrap_or_default())
    }

    /// A direct room is called after its other people.
    fn named_for(&self, mut room: Room, person: Option<&Person>) -> Result<Room, Fault> {
        if room.kind == Kind::Direct {
            let others = self.members(room.id, DIRECT_PEOPLE_MAX)?.into_iter();
            let others = others.filter(|other| person.is_none_or(|person| person.author.id != other.id));
            let names: Vec<String> = others.map(|other| other.name.to_string()).collect();
            room.name = names.join(", ");
        }
        Ok(room)
    }
}
