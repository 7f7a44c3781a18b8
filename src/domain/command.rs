//! Commands: everything that can change the store.

use crate::domain::{
    AccountCommand, Device, Expiry, JoinPolicy, MessageContent, MessageId, Nonce, Reaction, ReadStateCommand, Role,
    RoomId, RoomName, Salt, Seq, SingleLine, TokenHash, UserId, UserName, Visibility,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody without a name.
    Anonymous,
    /// Somebody who has shown the token of this name.
    User(UserId),
    /// Whoever runs the machine.
    Operator,
}

/// A wish to change something. It carries every random value it needs, so that carrying it out draws none; and no secret,
/// only what is kept of it.
#[derive(Clone, Debug)]
pub enum Command {
    /// Take a name that is free, and open the room if there is none.
    Join {
        /// The room to come into.
        room: RoomName,
        /// The name to take.
        name: UserName,
        /// The hash of the token that will prove the name.
        token: TokenHash,
        /// From where.
        device: Device,
    },
    /// Open the room if there is none; for somebody who has a name.
    OpenRoom {
        /// The room to come into.
        room: RoomName,
    },
    /// Say something.
    Post {
        /// Where.
        room: RoomId,
        /// What.
        content: MessageContent,
        /// What it answers.
        reply_to: Option<MessageId>,
        /// What it changes beside the message.
        follow_ups: PostFollowUps,
    },
    /// Give up a token: whoever holds it is nobody again.
    SignOut {
        /// The hash of that token.
        token: TokenHash,
    },
    /// Something about one's own account.
    Account(AccountCommand),
    /// Something about a room.
    Room(RoomId, RoomCommand),
    /// Something about how one reads a room.
    ReadState(RoomId, ReadStateCommand),
    /// Something about another person.
    Person(UserId, PersonCommand),
    /// Something about the house.
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
    /// Up to the message, but not past the first unread message that mentions the author; and only for an author who has
    /// a mark in this room, or in a direct room. For programs, whose owner may not have read what mentions them.
    UpToMention,
}

/// Something about a room.
#[derive(Clone, Debug)]
pub enum RoomCommand {
    /// Change what it is.
    Update {
        /// Its name; its address follows, and the old one leads there.
        name: RoomName,
        /// What it is about.
        topic: Option<SingleLine>,
        /// Who hears it.
        visibility: Visibility,
        /// In so many seconds each may say one thing; 0 for no such limit.
        slow_mode_s: u32,
        /// What hides its address if it is closed.
        salt: Salt,
    },
    /// Bring people into a hidden room.
    AddMember {
        /// Whom.
        user: UserId,
    },
    /// Take somebody out of a hidden room.
    RemoveMember {
        /// Whom.
        user: UserId,
    },
    /// Go out of a hidden room.
    Leave,
    /// Put it into the archive, or take it out.
    SetArchived {
        /// Whether it is to be there.
        archived: bool,
    },
    /// Delete it. For a week it can be had back.
    Delete,
    /// Have it back.
    Restore,
    /// Say it otherwise.
    EditMessage {
        /// What.
        message: MessageId,
        /// How.
        content: MessageContent,
    },
    /// React to it, or take that back.
    SetReaction {
        /// To what.
        message: MessageId,
        /// How.
        reaction: Reaction,
        /// Whether it is to be there.
        present: bool,
    },
    /// Pin a message to the room, or take it off.
    SetPinned {
        /// Which.
        message: MessageId,
        /// Whether it is to be there.
        pinned: bool,
    },
    /// Take away what somebody said there.
    DeleteMessage {
        /// What.
        message: MessageId,
    },
    /// Tell those who keep order of a message.
    ReportMessage {
        /// Which.
        message: MessageId,
        /// Why.
        reason: Option<SingleLine>,
    },
    /// Silence somebody there.
    MuteMember {
        /// Whom.
        user: UserId,
        /// Until when. Over: they may speak again.
        until: Expiry,
    },
}

/// Something about another person.
#[derive(Clone, Debug)]
pub enum PersonCommand {
    /// Make them something else.
    SetRole(Role),
    /// Silence them everywhere. Over: they may speak again.
    Mute {
        /// Until when.
        until: Expiry,
    },
    /// Put them outside.
    Ban {
        /// Until when.
        until: Expiry,
        /// Why.
        reason: Option<SingleLine>,
        /// The addresses from which nobody may come in anew meanwhile.
        blocked_addresses: Vec<String>,
        /// Whether all they have said is to go. It goes piece by piece, by [`PersonCommand::PurgeMessages`].
        delete_messages: bool,
    },
    /// Let them in again, and their addresses.
    Unban,
    /// Take away what they have said, in one room after the other: as much as fits into one change, from this place on.
    PurgeMessages {
        /// In which room.
        room: RoomId,
        /// After which message.
        after: MessageId,
    },
    /// Nothing is left that they have said: the ban that wanted it gone is carried out.
    FinishPurge,
    /// Make a link by which they may choose a new password.
    CreateResetLink {
        /// The link.
        link: TokenHash,
    },
}

/// Something about the house.
#[derive(Clone, Debug)]
pub enum ServerCommand {
    /// Settle what it is called and who may come in.
    UpdateSettings {
        /// What it is called.
        name: SingleLine,
        /// Who may come in.
        join_policy: JoinPolicy,
        /// What somebody must be to open a room.
        room_creation: Role,
        /// Whether new guests may come in.
        allow_guests: bool,
    },
    /// Create a room that must not be there yet.
    CreateRoom {
        /// Its name.
        name: RoomName,
        /// Who hears it.
        visibility: Visibility,
        /// Who belongs to it besides its creator, if it is closed.
        members: Vec<UserId>,
        /// What hides its address if it is closed.
        salt: Salt,
    },
    /// Find the direct room of exactly these people and oneself, or create it.
    OpenDirect {
        /// The others.
        others: Vec<UserId>,
        /// What hides its address.
        salt: Salt,
    },
    /// Make an invitation.
    CreateInvitation {
        /// What to call it.
        label: SingleLine,
        /// What whoever comes by it becomes.
        role: Role,
        /// How often it may be used.
        max_uses: Option<u32>,
        /// Until when.
        expiry: Expiry,
        /// Closed rooms to which it leads.
        rooms: Vec<RoomId>,
        /// The link.
        code: TokenHash,
    },
    /// Take an invitation back.
    RevokeInvitation {
        /// Which.
        id: Seq,
    },
    /// Put a report away.
    ResolveReport {
        /// Which.
        report: Seq,
    },
}

/// A command on its way to the writer.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Who asks.
    pub actor: Actor,
    /// What the asker calls this command. The same person's same nonce does nothing twice; without one, or without
    /// a name, sending twice means it twice.
    pub nonce: Option<Nonce>,
    /// What is asked.
    pub command: Command,
}
