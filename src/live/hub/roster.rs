//! Who listens to one room: people with a name, each once, and how many others.

use std::collections::BTreeMap;

use crate::domain::limits::PRESENCE_NAMES_MAX;
use crate::domain::{Author, Person, UserId};
use crate::views::PresenceList;

/// The people who listen to one room.
#[derive(Default)]
pub(crate) struct Roster {
    /// People with a name, in its order, and how many listeners each is.
    entries: BTreeMap<NameKey, RosterEntry>,
    named_listeners: usize,
}

/// By what people are sorted, and told apart.
type NameKey = (String, UserId);

struct RosterEntry {
    author: Author,
    /// Whether they are counted and not named.
    hidden: bool,
    listeners: usize,
}

impl Roster {
    /// Counts a listener of this name.
    pub fn add_listener(&mut self, person: &Person) {
        let Person { author, presence_hidden: hidden, .. } = person;
        let named = || RosterEntry { author: author.clone(), hidden: *hidden, listeners: 0 };
        let named = self.entries.entry(name_key(author)).or_insert_with(named);
        (named.author, named.hidden) = (author.clone(), *hidden);
        named.listeners += 1;
        self.named_listeners += 1;
    }

    /// From now on somebody who was called `was` has this name, and is named or only counted; all their listeners at once.
    pub fn update_person(&mut self, old_author: &Author, person: &Person) {
        let Person { author, presence_hidden: hidden, .. } = person;
        let Some(key) = self.find_key(old_author) else { return };
        let listeners = self.entries.remove(&key).map_or(0, |named| named.listeners);
        let named = || RosterEntry { author: author.clone(), hidden: *hidden, listeners: 0 };
        let named = self.entries.entry(name_key(author)).or_insert_with(named);
        (named.author, named.hidden) = (author.clone(), *hidden);
        named.listeners += listeners;
    }

    /// Where somebody is found who was called so when they sat down.
    fn find_key(&self, author: &Author) -> Option<NameKey> {
        let key = name_key(author);
        if self.entries.contains_key(&key) {
            return Some(key);
        }
        self.entries.keys().find(|(_, id)| *id == author.id).cloned()
    }

    /// Counts one less.
    pub fn remove_listener(&mut self, author: &Author) {
        let Some(key) = self.find_key(author) else { return };
        let Some(named) = self.entries.get_mut(&key) else { return };
        named.listeners -= 1;
        if named.listeners == 0 {
            self.entries.remove(&key);
        }
        self.named_listeners -= 1;
    }

    /// Whether somebody of this number is among them.
    pub fn contains(&self, user: UserId) -> bool {
        self.entries.keys().any(|(_, id)| *id == user)
    }

    /// All of them, who are so many listeners, as they are shown.
    pub fn summarize(&self, listeners: usize) -> PresenceList {
        let count = listeners - self.named_listeners + self.entries.len();
        let shown = self.entries.values().filter(|named| !named.hidden);
        let named = shown.take(PRESENCE_NAMES_MAX).map(|named| named.author.clone()).collect();
        PresenceList { people: named, count }
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
        let (mut crowd, old, new) = (Roster::default(), person("Ann"), person("Zoë"));
        crowd.add_listener(&old);
        crowd.add_listener(&old);
        crowd.update_person(&old.author, &new);
        let alone = PresenceList { people: vec![new.author.clone()], count: 1 };
        assert_eq!(crowd.summarize(2), alone);
        crowd.update_person(&old.author, &new);
        crowd.add_listener(&new);
        assert_eq!(crowd.summarize(3), alone);
        crowd.remove_listener(&old.author); // a page that was not judged again before it went
        crowd.remove_listener(&new.author);
        assert_eq!(crowd.summarize(1), alone);
        crowd.remove_listener(&new.author);
        assert_eq!(crowd.summarize(0), PresenceList::default());
    }
}
