//! Judges a command and carries it out. The one place where anything changes, and the one judge of who may have what.
//!
//! Total and deterministic: it reads no clock, draws nothing at random, iterates no hash map, and whatever somebody
//! asks for ends in a [`Done`] or a [`Refusal`]. The same commands in the same order, at the same moments, on an empty
//! file give the same tables. A room's command reads only that room's rows, the people and the outcomes.
//! Each judgement comes before the first write, so a refusal leaves nothing behind.

use redb::ReadableTable;

use super::tables::{MessageRow, RecentRow, RoomRow, Tables, TokenRow, UserRow};
use super::{Fault, feed, outcomes, rows};
use crate::domain::{
    Asked, Body, Command, Done, Event, Moment, Place, Previous, Refusal, RoomId, RoomName, Seq, TokenHash, UserId,
    UserName, Who,
};

/// The number and the moment of a change.
#[derive(Clone, Copy)]
struct Stamp {
    seq: Seq,
    at: Moment,
}

/// A room without its row in `recent`.
const MISSING: Fault = Fault::Missing { table: "recent" };

/// Why a command ended early.
enum Stop {
    Refused(Refusal),
    Broken(Fault),
}

impl<E: Into<Fault>> From<E> for Stop {
    fn from(fault: E) -> Self {
        Self::Broken(fault.into())
    }
}

/// Carries out one command, or refuses it. `now` counts only if it does not lie before the last change.
pub(super) fn apply(tables: &mut Tables, now: Moment, asked: &Asked) -> Result<Result<Done, Refusal>, Fault> {
    let stamp = Stamp { seq: tables.last.next(), at: now.max(tables.last_at) };
    if let Some(done) = outcomes::first(tables, asked, stamp.at)? {
        return Ok(Ok(done));
    }
    match carry_out(tables, stamp, asked) {
        Ok(done) => {
            outcomes::keep(tables, asked, stamp.at, done)?;
            (tables.last, tables.last_at) = (stamp.seq, stamp.at);
            Ok(Ok(done))
        }
        Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
        Err(Stop::Broken(fault)) => Err(fault),
    }
}

fn carry_out(tables: &mut Tables, stamp: Stamp, asked: &Asked) -> Result<Done, Stop> {
    match &asked.command {
        Command::Enter { room, name, token } => enter(tables, stamp, room, name, *token),
        Command::Open { room } => open(tables, stamp, asked.who, room),
        Command::Post { room, body } => post(tables, stamp, asked.who, *room, body),
        Command::Leave { token } => leave(tables, stamp, *token),
    }
}

fn enter(t: &mut Tables, stamp: Stamp, room: &RoomName, name: &UserName, token: TokenHash) -> Result<Done, Stop> {
    let key = name.key();
    if t.names.get(key.as_str())?.is_some() {
        return Err(Stop::Refused(Refusal::NameTaken(name.as_str().to_owned())));
    }
    let user = UserId(stamp.seq.0);
    rows::put(&mut t.users, user.0, &UserRow { name: name.as_str().to_owned(), entered_at: stamp.at })?;
    t.names.insert(key.as_str(), user.0)?;
    rows::put(&mut t.tokens, token.0, &TokenRow { user: user.0, made_at: stamp.at })?;
    let room = find_or_open(t, stamp, user, room)?;
    Ok(unheard(stamp, Event::Entered { user, room }))
}

fn open(t: &mut Tables, stamp: Stamp, who: Who, room: &RoomName) -> Result<Done, Stop> {
    let user = named(who)?;
    let room = find_or_open(t, stamp, user, room)?;
    Ok(unheard(stamp, Event::Opened { room }))
}

fn post(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, body: &Body) -> Result<Done, Stop> {
    let author = named(who)?;
    let Some(before) = feed::last(&t.messages, &t.rooms, id)? else {
        return Err(Stop::Refused(Refusal::RoomUnknown(String::new())));
    };
    let mut recent: RecentRow = rows::take(&mut t.recent, "recent", before.0)?.ok_or(MISSING)?;
    let previous = recent.author.map(|author| Previous { author, at: recent.at });
    let Place { follows, opens_day } = Place::after(previous, author, stamp.at);
    let row = MessageRow { author, at: stamp.at, follows, opens_day, body: body.as_str().to_owned() };
    rows::put(&mut t.messages, (id.0, stamp.seq.0), &row)?;

    (recent.at, recent.author) = (stamp.at, Some(author));
    feed::lengthen(t, &mut recent)?;
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    let event = Event::Posted { room: id, message: stamp.seq };
    Ok(Done { seq: stamp.seq, before, event, again: false })
}

fn leave(t: &mut Tables, stamp: Stamp, token: TokenHash) -> Result<Done, Stop> {
    if t.tokens.remove(token.0)?.is_none() {
        return Err(Stop::Refused(Refusal::TokenUnknown));
    }
    Ok(unheard(stamp, Event::Left))
}

fn find_or_open(t: &mut Tables, stamp: Stamp, by: UserId, name: &RoomName) -> Result<RoomId, Fault> {
    let address = name.address().as_str();
    if let Some(id) = t.addresses.get(address)? {
        return Ok(RoomId(id.value()));
    }
    let id = RoomId(stamp.seq.0);
    let room =
        RoomRow { name: name.as_str().to_owned(), address: address.to_owned(), opened_at: stamp.at, opened_by: by };
    rows::put(&mut t.rooms, id.0, &room)?;
    t.addresses.insert(address, id.0)?;
    let recent = RecentRow { room: id, at: stamp.at, author: None, feed_len: 0, feed_floor: stamp.seq };
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    Ok(id)
}

fn named(who: Who) -> Result<UserId, Stop> {
    match who {
        Who::User(user) => Ok(user),
        Who::Nobody => Err(Stop::Refused(Refusal::NameNeeded)),
    }
}

fn unheard(stamp: Stamp, event: Event) -> Done {
    Done { seq: stamp.seq, before: Seq(0), event, again: false }
}
