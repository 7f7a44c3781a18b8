//! Rooms: what they are, and who belongs to the hidden ones.

use redb::ReadableTable;

use super::entering::new_room;
use super::{
    Outcome, Stamp, Stop, allowed, asker, change_room, house, member, messages, naming, note, order, person, reacting,
    refuse, seen_room, unheard,
};
use crate::domain::limits::{DIRECT_PEOPLE_MAX, PICKED_MAX};
use crate::domain::{
    Act, Address, Deed, Event, Kind, Line, Person, Refusal, Room, RoomCommand, RoomId, RoomName, Salt, UserId, Who,
    may_have_back,
};
use crate::store::schema::{MemberRow, RoomRow};
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

pub(super) fn carry_out(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, command: &RoomCommand) -> Outcome {
    use RoomCommand as C;
    match command {
        C::Set { name, topic, kind, slow_s, salt } => {
            set(t, stamp, who, id, (name, topic.as_ref(), *kind, *slow_s, *salt))
        }
        C::Add { user } => bring_in(t, stamp, who, id, *user),
        C::Remove { user } => take_out(t, stamp, who, id, *user),
        C::Leave => leave(t, stamp, who, id),
        C::Archive { archived } => {
            let (person, mut row) = own_room(t, stamp, who, id, Act::Archive)?;
            row.archived = *archived;
            rows::put(&mut t.rooms, id.0, &row)?;
            note(t, stamp, Some(person.author.id), Deed::Archived { room: id, archived: *archived })?;
            Ok(change_room(t, stamp, id, Event::RoomChanged { room: id })?)
        }
        C::Delete => delete(t, stamp, who, id),
        C::Undelete => undelete(t, stamp, who, id),
        C::EditMessage { message, words } => messages::edit(t, stamp, who, id, *message, words),
        C::React { message, reaction, on } => reacting::react(t, stamp, who, id, *message, (reaction, *on)),
        C::Pin { message, pinned } => reacting::pin(t, stamp, who, id, *message, *pinned),
        C::RemoveMessage { message } => order::remove(t, stamp, who, id, *message),
        C::Report { message, why } => order::report(t, stamp, who, id, *message, why.as_ref()),
        C::Mute { user, until } => order::mute(t, stamp, who, id, *user, *until),
    }
}

/// Creates a room that must not be there yet.
pub(super) fn create(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    (name, kind): (&RoomName, Kind),
    members: &[UserId],
    salt: Salt,
) -> Outcome {
    let asker = asker(t, stamp, who)?;
    let house = house(t)?.clone();
    if !house.door.admits(Some(&asker)) || asker.role < house.rooms_by {
        return refuse(Refusal::NotAllowed);
    }
    if kind == Kind::Direct {
        return refuse(Refusal::RoomKind); // it is found by its people, and by nothing else
    }
    all_known(t, members)?;
    let address = address_of(name, kind, salt);
    if is_in_use(t, &address)? {
        return refuse(Refusal::RoomTaken);
    }
    let by = asker.author.id;
    let room = new_room(t, stamp, by, name.as_str(), &address, kind)?;
    if kind.is_hidden() {
        for user in members.iter().chain([&by]) {
            belong(t, room, *user)?;
        }
    }
    Ok(unheard(stamp, Event::Opened { room }))
}

