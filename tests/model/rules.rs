//! The model: what the store must do, kept in lists and found by going through them. It knows nothing of tables.

use taproom::domain::{Asked, Command, Done, Event, Refusal, RoomId, RoomName, Seq, TokenHash, UserId, UserName, Who};
use taproom::store::Window;

const MINUTE: u64 = 60 * 1_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Everything there is.
#[derive(Default)]
pub struct Model {
    pub last: u64,
    pub last_at: u64,
    pub users: Vec<(UserId, UserName)>,
    pub tokens: Vec<(TokenHash, UserId)>,
    pub rooms: Vec<Room>,
    /// In the order in which they expire.
    pub outcomes: Vec<(u64, UserId, String, Done)>,
}

/// A room and all that was said in it.
pub struct Room {
    pub id: RoomId,
    pub name: RoomName,
    pub last: Seq,
    pub last_at: u64,
    pub posts: Vec<Post>,
}

/// Something said.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub id: u64,
    pub author: (UserId, String),
    pub at: u64,
    pub body: String,
    pub follows: bool,
    pub opens_day: bool,
    pub before: Seq,
}

impl Model {
    /// What the store must answer.
    pub fn carry_out(&mut self, now: u64, asked: &Asked) -> Result<Done, Refusal> {
        let key = match (asked.who, &asked.nonce) {
            (Who::User(user), Some(nonce)) => Some((user, nonce.as_str().to_owned())),
            _ => None,
        };
        let (seq, at) = (Seq(self.last + 1), now.max(self.last_at));
        let is_kept = |o: &&(u64, UserId, String, Done)| key == Some((o.1, o.2.clone())) && at - o.0 < 48 * HOUR;
        if let Some((_, _, _, done)) = self.outcomes.iter().find(is_kept) {
            return Ok(Done { again: true, ..*done });
        }
        let (before, event) = self.judge(seq, at, asked)?;
        let done = Done { seq, before, event, again: false };
        (self.last, self.last_at) = (seq.0, at);
        self.outcomes.extend(key.map(|(user, nonce)| (at, user, nonce, done)));
        Ok(done)
    }

    fn judge(&mut self, seq: Seq, at: u64, asked: &Asked) -> Result<(Seq, Event), Refusal> {
        let named = match asked.who {
            Who::User(user) => Ok(user),
            Who::Nobody | Who::Operator => Err(Refusal::NameNeeded),
        };
        match &asked.command {
            Command::Enter { room, name, token, .. } => {
                if self.users.iter().any(|(_, taken)| taken.key() == name.key()) {
                    return Err(Refusal::NameTaken(name.as_str().to_owned()));
                }
                let user = UserId(seq.0);
                self.users.push((user, name.clone()));
                self.tokens.push((*token, user));
                Ok((Seq(0), Event::Entered { user, room: self.find_or_open(seq, at, room) }))
            }
            Command::Open { room } => {
                named?;
                Ok((Seq(0), Event::Opened { room: self.find_or_open(seq, at, room) }))
            }
            Command::Post { room, body } => {
                let author = named?;
                let name = self.users.iter().find(|(id, _)| *id == author).expect("who posts is known").1.as_str();
                let author = (author, name.to_owned());
                let found = self.rooms.iter_mut().find(|found| found.id == *room);
                let found = found.ok_or(Refusal::RoomUnknown(String::new()))?;
                let before = found.say(seq, at, author, body.as_str());
                Ok((before, Event::Posted { room: *room, message: seq }))
            }
            Command::Leave { token } => {
                let index = self.tokens.iter().position(|(hash, _)| hash == token).ok_or(Refusal::TokenUnknown)?;
                let (_, user) = self.tokens.remove(index);
                Ok((Seq(0), Event::Left { user }))
            }
            other => panic!("not drawn: {other:?}"),
        }
    }

    fn find_or_open(&mut self, seq: Seq, at: u64, name: &RoomName) -> RoomId {
        if let Some(room) = self.rooms.iter().find(|room| room.name.address() == name.address()) {
            return room.id;
        }
        let id = RoomId(seq.0);
        self.rooms.push(Room { id, name: name.clone(), last: seq, last_at: at, posts: Vec::new() });
        id
    }
}

impl Room {
    /// The number of the change before.
    fn say(&mut self, seq: Seq, at: u64, author: (UserId, String), body: &str) -> Seq {
        let previous = self.posts.last();
        let same_day = previous.is_some_and(|p| p.at / DAY == at / DAY);
        let follows = previous.is_some_and(|p| p.author == author && at - p.at < 5 * MINUTE) && same_day;
        let (body, before) = (body.to_owned(), self.last);
        self.posts.push(Post { id: seq.0, author, at, body, follows, opens_day: !same_day, before });
        (self.last, self.last_at) = (seq, at);
        before
    }

    /// The posts on a page, and whether there are more on either side.
    pub fn page(&self, window: Window) -> (&[Post], bool, bool) {
        let at = |id: Seq| self.posts.partition_point(|post| post.id < id.0);
        let (from, to) = match window {
            Window::Latest => (self.posts.len().saturating_sub(50), self.posts.len()),
            Window::Before(id) => (at(id).saturating_sub(50), at(id)),
            Window::After(id) => (at(id.next()), at(id.next()) + 50),
            Window::Around(id) => (at(id).saturating_sub(25), at(id) + 25),
        };
        let to = to.min(self.posts.len());
        (&self.posts[from..to], from > 0, to < self.posts.len())
    }
}
