//! Why something is not done, when the reason lies with who asks. Each says, in words for them, what to change.

use thiserror::Error;

use super::clean;
use super::limits::{BODY_CHARS_MAX, FORM_BYTES_MAX, NAME_CHARS_MAX, NONCE_BYTES_MAX, ROOM_CHARS_MAX};

/// A "no" to the asker.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The name has nothing one can see.
    #[error("Type the name the others will see.")]
    NameBlank,
    /// The name is over the limit.
    #[error("At most {NAME_CHARS_MAX} characters for a name, please.")]
    NameTooLong,
    /// The name belongs to somebody else.
    #[error("{0} is somebody else here. Take another name.")]
    NameTaken(String),
    /// The room's name has nothing that could make an address.
    #[error("Type the name of a room: a word, a number or an emoji will do.")]
    RoomBlank,
    /// The room's name is over the limit.
    #[error("At most {ROOM_CHARS_MAX} characters for a room, please.")]
    RoomTooLong,
    /// There is no such room.
    #[error("There is no room called “{0}”. Come in with that name and it opens.")]
    RoomUnknown(String),
    /// There is no such message in this room.
    #[error("There is no such message in this room.")]
    MessageUnknown,
    /// The message is blank.
    #[error("Write something first.")]
    BodyBlank,
    /// The message is over the limit.
    #[error("A message has at most {BODY_CHARS_MAX} characters. Send it in parts.")]
    BodyTooLong,
    /// The nonce is not one.
    #[error("A nonce has at most {NONCE_BYTES_MAX} visible ASCII characters.")]
    NonceInvalid,
    /// Saying something needs a name.
    #[error(
        "To post you need a name: send `room` and `name` to /enter, then show the token it answers as `Authorization: Bearer TOKEN`."
    )]
    NameNeeded,
    /// The credentials that were shown belong to nobody.
    #[error("That token belongs to nobody here. Send `room` and `name` to /enter for a new one.")]
    TokenUnknown,
    /// A browser sent this from a page of another site.
    #[error("This was sent from another site's page, so it was not done. Open Taproom itself and try again.")]
    ForeignOrigin,
    /// The request's body is over the limit.
    #[error("That is too much at once: a request has at most {FORM_BYTES_MAX} bytes.")]
    TooLarge,
    /// The request's body is not what its type says, or not UTF-8.
    #[error("That could not be read: {0}.")]
    Unreadable(&'static str),
    /// A part of the address is not what it should be.
    #[error("`{0}` must be a number from a link or an event id.")]
    QueryInvalid(&'static str),
    /// The body took too long to arrive.
    #[error("That took too long to arrive. Send it again.")]
    TooSlow,
    /// Nothing lives at this address.
    #[error("There is nothing at this address.")]
    Nothing,
    /// Something lives there, but it does not take this method.
    #[error("This address does not take that method.")]
    MethodUnknown,
}

impl Refusal {
    /// Which refusal it is, in one word for programs. It holds nothing of what was asked, and never changes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NameBlank => "name_blank",
            Self::NameTooLong => "name_too_long",
            Self::NameTaken(_) => "name_taken",
            Self::RoomBlank => "room_blank",
            Self::RoomTooLong => "room_too_long",
            Self::RoomUnknown(_) => "room_unknown",
            Self::MessageUnknown => "message_unknown",
            Self::BodyBlank => "body_blank",
            Self::BodyTooLong => "body_too_long",
            Self::NonceInvalid => "nonce_invalid",
            Self::NameNeeded => "name_needed",
            Self::TokenUnknown => "token_unknown",
            Self::ForeignOrigin => "foreign_origin",
            Self::TooLarge => "too_large",
            Self::Unreadable(_) => "unreadable",
            Self::QueryInvalid(_) => "query_invalid",
            Self::TooSlow => "too_slow",
            Self::Nothing => "nothing",
            Self::MethodUnknown => "method_unknown",
        }
    }

    /// There is no room of this name, which is repeated as cleanly and shortly as if there were.
    pub fn room_unknown(name: &str) -> Self {
        Self::RoomUnknown(clean::line(name).chars().take(ROOM_CHARS_MAX).collect())
    }
}
