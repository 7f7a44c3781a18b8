//! Reading suggestions for autocompletion and for the quick switcher: people and rooms. Every scan is bounded however
//! large the server is, because it runs at every keystroke.

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

/// On a server with more names than this, only their starts are searched. A scan of so many takes less than a
/// millisecond.
const NAMES_SCANNED_MAX: u64 = 2_000;
/// How many people found by their names are checked for whether they can see the room.
const MATCHES_MAX: usize = 100;

impl Snapshot {
    /// The authors of the last messages in a room, latest first.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
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

    /// The people who match the query and can see the room, with their ranks. They are searched among `candidates`, the
    /// members of a members-only room, and, if the query is not empty, all people of the server.
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
        let (settings, mut found) = (self.settings()?, Vec::new());
        for (rank, person) in self.rank_people(completion, &ids)? {
            let is_member = room.visibility.is_members_only() && self.is_member(room.id, person.author.id)?;
            if can_see(&settings, room, Some(&person), is_member, now) {
                found.push((rank, person));
            }
        }
        Ok(found)
    }

    /// The people who have or had exactly this name, then those whose names match it, best first. Banned people and
    /// people whom the join policy does not admit are left out.
    pub fn matching_people_anywhere(&self, name: &UserName, now: Timestamp) -> Result<Vec<Person>, StoreError> {
        let completion = CompletionQuery { prefix: CompletionPrefix::Person, query: name.key() };
        let mut similar = self.rank_people(&completion, &self.people_by_name_prefix(&completion)?)?;
        similar.sort_by_key(|(rank, _)| *rank);
        let mut found: Vec<Person> = self.person_by_name(name)?.into_iter().collect();
        let exact = found.first().map(|person| person.author.id);
        found.extend(similar.into_iter().map(|(_, person)| person).filter(|person| Some(person.author.id) != exact));
        let join_policy = self.settings()?.join_policy;
        found.retain(|person| join_policy.admits(Some(person)) && !person.banned_until.is_active(now));
        Ok(found)
    }

    /// Those of these people whose present names match the query, each once. Former names are not matched: they lead to
    /// the person for someone who knows them, and are not revealed to others.
    fn rank_people(&self, completion: &CompletionQuery, ids: &[UserId]) -> Result<Vec<(u8, Person)>, StoreError> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for id in ids.iter().filter(|id| seen.insert(**id)) {
            let Some(person) = self.person_by_id(*id)? else { continue };
            let name = UserName::parse(&person.author.name).map(|name| name.key());
            found.extend(name.ok().and_then(|name| completion.rank_match(&name)).map(|rank| (rank, person)));
        }
        Ok(found)
    }

    /// The people whose names start with the query, in the order of the names. On a server with at most
    /// [`NAMES_SCANNED_MAX`] names, also those whose names match elsewhere.
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

    /// Whether a room has so few people that each of them may mention everyone.
    pub fn is_small_room(&self, room: &Room) -> Result<bool, StoreError> {
        is_small_room(&self.transaction().open_table(USERS)?, &self.transaction().open_table(MEMBERS)?, room)
    }

    /// The rooms that a person can see and whose names or slugs match the query, with their ranks. Direct messages are
    /// left out, because their names differ between their people.
    pub fn matching_rooms(
        &self,
        completion: &CompletionQuery,
        person: &Person,
        now: Timestamp,
    ) -> Result<Vec<(u8, Room)>, StoreError> {
        let recent = self.active_rooms(LISTED_ROOMS_MAX, Some(person), now)?.into_iter().map(|active| active.room);
        let mut rooms: Vec<Room> = recent.chain(self.members_only_rooms(person, now)?).collect();
        for entry in self.transaction().open_table(SLUGS)?.range(completion.query.as_str()..)?.take(MATCHES_MAX) {
            let (slug, id) = entry?;
            if completion.query.is_empty() || !slug.value().starts_with(&completion.query) {
                break;
            }
            rooms.extend(self.visible_room_by_id(RoomId(id.value()), Some(person), now)?.map(|visible| visible.room));
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