/// Finds the direct room of exactly these people, or creates it.
pub(super) fn direct(t: &mut Tables, stamp: Stamp, who: Who, with: &[UserId], salt: Salt) -> Outcome {
    let asker = asker(t, stamp, who)?;
    if !house(t)?.door.admits(Some(&asker)) {
        return refuse(Refusal::DoorMembers);
    }
    all_known(t, with)?;
    let mut people = [with, &[asker.author.id]].concat();
    people.sort_unstable();
    people.dedup();
    if people.len() < 2 {
        return refuse(Refusal::PersonUnknown);
    }
    if people.len() > DIRECT_PEOPLE_MAX {
        return refuse(Refusal::TooMany(DIRECT_PEOPLE_MAX));
    }
    let key: Vec<u8> = people.iter().flat_map(|user| user.0.to_be_bytes()).collect();
    if let Some(room) = t.directs.open()?.get(key.as_slice())?.map(|room| RoomId(room.value())) {
        return Ok(unheard(stamp, Event::Opened { room }));
    }
    let address = Address::hidden("direct", salt);
    if is_in_use(t, &address)? {
        return refuse(Refusal::RoomTaken);
    }
    let room = new_room(t, stamp, asker.author.id, "", &address, Kind::Direct)?;
    for user in &people {
        belong(t, room, *user)?;
    }
    naming::see(t, stamp, room, &people)?; // the room is called after them
    t.directs.open()?.insert(key.as_slice(), room.0)?;
    Ok(unheard(stamp, Event::Opened { room }))
}

type Wish<'a> = (&'a RoomName, Option<&'a Line>, Kind, u32, Salt);

fn set(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, (name, topic, kind, slow_s, salt): Wish) -> Outcome {
    let (person, mut row) = own_room(t, stamp, who, id, Act::SetRoom)?;
    if row.kind == Kind::Direct || kind == Kind::Direct {
        return refuse(Refusal::RoomKind);
    }
    let is_renamed = row.name != name.as_str();
    if is_renamed || row.kind.is_hidden() != kind.is_hidden() {
        let address = address_of(name, kind, salt);
        if address != row.address && is_in_use_by_another(t, &address, id)? {
            return refuse(Refusal::RoomTaken);
        }
        t.addresses.open()?.insert(address.as_str(), id.0)?;
        row.address = address;
    }
    let by = person.author.id;
    match (row.kind.is_hidden(), kind.is_hidden()) {
        (false, true) => {
            t.count_room(false)?;
            belong(t, id, by)?;
        }
        (true, false) => t.count_room(true)?,
        (true, true) | (false, false) => {}
    }
    name.as_str().clone_into(&mut row.name);
    row.topic = topic.map_or(String::new(), |topic| topic.as_str().to_owned());
    (row.kind, row.slow_s) = (kind, slow_s);
    rows::put(&mut t.rooms, id.0, &row)?;
    if row.opened_by != by {
        note(t, stamp, Some(by), Deed::RoomSet { room: id })?;
    }
    Ok(change_room(t, stamp, id, Event::RoomChanged { room: id })?)
}

fn bring_in(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, user: UserId) -> Outcome {
    let (_, row) = own_room(t, stamp, who, id, Act::PickMembers)?;
    if row.kind != Kind::Closed {
        return refuse(Refusal::RoomKind);
    }
    all_known(t, &[user])?;
    belong(t, id, user)?;
    Ok(unheard(stamp, Event::Joined { room: id, user }))
}

fn take_out(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, user: UserId) -> Outcome {
    let (person, row) = own_room(t, stamp, who, id, Act::PickMembers)?;
    if row.kind != Kind::Closed || user == person.author.id {
        return refuse(Refusal::RoomKind); // whoever wants to go out themselves leaves
    }
    part(t, stamp, id, user)
}

/// Out of a direct room nobody goes: it is exactly its people.
fn leave(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId) -> Outcome {
    let person = asker(t, stamp, who)?;
    let (room, _) = seen_room(t, stamp, id, &person)?;
    if room.kind != Kind::Closed {
        return refuse(Refusal::RoomKind);
    }
    part(t, stamp, id, person.author.id)
}

fn part(t: &mut Tables, stamp: Stamp, id: RoomId, user: UserId) -> Outcome {
    let row = member(t, id, user)?;
    if !row.belongs {
        return refuse(Refusal::PersonUnknown);
    }
    rows::put(&mut t.members, (id.0, user.0), &MemberRow { belongs: false, ..row })?;
    t.rooms_of.open()?.remove((user.0, id.0))?;
    Ok(unheard(stamp, Event::Parted { room: id, user }))
}

