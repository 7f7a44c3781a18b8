//! What somebody may wish, in numbers that anybody can draw, with names, rooms and nonces that often meet; and how it
//! becomes a command.

mod account;

use taproom::domain::{Expiry, JoinPolicy, NotificationLevel, Role, RoomId, Seq, Timestamp, UserId, Visibility};

use crate::post::{FollowUps, MarkRead, Said, WrittenPost};
use crate::rules::{DAY, HOUR, Model, Room};
use crate::verb::Verb;
use crate::written::{What, Written, number};

/// Names of which some are one, in different spellings, and one only looks like another; hostile ones among them.
pub const NAMES: [&str; 7] =
    ["Ann", "ＡＮＮ", "<b>Ben</b>", "\"Cid\" & co", "an\u{200d}n", "d\u{202e}ora", "\u{430}nn"];
/// Rooms of which some have one address, and one whose address is cut when it is hidden.
pub const ROOMS: [&str; 6] = [
    "Café 12/3 🚀",
    "CAFE\u{301} 12-3 🚀",
    "Cellar",
    "<i>",
    "cellar ",
    "a long name that is cut off where two words meet if nobody must-- know it",
];

/// Somebody's wish. Its numbers stand for people, rooms, names and whatever else it is about, as the verb needs them, and
/// as they are there when it is carried out; or for one that is not there.
#[derive(Clone, Debug)]
pub struct Wish {
    pub who: usize,
    pub nonce: Option<u8>,
    pub verb: Verb,
    pub numbers: [usize; 3],
    /// How often in a row; a secret is another each time.
    pub times: usize,
}

/// Some wishes that share a transaction, and how much later than the last they come, in milliseconds; clocks also run
/// back.
pub type Batch = (i64, Vec<Wish>);

/// A batch as commands, under a clock. `secrets` is how many tokens, codes and links there were before: each is new.
pub fn commands(model: &Model, now: u64, batch: &[Wish], secrets: &mut u64) -> Vec<Written> {
    let mut all = Vec::new();
    for wish in batch {
        for _ in 0..wish.times {
            let mut wisher = Wisher { model, now, numbers: wish.numbers, secrets };
            let who = pick(&model.users, wish.who).map(|user| user.id);
            let what = wisher.what(wish.verb, who.unwrap_or(UserId(u64::MAX)));
            let operator = wish.verb == Verb::ResetLink && who.is_none();
            let nonce = wish.nonce.map(|nonce| format!("nonce-{nonce}"));
            all.push(Written { at: Timestamp(now), who, operator, nonce, what });
        }
    }
    all
}

/// What is needed to say what is wished.
struct Wisher<'a> {
    model: &'a Model,
    now: u64,
    numbers: [usize; 3],
    secrets: &'a mut u64,
}

/// The visibilities to draw from: private rooms have the most rules.
const VISIBILITIES: [Visibility; 5] =
    [Visibility::Open, Visibility::Public, Visibility::Private, Visibility::Private, Visibility::Direct];

/// What a number stands for that stands for nothing.
pub const NONE: usize = 60;

fn pick<T>(all: &[T], n: usize) -> Option<&T> {
    all.get(n.checked_rem(all.len())?).filter(|_| n != NONE)
}

