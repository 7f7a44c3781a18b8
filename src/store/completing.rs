//! Reading what goes on with a few letters: people and rooms. Each look is bounded, however large the house is: it is asked
//! for while somebody types.

use std::collections::HashSet;

use redb::{ReadableTable, ReadableTableMetadata};

use super::rows::{self, Row};
use super::schema::{ADDRESSES, MEMBERS, MESSAGES, MemberRow, MessageRow, NAMES, ROOMS_OF, USERS};
use super::{Fault, Snapshot};
use crate::domain::limits::{LISTED_ROOMS_MAX, PAGE_MESSAGES, SMALL_ROOM_PEOPLE};
use crate::domain::{Begun, Kind, Moment, Person, Room, RoomId, Sign, UserId, UserName, sees};

/// In a house with more names than this they are found by how they begin, and not by what stands inside them: a look at so
/// many costs less than a millisecond.
const NAMES_LOOKED_THROUGH: u64 = 2_000;
/// Of how many names, and of how many members of a hidden room, it is found out whether they may read the room.
const FOUND_MAX: usize = 100;
/// Through how many rows of a hidden room it is looked for who belongs to it: those who have gone have one too.
const MEMBERS_LOOKED_THROUGH: usize = 1_000;

impl Snapshot {
    /// Who said something lately in a room: the last one first.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn speakers(&self, room: RoomId) -> Result<Vec<UserId>, Fault> {
        let (table, mut found) = (self.transaction().open_table(MESSAGES)?, Vec::new());
        for entry in table.range((room.0, 0)..=(room.0, u64::MAX))?.rev().take(PAGE_MESSAGES) {
            let (_, row) = entry?;
            let MessageRow::<&str> { author, .. } = rows::decode("messages", row.value())?;
            if !found.contains(&author) {
                found.push(author);
            }
        }
        Ok(found)
    }

    /// Those of `near` and of the people of the house whose names go on with what was begun and who may read the room, with
    /// the rank of each. Of a hidden room, who belongs to it; of the others, nobody else unless a letter is there.
    pub fn people_like(
        &self,
        begun: &Begun,
        room: &Room,
        near: &[UserId],
        now: Moment,
    ) -> Result<Vec<(u8, Person)>, Fault> {
        let mut ids: Vec<UserId> = near.to_vec();
        if room.kind.is_hidden() {
            ids.extend(belonging(&self.transaction().open_table(MEMBERS)?, room.id)?.0);
        }
        if !begun.letters.is_empty() {
            ids.extend(self.named_like(begun)?);
        }
        let (house, mut found) = (self.house()?, Vec::new());
        for (rank, person) in self.ranked(begun, &ids)? {
            let belongs = room.kind.is_hidden() && self.belongs(room.id, person.author.id)?;
            if sees(&house, room, Some(&person), belongs, now) {
                found.push((rank, person));
            }
        }
        Ok(found)
    }

    /// Those who may come into the house and have this very name or had it, and those whose names go on with it; the best
    /// first.
    pub fn people_in_house_like(&self, name: &UserName, now: Moment) -> Result<Vec<Person>, Fault> {
        let begun = Begun { sign: Sign::Person, letters: name.key() };
        let mut like = self.ranked(&begun, &self.named_like(&begun)?)?;
        like.sort_by_key(|(rank, _)| *rank);
        let mut found: Vec<Person> = self.person_named(name)?.into_iter().collect();
        let very = found.first().map(|person| person.author.id);
        found.extend(like.into_iter().map(|(_, person)| person).filter(|person| Some(person.author.id) != very));
        let door = self.house()?.door;
        found.retain(|person| door.admits(Some(person)) && !person.banned.holds(now));
        Ok(found)
    }

    /// Of these people those whose names go on with what was begun, each once. A name that they had is not asked: it leads
    /// to them for whoever knows it, and is told to nobody else.
    fn ranked(&self, begun: &Begun, ids: &[UserId]) -> Result<Vec<(u8, Person)>, Fault> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for id in ids.iter().filter(|id| seen.insert(**id)) {
            let Some(person) = self.person(*id)? else { continue };
            let name = UserName::parse(&person.author.name).map(|name| name.key());
            found.extend(name.ok().and_then(|name| begun.rank(&name)).map(|rank| (rank, person)));
        }
        Ok(found)
    }

    /// Whose names go on with what was begun, in their order; in a large house only whose names begin with it.
    fn named_like(&self, begun: &Begun) -> Result<Vec<UserId>, Fault> {
        let (table, mut found) = (self.transaction().open_table(NAMES)?, Vec::new());
        for entry in table.range(begun.letters.as_str()..)? {
            let (name, id) = entry?;
            if found.len() == FOUND_MAX || !name.value().starts_with(&begun.letters) {
                break;
            }
            found.push(UserId(id.value()));
        }
        if table.len()? <= NAMES_LOOKED_THROUGH {
            for entry in table.iter()? {
                let (name, id) = entry?;
                if found.len() < 2 * FOUND_MAX && begun.rank(name.value()).is_some_and(|rank| rank > 0) {
                    found.push(UserId(id.value()));
                }
            }
        }
        Ok(found)
    }

    fn belongs(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        Ok(self.transaction().open_table(ROOMS_OF)?.get((user.0, room.0))?.is_some())
    }

    /// Whether a room has so few people that each of them may call all.
    pub fn is_small(&self, room: &Room) -> Result<bool, Fault> {
        is_small(&self.transaction().open_table(USERS)?, &self.transaction().open_table(MEMBERS)?, room)
    }

    /// The rooms that somebody sees and whose names or addresses go on with what was begun, with the rank of each. Talks have
    /// no name that anybody else would know.
    pub fn rooms_like(&self, begun: &Begun, person: &Person, now: Moment) -> Result<Vec<(u8, Room)>, Fault> {
        let recent = self.recent_rooms(LISTED_ROOMS_MAX, Some(person), now)?.into_iter().map(|recent| recent.room);
        let mut rooms: Vec<Room> = recent.chain(self.hidden_rooms(person, now)?).collect();
        for entry in self.transaction().open_table(ADDRESSES)?.range(begun.letters.as_str()..)?.take(FOUND_MAX) {
            let (address, id) = entry?;
            if begun.letters.is_empty() || !address.value().starts_with(&begun.letters) {
                break;
            }
            rooms.extend(self.sight_by_id(RoomId(id.value()), Some(person), now)?.map(|sight| sight.room));
        }
        let mut found = Vec::<(u8, Room)>::new();
        for room in rooms {
            let name = room.name.to_lowercase();
            let rank = begun.rank(room.address.as_str()).into_iter().chain(begun.rank(&name)).min();
            if let Some(rank) = rank
                && room.kind != Kind::Direct
                && found.iter().all(|(_, other)| other.id != room.id)
            {
                found.push((rank, room));
            }
        }
        Ok(found)
    }
}

