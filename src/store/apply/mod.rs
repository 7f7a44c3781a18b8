//! Judges a command and carries it out. The one place where anything changes, and the one judge of who may have what.
//!
//! Total and deterministic: it reads no clock, draws nothing at random, iterates no hash map, and whatever somebody
//! asks for ends in a [`Done`] or a [`Refusal`]. The same commands in the same order, at the same moments, on an empty
//! file give the same tables. A room's command reads only that room's rows, the people and the outcomes.
//! Each judgement comes before the first write, so a refusal leaves nothing behind.

pub(crate) mod idempotency;

mod account;
mod join;
mod messages;
mod moderation;
mod names;
mod people;
mod post;
mod reactions;
mod read_state;
mod rooms;
mod server;
mod sessions;

use crate::domain::{
    Actor, Applied, AuditAction, AuditEntry, Command, Envelope, Event, Permission, Person, Refusal, Room, RoomId, Seq,
    ServerSettings, Timestamp, UserId, can, can_see,
};
use crate::store::apply::post::NewMessage;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, ChangeRow, MemberRow, RoomRow, SettingsRow, UserRow};
use crate::store::{StoreError, feed};

/// The number and the moment of a change.
#[derive(Clone, Copy)]
struct Stamp {
    seq: Seq,
    at: Timestamp,
}

/// A room without its row in `recent`.
const ACTIVITY_ROW_MISSING: StoreError = StoreError::Missing { table: "recent" };

