//! Who listens to one room: signed-in people, each once, and the number of others.

use std::collections::BTreeMap;

use crate::domain::limits::PRESENCE_NAMES_MAX;
use crate::domain::{Author, Person, UserId};
use crate::views::PresenceList;

/// The people who listen to one room.
#[derive(Default)]
pub(crate) struct Roster {
    /// Signed-in people by name, with the number of their listeners.
    entries: BTreeMap<NameKey, RosterEntry>,
    named_listeners: usize,
}

/// The sort key of a person, which is also unique.
type NameKey = (String, UserId);

struct RosterEntry {
    author: Author,
    /// Whether the person is counted but not named.
    hidden: bool,
    listeners: usize,
}

impl Roster {
    /// Adds a listener of a person.
    pub fn add_listener(&mut self, person: &Person) {
        self.entry(person).listeners += 1;
        self.named_listeners += 1;
    }

    /// Updates the entry of a person who was listed as `old_author`, for all their listeners at once.
    pub fn update_person(&mut self, old_author: &Author, person: &Person) {
        let Some(key) = self.find_key(old_author) else { return };
        let listeners = self.entries.remove(&key).map_or(0, |entry| entry.listeners);
        self.entry(person).listeners += listeners;
    }

    /// The entry of a person, with their present name.
    fn entry(&mut self, person: &Person) -> &mut RosterEntry {
        let Person { author, presence_hidden: hidden, .. } = person;
        let new = || RosterEntry { author: author.clone(), hidden: *hidden, listeners: 0 };
        let entry = self.entries.entry(name_key(author)).or_insert_with(new);
        (entry.author, entry.hidden) = (author.clone(), *hidden);
        entry
    }

    /// The key of a person who had this name when they subscribed.
    fn find_key(&self, author: &Author) -> Option<NameKey> {
        let key = name_key(author);
        if self.entries.contains_key(&key) {
            return Some(key);
        }
        self.entries.keys().find(|(_, id)| *id == author.id).cloned()
    }

    /// Removes a listener of a person.
    pub fn remove_listener(&mut self, author: &Author) {
        let Some(key) = self.find_key(author) else { return };
        let Some(entry) = self.entries.get_mut(&key) else { return };
        entry.listeners -= 1;
        if entry.listeners == 0 {
            self.entries.remove(&key);
        }
        self.named_listeners -= 1;
    }

    /// Whether a person is among the listeners.
    pub fn contains(&self, user: UserId) -> bool {
        self.entries.keys().any(|(_, id)| *id == user)
    }

    /// The presence list of the room, which has this many listeners in total.
    pub fn summarize(&self, listeners: usize) -> PresenceList {
        let count = listeners - self.named_listeners + self.entries.len();
        let visible = self.entries.values().filter(|entry| !entry.hidden);
        let people = visible.take(PRESENCE_NAMES_MAX).map(|entry| entry.author.clone()).collect();
        PresenceList { people, count }
    }
}

fn name_key(author: &Author) -> NameKey {
    (author.name.to_lowercase(), author.id)
}

#[cfg(test)]
mod tests {
    use crate::domain::{Expiry, Role};
    use crate::live::hub::roster::*;

    fn person(name: &str) -> Person {
        let author = Author { id: UserId(7), name: name.into() };
        Person {
            author,
            role: Role::Member,
            muted_until: Expiry::PAST,
            banned_until: Expiry::PAST,
            presence_hidden: false,
        }
    }

    #[test]
    fn a_renamed_person_with_two_pages_is_listed_once_until_the_last_closes() {
        let (mut roster, old, new) = (Roster::default(), person("Ann"), person("Zoë"));
        roster.add_listener(&old);
        roster.add_listener(&old);
        roster.update_person(&old.author, &new);
        let alone = PresenceList { people: vec![new.author.clone()], count: 1 };
        assert_eq!(roster.summarize(2), alone);
        roster.update_person(&old.author, &new);
        roster.add_listener(&new);
        assert_eq!(roster.summarize(3), alone);
        roster.remove_listener(&old.author); // a page that closed before it learned of the new name
        roster.remove_listener(&new.author);
        assert_eq!(roster.summarize(1), alone);
        roster.remove_listener(&new.author);
        assert_eq!(roster.summarize(0), PresenceList::default());
    }
}