/// Whether a room has so few people that each of them may call all. One in which very many have gone counts as large.
pub(super) fn is_small(
    users: &impl ReadableTableMetadata,
    members: &impl ReadableTable<(u64, u64), Row<MemberRow>>,
    room: &Room,
) -> Result<bool, Fault> {
    if !room.kind.is_hidden() {
        return Ok(users.len()? <= SMALL_ROOM_PEOPLE);
    }
    let (people, are_all) = belonging(members, room.id)?;
    Ok(are_all && people.len() as u64 <= SMALL_ROOM_PEOPLE)
}

/// Who belongs to a hidden room, at most so many as are looked at; and whether these are all.
fn belonging(
    members: &impl ReadableTable<(u64, u64), Row<MemberRow>>,
    room: RoomId,
) -> Result<(Vec<UserId>, bool), Fault> {
    let mut found = Vec::new();
    for (n, entry) in members.range((room.0, 0)..=(room.0, u64::MAX))?.enumerate() {
        if n == MEMBERS_LOOKED_THROUGH || found.len() == FOUND_MAX {
            return Ok((found, false));
        }
        let (key, row) = entry?;
        if rows::decode::<MemberRow>("members", row.value())?.belongs {
            found.push(UserId(key.value().1));
        }
    }
    Ok((found, true))
}
