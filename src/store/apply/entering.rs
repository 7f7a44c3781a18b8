//! Coming in: taking a name, and finding or opening a room.

use redb::ReadableTable;

use super::naming::{is_free, take_name};
use super::{Outcome, Stamp, Stop, asker, house, person, refuse, seen_room, unheard};
use crate::domain::{
    Deed, Device, Door, Event, Kind, Line, PasswordHash, Refusal, Role, RoomId, RoomName, TokenHash, TokenKind, UserId,
    UserName, Who,
};
use crate::store::Fault;
use crate::store::rows;
use crate::store::schema::{HouseRow, RecentRow, RoomRow, SecretRow};
use crate::store::tables::Tables;

pub(super) fn enter(
    t: &mut Tables,
    stamp: Stamp,
    room: &RoomName,
    name: &UserName,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let house = house(t)?.clone();
    match house.door {
        Door::Open if house.new_guests => {}
        Door::Open => return refuse(Refusal::NoNewGuests),
        Door::Invited => return refuse(Refusal::DoorInvited),
        Door::Members => return refuse(Refusal::DoorMembers),
    }
    if house.rooms_by > Role::Guest && open_room(t, room)?.is_none() {
        return refuse(Refusal::room_unknown(room.as_str()));
    }
    is_free(t, name, None)?;
    let user = take_name(t, stamp, name, Role::Guest, None)?;
    super::sessions::add(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    let room = find_or_open(t, stamp, user, room)?;
    Ok(unheard(stamp, Event::Entered { user, room }))
}

/// What is opened by its name is a room for everybody in the house. A hidden one at that address is not there.
pub(super) fn open(t: &mut Tables, stamp: Stamp, who: Who, room: &RoomName) -> Outcome {
    let person = asker(t, stamp, who)?;
    let house = house(t)?.clone();
    if !house.door.admits(Some(&person)) {
        return refuse(Refusal::DoorMembers);
    }
    let there = t.addresses.open()?.get(room.address().as_str())?.map(|id| RoomId(id.value()));
    match there.map(|id| seen_room(t, stamp, id, &person)) {
        Some(Ok((room, _))) => return Ok(unheard(stamp, Event::Opened { room: room.id })),
        Some(Err(Stop::Broken(fault))) => return Err(fault.into()),
        Some(Err(Stop::Refused(_))) | None => {}
    }
    if person.role < house.rooms_by {
        return refuse(Refusal::room_unknown(room.as_str()));
    }
    let room = find_or_open(t, stamp, person.author.id, room)?;
    Ok(unheard(stamp, Event::Opened { room }))
}

/// Takes the house: the first who has the link of the first start becomes its owner.
pub(super) fn own(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    (name_of_house, name): (&Line, &UserName),
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let mut row: HouseRow = rows::get(&t.house, "house", "house")?.unwrap_or_default();
    if row.owners > 0 {
        return refuse(Refusal::LinkDead);
    }
    let asker = match who {
        Who::User(id) => person(t, id)?,
        Who::Nobody | Who::Operator => None,
    };
    let own = asker.filter(|person| UserName::parse(&person.author.name).is_ok_and(|own| own.key() == name.key()));
    let user = match own {
        Some(person) => {
            let id = person.author.id;
            let mut row = super::user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
            row.role = Role::Owner;
            rows::put(&mut t.users, id.0, &row)?;
            super::sessions::end_all(t, id, None)?;
            id
        }
        None => {
            is_free(t, name, None)?;
            take_name(t, stamp, name, Role::Owner, None)?
        }
    };
    row.house.name = name_of_house.as_str().to_owned();
    row.owners = 1;
    super::settle_house(t, &row)?;
    super::note(t, stamp, Some(user), Deed::Owned)?;
    super::account::renew(t, stamp, user, password, token, device)
}

/// Comes in by an invitation.
pub(super) fn join(
    t: &mut Tables,
    stamp: Stamp,
    code: TokenHash,
    name: &UserName,
    password: Option<&PasswordHash>,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let Some(id) = t.invitation_codes.open()?.get(code.0)?.map(|id| id.value()) else {
        return refuse(Refusal::LinkDead);
    };
    let invitation: Option<crate::domain::Invitation> = rows::get(t.invitations.open()?, "invitations", id)?;
    let Some(mut invitation) = invitation.filter(|invitation| invitation.is_good(stamp.at)) else {
        return refuse(Refusal::LinkDead);
    };
    let needs_account = house(t)?.door == Door::Members || invitation.role > Role::Guest;
    if needs_account && password.is_none() {
        return refuse(Refusal::AccountNeeded);
    }
    is_free(t, name, None)?;
    let role = if password.is_some() { invitation.role.max(Role::Member) } else { Role::Guest };
    let user = take_name(t, stamp, name, role, Some(invitation.id))?;
    if let Some(password) = password {
        let secret = SecretRow { phc: password.as_str().to_owned(), set: stamp.seq };
        rows::put(t.secrets.open()?, user.0, &secret)?;
    }
    for room in &invitation.rooms {
        super::rooms::belong(t, *room, user)?;
    }
    invitation.uses_left = invitation.uses_left.map(|left| left.saturating_sub(1));
    rows::put(t.invitations.open()?, id, &invitation)?;
    super::sessions::add(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(unheard(stamp, Event::SignedIn { user }))
}

/// The room at the address of this name, if it is one for everybody in the house.
fn open_room(t: &mut Tables, name: &RoomName) -> Result<Option<RoomId>, Fault> {
    let Some(id) = t.addresses.open()?.get(name.address().as_str())?.map(|id| id.value()) else { return Ok(None) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.filter(|row| !row.kind.is_hidden() && row.deleted_at.is_none()).map(|_| RoomId(id)))
}

fn find_or_open(t: &mut Tables, stamp: Stamp, by: UserId, name: &RoomName) -> Result<RoomId, Stop> {
    match open_room(t, name)? {
        Some(id) => Ok(id),
        None => new_room(t, stamp, by, name.as_str(), name.address().as_str(), Kind::Open),
    }
}

/// Opens a room. Its address may have been that of a room which now is hidden, deleted or renamed: it is the new one's.
pub(super) fn new_room(
    t: &mut Tables,
    stamp: Stamp,
    by: UserId,
    name: &str,
    address: &str,
    kind: Kind,
) -> Result<RoomId, Stop> {
    let id = RoomId(stamp.seq.0);
    let room = RoomRow {
        name: name.to_owned(),
        address: address.to_owned(),
        opened_at: stamp.at,
        opened_by: by,
        topic: String::new(),
        kind,
        slow_s: 0,
        archived: false,
        deleted_at: None,
    };
    rows::put(&mut t.rooms, id.0, &room)?;
    t.addresses.open()?.insert(address, id.0)?;
    let (is_listed, at, author) = (!kind.is_hidden(), stamp.at, None);
    let (posts, feed_len, feed_floor) = (0, 0, stamp.seq);
    let recent = RecentRow { room: id, is_listed, at, author, said_at: at, posts, feed_len, feed_floor };
    rows::put(&mut t.recent, stamp.seq.0, &recent)?;
    if !kind.is_hidden() {
        t.count_room(true)?;
    }
    Ok(id)
}
