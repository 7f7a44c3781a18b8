//! Creating rooms: by name, with a visibility, or for direct messages; and which slugs are taken.

use redb::ReadableTable;

use crate::domain::limits::DIRECT_ROOM_PEOPLE_MAX;
use crate::domain::{Actor, Event, Refusal, RoomId, RoomName, Salt, Slug, UserId, Visibility};
use crate::store::StoreError;
use crate::store::apply::accounts::names;
use crate::store::apply::context::{
    Halt, Outcome, Stamp, refuse, require_person, require_visible_room, settings, silent,
};
use crate::store::apply::rooms::members::{check_people_exist, start_membership};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, RoomRow};

/// Creates a room whose slug must be free.
pub(crate) fn create_room_checked(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    (name, visibility): (&RoomName, Visibility),
    members: &[UserId],
    salt: Salt,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let settings = settings(t)?.clone();
    if !settings.join_policy.admits(Some(&person)) || person.role < settings.room_creation {
        return refuse(Refusal::NotAllowed);
    }
    if visibility == Visibility::Direct {
        return refuse(Refusal::RoomVisibilityUnsupported); // only `open_direct_room` creates these
    }
    check_people_exist(t, members)?;
    let slug = slug_for(name, visibility, salt);
    if is_slug_taken(t, &slug)? {
        return refuse(Refusal::RoomNameTaken);
    }
    let by = person.author.id;
    let room = create_room(t, stamp, by, name.as_str(), &slug, visibility)?;
    if visibility.is_members_only() {
        for user in members.iter().chain([&by]) {
            start_membership(t, room, *user)?;
        }
    }
    Ok(silent(stamp, Event::RoomOpened { room }))
}

/// Finds the direct room of exactly these people, or creates it.
pub(crate) fn open_direct_room(t: &mut Tables, stamp: Stamp, actor: Actor, others: &[UserId], salt: Salt) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    if !settings(t)?.join_policy.admits(Some(&person)) {
        return refuse(Refusal::MembersOnly);
    }
    check_people_exist(t, others)?;
    let mut people = [others, &[person.author.id]].concat();
    people.sort_unstable();
    people.dedup();
    if people.len() < 2 {
        return refuse(Refusal::PersonNotFound);
    }
    if people.len() > DIRECT_ROOM_PEOPLE_MAX {
        return refuse(Refusal::LimitReached(DIRECT_ROOM_PEOPLE_MAX));
    }
    let key: Vec<u8> = people.iter().flat_map(|user| user.0.to_be_bytes()).collect();
    if let Some(room) = t.direct_rooms.open()?.get(key.as_slice())?.map(|room| RoomId(room.value())) {
        return Ok(silent(stamp, Event::RoomOpened { room }));
    }
    let slug = Slug::hidden_text("direct", salt);
    if is_slug_taken(t, &slug)? {
        return refuse(Refusal::RoomNameTaken);
    }
    let room = create_room(t, stamp, person.author.id, "", &slug, Visibility::Direct)?;
    for user in &people {
        start_membership(t, room, *user)?;
    }
    names::record_name_uses(t, stamp, room, &people)?; // the room's name is made of theirs
    t.direct_rooms.open()?.insert(key.as_slice(), room.0)?;
    Ok(silent(stamp, Event::RoomOpened { room }))
}

/// Opens the room with this name, or creates an open one. A room that the person can't see counts as missing.
pub(crate) fn open_room(t: &mut Tables, stamp: Stamp, actor: Actor, room: &RoomName) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let settings = settings(t)?.clone();
    if !settings.join_policy.admits(Some(&person)) {
        return refuse(Refusal::MembersOnly);
    }
    let existing = t.slugs.open()?.get(room.slug().as_str())?.map(|id| RoomId(id.value()));
    match existing.map(|id| require_visible_room(t, stamp, id, &person)) {
        Some(Ok((room, _))) => return Ok(silent(stamp, Event::RoomOpened { room: room.id })),
        Some(Err(Halt::Failed(error))) => return Err(error.into()),
        Some(Err(Halt::Refused(_))) | None => {}
    }
    if person.role < settings.room_creation {
        return refuse(Refusal::room_not_found(room.as_str()));
    }
    let room = find_or_create_room(t, stamp, person.author.id, room)?;
    Ok(silent(stamp, Event::RoomOpened { room }))
}

/// The room with the slug of this name, unless it is members-only or deleted.
pub(crate) fn find_listed_room(t: &mut Tables, name: &RoomName) -> Result<Option<RoomId>, StoreError> {
    let Some(id) = t.slugs.open()?.get(name.slug().as_str())?.map(|id| id.value()) else { return Ok(None) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.filter(|row| !row.visibility.is_members_only() && row.deleted_at.is_none()).map(|_| RoomId(id)))
}

pub(crate) fn find_or_create_room(t: &mut Tables, stamp: Stamp, by: UserId, name: &RoomName) -> Result<RoomId, Halt> {
    match find_listed_room(t, name)? {
        Some(id) => Ok(id),
        None => create_room(t, stamp, by, name.as_str(), name.slug().as_str(), Visibility::Open),
    }
}

/// Creates a room. It takes over a slug that a renamed, members-only or deleted room had before.
pub(crate) fn create_room(
    t: &mut Tables,
    stamp: Stamp,
    by: UserId,
    name: &str,
    slug: &str,
    visibility: Visibility,
) -> Result<RoomId, Halt> {
    let id = RoomId(stamp.seq.0);
    let room = RoomRow {
        name: name.to_owned(),
        slug: slug.to_owned(),
        created_at: stamp.at,
        created_by: by,
        topic: String::new(),
        visibility,
        slow_mode_s: 0,
        archived: false,
        deleted_at: None,
    };
    rows::put(&mut t.rooms, id.0, &room)?;
    t.slugs.open()?.insert(slug, id.0)?;
    let activity = ActivityRow {
        room: id,
        is_listed: !visibility.is_members_only(),
        at: stamp.at,
        last_author: None,
        last_posted_at: stamp.at,
        message_count: 0,
        feed_len: 0,
        feed_floor: stamp.seq,
    };
    rows::put(&mut t.activity, stamp.seq.0, &activity)?;
    if !visibility.is_members_only() {
        t.update_room_count(true)?;
    }
    Ok(id)
}

pub(crate) fn slug_for(name: &RoomName, visibility: Visibility, salt: Salt) -> String {
    let plain = name.slug().as_str();
    if visibility.is_members_only() { Slug::hidden_text(plain, salt) } else { plain.to_owned() }
}

/// Whether a slug is the present one of a room that is not deleted. Former slugs and those of deleted rooms are free.
pub(crate) fn is_slug_taken(t: &mut Tables, slug: &str) -> Result<bool, StoreError> {
    let Some(id) = t.slugs.open()?.get(slug)?.map(|id| id.value()) else { return Ok(false) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.is_some_and(|row| row.slug == slug && row.deleted_at.is_none()))
}

pub(crate) fn is_slug_taken_by_another(t: &mut Tables, slug: &str, except: RoomId) -> Result<bool, StoreError> {
    let id = t.slugs.open()?.get(slug)?.map(|id| id.value());
    Ok(id != Some(except.0) && is_slug_taken(t, slug)?)
}
