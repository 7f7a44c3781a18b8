//! Commands as they are written down: in names and numbers that a file can hold and somebody can read. A secret is the
//! number from which its hash is made.

use serde::{Deserialize, Serialize};
use taproom::domain::{
    AccountCommand, Actor, Body, Command, Device, Envelope, Expiry, JoinPolicy, Nonce, NotificationLevel, PasswordHash,
    PersonCommand, Reaction, ReadStateCommand, Role, RoomCommand, RoomId, RoomName, Salt, Scopes, Seq, ServerCommand,
    SessionId, SingleLine, Timestamp, TokenHash, UserId, UserName, Visibility,
};

use crate::post::{Said, WrittenPost};

/// A command, who asks, and when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    pub at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<UserId>,
    /// Whoever runs the machine asks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub operator: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    #[serde(flatten)]
    pub what: What,
}

/// What is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Enter { room: String, name: String, token: u64 },
    Open { room: String },
    Post(Box<WrittenPost>),
    Leave { token: u64 },
    Own { house: String, name: String, password: u64, token: u64 },
    Claim { password: u64, token: u64, instead: u64 },
    SignIn { user: UserId, proof: Seq, token: u64 },
    SetPassword { proof: Seq, password: u64, token: u64 },
    MakeToken { label: String, scopes: Scopes, token: u64 },
    Revoke { token: u64 },
    RevokeOthers { keep: u64 },
    SetRecoveryCodes { codes: Vec<u64> },
    Recover { user: UserId, code: u64, password: u64, token: u64 },
    Reset { link: u64, password: u64, token: u64 },
    Join { code: u64, name: String, password: Option<u64>, token: u64 },
    Rename { name: String },
    SetPresence { hidden: bool },
    Seen { token: u64, from: u64 },
    SetRoom { room: RoomId, name: String, topic: Option<String>, kind: Visibility, slow_s: u32, salt: u64 },
    Add { room: RoomId, user: UserId },
    Remove { room: RoomId, user: UserId },
    GoOut { room: RoomId },
    Archive { room: RoomId, archived: bool },
    Delete { room: RoomId },
    Undelete { room: RoomId },
    EditMessage { room: RoomId, message: Seq, said: Said },
    React { room: RoomId, message: Seq, reaction: String, on: bool },
    Pin { room: RoomId, message: Seq, pinned: bool },
    RemoveMessage { room: RoomId, message: Seq },
    Report { room: RoomId, message: Seq, why: Option<String> },
    MuteInRoom { room: RoomId, user: UserId, until: Expiry },
    Read { room: RoomId, seq: Seq },
    Unread { room: RoomId, message: Seq },
    Draft { room: RoomId, body: Option<String>, reply_to: Option<Seq> },
    Involve { room: RoomId, involvement: NotificationLevel },
    KeepOnTop { room: RoomId, on_top: bool },
    SetRole { user: UserId, role: Role },
    Mute { user: UserId, until: Expiry },
    Ban { user: UserId, until: Expiry, why: Option<String>, addresses: Vec<String>, erase: bool },
    Unban { user: UserId },
    Erase { user: UserId, room: RoomId, after: Seq },
    Erased { user: UserId },
    ResetLink { user: UserId, link: u64 },
    SetHouse { name: String, door: JoinPolicy, rooms_by: Role, new_guests: bool },
    CreateRoom { name: String, kind: Visibility, members: Vec<UserId>, salt: u64 },
    Direct { with: Vec<UserId>, salt: u64 },
    Invite { label: String, role: Role, uses: Option<u32>, until: Expiry, rooms: Vec<RoomId>, code: u64 },
    RevokeInvitation { id: Seq },
    Settle { report: Seq },
}

impl Written {
    pub fn asked(self) -> Envelope {
        let who = match (self.operator, self.who) {
            (true, _) => Actor::Operator,
            (false, Some(user)) => Actor::User(user),
            (false, None) => Actor::Anonymous,
        };
        let nonce = self.nonce.and_then(|nonce| Nonce::parse(&nonce).unwrap());
        Envelope { actor: who, nonce, command: self.what.command() }
    }
}

