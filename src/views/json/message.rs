//! Messages.

use maud::Render;
use serde::Serialize;

use crate::domain::{Author, Cursor, Day, DayPage, Message, ReactionGroup, Room, Seq, Slug, UserId, Version};
use crate::views::json::time::format_time;
use crate::views::messages::history::version_times;
use crate::views::messages::reactions::ListedReaction;
use crate::views::text::RenderedText;

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
    /// The rendered HTML, if it differs from the plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(skip_serializing_if = "<[UserId]>::is_empty")]
    mentions: &'a [UserId],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mentions_room: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Seq>,
    /// The first message of the thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<Seq>,
    /// The number of replies in the thread that this message starts.
    #[serde(skip_serializing_if = "is_zero")]
    replies: u32,
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
    /// The JSON of a message in the room with this slug.
    pub fn from_message(room: &'a Slug, message: &'a Message) -> Self {
        let extras = &message.details.extras;
        Self {
            id: message.id.0,
            room: room.as_str(),
            author: &message.author.name,
            author_id: message.author.id.0,
            at: format_time(message.at),
            body: &message.body,
            deleted: message.is_deleted(),
            continues_group: message.grouping.continues_group,
            html: message.html.is_some().then(|| RenderedText::from_message(message).render().into_string()),
            mentions: &extras.mentions,
            mentions_room: extras.mentions_room,
            reply_to: extras.reply_to,
            thread: extras.thread_root,
            replies: extras.reply_count,
            edited_at: extras.edited_at.map(format_time),
            pinned: extras.pinned,
            reactions: &extras.reactions,
            url: format!("{}/messages/{}", room.path(), message.id),
        }
    }
}

fn messages_json<'a>(room: &'a Slug, messages: &'a [Message]) -> Vec<MessageJson<'a>> {
    messages.iter().map(|message| MessageJson::from_message(room, message)).collect()
}

/// Messages of a room that belong together: a thread, or the pins.
#[derive(Debug, Serialize)]
pub struct MessagesJson<'a> {
    room: &'a str,
    messages: Vec<MessageJson<'a>>,
}

impl<'a> MessagesJson<'a> {
    /// The JSON of these messages in the room with this slug.
    pub fn new(room: &'a Slug, messages: &'a [Message]) -> Self {
        Self { room: room.as_str(), messages: messages_json(room, messages) }
    }
}

/// A page of messages.
#[derive(Debug, Serialize)]
pub struct PageJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    /// Where a stream continues from this page: `/rooms/{room}/live?after=CURSOR`.
    cursor: String,
    older: bool,
    newer: bool,
    messages: Vec<MessageJson<'a>>,
}

impl<'a> PageJson<'a> {
    /// The JSON of these messages, read at this cursor, and whether there are older and newer ones.
    pub fn new(room: &'a Room, cursor: Cursor, messages: &'a [Message], older: bool, newer: bool) -> Self {
        let cursor = cursor.to_string();
        let messages = messages_json(&room.slug, messages);
        Self { room: room.slug.as_str(), name: &room.name, url: room.slug.path(), cursor, older, newer, messages }
    }
}

/// The messages of a room on one day.
#[derive(Debug, Serialize)]
pub struct DayJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    date: String,
    /// The nearest days before and after this one that have messages.
    previous: Option<String>,
    next: Option<String>,
    /// Whether the same day has more messages.
    older: bool,
    newer: bool,
    messages: Vec<MessageJson<'a>>,
}

impl<'a> DayJson<'a> {
    /// The JSON of a page of a day.
    pub fn new(room: &'a Room, day: Day, page: &'a DayPage) -> Self {
        let DayPage { messages, has_older, has_newer, previous_day, next_day } = page;
        Self {
            room: room.slug.as_str(),
            name: &room.name,
            url: room.slug.path(),
            date: day.to_string(),
            previous: previous_day.map(|day| day.to_string()),
            next: next_day.map(|day| day.to_string()),
            older: *has_older,
            newer: *has_newer,
            messages: messages_json(&room.slug, messages),
        }
    }
}

/// The text of a message from a time on.
#[derive(Debug, Serialize)]
pub struct VersionJson<'a> {
    from: String,
    body: &'a str,
}

impl<'a> VersionJson<'a> {
    /// All versions of a message, oldest first; the last one is the current text.
    pub fn from_versions(message: &'a Message, versions: &'a [Version]) -> Vec<Self> {
        let bodies = versions.iter().map(|version| version.body.as_str()).chain([message.body.as_str()]);
        let times = version_times(message.at, versions);
        times.zip(bodies).map(|(from, body)| Self { from: format_time(from), body }).collect()
    }
}

/// One reaction to a message, with the people who chose it.
#[derive(Debug, Serialize)]
pub struct ReactionJson<'a> {
    reaction: &'a str,
    count: usize,
    people: Vec<PersonRefJson<'a>>,
}

/// The id and the name of a person.
#[derive(Debug, Serialize)]
struct PersonRefJson<'a> {
    id: u64,
    name: &'a str,
}

impl<'a> ReactionJson<'a> {
    /// The JSON of a reaction.
    pub fn from_listed(listed: &'a ListedReaction) -> Self {
        let person_ref = |author: &'a Author| PersonRefJson { id: author.id.0, name: &author.name };
        Self { reaction: &listed.reaction, count: listed.count, people: listed.people.iter().map(person_ref).collect() }
    }
}
