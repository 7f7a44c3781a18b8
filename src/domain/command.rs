//! What somebody asks for.

use super::{
    AccountCommand, Device, Door, Kind, Line, MessageId, Nonce, Reaction, ReaderCommand, Role, RoomId, RoomName, Salt,
    Seq, TokenHash, Until, UserId, UserName, Words,
};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Somebody without a name.
    Nobody,
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
    Enter {
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
    Open {
        /// The room to come into.
        room: RoomName,
    },
    /// Say something.
    Post {
        /// Where.
        room: RoomId,
        /// What.
        words: Words,
        /// What it answers.
        reply_to: Option<MessageId>,
    },
    /// Give up a token: whoever holds it is nobody again.
    Leave {
        /// The hash of that token.
        token: TokenHash,
    },
    /// Something about one's own account.
    Account(AccountCommand),
    /// Something about a room.
    Room(RoomId, RoomCommand),
    /// Something about how one reads a room.
    Reader(RoomId, ReaderCommand),
    /// Something about another person.
    Person(UserId, PersonCommand),
    /// Something about the house.
    House(HouseCommand),
}

/// Something about a room.
#[derive(Clone, Debug)]
pub enum RoomCommand {
    /// Change what it is.
    Set {
        /// Its name; its address follows, and the old one leads there.
        name: RoomName,
        /// What it is about.
        topic: Option<Line>,
        /// Who hears it.
        kind: Kind,
        /// In so many seconds each may say one thing; 0 for no such limit.
        slow_s: u32,
        /// What hides its address if it is closed.
        salt: Salt,
    },
    /// Bring people into a hidden room.
    Add {
        /// Whom.
        user: UserId,
    },
    /// Take somebody out of a hidden room.
    Remove {
        /// Whom.
        user: UserId,
    },
    /// Go out of a hidden room.
    Leave,
    /// Put it into the archive, or take it out.
    Archive {
        /// Whether it is to be there.
        archived: bool,
    },
    /// Delete it. For a week it can be had back.
    Delete,
    /// Have it back.
    Undelete,
    /// Say it otherwise.
    EditMessage {
        /// What.
        message: MessageId,
        /// How.
        words: Words,
    },
    /// React to it, or take that back.
    React {
        /// To what.
        message: MessageId,
        /// How.
        reaction: Reaction,
        /// Whether it is to be there.
        on: bool,
    },
    /// Pin a message to the room, or take it off.
    Pin {
        /// Which.
        message: MessageId,
        /// Whether it is to be there.
        pinned: bool,
    },
    /// Take away what somebody said there.
    RemoveMessage {
        /// What.
        message: MessageId,
    },
    /// Tell those who keep order of a message.
    Report {
        /// Which.
        message: MessageId,
        /// Why.
        why: Option<Line>,
    },
    /// Silence somebody there.
    Mute {
        /// Whom.
        user: UserId,
        /// Until when. Over: they may speak again.
        until: Until,
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
        until: Until,
    },
    /// Put them outside.
    Ban {
        /// Until when.
        until: Until,
        /// Why.
        why: Option<Line>,
        /// The addresses from which nobody may come in anew meanwhile.
        addresses: Vec<String>,
        /// Whether all they have said is to go. It goes piece by piece, by [`PersonCommand::Erase`].
        erase: bool,
    },
    /// Let them in again, and their addresses.
    Unban,
    /// Take away what they have said, in one room after the other: as much as fits into one change, from this place on.
    Erase {
        /// In which room.
        room: RoomId,
        /// After which message.
        after: MessageId,
    },
    /// Nothing is left that they have said: the ban that wanted it gone is carried out.
    Erased,
    /// Make a link by which they may choose a new password.
    ResetLink {
        /// The link.
        link: TokenHash,
    },
}

/// Something about the house.
#[derive(Clone, Debug)]
pub enum HouseCommand {
    /// Settle what it is called and who may come in.
    Set {
        /// What it is called.
        name: Line,
        /// Who may come in.
        door: Door,
        /// What somebody must be to open a room.
        rooms_by: Role,
        /// Whether new guests may come in.
        new_guests: bool,
    },
    /// Create a room that must not be there yet.
    CreateRoom {
        /// Its name.
        name: RoomName,
        /// Who hears it.
        kind: Kind,
        /// Who belongs to it besides its creator, if it is closed.
        members: Vec<UserId>,
        /// What hides its address if it is closed.
        salt: Salt,
    },
    /// Find the direct room of exactly these people and oneself, or create it.
    Direct {
        /// The others.
        with: Vec<UserId>,
        /// What hides its address.
        salt: Salt,
    },
    /// Make an invitation.
    Invite {
        /// What to call it.
        label: Line,
        /// What whoever comes by it becomes.
        role: Role,
        /// How often it may be used.
        uses: Option<u32>,
        /// Until when.
        until: Until,
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
    Settle {
        /// Which.
        report: Seq,
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