impl What {
    fn command(self) -> Command {
        match self {
            Self::Enter { room, name, token: number } => {
                let (room, name) = (RoomName::parse(&room).unwrap(), UserName::parse(&name).unwrap());
                Command::Join { room, name, token: token(number), device: device(number) }
            }
            Self::Open { room } => Command::OpenRoom { room: RoomName::parse(&room).unwrap() },
            Self::Post(post) => {
                let WrittenPost { room, said, reply_to, follow_ups } = *post;
                Command::Post { room, content: said.content(), reply_to, follow_ups: follow_ups.parsed() }
            }
            Self::Leave { token: number } => Command::SignOut { token: token(number) },
            what => {
                let what = what.for_room().or_else(What::for_reader).or_else(What::for_person);
                what.or_else(What::for_house).unwrap_or_else(What::for_account)
            }
        }
    }

    fn for_account(self) -> Command {
        use AccountCommand as C;
        Command::Account(match self {
            Self::Own { house, name, password, token: n } => {
                let (house, name) = (line(&house), UserName::parse(&name).unwrap());
                C::SetUpServer {
                    server_name: house,
                    name,
                    password: hash(password),
                    token: token(n),
                    device: device(n),
                }
            }
            Self::Claim { password, token: n, instead } => {
                C::Register { password: hash(password), token: token(n), replaces: token(instead), device: device(n) }
            }
            Self::SignIn { user, proof, token: n } => {
                C::SignIn { user, password_seq: proof, token: token(n), device: device(n) }
            }
            Self::SetPassword { proof, password, token: n } => {
                C::SetPassword { password_seq: proof, password: hash(password), token: token(n), device: device(n) }
            }
            Self::MakeToken { label, scopes, token: n } => {
                C::CreateToken { label: line(&label), scopes, token: token(n) }
            }
            Self::Revoke { token: n } => C::RevokeSession { id: SessionId::from_hash(token(n)) },
            Self::RevokeOthers { keep } => C::RevokeOtherSessions { current: token(keep) },
            Self::SetRecoveryCodes { codes } => C::SetRecoveryCodes { codes: codes.into_iter().map(token).collect() },
            Self::Recover { user, code, password, token: n } => {
                let (code, password) = (token(code), hash(password));
                C::Recover { user, code, password, token: token(n), device: device(n) }
            }
            Self::Reset { link, password, token: n } => {
                C::ResetPassword { link: token(link), password: hash(password), token: token(n), device: device(n) }
            }
            Self::Join { code, name, password, token: n } => {
                let (name, password) = (UserName::parse(&name).unwrap(), password.map(hash));
                C::AcceptInvitation { code: token(code), name, password, token: token(n), device: device(n) }
            }
            Self::Rename { name } => C::Rename { name: UserName::parse(&name).unwrap() },
            Self::SetPresence { hidden } => C::SetPresence { hidden },
            Self::Seen { token: n, from } => C::RecordUse { token: token(n), device: device(from) },
            other => panic!("no matter of an account: {other:?}"),
        })
    }

