//! The model: what the store must do, kept in lists and found by going through them. It knows nothing of tables.

mod account;
mod house;
mod mending;
mod naming;
mod people;
mod reader;
pub mod rooms;
mod talk;

use std::ops::Range;

use naming::Former;
use taproom::domain::{
    Actor, Applied, AuditAction, AuditEntry, Command, Draft, Envelope, Event, Expiry, Invitation, JoinPolicy,
    NotificationLevel, Refusal, Report, Role, RoomId, Seq, ServerSettings, Timestamp, TokenHash, TokenKind, UserId,
    UserName, Visibility,
};
use taproom::store::Window;

pub const MINUTE: u64 = 60 * 1_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// Everything there is.
#[derive(Default)]
pub struct Model {
    pub last: u64,
    pub last_at: u64,
    pub house: ServerSettings,
    pub users: Vec<User>,
    pub tokens: Vec<Token>,
    pub rooms: Vec<Room>,
    /// Every address that a room ever had, the newest last: whoever had it last has it.
    pub addresses: Vec<(String, RoomId)>,
    pub invitations: Vec<(TokenHash, Invitation)>,
    pub resets: Vec<(TokenHash, UserId, u64)>,
    pub blocks: Vec<(String, UserId, Expiry)>,
    pub reports: Vec<(Seq, Report)>,
    pub audit: Vec<(Seq, AuditEntry)>,
    /// Who is to lose all that they said, and who wants it so.
    pub erasures: Vec<(UserId, UserId)>,
    /// Whose name can be seen in which rooms, and since which change.
    pub seen: Vec<(UserId, RoomId, Seq)>,
    /// In the order in which they expire.
    outcomes: Vec<(u64, UserId, String, Applied)>,
}

/// Somebody with a name.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub name: UserName,
    /// The names that they had, oldest first.
    pub former: Vec<Former>,
    /// The change by which they have their name.
    pub named: Seq,
    pub entered_at: u64,
    pub role: Role,
    pub muted: Expiry,
    pub banned: Expiry,
    pub invited: Option<Seq>,
    /// The hash, and the change that set it.
    pub password: Option<(String, Seq)>,
    pub codes: Vec<TokenHash>,
    /// They are not shown when they are here.
    pub hidden: bool,
}

/// Something by which somebody is known again.
pub struct Token {
    pub hash: TokenHash,
    pub user: UserId,
    pub made_at: u64,
    pub seen_at: u64,
    pub kind: TokenKind,
}

/// A room and all that was said in it.
#[derive(Clone)]
pub struct Room {
    pub id: RoomId,
    pub name: String,
    pub address: String,
    pub topic: String,
    pub kind: Visibility,
    pub created_by: UserId,
    pub slow_s: u32,
    pub archived: bool,
    pub deleted_at: Option<u64>,
    /// Who belongs to it, if it is hidden; or did when it was.
    pub members: Vec<UserId>,
    pub muted: Vec<(UserId, Expiry)>,
    /// When somebody last said something while the room was slow; the newest last.
    pub said: Vec<(UserId, u64)>,
    pub posts: Vec<Post>,
    /// How each reads it who has said anything about that.
    pub marks: Vec<Mark>,
    pub drafts: Vec<(UserId, Draft)>,
    /// All that its listeners hear, in order.
    pub changes: Vec<Applied>,
    pub last: Seq,
    pub last_at: u64,
}

/// Something said.
#[derive(Clone)]
pub struct Post {
    pub id: u64,
    pub author: UserId,
    pub at: u64,
    pub body: String,
    pub html: Option<String>,
    pub follows: bool,
    pub opens_day: bool,
    /// To whom it speaks by name, in order.
    pub mentions: Vec<UserId>,
    pub calls_all: bool,
    pub reply_to: Option<u64>,
    pub edited_at: Option<u64>,
    pub pinned: bool,
    /// How others react, and who, in the order in which they did.
    pub reactions: Vec<(String, Vec<UserId>)>,
    /// What it said before, and until when.
    pub versions: Vec<(u64, String)>,
}

/// How somebody reads a room.
#[derive(Clone)]
pub struct Mark {
    pub user: UserId,
    /// Up to which change they have read.
    pub read: u64,
    pub involvement: NotificationLevel,
    pub on_top: bool,
}

/// The number of a change that is about to happen, and its moment.
#[derive(Clone, Copy)]
struct Now {
    seq: Seq,
    at: u64,
}

impl Model {
    /// What the store must answer.
    pub fn carry_out(&mut self, now: u64, asked: &Envelope) -> Result<Applied, Refusal> {
        let key = match (asked.actor, &asked.nonce) {
            (Actor::User(user), Some(nonce)) => Some((user, nonce.as_str().to_owned())),
            _ => None,
        };
        let now = Now { seq: Seq(self.last + 1), at: now.max(self.last_at) };
        let is_kept = |o: &&(u64, UserId, String, Applied)| key == Some((o.1, o.2.clone())) && now.at - o.0 < 48 * HOUR;
        if let Some((_, _, _, done)) = self.outcomes.iter().find(is_kept) {
            return Ok(Applied { is_replay: true, ..*done });
        }
        let event = self.judge(now, asked)?;
        let mut done = Applied { seq: now.seq, previous: Seq(0), event, read_state_of: None, is_replay: false };
        if let Event::MessagePosted { room, .. }
        | Event::MessageDeleted { room, .. }
        | Event::MessageEdited { room, .. }
        | Event::ReactionsChanged { room, .. }
        | Event::PinsChanged { room, .. }
        | Event::RoomChanged { room }
        | Event::RoomDeletedOrRestored { room } = event
        {
            if let Command::Post { follow_ups, .. } = asked.command {
                done.read_state_of = self.follow_up(asked.actor, room, now.seq, follow_ups);
            }
            let room = self.room_mut(room);
            done.previous = room.last;
            (room.last, room.last_at) = (now.seq, now.at);
            room.changes.push(Applied { read_state_of: None, ..done });
        }
        (self.last, self.last_at) = (now.seq.0, now.at);
        let outcome = Applied { read_state_of: None, ..done };
        self.outcomes.extend(key.map(|(user, nonce)| (now.at, user, nonce, outcome)));
        Ok(done)
    }

