//! Data files with a history, made without a server: commands through the library, thousands to a commit. A file is made
//! once in a run of the benchmark, and each measurement has a copy of it.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use taproom::domain::{
    Actor, Applied, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, RoomId, RoomName, Timestamp,
    Token, TokenHash, UserId, UserName,
};
use taproom::engine;
use taproom::store::Store;
use tempfile::TempDir;

use crate::options::Options;
use crate::posters::words;
use crate::server::Cast;

/// How many commands share a commit: many, because only the file counts and not how it was made.
const BATCH: usize = 5_000;
/// How far the messages lie apart. The last is from just now.
const EVERY: Duration = Duration::from_secs(1);
/// How long ago the first is at most: whoever has not come back for 90 days has to come in anew.
const AGO_MAX: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How much there is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Rooms.
    pub rooms: usize,
    /// Messages in each.
    pub each: usize,
    /// Messages in the first room after that.
    pub first: usize,
}

impl Amount {
    /// All messages.
    pub fn messages(self) -> usize {
        self.rooms * self.each + self.first
    }
}

/// A file with a history.
pub struct Filled {
    /// What is in it.
    pub amount: Amount,
    /// Its rooms and some of its people.
    pub cast: Arc<Cast>,
    /// The rooms' numbers.
    pub rooms: Vec<RoomId>,
    directory: TempDir,
}

impl Filled {
    /// Makes it.
    pub fn make(amount: Amount, options: &Options) -> io::Result<Self> {
        let directory = options.directory()?;
        let mut pen = Pen::open(directory.path(), amount.rooms + options.people + amount.messages())?;
        let (mut cast, mut people) = (Cast { rooms: Vec::new(), tokens: Vec::new() }, Vec::new());
        for n in 0..options.people {
            let token = token(n);
            people.push(pen.enter(&format!("Person {n}"), token.hash())?);
            cast.tokens.push(token.to_text());
        }
        for n in 0..amount.rooms {
            let room = RoomName::parse(&format!("load-{n}")).map_err(io::Error::other)?;
            cast.rooms.push(room.slug().path().to_owned());
            pen.ask(Actor::User(people[0]), Command::OpenRoom { room })?;
        }
        pen.commit()?;
        let body = Body::parse(&words(options.body)).map_err(io::Error::other)?;
        let rooms = std::mem::take(&mut pen.opened).split_off(options.people);
        let all_rooms = (0..amount.each).flat_map(|_| rooms.iter()).chain((0..amount.first).map(|_| &rooms[0]));
        for (n, room) in all_rooms.enumerate() {
            let command = Command::Post {
                room: *room,
                content: MessageContent::from_body(body.clone()),
                reply_to: None,
                follow_ups: PostFollowUps::default(),
            };
            pen.ask(Actor::User(people[n % people.len()]), command)?;
        }
        pen.commit()?;
        Ok(Self { amount, cast: Arc::new(cast), rooms, directory })
    }

    /// A copy for one measurement, as durable as if it had been lying there.
    pub fn copy(&self, options: &Options) -> io::Result<TempDir> {
        let copy = options.directory()?;
        for entry in fs::read_dir(self.directory.path())? {
            let from = entry?.path();
            let to = copy.path().join(from.file_name().unwrap_or_default());
            fs::copy(&from, &to)?;
            File::open(to)?.sync_all()?;
        }
        Ok(copy)
    }
}

/// How many MiB the files in a directory have.
pub fn mebibytes(directory: &Path) -> io::Result<f64> {
    let mut bytes = 0;
    for entry in fs::read_dir(directory)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / f64::from(1 << 20))
}

fn token(number: usize) -> Token {
    let mut bits = [0; 32];
    bits[..8].copy_from_slice(&(number as u64 + 1).to_le_bytes());
    Token::new(bits)
}

/// Writes into a store, from some time ago until now.
struct Pen {
    store: Store,
    batch: Vec<Envelope>,
    now: Timestamp,
    every_ms: u64,
    opened: Vec<RoomId>,
}

impl Pen {
    fn open(directory: &Path, commands: usize) -> io::Result<Self> {
        let store = Store::open(directory).map_err(io::Error::other)?;
        let every_ms = (EVERY.as_millis() as u64).min(AGO_MAX.as_millis() as u64 / commands as u64);
        let now = Timestamp(engine::now().0 - every_ms * commands as u64);
        Ok(Self { store, batch: Vec::new(), now, every_ms, opened: Vec::new() })
    }

    fn enter(&mut self, name: &str, token: TokenHash) -> io::Result<UserId> {
        let (room, name) = (RoomName::parse("load-0"), UserName::parse(name));
        let (room, name) = (room.map_err(io::Error::other)?, name.map_err(io::Error::other)?);
        self.ask(Actor::Anonymous, Command::Join { room, name, token, device: Device::default() })?;
        match self.commit()?.first() {
            Some(Applied { event: Event::PersonJoined { user, .. }, .. }) => Ok(*user),
            _ => Err(io::Error::other("nobody has entered")),
        }
    }

    fn ask(&mut self, who: Actor, command: Command) -> io::Result<()> {
        self.batch.push(Envelope { actor: who, nonce: None, command });
        if self.batch.len() == BATCH {
            self.commit()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> io::Result<Vec<Applied>> {
        self.now.0 += self.every_ms * self.batch.len() as u64;
        let done = self.store.commit(self.now, &self.batch).map_err(io::Error::other)?;
        let done = done.into_iter().collect::<Result<Vec<Applied>, _>>().map_err(io::Error::other)?;
        self.opened.extend(done.iter().filter_map(|done| match done.event {
            Event::RoomOpened { room } | Event::PersonJoined { room, .. } => Some(room),
            _ => None,
        }));
        self.batch.clear();
        Ok(done)
    }
}
