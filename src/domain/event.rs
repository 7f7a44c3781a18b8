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
    Left {
        /// Who.
        user: UserId,
    },
    /// What somebody had said was taken away.
    Removed {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
    },
    /// A room has another name, topic, kind or pace, or went into the archive, or came out.
    RoomChanged {
        /// Which.
        room: RoomId,
    },
    /// Somebody now belongs to a hidden room.
    Joined {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Somebody no longer belongs to a hidden room.
    Parted {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// A room was deleted, or had back.
    RoomGone {
        /// Which.
        room: RoomId,
    },
    /// Somebody was silenced in a room, or may speak there again.
    RoomMuted {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Somebody has one token more.
    SignedIn {
        /// Who.
        user: UserId,
    },
    /// Somebody has another role, other tokens, or something was laid on them or lifted.
    PersonChanged {
        /// Who.
        user: UserId,
    },
    /// The house has another door or name.
    HouseChanged,
    /// Something was written down that changes nobody's rights.
    Noted,
    /// What somebody had said reads otherwise now.
    Edited {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
    },
    /// Somebody reacted to what was said, or no longer does.
    Reacted {
        /// Where.
        room: RoomId,
        /// To what.
        message: MessageId,
    },
    /// A message is pinned, or no longer.
    Pinned {
        /// Where.
        room: RoomId,
        /// Which.
        message: MessageId,
    },
    /// Somebody has read further, or begun to write, or wants to hear of something else. Only they see it.
    ReaderMoved {
        /// Who.
        user: UserId,
        /// Where.
        room: RoomId,
    },
    /// Somebody is called otherwise. It is heard in every room in which their name can be seen.
    Renamed {
        /// Who.
        user: UserId,
    },
}

/// Whose rights, or whose standing, an event may have changed: their open streams are judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerned {
    /// One person, wherever they listen.
    Person(UserId),
    /// Everybody in a room.
    Room(RoomId),
    /// Everybody.
    House,
}

impl Event {
    /// In which one room it is heard, if in one.
    pub fn heard_in(self) -> Option<RoomId> {
        match self {
            Self::Posted { room, .. }
            | Self::Removed { room, .. }
            | Self::Edited { room, .. }
            | Self::Reacted { room, .. }
            | Self::Pinned { room, .. }
            | Self::RoomChanged { room } => Some(room),
            Self::Entered { .. }
            | Self::Opened { .. }
            | Self::Left { .. }
            | Self::Joined { .. }
            | Self::Parted { .. }
            | Self::RoomGone { .. }
            | Self::RoomMuted { .. }
            | Self::SignedIn { .. }
            | Self::PersonChanged { .. }
            | Self::HouseChanged
            | Self::Noted
            | Self::ReaderMoved { .. }
            | Self::Renamed { .. } => None,
        }
    }

    /// For whom it may have changed how much there is that they have not read.
    pub fn counted(self) -> Option<Counted> {
        match self {
            Self::Posted { room, .. } | Self::Removed { room, .. } | Self::Edited { room, .. } => {
                Some(Counted::ByAll(room))
            }
            Self::Joined { room, user } | Self::ReaderMoved { user, room } => Some(Counted::By(user, room)),
            Self::Entered { .. }
            | Self::Opened { .. }
            | Self::Left { .. }
            | Self::RoomChanged { .. }
            | Self::Parted { .. }
            | Self::RoomGone { .. }
            | Self::RoomMuted { .. }
            | Self::SignedIn { .. }
            | Self::PersonChanged { .. }
            | Self::HouseChanged
            | Self::Noted
            | Self::Reacted { .. }
            | Self::Pinned { .. }
            | Self::Renamed { .. } => None,
        }
    }

    /// Whose rights it may have changed.
    pub fn concerns(self) -> Option<Concerned> {
        match self {
            Self::RoomChanged { room } | Self::RoomGone { room } => Some(Concerned::Room(room)),
            Self::Parted { user, .. }
            | Self::RoomMuted { user, .. }
            | Self::PersonChanged { user }
            | Self::Renamed { user }
            | Self::Left { user } => Some(Concerned::Person(user)),
            Self::HouseChanged => Some(Concerned::House),
            Self::Entered { .. }
            | Self::Opened { .. }
            | Self::Posted { .. }
            | Self::Removed { .. }
            | Self::Edited { .. }
            | Self::Reacted { .. }
            | Self::Pinned { .. }
            | Self::Joined { .. }
            | Self::SignedIn { .. }
            | Self::Noted
            | Self::ReaderMoved { .. } => None,
        }
    }
}

/// For whom something may have changed how much there is that they have not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// For everybody who reads this room.
    ByAll(RoomId),
    /// For this person in this room.
    By(UserId, RoomId),
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