fn delete(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId) -> Outcome {
    let (person, mut row) = own_room(t, stamp, who, id, Act::DeleteRoom)?;
    if row.kind == Kind::Direct {
        return refuse(Refusal::RoomKind);
    }
    row.deleted_at = Some(stamp.at);
    rows::put(&mut t.rooms, id.0, &row)?;
    if !row.kind.is_hidden() {
        t.count_room(false)?;
    }
    note(t, stamp, Some(person.author.id), Deed::RoomDeleted { room: id, deleted: true })?;
    Ok(change_room(t, stamp, id, Event::RoomGone { room: id })?)
}

/// Has a room back that was deleted less than a week ago. If its address is another room's by now, the new one keeps it.
fn undelete(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId) -> Outcome {
    let person = asker(t, stamp, who)?;
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(mut row) = row else { return refuse(Refusal::RoomUnknown(String::new())) };
    let belongs = member(t, id, person.author.id)?.belongs;
    if !may_have_back(house(t)?, &row.clone().room(id), &person, belongs, stamp.at) {
        return refuse(Refusal::RoomUnknown(String::new()));
    }
    if is_in_use_by_another(t, &row.address, id)? {
        return refuse(Refusal::RoomTaken);
    }
    row.deleted_at = None;
    t.addresses.open()?.insert(row.address.as_str(), id.0)?;
    rows::put(&mut t.rooms, id.0, &row)?;
    if !row.kind.is_hidden() {
        t.count_room(true)?;
    }
    note(t, stamp, Some(person.author.id), Deed::RoomDeleted { room: id, deleted: false })?;
    Ok(change_room(t, stamp, id, Event::RoomGone { room: id })?)
}

/// A room that the asker sees, and in which they may do this.
fn own_room(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, act: Act) -> Result<(Person, RoomRow), Stop> {
    let person = asker(t, stamp, who)?;
    let (room, _): (Room, MemberRow) = seen_room(t, stamp, id, &person)?;
    allowed(t, stamp, who, act, Some(&room))?;
    let row = rows::get(&t.rooms, "rooms", id.0)?.ok_or(Fault::Missing { table: "rooms" })?;
    Ok((person, row))
}

/// Lets somebody belong to a hidden room.
pub(super) fn belong(t: &mut Tables, room: RoomId, user: UserId) -> Result<(), Fault> {
    let row = member(t, room, user)?;
    rows::put(&mut t.members, (room.0, user.0), &MemberRow { belongs: true, ..row })?;
    t.rooms_of.open()?.insert((user.0, room.0), ())?;
    Ok(())
}

fn all_known(t: &Tables, people: &[UserId]) -> Result<(), Stop> {
    if people.len() > PICKED_MAX {
        return refuse(Refusal::TooMany(PICKED_MAX));
    }
    for user in people {
        if person(t, *user)?.is_none() {
            return refuse(Refusal::PersonUnknown);
        }
    }
    Ok(())
}

fn address_of(name: &RoomName, kind: Kind, salt: Salt) -> String {
    let plain = name.address().as_str();
    if kind.is_hidden() { Address::hidden(plain, salt) } else { plain.to_owned() }
}

/// Whether an address is that of a room which is there for everybody, or by chance of a hidden one. An old address of a
/// room that moved, was hidden or deleted is free.
fn is_in_use(t: &mut Tables, address: &str) -> Result<bool, Fault> {
    let Some(id) = t.addresses.open()?.get(address)?.map(|id| id.value()) else { return Ok(false) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.is_some_and(|row| row.address == address && row.deleted_at.is_none()))
}

fn is_in_use_by_another(t: &mut Tables, address: &str, but: RoomId) -> Result<bool, Fault> {
    let id = t.addresses.open()?.get(address)?.map(|id| id.value());
    Ok(id != Some(but.0) && is_in_use(t, address)?)
}
