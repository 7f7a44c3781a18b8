//! Messages, and how each is grouped with the one before it.

pub(crate) mod author;
pub(crate) mod body;
pub(crate) mod completion;
pub(crate) mod excerpt;
pub(crate) mod quote;
pub(crate) mod reaction;
pub(crate) mod slash_command;

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::domain::limits::GROUPING_WINDOW;
use crate::domain::{Author, MessageId, Quote, ReactionGroup, Timestamp, UserId};

/// A message as it was when it was read from the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id.
    pub id: MessageId,
    /// The author.
    pub author: Author,
    /// When it was posted.
    pub at: Timestamp,
    /// The text as written. Blank if the message was deleted.
    pub body: String,
    /// The rendered HTML. `None` if it equals the text.
    pub html: Option<String>,
    /// How it is grouped with the message before it.
    pub grouping: Grouping,
    /// The details that most messages lack.
    pub details: LazyDetails,
}

/// The [`MessageDetails`] of a message, which cost only a pointer if there are none. A page has fifty messages, and
/// each is moved into its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LazyDetails(Option<Box<MessageDetails>>);

/// The details that most messages lack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageDetails {
    /// The stored part.
    pub extras: MessageExtras,
    /// The message that it replies to, as that is now.
    pub quote: Option<Quote>,
    /// The people whose reactions are named: for each reaction the first [`NAMED_REACTORS_MAX`].
    pub reactors: Vec<Author>,
    /// The people mentioned in its `html`.
    pub mentioned: Vec<Author>,
}

impl From<MessageDetails> for LazyDetails {
    fn from(more: MessageDetails) -> Self {
        Self((more != MessageDetails::default()).then(|| Box::new(more)))
    }
}

impl Deref for LazyDetails {
    type Target = MessageDetails;

    fn deref(&self) -> &MessageDetails {
        static NO_DETAILS: MessageDetails =
            MessageDetails { extras: MessageExtras::EMPTY, quote: None, reactors: Vec::new(), mentioned: Vec::new() };
        self.0.as_deref().unwrap_or(&NO_DETAILS)
    }
}

/// The most people that are named beside one reaction of a message.
pub const NAMED_REACTORS_MAX: usize = 5;

/// The stored details that most messages lack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageExtras {
    /// The mentioned users.
    pub mentions: Vec<UserId>,
    /// Whether it mentions everyone in the room.
    pub mentions_room: bool,
    /// The message that it replies to.
    pub reply_to: Option<MessageId>,
    /// The first message of its thread. `None` if it started a thread itself or is in none.
    pub thread_root: Option<MessageId>,
    /// The number of replies in the thread that it started.
    pub reply_count: u32,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// The reactions, in the order in which each was first used.
    pub reactions: Vec<ReactionGroup>,
}

impl MessageExtras {
    /// The value for a message without details.
    const EMPTY: Self = Self {
        mentions: Vec::new(),
        mentions_room: false,
        reply_to: None,
        thread_root: None,
        reply_count: 0,
        edited_at: None,
        pinned: false,
        reactions: Vec::new(),
    };
}

/// An earlier text of an edited message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// When an edit replaced the text.
    pub replaced_at: Timestamp,
    /// The text.
    pub body: String,
}

impl Message {
    /// The first people with this reaction, whose names are known.
    pub fn named_reactors<'a>(&'a self, reaction: &'a ReactionGroup) -> impl Iterator<Item = &'a Author> {
        let first = reaction.users.iter().take(NAMED_REACTORS_MAX);
        first.filter_map(|id| self.details.reactors.iter().find(|author| author.id == *id))
    }

    /// Whether the message was deleted.
    pub fn is_deleted(&self) -> bool {
        self.body.is_empty()
    }
}

/// How a message is grouped with the one before it in the room. It is decided once, when the message is posted, so that
/// all readers see the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// The same author posted shortly before, so the name is not repeated.
    pub continues_group: bool,
    /// It is the first message of a day in UTC.
    pub starts_day: bool,
}

/// The facts about the previous message that grouping depends on.
#[derive(Clone, Copy, Debug)]
pub struct PreviousMessage {
    /// The author.
    pub author: UserId,
    /// When it was posted.
    pub at: Timestamp,
}

impl Grouping {
    /// The grouping of a message that `author` posts at `at` after `previous`, the last message of the room.
    pub fn from_previous(previous: Option<PreviousMessage>, author: UserId, at: Timestamp) -> Self {
        let starts_day = previous.is_none_or(|p| p.at.days_since_epoch() != at.days_since_epoch());
        let follows = previous.is_some_and(|p| p.author == author && at.saturating_since(p.at) < GROUPING_WINDOW);
        Self { continues_group: follows && !starts_day, starts_day }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::message::*;

    const NOON: u64 = 12 * 60 * 60 * 1_000;

    fn grouping(author: u64, minutes_later: u64) -> Grouping {
        let previous = PreviousMessage { author: UserId(1), at: Timestamp(NOON) };
        Grouping::from_previous(Some(previous), UserId(author), Timestamp(NOON + minutes_later * 60_000))
    }

    #[test]
    fn only_the_same_author_within_the_window_continues_a_group() {
        assert!(grouping(1, 4).continues_group);
        assert!(!grouping(1, 5).continues_group);
        assert!(!grouping(2, 0).continues_group);
    }

    #[test]
    fn first_message_of_a_day_starts_a_group() {
        assert_eq!(
            Grouping::from_previous(None, UserId(1), Timestamp(0)),
            Grouping { continues_group: false, starts_day: true }
        );
        let midnight = Timestamp(2 * NOON);
        let before = PreviousMessage { author: UserId(1), at: Timestamp(2 * NOON - 1) };
        assert_eq!(
            Grouping::from_previous(Some(before), UserId(1), midnight),
            Grouping { continues_group: false, starts_day: true }
        );
    }
}
