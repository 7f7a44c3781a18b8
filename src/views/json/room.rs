//! Rooms.

use serde::Serialize;

use crate::domain::{Room, Token};

/// A room.
#[derive(Debug, Serialize)]
pub struct RoomJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    topic: &'a str,
    visibility: &'a str,
    slow_mode_s: u32,
    archived: bool,
}

impl<'a> RoomJson<'a> {
    /// The JSON of a room.
    pub fn from_room(room: &'a Room) -> Self {
        Self {
            room: room.slug.as_str(),
            name: &room.name,
            url: room.slug.path(),
            topic: &room.topic,
            visibility: room.visibility.as_str(),
            slow_mode_s: room.slow_mode_s,
            archived: room.archived,
        }
    }
}

/// The answer to a user who joined a room.
#[derive(Debug, Serialize)]
pub struct JoinedRoomJson<'a> {
    token: String,
    name: &'a str,
    room: &'a str,
    url: &'a str,
}

impl<'a> JoinedRoomJson<'a> {
    /// The answer to the user `name`, who has this token from now on.
    pub fn new(room: &'a Room, name: &'a str, token: &Token) -> Self {
        Self { token: token.to_text(), name, room: room.slug.as_str(), url: room.slug.path() }
    }
}
