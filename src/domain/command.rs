//! Commands: everything that can change the store.

use crate::domain::{
    AccountCommand, Device, Expiry, JoinPolicy, MessageContent, MessageId, Nonce, Reaction, ReadStateCommand, Role,
    RoomId, RoomName, Salt, Seq, SingleLine, TokenHash, UserId, UserName, Visibility,
};

/// Who sent a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A visitor who is not signed in.
    Anonymous,
    /// The user whose token was presented.
    User(UserId),
    /// The operator of the machine.
    Operator,
}

/// A request for a change. It carries all random values that it needs, so applying it is deterministic, and only hashes
/// of secrets.
#[derive(Clone, Debug)]
pub enum Command {
    /// Join as a guest with a free name, and create the room if it does not exist.
    Join {
        /// The room to join.
        room: RoomName,
        /// The name to take.
        name: UserName,
        /// The hash of the new session's token.
        token: TokenHash,
        /// The device of the new session.
        device: Device,
    },
    /// Create the room if it does not exist. For people who have a name.
    OpenRoom {
        /// The room to open.
        room: RoomName,
    },
    /// Post a message.
    Post {
        /// The room.
        room: RoomId,
        /// The content.
        content: MessageContent,
        /// The message that it replies to.
        reply_to: Option<MessageId>,
        /// What the post changes besides the message.
        follow_ups: PostFollowUps,
    },
    /// Revoke the token of a session.
    SignOut {
        /// The hash of the token.
        token: TokenHash,
    },
    /// A command about the caller's own account.
    Account(AccountCommand),
    /// A command about a room.
    Room(RoomId, RoomCommand),
    /// A command about the caller's read state of a room.
    ReadState(RoomId, ReadStateCommand),
    /// A command about another person.
    Person(UserId, PersonCommand),
    /// A command about the server.
    Server(ServerCommand),
}

/// What a post changes, in the same transaction, of how its author reads the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PostFollowUps {
    /// Delete the author's draft in this room.
    pub clear_draft: bool,
    /// How far the author's read mark moves.
    pub mark_read: MarkReadOnPost,
}

/// How far a post moves the read mark of its author. A mark never moves back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkReadOnPost {
    /// It stays where it is.
    #[default]
    Unchanged,
    /// Up to the message: the author has the room on the screen.
    UpToMessage,
    /// Up to the message, but not past the first unread message that mentions the author; and only for an author who
    /// has a mark in this room, or in a direct room. For programs, whose owner may not have read what mentions them.
    UpToMention,
}

/// A command about a room.
#[derive(Clone, Debug)]
pub enum RoomCommand {
    /// Change the settings.
    Update {
        /// The name. The slug follows it, and the old slug redirects to the new one.
        name: RoomName,
        /// The topic.
        topic: Option<SingleLine>,
        /// Who can read it and post in it.
        visibility: Visibility,
        /// The seconds that a user waits between two messages; 0 turns slow mode off.
        slow_mode_s: u32,
        /// The random part of the slug if the room is private.
        salt: Salt,
    },
    /// Add a member to a hidden room.
    AddMember {
        /// The user.
        user: UserId,
    },
    /// Remove a member from a hidden room.
    RemoveMember {
        /// The user.
        user: UserId,
    },
    /// Leave a hidden room.
    Leave,
    /// Archive or unarchive the room.
    SetArchived {
        /// Whether it is archived from now on.
        archived: bool,
    },
    /// Delete the room. It can be restored for a week.
    Delete,
    /// Restore the deleted room.
    Restore,
    /// Edit a message.
    EditMessage {
        /// The message.
        message: MessageId,
        /// The new content.
        content: MessageContent,
    },
    /// Add or remove a reaction.
    SetReaction {
        /// The message.
        message: MessageId,
        /// The reaction.
        reaction: Reaction,
        /// Whether the reaction is there from now on.
        present: bool,
    },
    /// Pin or unpin a message.
    SetPinned {
        /// The message.
        message: MessageId,
        /// Whether it is pinned from now on.
        pinned: bool,
    },
    /// Delete a message.
    DeleteMessage {
        /// The message.
        message: MessageId,
    },
    /// Report a message to the moderators.
    ReportMessage {
        /// The message.
        message: MessageId,
        /// The reason.
        reason: Option<SingleLine>,
    },
    /// Mute or unmute a user in the room.
    MuteMember {
        /// The user.
        user: UserId,
        /// Until when. In the past: unmute.
        until: Expiry,
    },
}

/// A command about another person.
#[derive(Clone, Debug)]
pub enum PersonCommand {
    /// Change the role.
    SetRole(Role),
    /// Mute or unmute the person everywhere.
    Mute {
        /// Until when. In the past: unmute.
        until: Expiry,
    },
    /// Ban the person.
    Ban {
        /// Until when.
        until: Expiry,
        /// The reason.
        reason: Option<SingleLine>,
        /// The addresses from which no one can join during the ban.
        blocked_addresses: Vec<String>,
        /// Whether to delete all messages of the person. They are deleted in steps, by
        /// [`PersonCommand::PurgeMessages`].
        delete_messages: bool,
    },
    /// Lift the ban, and unblock the addresses.
    Unban,
    /// Delete messages of a banned person, one room after another: as many as fit into one change, from this position
    /// on.
    PurgeMessages {
        /// The room.
        room: RoomId,
        /// The message after which to continue.
        after: MessageId,
    },
    /// Record that all messages are deleted, so the ban that asked for it is complete.
    FinishPurge,
    /// Create a password reset link.
    CreateResetLink {
        /// The hash of the link.
        link: TokenHash,
    },
}

/// A command about the server.
#[derive(Clone, Debug)]
pub enum ServerCommand {
    /// Change the server settings.
    UpdateSettings {
        /// The name of the server.
        name: SingleLine,
        /// Who can join.
        join_policy: JoinPolicy,
        /// The lowest role that can create rooms.
        room_creation: Role,
        /// Whether new guests can join.
        allow_guests: bool,
    },
    /// Create a room. The command is refused if the room exists.
    CreateRoom {
        /// The name.
        name: RoomName,
        /// Who can read it and post in it.
        visibility: Visibility,
        /// The members besides the creator, if it is private.
        members: Vec<UserId>,
        /// The random part of the slug if it is private.
        salt: Salt,
    },
    /// Find or create the direct message of exactly these people and the caller.
    OpenDirect {
        /// The others.
        others: Vec<UserId>,
        /// The random part of the slug.
        salt: Salt,
    },
    /// Create an invitation.
    CreateInvitation {
        /// The label.
        label: SingleLine,
        /// The role of the people who join with it.
        role: Role,
        /// How often it can be used. `None`: without a limit.
        max_uses: Option<u32>,
        /// When it expires.
        expiry: Expiry,
        /// The private rooms that people who join with it become members of.
        rooms: Vec<RoomId>,
        /// The hash of the invitation code.
        code: TokenHash,
    },
    /// Revoke an invitation.
    RevokeInvitation {
        /// The invitation.
        id: Seq,
    },
    /// Resolve a report.
    ResolveReport {
        /// The report.
        report: Seq,
    },
}

/// A command on its way to the writer.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Who sent it.
    pub actor: Actor,
    /// The sender's id of this command. The same nonce of the same user is applied once. Without a nonce, or without a
    /// user, sending a command twice applies it twice.
    pub nonce: Option<Nonce>,
    /// The command.
    pub command: Command,
}