/// Why a command ended early.
enum Halt {
    Refused(Refusal),
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What a command comes to.
type Outcome = Result<Applied, Halt>;

fn refuse<T>(refusal: Refusal) -> Result<T, Halt> {
    Err(Halt::Refused(refusal))
}

/// Carries out one command, or refuses it. `now` counts only if it does not lie before the last change.
pub(crate) fn apply(
    tables: &mut Tables,
    now: Timestamp,
    envelope: &Envelope,
) -> Result<Result<Applied, Refusal>, StoreError> {
    let stamp = Stamp { seq: tables.last_seq.next(), at: now.max(tables.last_at) };
    if let Some(done) = idempotency::find_outcome(tables, envelope, stamp.at)? {
        return Ok(Ok(done));
    }
    match execute(tables, stamp, envelope) {
        Ok(done) => {
            idempotency::record_outcome(tables, envelope, stamp.at, done)?;
            (tables.last_seq, tables.last_at) = (stamp.seq, stamp.at);
            Ok(Ok(done))
        }
        Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
        Err(Halt::Failed(fault)) => Err(fault),
    }
}

fn execute(t: &mut Tables, stamp: Stamp, envelope: &Envelope) -> Outcome {
    let who = envelope.actor;
    match &envelope.command {
        Command::Join { room, name, token, device } => join::join(t, stamp, room, name, *token, device),
        Command::OpenRoom { room } => join::open_room(t, stamp, who, room),
        Command::Post { room, content, reply_to, follow_ups } => {
            let new = NewMessage { room: *room, content, reply_to: *reply_to, follow_ups: *follow_ups };
            post::post_message(t, stamp, who, &new)
        }
        Command::SignOut { token } => sessions::sign_out(t, stamp, *token),
        Command::Account(command) => account::execute_account(t, stamp, who, command),
        Command::Room(room, command) => rooms::execute_room(t, stamp, who, *room, command),
        Command::ReadState(room, command) => read_state::execute_read_state(t, stamp, who, *room, command),
        Command::Person(user, command) => people::execute_person(t, stamp, who, *user, command),
        Command::Server(command) => server::execute_server(t, stamp, who, command),
    }
}

/// Whoever asks: somebody with a name, who has not been put outside.
fn require_person(t: &Tables, stamp: Stamp, actor: Actor) -> Result<Person, Halt> {
    let user = match actor {
        Actor::User(user) => user,
        Actor::Anonymous | Actor::Operator => return refuse(Refusal::SignInRequired),
    };
    let Some(person) = find_person(t, user)? else { return refuse(Refusal::SignInRequired) };
    if person.banned_until.is_active(stamp.at) {
        return refuse(Refusal::Banned(person.banned_until));
    }
    Ok(person)
}

/// The same, if they may do this; in this room, if it is done in one.
fn require_permission(
    t: &Tables,
    stamp: Stamp,
    actor: Actor,
    permission: Permission,
    room: Option<&Room>,
) -> Result<Person, Halt> {
    let person = require_person(t, stamp, actor)?;
    if can(&person, permission, room) { Ok(person) } else { refuse(Refusal::NotAllowed) }
}

fn find_user(t: &Tables, id: UserId) -> Result<Option<UserRow>, StoreError> {
    rows::get(&t.users, "users", id.0)
}

fn find_person(t: &Tables, id: UserId) -> Result<Option<Person>, StoreError> {
    Ok(find_user(t, id)?.map(|row| row.into_person(id)))
}

fn settings<'t>(t: &'t Tables<'_>) -> Result<&'t ServerSettings, StoreError> {
    if let Some(house) = t.cached_settings.get() {
        return Ok(house);
    }
    let row: Option<SettingsRow> = rows::get(&t.settings, "house", "house")?;
    Ok(t.cached_settings.get_or_init(|| row.unwrap_or_default().settings))
}

fn save_settings(t: &mut Tables, row: &SettingsRow) -> Result<(), StoreError> {
    t.cached_settings.take();
    rows::put(&mut t.settings, "house", row)
}

fn member_row(t: &Tables, room: RoomId, user: UserId) -> Result<MemberRow, StoreError> {
    Ok(rows::get(&t.members, "members", (room.0, user.0))?.unwrap_or_default())
}

/// A room that this person may see. One that they may not answers as one that is not there.
fn require_visible_room(t: &Tables, stamp: Stamp, id: RoomId, person: &Person) -> Result<(Room, MemberRow), Halt> {
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(room) = row.map(|row| row.into_room(id)) else { return refuse(Refusal::RoomNotFound(String::new())) };
    let member = member_row(t, id, person.author.id)?;
    if !can_see(settings(t)?, &room, Some(person), member.is_member, stamp.at) {
        return refuse(Refusal::RoomNotFound(String::new()));
    }
    Ok((room, member))
}

/// Writes a change of a room that its listeners hear.
fn record_room_change(t: &mut Tables, stamp: Stamp, room: RoomId, event: Event) -> Result<Applied, StoreError> {
    let before = feed::last_room_change(&t.messages, &t.changes, &t.rooms, room)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let mut recent: ActivityRow = rows::remove(&mut t.activity, "recent", before.0)?.ok_or(ACTIVITY_ROW_MISSING)?;
    rows::put(&mut t.changes, (room.0, stamp.seq.0), &ChangeRow { at: stamp.at, event })?;
    let row: RoomRow = rows::get(&t.rooms, "rooms", room.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
    recent.is_listed = !row.visibility.is_members_only() && row.deleted_at.is_none();
    recent.at = stamp.at;
    feed::append_and_sweep(t, &mut recent)?;
    rows::put(&mut t.activity, stamp.seq.0, &recent)?;
    Ok(Applied { seq: stamp.seq, previous: before, event, read_state_of: None, is_replay: false })
}

/// Writes down what was done to keep order.
fn audit(t: &mut Tables, stamp: Stamp, actor: Option<UserId>, action: AuditAction) -> Result<(), StoreError> {
    rows::put(t.audit_log.open()?, stamp.seq.0, &AuditEntry { at: stamp.at, actor, action })
}

fn silent(stamp: Stamp, event: Event) -> Applied {
    Applied { seq: stamp.seq, previous: Seq(0), event, read_state_of: None, is_replay: false }
}
