//! What happened.

use serde::{Deserialize, Serialize};

use super::{MessageId, RoomId, Seq, UserId};

/// What a command led to. It names what it touched and holds no content: whoever catches up later is shown what is
/// true then. Stored in the feed and with the outcomes, so variants are only ever added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody took a name and came into a room.
    Entered {
        /// Who.
        user: UserId,
        /// Where.
        room: RoomId,
    },
    /// Somebody came into a room, which may have opened it.
    Opened {
        /// Where.
        room: RoomId,
    },
    /// Somebody said something.
    Posted {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
    },
    /// Somebody gave up a token.
    Left,
}

/// An [`Event`] and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The number of the change.
    pub seq: Seq,
    /// The change of the same room before it, or its opening. 0 for what no room hears.
    pub before: Seq,
    /// What happened.
    pub event: Event,
    /// The asker's nonce had been carried out before; this is what happened then.
    #[serde(skip)]
    pub again: bool,
}
