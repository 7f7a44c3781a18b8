//! Events: what an applied command changed.

use serde::{Deserialize, Serialize};

use crate::domain::{MessageId, RoomId, Seq, UserId};

/// What a command changed. It names what was touched and holds no content: a listener that catches up later is sent
/// what is true by then. Stored in the feed and with the outcomes, so variants are only added at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A guest took a name and joined a room.
    PersonJoined {
        /// The user.
        user: UserId,
        /// The room.
        room: RoomId,
    },
    /// A room was found by name, or created.
    RoomOpened {
        /// The room.
        room: RoomId,
    },
    /// A message was posted.
    MessagePosted {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
    },
    /// A session or token was ended by its owner.
    SignedOut {
        /// The user.
        user: UserId,
    },
    /// A message was deleted.
    MessageDeleted {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
    },
    /// The settings of a room changed, or it was archived or unarchived.
    RoomChanged {
        /// The room.
        room: RoomId,
    },
    /// A user became a member of a private room.
    MemberAdded {
        /// The room.
        room: RoomId,
        /// The user.
        user: UserId,
    },
    /// A user is no longer a member of a private room.
    MemberRemoved {
        /// The room.
        room: RoomId,
        /// The user.
        user: UserId,
    },
    /// A room was deleted or restored.
    RoomDeletedOrRestored {
        /// The room.
        room: RoomId,
    },
    /// A user was muted or unmuted in a room.
    MutedInRoom {
        /// The room.
        room: RoomId,
        /// The user.
        user: UserId,
    },
    /// A user has a new session or token.
    SignedIn {
        /// The user.
        user: UserId,
    },
    /// A user has another role, other tokens, or was muted, banned, or freed of that.
    PersonChanged {
        /// The user.
        user: UserId,
    },
    /// The settings of the server changed.
    ServerChanged,
    /// Something was recorded that changes no permissions.
    AuditLogged,
    /// A message was edited.
    MessageEdited {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
    },
    /// A reaction was added or removed.
    ReactionsChanged {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
    },
    /// A message was pinned or unpinned.
    PinsChanged {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
    },
    /// A user read further, saved a draft, or changed their notifications for a room. Only they see it.
    ReadStateChanged {
        /// The user.
        user: UserId,
        /// The room.
        room: RoomId,
    },
    /// A user was renamed. Listeners of all rooms that show the name receive it.
    PersonRenamed {
        /// The user.
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
    /// The change of the same room before it, or the creation of the room. 0 if it is no change of a room.
    pub previous: Seq,
    /// What happened.
    pub event: Event,
    /// The person whose read state of the room changed with a post: its author, if their draft was cleared or their
    /// read mark moved. Not stored: it matters only to listeners at the moment of the change.
    #[serde(skip)]
    pub read_state_of: Option<UserId>,
    /// The command had been applied before under the same nonce; this is what it changed then.
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
