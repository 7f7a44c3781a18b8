//! A message, and how it stands under the one before.

use std::ops::Deref;
use std::sync::Arc;

use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};

use super::excerpt;
use super::limits::FOLLOWS_WITHIN;
use super::room::SEGMENT;
use super::{MessageId, Moment, Reacted, UserId};

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Author {
    /// The person's number.
    pub id: UserId,
    /// The name they have now. Shared: a page has fifty messages of a few people.
    pub name: Arc<str>,
}

impl Author {
    /// The path of their page, percent-encoded: fit for a link and for a header. A name of dots alone would be a step in
    /// a URL (WHATWG URL, section 3.4), so it is followed by a character that shows nothing and that a name loses.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.name.len() + 24);
        path.push_str("/people/");
        path.extend(utf8_percent_encode(&self.name, SEGMENT)); // piece by piece: every row of a page has one
        if self.name.chars().all(|c| c == '.') {
            path.push_str("%E2%80%8B");
        }
        path
    }
}

/// A message as it stood when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// Who said it.
    pub author: Author,
    /// When.
    pub at: Moment,
    /// What, as it was written. Blank if it was taken away.
    pub body: String,
    /// How it is shown, if otherwise than it was written.
    pub html: Option<String>,
    /// How it stands under the one before.
    pub place: Place,
    /// What most messages have nothing of.
    pub more: Seldom,
}

/// [`More`] of a message, at the cost of a pointer where there is nothing: a page has fifty messages, each of which is
/// written to its place and moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seldom(Option<Box<More>>);

/// What most messages have nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct More {
    /// What of it is stored.
    pub extras: Extras,
    /// What it answers, as that is now.
    pub quote: Option<Quote>,
    /// Those of who reacted to it that are named beside it: of each reaction the first [`REACTORS_NAMED`].
    pub reactors: Vec<Author>,
    /// Those who are spoken to by name in its `html`.
    pub called: Vec<Author>,
}

impl From<More> for Seldom {
    fn from(more: More) -> Self {
        Self((more != More::default()).then(|| Box::new(more)))
    }
}

impl Deref for Seldom {
    type Target = More;

    fn deref(&self) -> &More {
        static NOTHING: More = More { extras: Extras::NONE, quote: None, reactors: Vec::new(), called: Vec::new() };
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

/// How many of those who reacted in the same way are named beside the message.
pub const REACTORS_NAMED: usize = 5;

/// What most messages have nothing of, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extras {
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Whether it calls everybody in the room.
    pub calls_all: bool,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// The message with which the thread began to which it belongs, if it did not begin one itself.
    pub thread: Option<MessageId>,
    /// How many messages belong to the thread that began with it.
    pub replies: u32,
    /// When it was edited last.
    pub edited_at: Option<Moment>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How others react to it, in the order in which the first did so.
    pub reactions: Vec<Reacted>,
}

impl Extras {
    /// Nothing of all that.
    const NONE: Self = Self {
        mentions: Vec::new(),
        calls_all: false,
        reply_to: None,
        thread: None,
        replies: 0,
        edited_at: None,
        pinned: false,
        reactions: Vec::new(),
    };
}

/// What a message answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Which message.
    pub id: MessageId,
    /// Whose.
    pub author: Author,
    /// How it begins, on one line, in pieces. None if it was taken away.
    pub excerpt: Vec<Piece>,
}

/// A piece of how a message begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What was said.
    Words(String),
    /// Somebody who is spoken to by name, as they are called now.
    Called(Author),
}

impl Quote {
    /// What an answer to this shows of it: of how it is shown, if that is otherwise than it was written.
    /// Those of who is spoken to by name that are `called` have the name that they have now.
    pub fn of(id: MessageId, author: Author, body: &str, html: Option<&str>, called: &[Author]) -> Self {
        Self { id, author, excerpt: excerpt::of(body, html, called) }
    }

    /// What an answer to this message shows of it.
    pub fn of_message(message: &Message) -> Self {
        Self::of(message.id, message.author.clone(), &message.body, message.html.as_deref(), &message.more.called)
    }

    /// How it begins, as plain text. Blank if it was taken away.
    pub fn text(&self) -> String {
        let words = self.excerpt.iter().map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Called(person) => format!("@{}", person.name),
        });
        words.collect()
    }
}

/// A text that a message had before it was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Until when it had it.
    pub until: Moment,
    /// The text.
    pub body: String,
}

impl Message {
    /// Those who reacted so that are named: the first of them.
    pub fn named<'a>(&'a self, reacted: &'a Reacted) -> impl Iterator<Item = &'a Author> {
        let first = reacted.by.iter().take(REACTORS_NAMED);
        first.filter_map(|id| self.more.reactors.iter().find(|author| author.id == *id))
    }

    /// Whether what was said was taken away.
    pub fn is_removed(&self) -> bool {
        self.body.is_empty()
    }
}

/// How a message stands under the one before it in the room. Decided once, when it is posted, so that everybody
/// sees the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The same person spoke just before: the name need not be said again.
    pub follows: bool,
    /// It is the first of a day (UTC).
    pub opens_day: bool,
}

/// What of the message before matters to the next.
#[derive(Clone, Copy, Debug)]
pub struct Previous {
    /// Who said it.
    pub author: UserId,
    /// When.
    pub at: Moment,
}

impl Place {
    /// Where a message of `author` at `at` stands after `previous`, the last one of the room.
    pub fn after(previous: Option<Previous>, author: UserId, at: Moment) -> Self {
        let opens_day = previous.is_none_or(|p| p.at.day() != at.day());
        let follows = previous.is_some_and(|p| p.author == author && at.since(p.at) < FOLLOWS_WITHIN);
        Self { follows: follows && !opens_day, opens_day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 12 * 60 * 60 * 1_000;

    fn place(author: u64, minutes_later: u64) -> Place {
        let previous = Previous { author: UserId(1), at: Moment(NOON) };
        Place::after(Some(previous), UserId(author), Moment(NOON + minutes_later * 60_000))
    }

    #[test]
    fn only_the_same_person_within_five_minutes_follows() {
        assert!(place(1, 4).follows);
        assert!(!place(1, 5).follows);
        assert!(!place(2, 0).follows);
    }

    #[test]
    fn the_first_of_a_day_opens_it_and_follows_nobody() {
        assert_eq!(Place::after(None, UserId(1), Moment(0)), Place { follows: false, opens_day: true });
        let midnight = Moment(2 * NOON);
        let before = Previous { author: UserId(1), at: Moment(2 * NOON - 1) };
        assert_eq!(Place::after(Some(before), UserId(1), midnight), Place { follows: false, opens_day: true });
    }
}
