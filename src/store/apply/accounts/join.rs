//! Joining the server, as a guest or with an invitation.

use redb::ReadableTable;

use crate::domain::{
    Device, Event, Invitation, JoinPolicy, PasswordHash, Refusal, Role, RoomName, TokenHash, TokenKind, UserName,
};
use crate::store::apply::accounts::names::{check_name_free, create_person};
use crate::store::apply::accounts::sessions;
use crate::store::apply::context::{Outcome, Stamp, refuse, settings, silent};
use crate::store::apply::rooms::members::start_membership;
use crate::store::apply::rooms::new_room::{find_listed_room, find_or_create_room};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::PasswordRow;

pub(crate) fn join(
    t: &mut Tables,
    stamp: Stamp,
    room: &RoomName,
    name: &UserName,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let settings = settings(t)?.clone();
    match settings.join_policy {
        JoinPolicy::Anyone if settings.allow_guests => {}
        JoinPolicy::Anyone => return refuse(Refusal::GuestsNotAllowed),
        JoinPolicy::Invited => return refuse(Refusal::InvitationRequired),
        JoinPolicy::Members => return refuse(Refusal::MembersOnly),
    }
    if settings.room_creation > Role::Guest && find_listed_room(t, room)?.is_none() {
        return refuse(Refusal::room_not_found(room.as_str()));
    }
    check_name_free(t, name, None)?;
    let user = create_person(t, stamp, name, Role::Guest, None)?;
    sessions::add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    let room = find_or_create_room(t, stamp, user, room)?;
    Ok(silent(stamp, Event::PersonJoined { user, room }))
}

/// Joins with an invitation. Without a password the person is a guest; with one they get the role of the invitation, but
/// at least that of a member.
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
    let invitation: Option<Invitation> = rows::get(t.invitations.open()?, "invitations", id)?;
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
        let row = PasswordRow { phc: password.as_str().to_owned(), password_seq: stamp.seq };
        rows::put(t.passwords.open()?, user.0, &row)?;
    }
    for room in &invitation.rooms {
        start_membership(t, *room, user)?;
    }
    invitation.uses_left = invitation.uses_left.map(|left| left.saturating_sub(1));
    rows::put(t.invitations.open()?, id, &invitation)?;
    sessions::add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::SignedIn { user }))
}
