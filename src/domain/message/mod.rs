//! A message, and how it stands under the one before.

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

/// A message as it stood when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// Who said it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// What, as it was written. Blank if it was taken away.
    pub body: String,
    /// How it is shown, if otherwise than it was written.
    pub html: Option<String>,
    /// How it stands under the one before.
    pub grouping: Grouping,
    /// What most messages have nothing of.
    pub details: LazyDetails,
}

/// [`More`] of a message, at the cost of a pointer where there is nothing: a page has fifty messages, each of which is
/// written to its place and moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LazyDetails(Option<Box<MessageDetails>>);

/// What most messages have nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageDetails {
    /// What of it is stored.
    pub extras: MessageExtras,
    /// What it answers, as that is now.
    pub quote: Option<Quote>,
    /// Those of who reacted to it that are named beside it: of each reaction the first [`REACTORS_NAMED`].
    pub reactors: Vec<Author>,
    /// Those who are spoken to by name in its `html`.
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

/// How many of those who reacted in the same way are named beside the message.
pub const NAMED_REACTORS_MAX: usize = 5;

/// What most messages have nothing of, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageExtras {
    /// Whom it mentions.
    pub mentions: Vec<UserId>,
    /// Whether it calls everybody in the room.
    pub mentions_room: bool,
    /// What it answers.
    pub reply_to: Option<MessageId>,
    /// The message with which the thread began to which it belongs, if it did not begin one itself.
    pub thread_root: Option<MessageId>,
    /// How many messages belong to the thread that began with it.
    pub reply_count: u32,
    /// When it was edited last.
    pub edited_at: Option<Timestamp>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How others react to it, in the order in which the first did so.
    pub reactions: Vec<ReactionGroup>,
}

impl MessageExtras {
    /// Nothing of all that.
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

/// A text that a message had before it was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Until when it had it.
    pub replaced_at: Timestamp,
    /// The text.
    pub body: String,
}

impl Message {
    /// Those who reacted so that are named: the first of them.
    pub fn named_reactors<'a>(&'a self, reaction: &'a ReactionGroup) -> impl Iterator<Item = &'a Author> {
        let first = reaction.users.iter().take(NAMED_REACTORS_MAX);
        first.filter_map(|id| self.details.reactors.iter().find(|author| author.id == *id))
    }

    /// Whether what was said was taken away.
    pub fn is_deleted(&self) -> bool {
        self.body.is_empty()
    }
}

/// How a message stands under the one before it in the room. Decided once, when it is posted, so that everybody
/// sees the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// The same person spoke just before: the name need not be said again.
    pub continues_group: bool,
    /// It is the first of a day (UTC).
    pub starts_day: bool,
}

/// What of the message before matters to the next.
#[derive(Clone, Copy, Debug)]
pub struct PreviousMessage {
    /// Who said it.
    pub author: UserId,
    /// When.
    pub at: Timestamp,
}

impl Grouping {
    /// Where a message of `author` at `at` stands after `previous`, the last one of the room.
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
