//! Judges a command and carries it out. The one place where anything changes, and the one judge of who may have what.
//!
//! Total and deterministic: it reads no clock, draws nothing at random, iterates no hash map, and whatever somebody
//! asks for ends in a [`Done`] or a [`Refusal`]. The same commands in the same order, at the same moments, on an empty
//! file give the same tables. A room's command reads only that room's rows, the people and the outcomes.
//! Each judgement comes before the first write, so a refusal leaves nothing behind.

mod account;
mod entering;
mod house;
mod messages;
mod naming;
mod order;
mod people;
mod reacting;
mod reading;
mod rooms;
mod sessions;

use super::schema::{ChangeRow, HouseRow, MemberRow, RecentRow, RoomRow, UserRow};
use super::tables::Tables;
use super::{Fault, feed, outcomes, rows};
use crate::domain::{
    Act, Asked, Audit, Command, Deed, Done, Event, House, Moment, Person, Refusal, Room, RoomId, Seq, UserId, Who, may,
    sees, spell,
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

/// What a command comes to.
type Outcome = Result<Done, Stop>;

fn refuse<T>(refusal: Refusal) -> Result<T, Stop> {
    Err(Stop::Refused(refusal))
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

fn carry_out(t: &mut Tables, stamp: Stamp, asked: &Asked) -> Outcome {
    let who = asked.who;
    match &asked.command {
        Command::Enter { room, name, token, device } => entering::enter(t, stamp, room, name, *token, device),
        Command::Open { room } => entering::open(t, stamp, who, room),
        Command::Post { room, words, reply_to } => messages::post(t, stamp, who, *room, words, *reply_to),
        Command::Leave { token } => sessions::leave(t, stamp, *token),
        Command::Account(command) => account::carry_out(t, stamp, who, command),
        Command::Room(room, command) => rooms::carry_out(t, stamp, who, *room, command),
        Command::Reader(room, command) => reading::carry_out(t, stamp, who, *room, command),
        Command::Person(user, command) => people::carry_out(t, stamp, who, *user, command),
        Command::House(command) => house::carry_out(t, stamp, who, command),
    }
}

/// Whoever asks: somebody with a name, who has not been put outside.
fn asker(t: &Tables, stamp: Stamp, who: Who) -> Result<Person, Stop> {
    let user = match who {
        Who::User(user) => user,
        Who::Nobody | Who::Operator => return refuse(Refusal::NameNeeded),
    };
    let Some(person) = person(t, user)? else { return refuse(Refusal::NameNeeded) };
    if person.banned.holds(stamp.at) {
        return refuse(Refusal::Banned(spell(person.banned)));
    }
    Ok(person)
}

/// The same, if they may do this; in this room, if it is done in one.
fn allowed(t: &Tables, stamp: Stamp, who: Who, act: Act, room: Option<&Room>) -> Result<Person, Stop> {
    let person = asker(t, stamp, who)?;
    if may(&person, act, room) { Ok(person) } else { refuse(Refusal::NotAllowed) }
}

fn user(t: &Tables, id: UserId) -> Result<Option<UserRow>, Fault> {
    rows::get(&t.users, "users", id.0)
}

fn person(t: &Tables, id: UserId) -> Result<Option<Person>, Fault> {
    Ok(user(t, id)?.map(|row| row.person(id)))
}

fn house<'t>(t: &'t Tables<'_>) -> Result<&'t House, Fault> {
    if let Some(house) = t.settled.get() {
        return Ok(house);
    }
    let row: Option<HouseRow> = rows::get(&t.house, "house", "house")?;
    Ok(t.settled.get_or_init(|| row.unwrap_or_default().house))
}

fn settle_house(t: &mut Tables, row: &HouseRow) -> Result<(), Fault> {
    t.settled.take();
    rows::put(&mut t.house, "house", row)
}

fn member(t: &Tables, room: RoomId, user: UserId) -> Result<MemberRow, Fault> {
    Ok(rows::get(&t.members, "members", (room.0, user.0))?.unwrap_or_default())
}

/// A room that this person may see. One that they may not answers as one that is not there.
fn seen_room(t: &Tables, stamp: Stamp, id: RoomId, person: &Person) -> Result<(Room, MemberRow), Stop> {
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(room) = row.map(|row| row.room(id)) else { return refuse(Refusal::RoomUnknown(String::new())) };
    let member = member(t, id, person.author.id)?;
    if !sees(house(t)?, &room, Some(person), member.belongs, stamp.at) {
        return refuse(Refusal::RoomUnknown(String::new()));
    }
    Ok((room, member))
}

/// Writes a change of a room that its listeners hear.
fn change_room(t: &mut Tables, stamp: Stamp, room: RoomId, event: Event) -> Result<Done, Fault> {
    let before = feed::last(&t.messages, &t.changes, &t.rooms, room)?.ok_or(MISSING)?;
    let mut recent: RecentRow = rows::take(&mut t.recent, "recent", before.0)?.ok_or(MISSING)?;
    rows::put(&mut t.changes, (room.0, stamp.seq.0), &ChangeRow { at: stamp.at, event })?;
    let row: RoomRow = rows::get(&t.rooms, "rooms", room.0)?.ok_or(Fault::Missing { table: "rooms" })?;
    recent.is_listed = !row.kind.is_hidden() && row.deleted_at.is_none();
    recent.at = stamp.at;
    feed::lengthen(t, &mut recent)?;
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    Ok(Done { seq: stamp.seq, before, event, again: false })
}

/// Writes down what was done to keep order.
fn note(t: &mut Tables, stamp: Stamp, by: Option<UserId>, deed: Deed) -> Result<(), Fault> {
    rows::put(t.audit.open()?, stamp.seq.0, &Audit { at: stamp.at, by, deed })
}

fn unheard(stamp: Stamp, event: Event) -> Done {
    Done { seq: stamp.seq, before: Seq(0), event, again: false }
}