impl Wisher<'_> {
    fn what(&mut self, verb: Verb, who: UserId) -> What {
        let [a, b, c] = self.numbers;
        match verb {
            Verb::Enter => What::Enter { room: name(&ROOMS, a), name: name(&NAMES, b), token: self.secret() },
            Verb::Open => What::Open { room: name(&ROOMS, a) },
            Verb::Post => self.post(),
            Verb::Leave => What::Leave { token: self.token(a) },
            Verb::SetRole => What::SetRole { user: self.user(a), role: Role::ALL[b % 4] },
            Verb::Mute => What::Mute { user: self.user(a), until: self.until(b) },
            Verb::Ban => {
                let why = (b % 2 == 0).then(|| "crowds".to_owned());
                let addresses = (0..c % 3).map(|n| format!("192.0.2.{}", (b + n) % 3)).collect();
                What::Ban { user: self.user(a), until: self.until(b), why, addresses, erase: c % 2 == 0 }
            }
            Verb::Unban => What::Unban { user: self.user(a) },
            Verb::Erase => {
                let after = if c % 3 == 0 { self.message(b, c) } else { Seq(0) };
                let author = pick(&self.model.rooms, b).and_then(|room| pick(&room.posts, a)).map(|post| post.author);
                let user = author.filter(|_| c % 4 > 0).unwrap_or_else(|| self.user(a));
                What::Erase { user, room: self.room(b), after }
            }
            Verb::Erased => {
                What::Erased { user: pick(&self.model.erasures, a).map_or(self.user(b), |(user, _)| *user) }
            }
            Verb::ResetLink => What::ResetLink { user: self.user(a), link: self.secret() },
            Verb::SetHouse => {
                // Most of the time the door is open, or nothing happens any more.
                let (door, rooms_by) =
                    (*JoinPolicy::ALL.get(a % 5).unwrap_or(&JoinPolicy::Anyone), Role::ALL[b.saturating_sub(3) % 4]);
                What::SetHouse { name: format!("House {a}"), door, rooms_by, new_guests: c % 3 > 0 }
            }
            Verb::CreateRoom => {
                let kind = VISIBILITIES[b % 5];
                let members = (0..if c == 7 { 51 } else { c % 4 }).map(|n| self.user(b + n)).collect();
                What::CreateRoom { name: name(&ROOMS, a), kind, members, salt: self.secret() }
            }
            Verb::Direct => {
                let mut with: Vec<UserId> =
                    (0..if c == 7 { 12 } else { c % 3 + 1 }).map(|n| self.user(a + n)).collect();
                if b % 2 == 0 {
                    with.reverse();
                }
                What::Direct { with, salt: self.secret() }
            }
            Verb::Invite => {
                let (role, uses) = (Role::ALL[a % 4], [None, Some(1), Some(1), Some(3)][b % 4]);
                let rooms = (0..if c == 7 { 51 } else { c % 2 }).map(|n| self.room(a + n)).collect();
                let (label, until) = (format!("link {a}"), if a == 5 { self.until(c) } else { Expiry::NEVER });
                What::Invite { label, role, uses, until, rooms, code: self.secret() }
            }
            Verb::RevokeInvitation => {
                let id = pick(&self.model.invitations, a).map_or(Seq(0), |(_, invitation)| invitation.id);
                What::RevokeInvitation { id }
            }
            Verb::Settle => What::Settle { report: pick(&self.model.reports, a).map_or(Seq(0), |(id, _)| *id) },
            _ => self.reader(verb).or_else(|| self.about_a_room(verb, who)).unwrap_or_else(|| self.account(verb, who)),
        }
    }

    fn post(&self) -> What {
        let [a, b, c] = self.numbers;
        let slow: Vec<_> = self.model.rooms.iter().filter(|room| room.slow_s > 0 && b % 2 == 0).collect();
        let room = pick(&slow, a).map_or_else(|| self.room(a), |room| room.id);
        // Most answers are to what was said in this very room.
        let answered = self.model.rooms.iter().find(|like| like.id == room && c % 3 == 1);
        let answered = answered.and_then(|room| pick(&room.posts, b)).map(|post| Seq(post.id));
        let reply_to = if c % 12 == 11 { Some(self.message(a + 1, b)) } else { answered };
        let mark_read = [MarkRead::Unchanged, MarkRead::UpToMessage, MarkRead::UpToMention][(a + c) % 3];
        let follow_ups = FollowUps { clear_draft: (a + b) % 2 == 0, mark_read };
        What::Post(Box::new(WrittenPost { room, said: self.said(b, c), reply_to, follow_ups }))
    }

    /// Words, of which some speak to people, and some are long.
    fn said(&self, b: usize, c: usize) -> Said {
        let body = format!("<p>\ntext {b} 🚀{}", " on it goes".repeat(if b % 5 == 4 { 20 } else { 0 }));
        let mentions: Vec<UserId> = (0..[0, 0, 1, 3][b % 4]).map(|n| self.user(c + n)).collect();
        let called = mentions.iter().filter(|id| self.model.user(**id).is_some());
        let called: String = called.map(|id| format!("<span data-user=\"{id}\">@{c}</span>")).collect();
        let html = b.is_multiple_of(2).then(|| format!("<p>text {c} {called}</p>"));
        Said { body, html, mentions, calls_all: (b + c).is_multiple_of(5) }
    }

    fn reader(&self, verb: Verb) -> Option<What> {
        let [a, b, c] = self.numbers;
        let room = self.room(a);
        Some(match verb {
            Verb::Read => {
                let all = if c % 3 == 0 { Seq(u64::MAX) } else { Seq(self.model.last / (c as u64 % 3)) };
                What::Read { room, seq: if b % 2 == 0 { self.message(a, b) } else { all } }
            }
            Verb::Unread => What::Unread { room, message: self.message(a, b) },
            Verb::Draft => {
                let body = (b % 3 > 0).then(|| format!("begun {b}"));
                What::Draft { room, body, reply_to: (c % 3 == 0).then(|| self.message(a, c)) }
            }
            Verb::Involve => What::Involve { room, involvement: NotificationLevel::CHOICES[b % 4] },
            Verb::KeepOnTop => What::KeepOnTop { room, on_top: b % 3 > 0 },
            _ => return None,
        })
    }

    fn about_a_room(&mut self, verb: Verb, who: UserId) -> Option<What> {
        let [a, b, c] = self.numbers;
        let room = self.room(a);
        Some(match verb {
            Verb::SetRoom => {
                let kind = [
                    Visibility::Open,
                    Visibility::Public,
                    Visibility::Private,
                    Visibility::Private,
                    Visibility::Direct,
                ][c % 5];
                let there = pick(&self.model.rooms, a).filter(|_| b % 2 == 0).map(|room| room.name.clone());
                let name = there.filter(|name| !name.is_empty()).unwrap_or_else(|| name(&ROOMS, b));
                let (topic, slow_s) = ((b % 3 == 0).then(|| format!("about {c}")), [0, 1, 400, 3_600][c % 4]);
                What::SetRoom { room, name, topic, kind, slow_s, salt: self.secret() }
            }
            Verb::Add => What::Add { room: self.closed(a, c), user: self.user(b) },
            Verb::Remove => {
                let room = self.closed(a, c);
                let members =
                    self.model.rooms.iter().find(|like| like.id == room).map_or(&[][..], |like| &like.members);
                What::Remove { room, user: pick(members, b).copied().unwrap_or_else(|| self.user(b)) }
            }
            Verb::GoOut => What::GoOut { room: self.closed(a, c) },
            Verb::Archive => What::Archive { room, archived: b % 3 == 0 },
            Verb::Delete => What::Delete { room },
            Verb::Undelete => {
                let gone: Vec<_> = self.model.rooms.iter().filter(|room| room.deleted_at.is_some()).collect();
                What::Undelete { room: pick(&gone, b).map_or(room, |room| room.id) }
            }
            Verb::EditMessage => {
                let posts = pick(&self.model.rooms, a).map_or(&[][..], |Room { posts, .. }| posts);
                let own: Vec<_> = posts.iter().filter(|post| post.author == who && c % 4 > 0).collect();
                let message = pick(&own, b).map_or_else(|| self.message(a, b), |post| Seq(post.id));
                What::EditMessage { room, message, said: self.said(c, b) }
            }
            Verb::React => {
                let reaction = ["👍", "<b>+1</b>", "so \"be\" it"][c % 3].to_owned();
                What::React { room, message: self.message(a, b), reaction, on: c % 4 > 0 }
            }
            Verb::Pin => What::Pin { room, message: self.message(a, b), pinned: c % 3 > 0 },
            Verb::RemoveMessage => What::RemoveMessage { room, message: self.message(a, b) },
            Verb::Report => {
                let why = (c % 2 == 0).then(|| "rude".to_owned());
                What::Report { room, message: self.message(a, b), why }
            }
            Verb::MuteInRoom => What::MuteInRoom { room, user: self.user(b), until: self.until(c) },
            _ => return None,
        })
    }

    fn secret(&mut self) -> u64 {
        *self.secrets += 1;
        *self.secrets
    }

    fn user(&self, n: usize) -> UserId {
        pick(&self.model.users, n).map_or(UserId(u64::MAX), |user| user.id)
    }

    fn room(&self, n: usize) -> RoomId {
        pick(&self.model.rooms, n).map_or(RoomId(u64::MAX), |room| room.id)
    }

    /// A closed room, more often than another.
    fn closed(&self, n: usize, other: usize) -> RoomId {
        let is_closed = |room: &&Room| room.kind == Visibility::Private && room.deleted_at.is_none();
        let closed: Vec<_> = self.model.rooms.iter().filter(is_closed).filter(|_| other % 4 != 3).collect();
        pick(&closed, n).map_or_else(|| self.room(n), |room| room.id)
    }

    fn message(&self, room: usize, n: usize) -> Seq {
        let posts = pick(&self.model.rooms, room).map_or(&[][..], |Room { posts, .. }| posts);
        pick(posts, n).map_or(Seq(0), |post| Seq(post.id))
    }

    /// A token, which may be one that has ended.
    fn token(&self, n: usize) -> u64 {
        pick(&self.model.tokens, n).map_or(n as u64, |token| number(token.hash))
    }

    fn until(&self, n: usize) -> Expiry {
        let ends =
            [Expiry::PAST, Expiry(Timestamp(self.now + HOUR)), Expiry(Timestamp(self.now + 3 * DAY)), Expiry::NEVER];
        ends[n % ends.len()]
    }

    /// Most know their passwords.
    fn proof(&self, user: UserId, n: usize) -> Seq {
        let password = self.model.user(user).and_then(|user| user.password.as_ref());
        password.filter(|_| n % 4 != 3).map_or(Seq(n as u64), |(_, set)| *set)
    }
}

/// Beyond the last, the names begin again with a number behind them.
fn name(names: &[&str], n: usize) -> String {
    let name = names[n % names.len()];
    match n / names.len() {
        0 => name.to_owned(),
        round => format!("{name}{round}"),
    }
}
