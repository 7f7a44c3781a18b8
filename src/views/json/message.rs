//! A message for programs, and what happens to messages and rooms as the stream tells it.

use maud::Render;
use serde::Serialize;

use super::Room;
use crate::domain::{Address, Author, Moment, Reacted, Seq, UserId, Version, initials};
use crate::views::editing::moments;
use crate::views::reactions::Listed;
use crate::views::text::Shown;
use crate::views::time::Stamp;

/// A message.
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    id: u64,
    room: &'a str,
    author: &'a str,
    author_id: u64,
    at: String,
    body: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    follows: bool,
    /// How it is shown, if otherwise than it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    mentions: &'a [UserId],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    calls_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<Seq>,
    #[serde(skip_serializing_if = "is_zero")]
    replies: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pinned: bool,
    #[serde(skip_serializing_if = "<[Reacted]>::is_empty")]
    reactions: &'a [Reacted],
    url: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl<'a> Message<'a> {
    /// A message of the room at this address.
    pub fn of(room: &'a Address, message: &'a crate::domain::Message) -> Self {
        let extras = &message.more.extras;
        let edited_at = extras.edited_at.map(|at| Stamp::of(at).to_the_millisecond().to_owned());
        Self {
            id: message.id.0,
            room: room.as_str(),
            author: &message.author.name,
            author_id: message.author.id.0,
            at: Stamp::of(message.at).to_the_millisecond().to_owned(),
            body: &message.body,
            removed: message.is_removed(),
            follows: message.place.follows,
            html: message.html.is_some().then(|| Shown::of_message(message).render().into_string()),
            mentions: &extras.mentions,
            calls_all: extras.calls_all,
            reply_to: extras.reply_to,
            thread: extras.thread,
            replies: extras.replies,
            edited_at,
            pinned: extras.pinned,
            reactions: &extras.reactions,
            url: format!("{}/messages/{}", room.path(), message.id),
        }
    }
}

/// Some messages of a room that belong together: a thread, or what is pinned.
#[derive(Debug, Serialize)]
pub struct Messages<'a> {
    room: &'a str,
    messages: Vec<Message<'a>>,
}

impl<'a> Messages<'a> {
    /// These messages of the room at this address.
    pub fn of(room: &'a Address, messages: &'a [crate::domain::Message]) -> Self {
        Self { room: room.as_str(), messages: messages.iter().map(|message| Message::of(room, message)).collect() }
    }
}

/// What a message said from a moment on.
#[derive(Debug, Serialize)]
pub struct Said<'a> {
    from: String,
    body: &'a str,
}

impl<'a> Said<'a> {
    /// All that a message said, oldest first; the last is what it says now.
    pub fn all(message: &'a crate::domain::Message, versions: &'a [Version]) -> Vec<Self> {
        let bodies = versions.iter().map(|version| version.body.as_str()).chain([message.body.as_str()]);
        let stamp = |at: Moment| Stamp::of(at).to_the_millisecond().to_owned();
        moments(message.at, versions).zip(bodies).map(|(from, body)| Self { from: stamp(from), body }).collect()
    }
}

/// Who reacted to a message in one way.
#[derive(Debug, Serialize)]
pub struct ReactedSo<'a> {
    reaction: &'a str,
    count: usize,
    people: Vec<Named<'a>>,
}

/// Somebody, in a few words.
#[derive(Debug, Serialize)]
struct Named<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> ReactedSo<'a> {
    /// These.
    pub fn of(listed: &'a Listed) -> Self {
        let named = |author: &'a Author| Named { id: author.id.0, name: &author.name };
        Self { reaction: &listed.with, count: listed.count, people: listed.people.iter().map(named).collect() }
    }
}

/// A change, as the stream tells it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change<'a> {
    /// Somebody said something.
    Posted {
        /// The number of the change.
        seq: Seq,
        /// What was said.
        message: Message<'a>,
    },
    /// What somebody had said reads otherwise now.
    Edited {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: Message<'a>,
    },
    /// Somebody reacted to what was said, or no longer does.
    Reacted {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: Message<'a>,
    },
    /// A message is pinned, or no longer.
    Pinned {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: Message<'a>,
    },
    /// What somebody had said was taken away.
    Removed {
        /// The number of the change.
        seq: Seq,
        /// Where.
        room: &'a str,
        /// Which message.
        message: Seq,
    },
    /// The room is not what it was.
    RoomChanged {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        room: Room<'a>,
    },
    /// Somebody is called otherwise.
    Renamed {
        /// The number of the change.
        seq: Seq,
        /// Where.
        room: &'a str,
        /// Their number.
        user: u64,
        /// What they are called now.
        name: &'a str,
        /// What they were called, if that name is still theirs.
        #[serde(skip_serializing_if = "Option::is_none")]
        was: Option<&'a str>,
    },
}

/// A new name, for the script of a page, which puts it in the place of the old one.
#[derive(Debug, Serialize)]
pub struct Renamed<'a> {
    user: u64,
    name: &'a str,
    initials: String,
    path: String,
}

impl<'a> Renamed<'a> {
    /// Of somebody who is called so now.
    pub fn of(author: &'a Author) -> Self {
        Self { user: author.id.0, name: &author.name, initials: initials(&author.name), path: author.path() }
    }

    /// As it stands in an event.
    pub fn written(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are always JSON")
    }
}
