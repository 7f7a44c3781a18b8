//! A house in which there is somebody of every role, made in the data file before it opens.

use taproom::domain::{
    AccountCommand, Actor, Command, Device, Envelope, Event, Expiry, PasswordHash, PersonCommand, Role, RoomName,
    ServerCommand, SingleLine, Token, UserId, UserName,
};
use taproom::live::ReplayLimits;
use taproom::store::Store;
use tempfile::TempDir;

use crate::harness::{ANN, Guest, House, client};
use crate::past;

/// The room into which everybody came, and its path. Whoever opened it keeps order there.
pub const GARDEN: &str = "Garden <b>";
pub const GARDEN_PATH: &str = "/rooms/garden-%3Cb%3E";

/// The house and its people. The names are hostile where they can be.
pub struct Staffed {
    pub house: House,
    pub owner: Guest,
    pub moderator: Guest,
    pub member: Guest,
    pub guest: Guest,
    /// A guest, who opened the room.
    pub creator: Guest,
}

/// Makes what was before the house opened.
pub struct Founding {
    store: Store,
    drawn: u8,
}

impl Founding {
    pub fn on(directory: &TempDir) -> Self {
        Self { store: past::store(directory.path()), drawn: 0 }
    }

    fn token(&mut self) -> Token {
        self.drawn += 1;
        Token::new([self.drawn; 32])
    }

    pub fn does(&self, who: Actor, command: Command) -> Event {
        let asked = Envelope { actor: who, nonce: None, command };
        let mut done = self.store.commit(past::now(), &[asked]).expect("the file can be written");
        done.pop().expect("a command has an outcome").expect("it is not refused").event
    }

    /// Somebody with this role. Whoever is first opens the room, and whoever owns the house must be first of the others.
    pub fn comes(&mut self, name: &str, role: Role, owner: Option<UserId>) -> (UserId, Token) {
        let token = self.token();
        let (parsed, device, password) =
            (UserName::parse(name).unwrap(), Device::default(), PasswordHash::new("$none$".to_owned()));
        let house = || SingleLine::parse("name", "House & <i>", 40).unwrap();
        if role == Role::Owner && owner.is_none() {
            let (house, hash) = (house(), token.hash());
            let own = AccountCommand::SetUpServer { server_name: house, name: parsed, password, token: hash, device };
            let Event::PersonChanged { user } = self.does(Actor::Anonymous, Command::Account(own)) else {
                panic!("it is taken")
            };
            return (user, token);
        }
        let room = RoomName::parse(GARDEN).unwrap();
        let enter = Command::Join { room, name: parsed, token: token.hash(), device: device.clone() };
        let Event::PersonJoined { user, .. } = self.does(Actor::Anonymous, enter) else { panic!("they come in") };
        if role == Role::Guest {
            return (user, token);
        }
        let (new, instead) = (self.token(), token.hash());
        let claim = AccountCommand::Register { password, token: new.hash(), replaces: instead, device };
        self.does(Actor::User(user), Command::Account(claim));
        if role > Role::Member {
            let owner = Actor::User(owner.expect("an owner makes moderators"));
            self.does(owner, Command::Person(user, PersonCommand::SetRole(role)));
        }
        (user, new)
    }

    /// An invitation that is good until somebody takes it back; the path to which it leads.
    pub fn invites(&mut self, owner: UserId, role: Role, uses: Option<u32>) -> String {
        let (code, label) = (self.token(), SingleLine::parse("name", "for all", 40).unwrap());
        let (until, rooms) = (Expiry::NEVER, Vec::new());
        let invite =
            ServerCommand::CreateInvitation { label, role, max_uses: uses, expiry: until, rooms, code: code.hash() };
        self.does(Actor::User(owner), Command::Server(invite));
        format!("/invite/{}", code.to_text())
    }
}

impl Staffed {
    pub async fn open() -> Self {
        Self::open_after(|_, _| {}).await
    }

    /// The same, after something more was done in the file by way of the owner.
    pub async fn open_after(more: impl FnOnce(&mut Founding, UserId)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut founding = Founding::on(&directory);
        let (_, creator) = founding.comes(r#"Cre/../ <i>"#, Role::Guest, None);
        let (id, owner) = founding.comes("Olga & Co", Role::Owner, None);
        let (_, moderator) = founding.comes("Mo: ü", Role::Moderator, Some(id));
        let (_, member) = founding.comes("Mel?#%", Role::Member, None);
        let (_, guest) = founding.comes(ANN, Role::Guest, None);
        more(&mut founding, id);
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

/// Somebody's page.
pub fn page_of(name: &str) -> String {
    format!("/people/{}", crate::harness::encoded(name))
}
