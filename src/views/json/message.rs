//! A message for programs, and what happens to messages and rooms as the stream tells it.

use maud::Render;
use serde::Serialize;

use crate::domain::{Author, ReactionGroup, Seq, Slug, Timestamp, UserId, Version, initials};
use crate::views::json::RoomJson;
use crate::views::messages::history::version_times;
use crate::views::messages::reactions::ListedReaction;
use crate::views::text::RenderedText;
use crate::views::time::FormattedTime;

/// A message.
#[derive(Debug, Serialize)]
pub struct MessageJson<'a> {
    id: u64,
    room: &'a str,
    author: &'a str,
    author_id: u64,
    at: String,
    body: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    continues_group: bool,
    /// How it is shown, if otherwise than it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    mentions: &'a [UserId],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mentions_room: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    #[serde(rename = "thread", skip_serializing_if = "Option::is_none")]
    thread_root: Option<Seq>,
    #[serde(rename = "replies", skip_serializing_if = "is_zero")]
    reply_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited_at: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pinned: bool,
    #[serde(skip_serializing_if = "<[ReactionGroup]>::is_empty")]
    reactions: &'a [ReactionGroup],
    url: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl<'a> MessageJson<'a> {
    /// A message of the room at this address.
    pub fn from_message(room: &'a Slug, message: &'a crate::domain::Message) -> Self {
        let extras = &message.details.extras;
        let edited_at = extras.edited_at.map(|at| FormattedTime::new(at).iso_millis().to_owned());
        Self {
            id: message.id.0,
            room: room.as_str(),
            author: &message.author.name,
            author_id: message.author.id.0,
            at: FormattedTime::new(message.at).iso_millis().to_owned(),
            body: &message.body,
            deleted: message.is_deleted(),
            continues_group: message.grouping.continues_group,
            html: message.html.is_some().then(|| RenderedText::from_message(message).render().into_string()),
            mentions: &extras.mentions,
            mentions_room: extras.mentions_room,
            reply_to: extras.reply_to,
            thread_root: extras.thread_root,
            reply_count: extras.reply_count,
            edited_at,
            pinned: extras.pinned,
            reactions: &extras.reactions,
            url: format!("{}/messages/{}", room.path(), message.id),
        }
    }
}

/// Some messages of a room that belong together: a thread, or what is pinned.
#[derive(Debug, Serialize)]
pub struct MessagesJson<'a> {
    room: &'a str,
    messages: Vec<MessageJson<'a>>,
}

impl<'a> MessagesJson<'a> {
    /// These messages of the room at this address.
    pub fn new(room: &'a Slug, messages: &'a [crate::domain::Message]) -> Self {
        Self {
            room: room.as_str(),
            messages: messages.iter().map(|message| MessageJson::from_message(room, message)).collect(),
        }
    }
}

/// What a message said from a moment on.
#[derive(Debug, Serialize)]
pub struct VersionJson<'a> {
    from: String,
    body: &'a str,
}

impl<'a> VersionJson<'a> {
    /// All that a message said, oldest first; the last is what it says now.
    pub fn from_versions(message: &'a crate::domain::Message, versions: &'a [Version]) -> Vec<Self> {
        let bodies = versions.iter().map(|version| version.body.as_str()).chain([message.body.as_str()]);
        let stamp = |at: Timestamp| FormattedTime::new(at).iso_millis().to_owned();
        version_times(message.at, versions).zip(bodies).map(|(from, body)| Self { from: stamp(from), body }).collect()
    }
}

/// Who reacted to a message in one way.
#[derive(Debug, Serialize)]
pub struct ReactionJson<'a> {
    reaction: &'a str,
    count: usize,
    people: Vec<PersonRefJson<'a>>,
}

/// Somebody, in a few words.
#[derive(Debug, Serialize)]
struct PersonRefJson<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> ReactionJson<'a> {
    /// These.
    pub fn from_listed(listed: &'a ListedReaction) -> Self {
        let person_ref = |author: &'a Author| PersonRefJson { id: author.id.0, name: &author.name };
        Self { reaction: &listed.reaction, count: listed.count, people: listed.people.iter().map(person_ref).collect() }
    }
}

/// A change, as the stream tells it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeJson<'a> {
    /// Somebody said something.
    Posted {
        /// The number of the change.
        seq: Seq,
        /// What was said.
        message: MessageJson<'a>,
    },
    /// What somebody had said reads otherwise now.
    Edited {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: MessageJson<'a>,
    },
    /// Somebody reacted to what was said, or no longer does.
    Reacted {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: MessageJson<'a>,
    },
    /// A message is pinned, or no longer.
    Pinned {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        message: MessageJson<'a>,
    },
    /// What somebody had said was taken away.
    Deleted {
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
        room: RoomJson<'a>,
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
        #[serde(rename = "was", skip_serializing_if = "Option::is_none")]
        former_name: Option<&'a str>,
    },
}

/// A new name, for the script of a page, which puts it in the place of the old one.
#[derive(Debug, Serialize)]
pub struct RenamedJson<'a> {
    user: u64,
    name: &'a str,
    initials: String,
    path: String,
}

impl<'a> RenamedJson<'a> {
    /// Of somebody who is called so now.
    pub fn from_author(author: &'a Author) -> Self {
        Self { user: author.id.0, name: &author.name, initials: initials(&author.name), path: author.path() }
    }

    /// As it stands in an event.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are always JSON")
    }
}
