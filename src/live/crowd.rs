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
        self.named.entry(name_key(author)).or_insert_with(named).listeners += 1;
        self.named_listeners += 1;
        self.hide(author, *hidden);
    }

    /// From now on somebody is named, or only counted.
    pub fn hide(&mut self, author: &Author, hidden: bool) {
        if let Some(named) = self.named.get_mut(&name_key(author)) {
            named.hidden = hidden;
        }
    }

    /// Counts one less.
    pub fn leave(&mut self, author: &Author) {
        let key = name_key(author);
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
