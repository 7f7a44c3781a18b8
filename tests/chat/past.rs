//! A past: a data file in which much was said, at any moment, before a house opens on it.

use std::path::Path;

use taproom::domain::{
    Actor, Applied, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, RoomId, RoomName, Timestamp,
    Token, TokenHash, UserId, UserName,
};
use taproom::store::Store;

use crate::harness::{Guest, House, client};

/// A day, in the unit of [`Moment`].
pub const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Somebody in a room, before the house opens.
pub struct Past {
    name: String,
    user: UserId,
    room: RoomId,
    path: String,
    token: Token,
}

impl Past {
    /// Somebody comes in.
    pub fn enters(store: &Store, at: Timestamp, name: &str, room: &str) -> Self {
        // Any token will do, as long as no two people of one file share it.
        let mut bits = [7; 32];
        bits.iter_mut().zip(name.bytes().chain(room.bytes())).for_each(|(bit, byte)| *bit = byte);
        let (token, parsed) = (Token::new(bits), RoomName::parse(room).unwrap());
        let path = parsed.slug().path().to_string();
        let enter = enter(parsed, UserName::parse(name).unwrap(), token.hash());
        let Event::PersonJoined { user, room } = one(store, at, enter).event else { panic!("an entrance is one") };
        Self { name: name.to_owned(), user, room, path, token }
    }

    /// Their number.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// What proves their name.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// They say so many things, `text 0` and on, at one moment; the number of the last.
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
        let said: Vec<Envelope> = (0..count).map(post).collect();
        let done = store.commit(at, &said).unwrap();
        done.last().expect("something is said").as_ref().unwrap().seq.0
    }

    /// The same person, now that the house is open.
    pub fn guest(&self, house: &House) -> Guest {
        self.guest_at(&house.url)
    }

    /// The same person, in the house at this origin.
    pub fn guest_at(&self, url: &str) -> Guest {
        let (name, token, room) = (self.name.clone(), self.token.to_text(), self.path.clone());
        Guest { name, token, room, url: url.to_owned(), http: client() }
    }
}

/// The present, by the clock that the house uses.
pub fn now() -> Timestamp {
    taproom::engine::now()
}

/// A file in this directory; it is closed when dropped.
pub fn store(directory: &Path) -> Store {
    Store::open(directory).expect("the file opens")
}

fn enter(room: RoomName, name: UserName, token: TokenHash) -> Envelope {
    Envelope {
        actor: Actor::Anonymous,
        nonce: None,
        command: Command::Join { room, name, token, device: Device::default() },
    }
}

fn one(store: &Store, at: Timestamp, asked: Envelope) -> Applied {
    store.commit(at, &[asked]).unwrap().pop().expect("a command has an outcome").expect("it is not refused")
}
