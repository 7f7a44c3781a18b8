//! Shared parts of all commands: the stamp of a change, outcomes, permission checks, and access to the rows that most
//! commands read or write.

use crate::domain::{
    Actor, Applied, AuditAction, AuditEntry, Event, Permission, Person, Refusal, Room, RoomId, Seq, ServerSettings,
    Timestamp, UserId, can, can_see,
};
use crate::store::StoreError;
use crate::store::feed;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, ChangeRow, MemberRow, RoomRow, SettingsRow, UserRow};

/// The number and the time of a change.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    pub seq: Seq,
    pub at: Timestamp,
}

/// The error for a room without a row in the `recent` table.
pub(crate) const ACTIVITY_ROW_MISSING: StoreError = StoreError::Missing { table: "recent" };

/// Why a command ended early.
pub(crate) enum Halt {
    Refused(Refusal),
    Failed(StoreError),
}

impl<E: Into<StoreError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The result of a command.
pub(crate) type Outcome = Result<Applied, Halt>;

pub(crate) fn refuse<T>(refusal: Refusal) -> Result<T, Halt> {
    Err(Halt::Refused(refusal))
}

pub(crate) fn silent(stamp: Stamp, event: Event) -> Applied {
    Applied { seq: stamp.seq, previous: Seq(0), event, read_state_of: None, is_replay: false }
}

/// The person who runs the command. Refuses anonymous actors, the operator and banned people.
pub(crate) fn require_person(t: &Tables, stamp: Stamp, actor: Actor) -> Result<Person, Halt> {
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

/// The same, but also refuses people without this permission, in `room` if there is one.
pub(crate) fn require_permission(
    t: &Tables,
    stamp: Stamp,
    actor: Actor,
    permission: Permission,
    room: Option<&Room>,
) -> Result<Person, Halt> {
    let person = require_person(t, stamp, actor)?;
    if can(&person, permission, room) { Ok(person) } else { refuse(Refusal::NotAllowed) }
}

/// A room that the person can see, and their member row. A room that they can't see gives the same refusal as one that
/// does not exist.
pub(crate) fn require_visible_room(
    t: &Tables,
    stamp: Stamp,
    id: RoomId,
    person: &Person,
) -> Result<(Room, MemberRow), Halt> {
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(room) = row.map(|row| row.into_room(id)) else { return refuse(Refusal::RoomNotFound(String::new())) };
    let member = member_row(t, id, person.author.id)?;
    if !can_see(settings(t)?, &room, Some(person), member.is_member, stamp.at) {
        return refuse(Refusal::RoomNotFound(String::new()));
    }
    Ok((room, member))
}

/// The actor and the row of a room that they can see and in which they have this permission.
pub(crate) fn require_room_permission(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    permission: Permission,
) -> Result<(Person, RoomRow), Halt> {
    let person = require_person(t, stamp, actor)?;
    let (room, _): (Room, MemberRow) = require_visible_room(t, stamp, id, &person)?;
    require_permission(t, stamp, actor, permission, Some(&room))?;
    let row = rows::get(&t.rooms, "rooms", id.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
    Ok((person, row))
}

pub(crate) fn find_user(t: &Tables, id: UserId) -> Result<Option<UserRow>, StoreError> {
    rows::get(&t.users, "users", id.0)
}

pub(crate) fn find_person(t: &Tables, id: UserId) -> Result<Option<Person>, StoreError> {
    Ok(find_user(t, id)?.map(|row| row.into_person(id)))
}

pub(crate) fn member_row(t: &Tables, room: RoomId, user: UserId) -> Result<MemberRow, StoreError> {
    Ok(rows::get(&t.members, "members", (room.0, user.0))?.unwrap_or_default())
}

pub(crate) fn settings<'t>(t: &'t Tables<'_>) -> Result<&'t ServerSettings, StoreError> {
    if let Some(settings) = t.cached_settings.get() {
        return Ok(settings);
    }
    let row: Option<SettingsRow> = rows::get(&t.settings, "house", "house")?;
    Ok(t.cached_settings.get_or_init(|| row.unwrap_or_default().settings))
}

pub(crate) fn save_settings(t: &mut Tables, row: &SettingsRow) -> Result<(), StoreError> {
    t.cached_settings.take();
    rows::put(&mut t.settings, "house", row)
}

/// Records a change of a room, which the listeners of the room receive.
pub(crate) fn record_room_change(
    t: &mut Tables,
    stamp: Stamp,
    room: RoomId,
    event: Event,
) -> Result<Applied, StoreError> {
    let previous = feed::last_room_change(&t.messages, &t.changes, &t.rooms, room)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let mut activity: ActivityRow = rows::remove(&mut t.activity, "recent", previous.0)?.ok_or(ACTIVITY_ROW_MISSING)?;
    rows::put(&mut t.changes, (room.0, stamp.seq.0), &ChangeRow { at: stamp.at, event })?;
    let row: RoomRow = rows::get(&t.rooms, "rooms", room.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
    activity.is_listed = !row.visibility.is_members_only() && row.deleted_at.is_none();
    activity.at = stamp.at;
    feed::append_and_sweep(t, &mut activity)?;
    rows::put(&mut t.activity, stamp.seq.0, &activity)?;
    Ok(Applied { seq: stamp.seq, previous, event, read_state_of: None, is_replay: false })
}

/// Adds an entry to the audit log.
pub(crate) fn audit(
    t: &mut Tables,
    stamp: Stamp,
    actor: Option<UserId>,
    action: AuditAction,
) -> Result<(), StoreError> {
    rows::put(t.audit_log.open()?, stamp.seq.0, &AuditEntry { at: stamp.at, actor, action })
}
