//! Data files with a past: people and messages of any time, written before a server opens the file.

use std::path::Path;

use taproom::domain::{
    Actor, Applied, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, RoomId, RoomName, Timestamp,
    Token, TokenHash, UserId, UserName,
};
use taproom::store::Store;

use crate::harness::{Guest, House, client};

/// A day in milliseconds, the unit of [`Timestamp`].
pub const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A person in a room, before the server opens.
pub struct Past {
    name: String,
    user: UserId,
    room: RoomId,
    path: String,
    token: Token,
}

impl Past {
    /// Joins a room.
    pub fn enters(store: &Store, at: Timestamp, name: &str, room: &str) -> Self {
        // Any token will do, as long as no two people of one file share one.
        let mut bits = [7; 32];
        bits.iter_mut().zip(name.bytes().chain(room.bytes())).for_each(|(bit, byte)| *bit = byte);
        let (token, parsed) = (Token::new(bits), RoomName::parse(room).unwrap());
        let path = parsed.slug().path().to_string();
        let join = join(parsed, UserName::parse(name).unwrap(), token.hash());
        let Event::PersonJoined { user, room } = one(store, at, join).event else { panic!("joining is a join") };
        Self { name: name.to_owned(), user, room, path, token }
    }

    /// Their id.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Their session token.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Posts `count` messages at one time, `text 0` and on; the id of the last.
    pub fn says(&self, store: &Store, at: Timestamp, text: &str, count: usize) -> u64 {
        let post = |n: usize| {
            let body = Body::parse(&format!("{text} {n}")).unwrap();
            Envelope {
                actor: Actor::User(self.user),
                nonce: None,
                command: Command::Post {
                    room: self.room,
                    content: MessageContent::from_body(body),
                    reply_to: None,
                    follow_ups: PostFollowUps::default(),
                },
            }
        };
        let posts: Vec<Envelope> = (0..count).map(post).collect();
        let outcomes = store.commit(at, &posts).unwrap();
        outcomes.last().expect("count is not 0").as_ref().unwrap().seq.0
    }

    /// The same person as a client of the open server.
    pub fn guest(&self, house: &House) -> Guest {
        self.guest_at(&house.url)
    }

    /// The same person as a client of the server at this origin.
    pub fn guest_at(&self, url: &str) -> Guest {
        let (name, token, room) = (self.name.clone(), self.token.to_text(), self.path.clone());
        Guest { name, token, room, url: url.to_owned(), http: client() }
    }
}

/// The present, by the clock of the server.
pub fn now() -> Timestamp {
    taproom::engine::now()
}

/// Opens the data file in this directory. It is closed when dropped.
pub fn store(directory: &Path) -> Store {
    Store::open(directory).expect("the file opens")
}

fn join(room: RoomName, name: UserName, token: TokenHash) -> Envelope {
    Envelope {
        actor: Actor::Anonymous,
        nonce: None,
        command: Command::Join { room, name, token, device: Device::default() },
    }
}

fn one(store: &Store, at: Timestamp, envelope: Envelope) -> Applied {
    store.commit(at, &[envelope]).unwrap().pop().expect("a command has an outcome").expect("it is not refused")
}