    fn for_room(self) -> Result<Command, Self> {
        use RoomCommand as C;
        let (room, command) = match self {
            Self::SetRoom { room, name, topic, kind, slow_s, salt } => {
                let (name, topic) = (RoomName::parse(&name).unwrap(), topic.as_deref().map(line));
                (room, C::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt: Salt(salt) })
            }
            Self::Add { room, user } => (room, C::AddMember { user }),
            Self::Remove { room, user } => (room, C::RemoveMember { user }),
            Self::GoOut { room } => (room, C::Leave),
            Self::Archive { room, archived } => (room, C::SetArchived { archived }),
            Self::Delete { room } => (room, C::Delete),
            Self::Undelete { room } => (room, C::Restore),
            Self::EditMessage { room, message, said } => (room, C::EditMessage { message, content: said.content() }),
            Self::React { room, message, reaction, on } => {
                (room, C::SetReaction { message, reaction: Reaction::parse(&reaction).unwrap(), present: on })
            }
            Self::Pin { room, message, pinned } => (room, C::SetPinned { message, pinned }),
            Self::RemoveMessage { room, message } => (room, C::DeleteMessage { message }),
            Self::Report { room, message, why } => {
                (room, C::ReportMessage { message, reason: why.as_deref().map(line) })
            }
            Self::MuteInRoom { room, user, until } => (room, C::MuteMember { user, until }),
            other => return Err(other),
        };
        Ok(Command::Room(room, command))
    }

    fn for_reader(self) -> Result<Command, Self> {
        use ReadStateCommand as C;
        let (room, command) = match self {
            Self::Read { room, seq } => (room, C::MarkRead { seq }),
            Self::Unread { room, message } => (room, C::MarkUnread { message }),
            Self::Draft { room, body, reply_to } => {
                (room, C::SaveDraft { body: body.map(|body| Body::parse(&body).unwrap()), reply_to })
            }
            Self::Involve { room, involvement } => (room, C::SetNotificationLevel { level: involvement }),
            Self::KeepOnTop { room, on_top } => (room, C::SetFavorite { favorite: on_top }),
            other => return Err(other),
        };
        Ok(Command::ReadState(room, command))
    }

    fn for_person(self) -> Result<Command, Self> {
        use PersonCommand as C;
        let (user, command) = match self {
            Self::SetRole { user, role } => (user, C::SetRole(role)),
            Self::Mute { user, until } => (user, C::Mute { until }),
            Self::Ban { user, until, why, addresses, erase } => (
                user,
                C::Ban {
                    until,
                    reason: why.as_deref().map(line),
                    blocked_addresses: addresses,
                    delete_messages: erase,
                },
            ),
            Self::Unban { user } => (user, C::Unban),
            Self::Erase { user, room, after } => (user, C::PurgeMessages { room, after }),
            Self::Erased { user } => (user, C::FinishPurge),
            Self::ResetLink { user, link } => (user, C::CreateResetLink { link: token(link) }),
            other => return Err(other),
        };
        Ok(Command::Person(user, command))
    }

    fn for_house(self) -> Result<Command, Self> {
        use ServerCommand as C;
        let command = match self {
            Self::SetHouse { name, door, rooms_by, new_guests } => C::UpdateSettings {
                name: line(&name),
                join_policy: door,
                room_creation: rooms_by,
                allow_guests: new_guests,
            },
            Self::CreateRoom { name, kind, members, salt } => {
                C::CreateRoom { name: RoomName::parse(&name).unwrap(), visibility: kind, members, salt: Salt(salt) }
            }
            Self::Direct { with, salt } => C::OpenDirect { others: with, salt: Salt(salt) },
            Self::Invite { label, role, uses, until, rooms, code } => C::CreateInvitation {
                label: line(&label),
                role,
                max_uses: uses,
                expiry: until,
                rooms,
                code: token(code),
            },
            Self::RevokeInvitation { id } => C::RevokeInvitation { id },
            Self::Settle { report } => C::ResolveReport { report },
            other => return Err(other),
        };
        Ok(Command::Server(command))
    }
}

/// The hash of the token, the link or the code of this number.
pub fn token(number: u64) -> TokenHash {
    let mut hash = [9; 32];
    hash[..8].copy_from_slice(&number.to_be_bytes());
    TokenHash(hash)
}

/// The number of a hash that [`token`] made.
pub fn number(TokenHash(hash): TokenHash) -> u64 {
    u64::from_be_bytes(*hash.first_chunk().unwrap())
}

fn hash(password: u64) -> PasswordHash {
    PasswordHash::new(format!("$argon2id$password {password}"))
}

fn device(number: u64) -> Device {
    Device { browser: format!("Browser {}", number % 3), address: format!("192.0.2.{}", number % 5) }
}

fn line(text: &str) -> SingleLine {
    SingleLine::parse("line", text, 80).unwrap()
}
