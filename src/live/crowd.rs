//! Who listens to one room: people with a name, each once, and how many others.

use std::collections::BTreeMap;

use crate::domain::limits::NAMED_PEOPLE_MAX;
use crate::domain::{Author, Person, UserId};
use crate::views::Here;

/// The people who listen to one room.
#[derive(Default)]
pub(super) struct Crowd {
    /// People with a name, in its order, and how many listeners each is.
    named: BTreeMap<NameKey, Named>,
    named_listeners: usize,
}

/// By what people are sorted, and told apart.
type NameKey = (String, UserId);

struct Named {
    author: Author,
    /// Whether they are counted and not named.
    hidden: bool,
    listeners: usize,
}

impl Crowd {
    /// Counts a listener of this name.
    pub fn join(&mut self, person: &Person) {
        let Person { author, hidden, .. } = person;
        let named = || Named { author: author.clone(), hidden: *hidden, listeners: 0 };
        let named = self.named.entry(name_key(author)).or_insert_with(named);
        (named.author, named.hidden) = (author.clone(), *hidden);
        named.listeners += 1;
        self.named_listeners += 1;
    }

    /// From now on somebody who was called `was` has this name, and is named or only counted; all their listeners at once.
    pub fn stand(&mut self, was: &Author, person: &Person) {
        let Person { author, hidden, .. } = person;
        let Some(key) = self.key(was) else { return };
        let listeners = self.named.remove(&key).map_or(0, |named| named.listeners);
        let named = || Named { author: author.clone(), hidden: *hidden, listeners: 0 };
        let named = self.named.entry(name_key(author)).or_insert_with(named);
        (named.author, named.hidden) = (author.clone(), *hidden);
        named.listeners += listeners;
    }

    /// Where somebody is found who was called so when they sat down.
    fn key(&self, author: &Author) -> Option<NameKey> {
        let key = name_key(author);
        if self.named.contains_key(&key) {
            return Some(key);
        }
        self.named.keys().find(|(_, id)| *id == author.id).cloned()
    }

    /// Counts one less.
    pub fn leave(&mut self, author: &Author) {
        let Some(key) = self.key(author) else { return };
        let Some(named) = self.named.get_mut(&key) else { return };
        named.listeners -= 1;
        if named.listeners == 0 {
            self.named.remove(&key);
        }
        self.named_listeners -= 1;
    }

    /// Whether somebody of this number is among them.
    pub fn has(&self, user: UserId) -> bool {
        self.named.keys().any(|(_, id)| *id == user)
    }

    /// All of them, who are so many listeners, as they are shown.
    pub fn here(&self, listeners: usize) -> Here {
        let count = listeners - self.named_listeners + self.named.len();
        let shown = self.named.values().filter(|named| !named.hidden);
        let named = shown.take(NAMED_PEOPLE_MAX).map(|named| named.author.clone()).collect();
        Here { named, count }
    }
}

fn name_key(author: &Author) -> NameKey {
    (author.name.to_lowercase(), author.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Role, Until};

    fn called(name: &str) -> Person {
        let author = Author { id: UserId(7), name: name.into() };
        Person { author, role: Role::Member, muted: Until::OVER, banned: Until::OVER, hidden: false }
    }

    #[test]
    fn somebody_with_two_pages_who_is_called_otherwise_stands_there_once_and_goes_with_the_last() {
        let (mut crowd, old, new) = (Crowd::default(), called("Ann"), called("Zoë"));
        crowd.join(&old);
        crowd.join(&old);
        crowd.stand(&old.author, &new);
        let alone = Here { named: vec![new.author.clone()], count: 1 };
        assert_eq!(crowd.here(2), alone);
        crowd.stand(&old.author, &new);
        crowd.join(&new);
        assert_eq!(crowd.here(3), alone);
        crowd.leave(&old.author); // a page that was not judged again before it went
        crowd.leave(&new.author);
        assert_eq!(crowd.here(1), alone);
        crowd.leave(&new.author);
        assert_eq!(crowd.here(0), Here::default());
    }
}