    fn judge(&mut self, now: Now, asked: &Envelope) -> Result<Event, Refusal> {
        let who = asked.actor;
        match &asked.command {
            Command::Join { room, name, token, device } => self.enter(now, room, name, *token, device),
            Command::OpenRoom { room } => self.open(now, who, room),
            Command::Post { room, content, reply_to, .. } => self.post(now, who, *room, content, *reply_to),
            Command::SignOut { token } => {
                let index = self.tokens.iter().position(|known| known.hash == *token).ok_or(Refusal::TokenInvalid)?;
                Ok(Event::SignedOut { user: self.tokens.remove(index).user })
            }
            Command::Account(command) => self.account(now, who, command),
            Command::Room(room, command) => self.on_room(now, who, *room, command),
            Command::ReadState(room, command) => self.read(now, who, *room, command),
            Command::Person(user, command) => self.on_person(now, who, *user, command),
            Command::Server(command) => self.on_house(now, who, command),
        }
    }

    /// Whoever asks has a name, and has not been put outside.
    fn asker(&self, now: Now, who: Actor) -> Result<User, Refusal> {
        let Actor::User(id) = who else { return Err(Refusal::SignInRequired) };
        let user = self.user(id).expect("who asks is known");
        if user.banned.is_active(Timestamp(now.at)) {
            return Err(Refusal::Banned(user.banned));
        }
        Ok(user.clone())
    }

    /// The same, if they are at least this.
    fn at_least(&self, now: Now, who: Actor, role: Role) -> Result<User, Refusal> {
        let user = self.asker(now, who)?;
        if user.role >= role { Ok(user) } else { Err(Refusal::NotAllowed) }
    }

    /// Whether the door of the house lets somebody in.
    fn admits(&self, user: Option<&User>) -> bool {
        match self.house.join_policy {
            JoinPolicy::Anyone => true,
            JoinPolicy::Invited => user.is_some(),
            JoinPolicy::Members => user.is_some_and(|user| user.role > Role::Guest),
        }
    }

    /// Whether somebody sees a room.
    pub fn sees(&self, at: u64, room: &Room, user: Option<&User>) -> bool {
        let is_outside = user.is_some_and(|user| user.banned.is_active(Timestamp(at)));
        let belongs = user.is_some_and(|user| room.members.contains(&user.id));
        let is_for_them =
            room.kind == Visibility::Public || (self.admits(user) && (belongs || !room.kind.is_members_only()));
        room.deleted_at.is_none() && !is_outside && is_for_them
    }

    /// The room, if this person sees it; otherwise it is as if it were not there.
    fn seen_by(&self, now: Now, user: &User, id: RoomId) -> Result<&Room, Refusal> {
        let room = self.rooms.iter().find(|room| room.id == id);
        room.filter(|room| self.sees(now.at, room, Some(user))).ok_or(Refusal::RoomNotFound(String::new()))
    }

    fn room_mut(&mut self, id: RoomId) -> &mut Room {
        self.rooms.iter_mut().find(|room| room.id == id).expect("a room that is there")
    }

    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    fn user_mut(&mut self, id: UserId) -> &mut User {
        self.users.iter_mut().find(|user| user.id == id).expect("somebody who is known")
    }

    fn note(&mut self, now: Now, by: Option<UserId>, deed: AuditAction) {
        self.audit.push((now.seq, AuditEntry { at: Timestamp(now.at), actor: by, action: deed }));
    }
}

impl User {
    /// Whether they may lay something on somebody else.
    fn outranks(&self, other: &User) -> bool {
        self.id != other.id && (self.role == Role::Owner || self.role > other.role)
    }

    /// Whether they keep order in this room.
    fn keeps(&self, room: &Room) -> bool {
        self.role >= Role::Moderator || (room.created_by == self.id && room.kind != Visibility::Direct)
    }
}

impl Room {
    fn belong(&mut self, user: UserId) {
        if !self.members.contains(&user) {
            self.members.push(user);
        }
    }

    /// Which posts are on a page, and whether there are more on either side.
    pub fn page(&self, window: Window) -> (Range<usize>, bool, bool) {
        let at = |id: Seq| self.posts.partition_point(|post| post.id < id.0);
        let (from, to) = match window {
            Window::Latest => (self.posts.len().saturating_sub(50), self.posts.len()),
            Window::Before(id) => (at(id).saturating_sub(50), at(id)),
            Window::After(id) => (at(id.next()), at(id.next()) + 50),
            Window::Around(id) => (at(id).saturating_sub(25), at(id) + 25),
        };
        let to = to.min(self.posts.len());
        (from..to, from > 0, to < self.posts.len())
    }
}
