//! Passwords, reset links and recovery codes: replacing, checking and revoking them.

use redb::ReadableTable;

use crate::domain::{Device, Event, PasswordHash, Refusal, Role, Seq, TokenHash, TokenKind, UserId};
use crate::store::StoreError;
use crate::store::apply::accounts::sessions;
use crate::store::apply::context::{Halt, Outcome, Stamp, find_person, find_user, refuse, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{PasswordRow, ResetLinkRow};

/// A password to set, and the session to start with it.
#[derive(Clone, Copy)]
pub(crate) struct NewCredentials<'a> {
    pub password: &'a PasswordHash,
    pub token: TokenHash,
    pub device: &'a Device,
}

/// Sets a password, revokes every session and every reset link, and starts a new session. A guest becomes a member.
pub(crate) fn replace_credentials(t: &mut Tables, stamp: Stamp, id: UserId, new: NewCredentials<'_>) -> Outcome {
    let NewCredentials { password, token, device } = new;
    let mut row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
    row.role = row.role.max(Role::Member);
    rows::put(&mut t.users, id.0, &row)?;
    let row = PasswordRow { phc: password.as_str().to_owned(), password_seq: stamp.seq };
    rows::put(t.passwords.open()?, id.0, &row)?;
    sessions::revoke_sessions(t, id, None)?;
    revoke_reset_links(t, id)?;
    sessions::add_token(t, stamp, id, token, TokenKind::Session(device.clone()))?;
    Ok(silent(stamp, Event::PersonChanged { user: id }))
}

/// Revokes the password reset links of a person. There are few: each is created by an owner or the operator.
pub(crate) fn revoke_reset_links(t: &mut Tables, user: UserId) -> Result<(), StoreError> {
    let mut hashes = Vec::new();
    for entry in t.reset_links.open()?.iter()? {
        let (hash, row) = entry?;
        if rows::decode::<ResetLinkRow>("resets", row.value())?.user == user {
            hashes.push(hash.value());
        }
    }
    for hash in hashes {
        t.reset_links.open()?.remove(hash)?;
    }
    Ok(())
}

/// Refuses if the password has changed since it was verified.
pub(crate) fn check_password_seq(
    t: &mut Tables,
    user: UserId,
    password_seq: Seq,
    refusal: Refusal,
) -> Result<(), Halt> {
    let row: Option<PasswordRow> = rows::get(t.passwords.open()?, "secrets", user.0)?;
    if row.is_some_and(|row| row.password_seq == password_seq) { Ok(()) } else { refuse(refusal) }
}

pub(crate) fn check_not_banned(t: &Tables, stamp: Stamp, user: UserId) -> Result<(), Halt> {
    match find_person(t, user)? {
        Some(person) if person.banned_until.is_active(stamp.at) => refuse(Refusal::Banned(person.banned_until)),
        Some(_) => Ok(()),
        None => refuse(Refusal::BadCredentials),
    }
}

pub(crate) fn delete_recovery_codes(t: &mut Tables, user: UserId) -> Result<(), StoreError> {
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
