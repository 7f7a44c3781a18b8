//! What somebody asks for.

use super::{Body, Nonce, RoomId, RoomName, TokenHash, UserId, UserName};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody without a name.
    Nobody,
    /// Somebody who has shown the token of this name.
    User(UserId),
}

/// A wish to change something. It carries every random value it needs, so that carrying it out draws none.
#[derive(Clone, Debug)]
pub enum Command {
    /// Take a name that is free, and open the room if there is none.
    Enter {
        /// The room to come into.
        room: RoomName,
        /// The name to take.
        name: UserName,
        /// The hash of the token that will prove the name.
        token: TokenHash,
    },
    /// Open the room if there is none; for somebody who has a name.
    Open {
        /// The room to come into.
        room: RoomName,
    },
    /// Say something.
    Post {
        /// Where.
        room: RoomId,
        /// What.
        body: Body,
    },
    /// Give up a token: whoever holds it is nobody again.
    Leave {
        /// The hash of that token.
        token: TokenHash,
    },
}

/// A command on its way to the writer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who asks.
    pub who: Who,
    /// What the asker calls this command. The same person's same nonce does nothing twice; without one, or without
    /// a name, sending twice means it twice.
    pub nonce: Option<Nonce>,
    /// What is asked.
    pub command: Command,
}
