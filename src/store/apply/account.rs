//! One's own account: a password, sessions, tokens for scripts, and the ways back to a name.

use redb::ReadableTable;

use crate::domain::limits::SESSIONS_MAX;
use crate::domain::{
    AccountCommand, Actor, Device, Event, PasswordHash, Permission, Refusal, Role, Scopes, Seq, SingleLine, TokenHash,
    TokenKind, UserId,
};
use crate::store::StoreError;
use crate::store::apply::sessions::{self, add_token, revoke_sessions};
use crate::store::apply::{
    Halt, Outcome, Stamp, find_person, find_user, join, names, refuse, require_permission, require_person, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{PasswordRow, ResetLinkRow};

pub(crate) fn execute_account(t: &mut Tables, stamp: Stamp, actor: Actor, command: &AccountCommand) -> Outcome {
    use AccountCommand as C;
    match command {
        C::SetUpServer { server_name: house, name, password, token, device } => {
            join::set_up_server(t, stamp, actor, (house, name), password, *token, device)
        }
        C::AcceptInvitation { code, name, password, token, device } => {
            join::accept_invitation(t, stamp, *code, name, password.as_ref(), *token, device)
        }
        C::Register { password, token, replaces: instead, device } => {
            register(t, stamp, actor, password, (*token, *instead), device)
        }
        C::SignIn { user, password_seq: proof, token, device } => sign_in(t, stamp, *user, *proof, *token, device),
        C::SetPassword { password_seq: proof, password, token, device } => {
            let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
            check_password_seq(t, user, *proof, Refusal::PasswordIncorrect)?;
            replace_credentials(t, stamp, user, password, *token, device)
        }
        C::CreateToken { label, scopes, token } => create_token(t, stamp, actor, (label, *scopes), *token),
        C::RevokeSession { id } => {
            let user = require_person(t, stamp, actor)?.author.id;
            if !sessions::revoke_token(t, user, *id)? {
                return refuse(Refusal::NotFound);
            }
            Ok(silent(stamp, Event::PersonChanged { user }))
        }
        C::RevokeOtherSessions { current: keep } => {
            let user = require_person(t, stamp, actor)?.author.id;
            revoke_sessions(t, user, Some(*keep))?;
            Ok(silent(stamp, Event::PersonChanged { user }))
        }
        C::SetRecoveryCodes { codes } => {
            let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
            delete_recovery_codes(t, user)?;
            for code in codes {
                t.recovery_codes.open()?.insert((user.0, code.0), ())?;
            }
            Ok(silent(stamp, Event::AuditLogged))
        }
        C::Recover { user, code, password, token, device } => {
            recover_account(t, stamp, (*user, *code), password, *token, device)
        }
        C::ResetPassword { link, password, token, device } => reset_password(t, stamp, *link, password, *token, device),
        C::Rename { name } => names::rename_person(t, stamp, actor, name),
        C::SetPresence { hidden } => {
            let id = require_person(t, stamp, actor)?.author.id;
            let mut row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
            row.presence_hidden = *hidden;
            rows::put(&mut t.users, id.0, &row)?;
            Ok(silent(stamp, Event::PersonChanged { user: id }))
        }
        C::RecordUse { token, device } => sessions::record_token_use(t, stamp, *token, device),
    }
}

/// The token that was shown ends with this: whoever else had it has a guest's right and not a member's.
fn register(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    password: &PasswordHash,
    (token, replaces): (TokenHash, TokenHash),
    device: &Device,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let id = person.author.id;
    if person.has_account() {
        return refuse(Refusal::AlreadyRegistered);
    }
    if sessions::token_owner(t, replaces)?.is_none_or(|(owner, _)| owner != id) {
        return refuse(Refusal::TokenInvalid);
    }
    replace_credentials(t, stamp, id, password, token, device)
}

fn sign_in(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    password_seq: Seq,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    check_password_seq(t, user, password_seq, Refusal::BadCredentials)?;
    check_not_banned(t, stamp, user)?;
    add_token(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::SignedIn { user }))
}

