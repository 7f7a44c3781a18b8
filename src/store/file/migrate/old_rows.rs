//! Rows of older formats that more than one step uses.

use serde::{Deserialize, Serialize};

use crate::domain::{Expiry, MessageExtras, Role, RoomId, Seq, Timestamp, UserId};

/// A message of formats 4 and 5.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Message5 {
    pub author: UserId,
    pub at: Timestamp,
    pub continues_group: bool,
    pub starts_day: bool,
    pub ordinal: u64,
    pub body: String,
    pub html: Option<String>,
    pub extras: Option<Box<MessageExtras>>,
}

/// A person of format 4.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct User4 {
    pub name: String,
    pub joined_at: Timestamp,
    pub role: Role,
    pub muted_until: Expiry,
    pub banned_until: Expiry,
    pub invitation: Option<Seq>,
    pub presence_hidden: bool,
}

/// A person of format 3.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct User3 {
    pub name: String,
    pub joined_at: Timestamp,
    pub role: Role,
    pub muted_until: Expiry,
    pub banned_until: Expiry,
    pub invitation: Option<Seq>,
}

/// A row of `recent` of format 3.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Activity3 {
    pub room: RoomId,
    pub is_listed: bool,
    pub at: Timestamp,
    pub last_author: Option<UserId>,
    pub last_posted_at: Timestamp,
    pub feed_len: u64,
    pub feed_floor: Seq,
}

/// A room of format 2.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Room2 {
    pub name: String,
    pub slug: String,
    pub created_at: Timestamp,
    pub created_by: UserId,
}

/// A row of `recent` of format 2.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Activity2 {
    pub room: RoomId,
    pub at: Timestamp,
    pub last_author: Option<UserId>,
    pub feed_len: u64,
    pub feed_floor: Seq,
}
