//! A server with a person of every role, written to the data file before it opens.

use taproom::domain::{
    AccountCommand, Actor, Command, Device, Envelope, Event, Expiry, PasswordHash, PersonCommand, Role, RoomName,
    ServerCommand, SingleLine, Token, UserId, UserName,
};
use taproom::live::ReplayLimits;
use taproom::store::Store;
use tempfile::TempDir;

use crate::harness::{ANN, Guest, House, client};
use crate::past;

/// The room that everyone joined, and its path. Its creator is its moderator.
pub const GARDEN: &str = "Garden <b>";
pub const GARDEN_PATH: &str = "/rooms/garden-%3Cb%3E";

/// The server and its people. The names are hostile where they can be.
pub struct Staffed {
    pub house: House,
    pub owner: Guest,
    pub moderator: Guest,
    pub member: Guest,
    pub guest: Guest,
    /// A guest, who created the room.
    pub creator: Guest,
}

/// Writes what happened before the server opened.
pub struct Founding {
    store: Store,
    tokens_drawn: u8,
}

impl Founding {
    pub fn on(directory: &TempDir) -> Self {
        Self { store: past::store(directory.path()), tokens_drawn: 0 }
    }

    fn token(&mut self) -> Token {
        self.tokens_drawn += 1;
        Token::new([self.tokens_drawn; 32])
    }

    pub fn does(&self, actor: Actor, command: Command) -> Event {
        let envelope = Envelope { actor, nonce: None, command };
        let mut outcomes = self.store.commit(past::now(), &[envelope]).expect("the file can be written");
        outcomes.pop().expect("a command has an outcome").expect("it is not refused").event
    }

    /// Adds a person with this role. The first one creates the room; the owner must be the first of the others.
    pub fn comes(&mut self, name: &str, role: Role, owner: Option<UserId>) -> (UserId, Token) {
        let token = self.token();
        let (parsed, device, password) =
            (UserName::parse(name).unwrap(), Device::default(), PasswordHash::new("$none$".to_owned()));
        let server_name = || SingleLine::parse("name", "House & <i>", 40).unwrap();
        if role == Role::Owner && owner.is_none() {
            let (server_name, token_hash) = (server_name(), token.hash());
            let set_up = AccountCommand::SetUpServer { server_name, name: parsed, password, token: token_hash, device };
            let Event::PersonChanged { user } = self.does(Actor::Anonymous, Command::Account(set_up)) else {
                panic!("the server has an owner already")
            };
            return (user, token);
        }
        let room = RoomName::parse(GARDEN).unwrap();
        let join = Command::Join { room, name: parsed, token: token.hash(), device: device.clone() };
        let Event::PersonJoined { user, .. } = self.does(Actor::Anonymous, join) else { panic!("they join") };
        if role == Role::Guest {
            return (user, token);
        }
        let (new, replaces) = (self.token(), token.hash());
        let register = AccountCommand::Register { password, token: new.hash(), replaces, device };
        self.does(Actor::User(user), Command::Account(register));
        if role > Role::Member {
            let owner = Actor::User(owner.expect("an owner who makes moderators"));
            self.does(owner, Command::Person(user, PersonCommand::SetRole(role)));
        }
        (user, new)
    }

    /// Creates an invitation without an end date, and returns its path.
    pub fn invites(&mut self, owner: UserId, role: Role, max_uses: Option<u32>) -> String {
        let (code, label) = (self.token(), SingleLine::parse("name", "for all", 40).unwrap());
        let (expiry, rooms) = (Expiry::NEVER, Vec::new());
        let invite = ServerCommand::CreateInvitation { label, role, max_uses, expiry, rooms, code: code.hash() };
        self.does(Actor::User(owner), Command::Server(invite));
        format!("/invite/{}", code.to_text())
    }
}

impl Staffed {
    pub async fn open() -> Self {
        Self::open_after(|_, _| {}).await
    }

    /// The same, after more commands were executed on the file.
    pub async fn open_after(prepare: impl FnOnce(&mut Founding, UserId)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut founding = Founding::on(&directory);
        let (_, creator) = founding.comes(r#"Cre/../ <i>"#, Role::Guest, None);
        let (id, owner) = founding.comes("Olga & Co", Role::Owner, None);
        let (_, moderator) = founding.comes("Mo: ü", Role::Moderator, Some(id));
        let (_, member) = founding.comes("Mel?#%", Role::Member, None);
        let (_, guest) = founding.comes(ANN, Role::Guest, None);
        prepare(&mut founding, id);
        drop(founding);
        let house = House::open_on(directory, ReplayLimits::default()).await;
        let person = |name: &str, token: &Token| Guest {
            name: name.to_owned(),
            token: token.to_text(),
            room: GARDEN_PATH.to_owned(),
            url: house.url.clone(),
            http: client(),
        };
        Self {
            owner: person("Olga & Co", &owner),
            moderator: person("Mo: ü", &moderator),
            member: person("Mel?#%", &member),
            guest: person(ANN, &guest),
            creator: person(r#"Cre/../ <i>"#, &creator),
            house,
        }
    }
}

/// The path of a person's page.
pub fn page_of(name: &str) -> String {
    format!("/people/{}", crate::harness::encoded(name))
}
