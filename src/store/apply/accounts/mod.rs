//! Commands on a person's own account: password, sessions, personal tokens and recovery.

pub(crate) mod credentials;
pub(crate) mod join;
pub(crate) mod names;
pub(crate) mod sessions;
pub(crate) mod setup;

use redb::ReadableTable;

use crate::domain::limits::SESSIONS_MAX;
use crate::domain::{
    Actor, Device, Event, Permission, Refusal, Scopes, Seq, SessionId, SingleLine, TokenHash, TokenKind, UserId,
};
use crate::store::StoreError;
use crate::store::apply::accounts::credentials::{
    NewCredentials, check_not_banned, check_password_seq, delete_recovery_codes, replace_credentials,
};
use crate::store::apply::context::{Outcome, Stamp, find_user, refuse, require_permission, require_person, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::ResetLinkRow;

/// Gives a guest an account. All their sessions end, so that another holder of the guest's token does not get the rights
/// of a member.
pub(crate) fn register(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    replaces: TokenHash,
    new: NewCredentials<'_>,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let id = person.author.id;
    if person.has_account() {
        return refuse(Refusal::AlreadyRegistered);
    }
    if sessions::token_owner(t, replaces)?.is_none_or(|(owner, _)| owner != id) {
        return refuse(Refusal::TokenInvalid);
    }
    replace_credentials(t, stamp, id, new)
}

pub(crate) fn sign_in(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    password_seq: Seq,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    check_password_seq(t, user, password_seq, Refusal::BadCredentials)?;
    check_not_banned(t, stamp, user)?;
    sessions::add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::SignedIn { user }))
}

pub(crate) fn create_token(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    label: &SingleLine,
    scopes: Scopes,
    token: TokenHash,
) -> Outcome {
    let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
    if sessions::count_personal_tokens(t, user)? >= SESSIONS_MAX / 2 {
        return refuse(Refusal::LimitReached(SESSIONS_MAX / 2));
    }
    sessions::add_token(t, stamp, user, token, TokenKind::Personal { label: label.as_str().to_owned(), scopes })?;
    Ok(silent(stamp, Event::SignedIn { user }))
}

pub(crate) fn recover_account(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    code: TokenHash,
    new: NewCredentials<'_>,
) -> Outcome {
    // The code is checked first, so that only its owner learns of a ban.
    if t.recovery_codes.open()?.get((user.0, code.0))?.is_none() {
        return refuse(Refusal::BadRecoveryCode);
    }
    check_not_banned(t, stamp, user)?;
    t.recovery_codes.open()?.remove((user.0, code.0))?;
    sessions::revoke_all_tokens(t, user, None)?; // a person who lost the password can't trust any token in use
    replace_credentials(t, stamp, user, new)
}

pub(crate) fn reset_password(t: &mut Tables, stamp: Stamp, link: TokenHash, new: NewCredentials<'_>) -> Outcome {
    let row: Option<ResetLinkRow> = rows::get(t.reset_links.open()?, "resets", link.0)?;
    let Some(row) = row.filter(|row| row.expiry.is_active(stamp.at)) else { return refuse(Refusal::LinkInvalid) };
    check_not_banned(t, stamp, row.user)?;
    sessions::revoke_all_tokens(t, row.user, None)?;
    replace_credentials(t, stamp, row.user, new)
}

pub(crate) fn set_password(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    password_seq: Seq,
    new: NewCredentials<'_>,
) -> Outcome {
    let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
    check_password_seq(t, user, password_seq, Refusal::PasswordIncorrect)?;
    replace_credentials(t, stamp, user, new)
}

pub(crate) fn revoke_session(t: &mut Tables, stamp: Stamp, actor: Actor, id: SessionId) -> Outcome {
    let user = require_person(t, stamp, actor)?.author.id;
    if !sessions::revoke_token(t, user, id)? {
        return refuse(Refusal::NotFound);
    }
    Ok(silent(stamp, Event::PersonChanged { user }))
}

pub(crate) fn revoke_other_sessions(t: &mut Tables, stamp: Stamp, actor: Actor, current: TokenHash) -> Outcome {
    let user = require_person(t, stamp, actor)?.author.id;
    sessions::revoke_sessions(t, user, Some(current))?;
    Ok(silent(stamp, Event::PersonChanged { user }))
}

pub(crate) fn set_recovery_codes(t: &mut Tables, stamp: Stamp, actor: Actor, codes: &[TokenHash]) -> Outcome {
    let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
    delete_recovery_codes(t, user)?;
    for code in codes {
        t.recovery_codes.open()?.insert((user.0, code.0), ())?;
    }
    Ok(silent(stamp, Event::AuditLogged))
}

pub(crate) fn set_presence(t: &mut Tables, stamp: Stamp, actor: Actor, hidden: bool) -> Outcome {
    let user = require_person(t, stamp, actor)?.author.id;
    let mut row = find_user(t, user)?.ok_or(StoreError::Missing { table: "users" })?;
    row.presence_hidden = hidden;
    rows::put(&mut t.users, user.0, &row)?;
    Ok(silent(stamp, Event::PersonChanged { user }))
}
