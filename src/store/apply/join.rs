//! Coming in: taking a name, and finding or opening a room.

use redb::ReadableTable;

use crate::domain::{
    Actor, AuditAction, Device, Event, JoinPolicy, PasswordHash, Refusal, Role, RoomId, RoomName, SingleLine,
    TokenHash, TokenKind, UserId, UserName, Visibility,
};
use crate::store::StoreError;
use crate::store::apply::names::{check_name_free, create_person};
use crate::store::apply::{
    Halt, Outcome, Stamp, find_person, refuse, require_person, require_visible_room, settings, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{ActivityRow, PasswordRow, RoomRow, SettingsRow};

pub(crate) fn join(
    t: &mut Tables,
    stamp: Stamp,
    room: &RoomName,
    name: &UserName,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let house = settings(t)?.clone();
    match house.join_policy {
        JoinPolicy::Anyone if house.allow_guests => {}
        JoinPolicy::Anyone => return refuse(Refusal::GuestsNotAllowed),
        JoinPolicy::Invited => return refuse(Refusal::InvitationRequired),
        JoinPolicy::Members => return refuse(Refusal::MembersOnly),
    }
    if house.room_creation > Role::Guest && find_listed_room(t, room)?.is_none() {
        return refuse(Refusal::room_not_found(room.as_str()));
    }
    check_name_free(t, name, None)?;
    let user = create_person(t, stamp, name, Role::Guest, None)?;
    crate::store::apply::sessions::add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    let room = find_or_create_room(t, stamp, user, room)?;
    Ok(silent(stamp, Event::PersonJoined { user, room }))
}

/// What is opened by its name is a room for everybody in the house. A hidden one at that address is not there.
pub(crate) fn open_room(t: &mut Tables, stamp: Stamp, actor: Actor, room: &RoomName) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let house = settings(t)?.clone();
    if !house.join_policy.admits(Some(&person)) {
        return refuse(Refusal::MembersOnly);
    }
    let there = t.slugs.open()?.get(room.slug().as_str())?.map(|id| RoomId(id.value()));
    match there.map(|id| require_visible_room(t, stamp, id, &person)) {
        Some(Ok((room, _))) => return Ok(silent(stamp, Event::RoomOpened { room: room.id })),
        Some(Err(Halt::Failed(fault))) => return Err(fault.into()),
        Some(Err(Halt::Refused(_))) | None => {}
    }
    if person.role < house.room_creation {
        return refuse(Refusal::room_not_found(room.as_str()));
    }
    let room = find_or_create_room(t, stamp, person.author.id, room)?;
    Ok(silent(stamp, Event::RoomOpened { room }))
}

/// Takes the house: the first who has the link of the first start becomes its owner.
pub(crate) fn set_up_server(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    (server_name, name): (&SingleLine, &UserName),
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let mut row: SettingsRow = rows::get(&t.settings, "house", "house")?.unwrap_or_default();
    if row.owner_count > 0 {
        return refuse(Refusal::LinkInvalid);
    }
    let asker = match actor {
        Actor::User(id) => find_person(t, id)?,
        Actor::Anonymous | Actor::Operator => None,
    };
    let own = asker.filter(|person| UserName::parse(&person.author.name).is_ok_and(|own| own.key() == name.key()));
    let user = match own {
        Some(person) => {
            let id = person.author.id;
            let mut row = crate::store::apply::find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
            row.role = Role::Owner;
            rows::put(&mut t.users, id.0, &row)?;
            crate::store::apply::sessions::revoke_all_tokens(t, id, None)?;
            id
        }
        None => {
            check_name_free(t, name, None)?;
            create_person(t, stamp, name, Role::Owner, None)?
        }
    };
    row.settings.name = server_name.as_str().to_owned();
    row.owner_count = 1;
    crate::store::apply::save_settings(t, &row)?;
    crate::store::apply::audit(t, stamp, Some(user), AuditAction::ServerSetUp)?;
    crate::store::apply::account::replace_credentials(t, stamp, user, password, token, device)
}

/// Comes in by an invitation.
pub(crate) fn accept_invitation(
    t: &mut Tables,
    stamp: Stamp,
    code: TokenHash,
    name: &UserName,
    password: Option<&PasswordHash>,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let Some(id) = t.invitation_codes.open()?.get(code.0)?.map(|id| id.value()) else {
        return refuse(Refusal::LinkInvalid);
    };
    let invitation: Option<crate::domain::Invitation> = rows::get(t.invitations.open()?, "invitations", id)?;
    let Some(mut invitation) = invitation.filter(|invitation| invitation.is_usable(stamp.at)) else {
        return refuse(Refusal::LinkInvalid);
    };
    let needs_account = settings(t)?.join_policy == JoinPolicy::Members || invitation.role > Role::Guest;
    if needs_account && password.is_none() {
        return refuse(Refusal::AccountRequired);
    }
    check_name_free(t, name, None)?;
    let role = if password.is_some() { invitation.role.max(Role::Member) } else { Role::Guest };
    let user = create_person(t, stamp, name, role, Some(invitation.id))?;
    if let Some(password) = password {
        let secret = PasswordRow { phc: password.as_str().to_owned(), password_seq: stamp.seq };
        rows::put(t.passwords.open()?, user.0, &secret)?;
    }
    for room in &invitation.rooms {
        crate::store::apply::rooms::start_membership(t, *room, user)?;
    }
    invitation.uses_left = invitation.uses_left.map(|left| left.saturating_sub(1));
    rows::put(t.invitations.open()?, id, &invitation)?;
    crate::store::apply::sessions::add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::SignedIn { user }))
}

/// The room at the address of this name, if it is one for everybody in the house.
fn find_listed_room(t: &mut Tables, name: &RoomName) -> Result<Option<RoomId>, StoreError> {
    let Some(id) = t.slugs.open()?.get(name.slug().as_str())?.map(|id| id.value()) else { return Ok(None) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.filter(|row| !row.visibility.is_members_only() && row.deleted_at.is_none()).map(|_| RoomId(id)))
}

fn find_or_create_room(t: &mut Tables, stamp: Stamp, by: UserId, name: &RoomName) -> Result<RoomId, Halt> {
    match find_listed_room(t, name)? {
        Some(id) => Ok(id),
        None => create_room(t, stamp, by, name.as_str(), name.slug().as_str(), Visibility::Open),
    }
}

/// Opens a room. Its address may have been that of a room which now is hidden, deleted or renamed: it is the new one's.
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
    let (is_listed, at, author) = (!visibility.is_members_only(), stamp.at, None);
    let (posts, feed_len, feed_floor) = (0, 0, stamp.seq);
    let recent = ActivityRow {
        room: id,
        is_listed,
        at,
        last_author: author,
        last_posted_at: at,
        message_count: posts,
        feed_len,
        feed_floor,
    };
    rows::put(&mut t.activity, stamp.seq.0, &recent)?;
    if !visibility.is_members_only() {
        t.update_room_count(true)?;
    }
    Ok(id)
}
