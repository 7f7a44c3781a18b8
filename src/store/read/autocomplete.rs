//! Reading what goes on with a few letters: people and rooms. Each look is bounded, however large the house is: it is asked
//! for while somebody types.

use std::collections::HashSet;

use redb::{ReadableTable, ReadableTableMetadata};

use crate::domain::limits::{LISTED_ROOMS_MAX, PAGE_MESSAGES};
use crate::domain::{
    CompletionPrefix, CompletionQuery, Person, Room, RoomId, Timestamp, UserId, UserName, Visibility, can_see,
};
use crate::store::table::members::{is_small_room, scan_members};
use crate::store::table::rows;
use crate::store::table::schema::{MEMBERS, MESSAGES, MessageRow, NAMES, ROOMS_BY_PERSON, SLUGS, USERS};
use crate::store::{Snapshot, StoreError};

/// In a house with more names than this they are found by how they begin, and not by what stands inside them: a look at so
/// many costs less than a millisecond.
const NAMES_SCANNED_MAX: u64 = 2_000;
/// Of how many names it is found out whether their people may read the room.
const MATCHES_MAX: usize = 100;

impl Snapshot {
    /// Who said something lately in a room: the last one first.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn recent_authors(&self, room: RoomId) -> Result<Vec<UserId>, StoreError> {
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
    pub fn matching_people(
        &self,
        completion: &CompletionQuery,
        room: &Room,
        candidates: &[UserId],
        now: Timestamp,
    ) -> Result<Vec<(u8, Person)>, StoreError> {
        let mut ids: Vec<UserId> = candidates.to_vec();
        if room.visibility.is_members_only() {
            ids.extend(scan_members(&self.transaction().open_table(MEMBERS)?, room.id)?.0);
        }
        if !completion.query.is_empty() {
            ids.extend(self.people_by_name_prefix(completion)?);
        }
        let (house, mut found) = (self.settings()?, Vec::new());
        for (rank, person) in self.rank_people(completion, &ids)? {
            let belongs = room.visibility.is_members_only() && self.is_member(room.id, person.author.id)?;
            if can_see(&house, room, Some(&person), belongs, now) {
                found.push((rank, person));
            }
        }
        Ok(found)
    }

    /// Those who may come into the house and have this very name or had it, and those whose names go on with it; the best
    /// first.
    pub fn matching_people_anywhere(&self, name: &UserName, now: Timestamp) -> Result<Vec<Person>, StoreError> {
        let begun = CompletionQuery { prefix: CompletionPrefix::Person, query: name.key() };
        let mut like = self.rank_people(&begun, &self.people_by_name_prefix(&begun)?)?;
        like.sort_by_key(|(rank, _)| *rank);
        let mut found: Vec<Person> = self.person_by_name(name)?.into_iter().collect();
        let very = found.first().map(|person| person.author.id);
        found.extend(like.into_iter().map(|(_, person)| person).filter(|person| Some(person.author.id) != very));
        let door = self.settings()?.join_policy;
        found.retain(|person| door.admits(Some(person)) && !person.banned_until.is_active(now));
        Ok(found)
    }

    /// Of these people those whose names go on with what was begun, each once. A name that they had is not asked: it leads
    /// to them for whoever knows it, and is told to nobody else.
    fn rank_people(&self, completion: &CompletionQuery, ids: &[UserId]) -> Result<Vec<(u8, Person)>, StoreError> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for id in ids.iter().filter(|id| seen.insert(**id)) {
            let Some(person) = self.person_by_id(*id)? else { continue };
            let name = UserName::parse(&person.author.name).map(|name| name.key());
            found.extend(name.ok().and_then(|name| completion.rank_match(&name)).map(|rank| (rank, person)));
        }
        Ok(found)
    }

    /// Whose names go on with what was begun, in their order; in a large house only whose names begin with it.
    fn people_by_name_prefix(&self, completion: &CompletionQuery) -> Result<Vec<UserId>, StoreError> {
        let (table, mut found) = (self.transaction().open_table(NAMES)?, Vec::new());
        for entry in table.range(completion.query.as_str()..)? {
            let (name, id) = entry?;
            if found.len() == MATCHES_MAX || !name.value().starts_with(&completion.query) {
                break;
            }
            found.push(UserId(id.value()));
        }
        if table.len()? <= NAMES_SCANNED_MAX {
            for entry in table.iter()? {
                let (name, id) = entry?;
                if found.len() < 2 * MATCHES_MAX && completion.rank_match(name.value()).is_some_and(|rank| rank > 0) {
                    found.push(UserId(id.value()));
                }
            }
        }
        Ok(found)
    }

    fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        Ok(self.transaction().open_table(ROOMS_BY_PERSON)?.get((user.0, room.0))?.is_some())
    }

    /// Whether a room has so few people that each of them may call all.
    pub fn is_small_room(&self, room: &Room) -> Result<bool, StoreError> {
        is_small_room(&self.transaction().open_table(USERS)?, &self.transaction().open_table(MEMBERS)?, room)
    }

    /// The rooms that somebody sees and whose names or addresses go on with what was begun, with the rank of each. Talks have
    /// no name that anybody else would know.
    pub fn matching_rooms(
        &self,
        completion: &CompletionQuery,
        person: &Person,
        now: Timestamp,
    ) -> Result<Vec<(u8, Room)>, StoreError> {
        let recent = self.active_rooms(LISTED_ROOMS_MAX, Some(person), now)?.into_iter().map(|recent| recent.room);
        let mut rooms: Vec<Room> = recent.chain(self.members_only_rooms(person, now)?).collect();
        for entry in self.transaction().open_table(SLUGS)?.range(completion.query.as_str()..)?.take(MATCHES_MAX) {
            let (address, id) = entry?;
            if completion.query.is_empty() || !address.value().starts_with(&completion.query) {
                break;
            }
            rooms.extend(self.visible_room_by_id(RoomId(id.value()), Some(person), now)?.map(|sight| sight.room));
        }
        let mut found = Vec::<(u8, Room)>::new();
        for room in rooms {
            let name = room.name.to_lowercase();
            let rank = completion.rank_match(room.slug.as_str()).into_iter().chain(completion.rank_match(&name)).min();
            if let Some(rank) = rank
                && room.visibility != Visibility::Direct
                && found.iter().all(|(_, other)| other.id != room.id)
            {
                found.push((rank, room));
            }
        }
        Ok(found)
    }
}
