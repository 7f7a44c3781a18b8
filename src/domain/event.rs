//! What happened.

use serde::{Deserialize, Serialize};

use crate::domain::{MessageId, RoomId, Seq, UserId};

/// What a command led to. It names what it touched and holds no content: whoever catches up later is shown what is
/// true then. Stored in the feed and with the outcomes, so variants are only ever added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody took a name and came into a room.
    PersonJoined {
        /// Who.
        user: UserId,
        /// Where.
        room: RoomId,
    },
    /// Somebody came into a room, which may have opened it.
    RoomOpened {
        /// Where.
        room: RoomId,
    },
    /// Somebody said something.
    MessagePosted {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
    },
    /// Somebody gave up a token.
    SignedOut {
        /// Who.
        user: UserId,
    },
    /// What somebody had said was taken away.
    MessageDeleted {
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
    MemberAdded {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Somebody no longer belongs to a hidden room.
    MemberRemoved {
        /// Where.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// A room was deleted, or had back.
    RoomDeletedOrRestored {
        /// Which.
        room: RoomId,
    },
    /// Somebody was silenced in a room, or may speak there again.
    MutedInRoom {
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
    ServerChanged,
    /// Something was written down that changes nobody's rights.
    AuditLogged,
    /// What somebody had said reads otherwise now.
    MessageEdited {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
    },
    /// Somebody reacted to what was said, or no longer does.
    ReactionsChanged {
        /// Where.
        room: RoomId,
        /// To what.
        message: MessageId,
    },
    /// A message is pinned, or no longer.
    PinsChanged {
        /// Where.
        room: RoomId,
        /// Which.
        message: MessageId,
    },
    /// Somebody has read further, or begun to write, or wants to hear of something else. Only they see it.
    ReadStateChanged {
        /// Who.
        user: UserId,
        /// Where.
        room: RoomId,
    },
    /// Somebody is called otherwise. It is heard in every room in which their name can be seen.
    PersonRenamed {
        /// Who.
        user: UserId,
    },
}

/// Whose rights, or whose standing, an event may have changed: their open streams are judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// One person, wherever they listen.
    Person(UserId),
    /// Everybody in a room.
    Room(RoomId),
    /// Everybody.
    Everyone,
}

impl Event {
    /// In which one room it is heard, if in one.
    pub fn room(self) -> Option<RoomId> {
        match self {
            Self::MessagePosted { room, .. }
            | Self::MessageDeleted { room, .. }
            | Self::MessageEdited { room, .. }
            | Self::ReactionsChanged { room, .. }
            | Self::PinsChanged { room, .. }
            | Self::RoomChanged { room } => Some(room),
            Self::PersonJoined { .. }
            | Self::RoomOpened { .. }
            | Self::SignedOut { .. }
            | Self::MemberAdded { .. }
            | Self::MemberRemoved { .. }
            | Self::RoomDeletedOrRestored { .. }
            | Self::MutedInRoom { .. }
            | Self::SignedIn { .. }
            | Self::PersonChanged { .. }
            | Self::ServerChanged
            | Self::AuditLogged
            | Self::ReadStateChanged { .. }
            | Self::PersonRenamed { .. } => None,
        }
    }

    /// For whom it may have changed how much there is that they have not read.
    pub fn unread_change(self) -> Option<UnreadChange> {
        match self {
            Self::MessagePosted { room, .. } | Self::MessageDeleted { room, .. } | Self::MessageEdited { room, .. } => {
                Some(UnreadChange::AllReaders(room))
            }
            Self::MemberAdded { room, user } | Self::ReadStateChanged { user, room } => {
                Some(UnreadChange::Reader(user, room))
            }
            Self::PersonJoined { .. }
            | Self::RoomOpened { .. }
            | Self::SignedOut { .. }
            | Self::RoomChanged { .. }
            | Self::MemberRemoved { .. }
            | Self::RoomDeletedOrRestored { .. }
            | Self::MutedInRoom { .. }
            | Self::SignedIn { .. }
            | Self::PersonChanged { .. }
            | Self::ServerChanged
            | Self::AuditLogged
            | Self::ReactionsChanged { .. }
            | Self::PinsChanged { .. }
            | Self::PersonRenamed { .. } => None,
        }
    }

    /// Whose rights it may have changed.
    pub fn access_change(self) -> Option<AccessChange> {
        match self {
            Self::RoomChanged { room } | Self::RoomDeletedOrRestored { room } => Some(AccessChange::Room(room)),
            Self::MemberRemoved { user, .. }
            | Self::MutedInRoom { user, .. }
            | Self::PersonChanged { user }
            | Self::PersonRenamed { user }
            | Self::SignedOut { user } => Some(AccessChange::Person(user)),
            Self::ServerChanged => Some(AccessChange::Everyone),
            Self::PersonJoined { .. }
            | Self::RoomOpened { .. }
            | Self::MessagePosted { .. }
            | Self::MessageDeleted { .. }
            | Self::MessageEdited { .. }
            | Self::ReactionsChanged { .. }
            | Self::PinsChanged { .. }
            | Self::MemberAdded { .. }
            | Self::SignedIn { .. }
            | Self::AuditLogged
            | Self::ReadStateChanged { .. } => None,
        }
    }
}

/// For whom something may have changed how much there is that they have not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadChange {
    /// For everybody who reads this room.
    AllReaders(RoomId),
    /// For this person in this room.
    Reader(UserId, RoomId),
}

/// An [`Event`] and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The number of the change.
    pub seq: Seq,
    /// The change of the same room before it, or its opening. 0 for what no room hears.
    pub previous: Seq,
    /// What happened.
    pub event: Event,
    /// The person whose read state of the room changed with a post: its author, if their draft was cleared or their read
    /// mark moved. Not stored: it matters only to listeners at the moment of the change.
    #[serde(skip)]
    pub read_state_of: Option<UserId>,
    /// The asker's nonce had been carried out before; this is what happened then.
    #[serde(skip)]
    pub is_replay: bool,
}

impl Applied {
    /// Whose number of unread messages may have changed.
    pub fn unread_changes(self) -> impl Iterator<Item = UnreadChange> {
        let room = self.event.room();
        let author = self.read_state_of.zip(room).map(|(user, room)| UnreadChange::Reader(user, room));
        self.event.unread_change().into_iter().chain(author)
    }
}
