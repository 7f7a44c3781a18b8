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

/// What an event means to listeners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The room whose listeners receive the event, if it is an event of one room.
    pub room: Option<RoomId>,
    /// Whose number of unread messages may have changed.
    pub unread: Option<UnreadChange>,
    /// Whose permissions may have changed: their open streams are checked again.
    pub access: Option<AccessChange>,
}

/// Whose number of unread messages may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadChange {
    /// All who read this room.
    AllReaders(RoomId),
    /// This user in this room.
    Reader(UserId, RoomId),
}

/// Whose permissions may have changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    /// One user's, in all rooms.
    Person(UserId),
    /// All users', in one room.
    Room(RoomId),
    /// All users', in all rooms.
    Everyone,
}

impl Event {
    /// What the event means to listeners. The one place that decides it: a new event is added here.
    pub fn effects(self) -> Effects {
        let none = Effects::default();
        let access = |change| Effects { access: Some(change), ..none };
        match self {
            Self::MessagePosted { room, .. } | Self::MessageEdited { room, .. } | Self::MessageDeleted { room, .. } => {
                Effects { room: Some(room), unread: Some(UnreadChange::AllReaders(room)), access: None }
            }
            Self::ReactionsChanged { room, .. } | Self::PinsChanged { room, .. } => {
                Effects { room: Some(room), ..none }
            }
            Self::RoomChanged { room } => {
                Effects { room: Some(room), access: Some(AccessChange::Room(room)), unread: None }
            }
            Self::RoomDeletedOrRestored { room } => access(AccessChange::Room(room)),
            Self::MemberAdded { room, user } | Self::ReadStateChanged { user, room } => {
                Effects { unread: Some(UnreadChange::Reader(user, room)), ..none }
            }
            Self::MemberRemoved { user, .. }
            | Self::MutedInRoom { user, .. }
            | Self::PersonChanged { user }
            | Self::PersonRenamed { user }
            | Self::SignedOut { user } => access(AccessChange::Person(user)),
            Self::ServerChanged => access(AccessChange::Everyone),
            Self::PersonJoined { .. } | Self::RoomOpened { .. } | Self::SignedIn { .. } | Self::AuditLogged => none,
        }
    }
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
        let Effects { room, unread, .. } = self.event.effects();
        let author = self.read_state_of.zip(room).map(|(user, room)| UnreadChange::Reader(user, room));
        unread.into_iter().chain(author)
    }
}
