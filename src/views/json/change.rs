//! Changes, as event streams send them.

use serde::Serialize;

use crate::domain::{Author, Seq, initials};
use crate::views::json::message::MessageJson;
use crate::views::json::room::RoomJson;

/// A change of a room. `seq` is the number of the change.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeJson<'a> {
    /// A message was posted.
    Posted {
        /// The number of the change.
        seq: Seq,
        /// The new message.
        message: MessageJson<'a>,
    },
    /// A message was edited.
    Edited {
        /// The number of the change.
        seq: Seq,
        /// The message as it is now.
        message: MessageJson<'a>,
    },
    /// The reactions to a message changed.
    Reacted {
        /// The number of the change.
        seq: Seq,
        /// The message as it is now.
        message: MessageJson<'a>,
    },
    /// A message was pinned or unpinned.
    Pinned {
        /// The number of the change.
        seq: Seq,
        /// The message as it is now.
        message: MessageJson<'a>,
    },
    /// A message was deleted.
    Deleted {
        /// The number of the change.
        seq: Seq,
        /// The slug of the room.
        room: &'a str,
        /// The id of the message.
        message: Seq,
    },
    /// The settings of the room changed.
    RoomChanged {
        /// The number of the change.
        seq: Seq,
        /// The room as it is now.
        room: RoomJson<'a>,
    },
    /// A user has another name.
    Renamed {
        /// The number of the change.
        seq: Seq,
        /// The slug of the room.
        room: &'a str,
        /// The id of the user.
        user: u64,
        /// The new name.
        name: &'a str,
        /// The old name, if it still belongs to the user. The protocol calls it `was`.
        #[serde(rename = "was", skip_serializing_if = "Option::is_none")]
        former_name: Option<&'a str>,
    },
}

/// A new name, for the script of a page, which replaces the old one.
#[derive(Debug, Serialize)]
pub struct RenamedJson<'a> {
    user: u64,
    name: &'a str,
    initials: String,
    path: String,
}

impl<'a> RenamedJson<'a> {
    /// The JSON of a user with a new name.
    pub fn from_author(author: &'a Author) -> Self {
        Self { user: author.id.0, name: &author.name, initials: initials(&author.name), path: author.path() }
    }

    /// The text for the data of an event.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers are always JSON")
    }
}