fn create_token(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    (label, scopes): (&SingleLine, Scopes),
    token: TokenHash,
) -> Outcome {
    let user = require_permission(t, stamp, actor, Permission::ManageAccount, None)?.author.id;
    if sessions::count_personal_tokens(t, user)? >= SESSIONS_MAX / 2 {
        return refuse(Refusal::LimitReached(SESSIONS_MAX / 2));
    }
    add_token(t, stamp, user, token, TokenKind::Personal { label: label.as_str().to_owned(), scopes })?;
    Ok(silent(stamp, Event::SignedIn { user }))
}

fn recover_account(
    t: &mut Tables,
    stamp: Stamp,
    (user, code): (UserId, TokenHash),
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    // The code first: whether somebody is outside is told to nobody but them.
    if t.recovery_codes.open()?.get((user.0, code.0))?.is_none() {
        return refuse(Refusal::BadRecoveryCode);
    }
    check_not_banned(t, stamp, user)?;
    t.recovery_codes.open()?.remove((user.0, code.0))?;
    sessions::revoke_all_tokens(t, user, None)?; // whoever had to be let in again trusts no token that is out there
    replace_credentials(t, stamp, user, password, token, device)
}

fn reset_password(
    t: &mut Tables,
    stamp: Stamp,
    link: TokenHash,
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let row: Option<ResetLinkRow> = rows::get(t.reset_links.open()?, "resets", link.0)?;
    let Some(row) = row.filter(|row| row.expiry.is_active(stamp.at)) else { return refuse(Refusal::LinkInvalid) };
    check_not_banned(t, stamp, row.user)?;
    sessions::revoke_all_tokens(t, row.user, None)?;
    replace_credentials(t, stamp, row.user, password, token, device)
}

/// Sets a password, ends every session and every link to another password, and begins a session. Whoever has a password is a member.
pub(crate) fn replace_credentials(
    t: &mut Tables,
    stamp: Stamp,
    id: UserId,
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let mut row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
    row.role = row.role.max(Role::Member);
    rows::put(&mut t.users, id.0, &row)?;
    let secret = PasswordRow { phc: password.as_str().to_owned(), password_seq: stamp.seq };
    rows::put(t.passwords.open()?, id.0, &secret)?;
    revoke_sessions(t, id, None)?;
    revoke_reset_links(t, id)?;
    add_token(t, stamp, id, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

/// Ends the links by which somebody could choose another password. There are few of anybody: each is made by an owner.
pub(crate) fn revoke_reset_links(t: &mut Tables, user: UserId) -> Result<(), StoreError> {
    let mut theirs = Vec::new();
    for entry in t.reset_links.open()?.iter()? {
        let (hash, row) = entry?;
        if rows::decode::<ResetLinkRow>("resets", row.value())?.user == user {
            theirs.push(hash.value());
        }
    }
    for hash in theirs {
        t.reset_links.open()?.remove(hash)?;
    }
    Ok(())
}

/// The password that was tried is still the one in force.
fn check_password_seq(t: &mut Tables, user: UserId, password_seq: Seq, refusal: Refusal) -> Result<(), Halt> {
    let secret: Option<PasswordRow> = rows::get(t.passwords.open()?, "secrets", user.0)?;
    if secret.is_some_and(|secret| secret.password_seq == password_seq) { Ok(()) } else { refuse(refusal) }
}

fn check_not_banned(t: &Tables, stamp: Stamp, user: UserId) -> Result<(), Halt> {
    match find_person(t, user)? {
        Some(person) if person.banned_until.is_active(stamp.at) => refuse(Refusal::Banned(person.banned_until)),
        Some(_) => Ok(()),
        None => refuse(Refusal::BadCredentials),
    }
}

fn delete_recovery_codes(t: &mut Tables, user: UserId) -> Result<(), StoreError> {
    let recovery = t.recovery_codes.open()?;
    let mut codes = Vec::new();
    for entry in recovery.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
        codes.push(entry?.0.value());
    }
    for code in codes {
        recovery.remove(code)?;
    }
    Ok(())
}
