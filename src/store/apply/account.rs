//! One's own account: a password, sessions, tokens for scripts, and the ways back to a name.

use redb::ReadableTable;

use super::sessions::{self, add, end_sessions};
use super::{Outcome, Stamp, Stop, allowed, asker, entering, naming, person, refuse, unheard, user};
use crate::domain::limits::SESSIONS_MAX;
use crate::domain::{
    AccountCommand, Act, Device, Event, Line, PasswordHash, Refusal, Role, Scopes, Seq, TokenHash, TokenKind, UserId,
    Who, spell,
};
use crate::store::schema::{ResetRow, SecretRow};
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

pub(super) fn carry_out(t: &mut Tables, stamp: Stamp, who: Who, command: &AccountCommand) -> Outcome {
    use AccountCommand as C;
    match command {
        C::Own { house, name, password, token, device } => {
            entering::own(t, stamp, who, (house, name), password, *token, device)
        }
        C::Join { code, name, password, token, device } => {
            entering::join(t, stamp, *code, name, password.as_ref(), *token, device)
        }
        C::Claim { password, token, instead, device } => claim(t, stamp, who, password, (*token, *instead), device),
        C::SignIn { user, proof, token, device } => sign_in(t, stamp, *user, *proof, *token, device),
        C::SetPassword { proof, password, token, device } => {
            let user = allowed(t, stamp, who, Act::KeepAccount, None)?.author.id;
            proven(t, user, *proof, Refusal::PasswordWrong)?;
            renew(t, stamp, user, password, *token, device)
        }
        C::MakeToken { label, scopes, token } => make_token(t, stamp, who, (label, *scopes), *token),
        C::Revoke { id } => {
            let user = asker(t, stamp, who)?.author.id;
            if !sessions::revoke(t, user, *id)? {
                return refuse(Refusal::Nothing);
            }
            Ok(unheard(stamp, Event::PersonChanged { user }))
        }
        C::RevokeOthers { keep } => {
            let user = asker(t, stamp, who)?.author.id;
            end_sessions(t, user, Some(*keep))?;
            Ok(unheard(stamp, Event::PersonChanged { user }))
        }
        C::SetRecoveryCodes { codes } => {
            let user = allowed(t, stamp, who, Act::KeepAccount, None)?.author.id;
            forget_codes(t, user)?;
            for code in codes {
                t.recovery.open()?.insert((user.0, code.0), ())?;
            }
            Ok(unheard(stamp, Event::Noted))
        }
        C::Recover { user, code, password, token, device } => {
            recover(t, stamp, (*user, *code), password, *token, device)
        }
        C::Reset { link, password, token, device } => reset(t, stamp, *link, password, *token, device),
        C::Rename { name } => naming::rename(t, stamp, who, name),
        C::SetPresence { hidden } => {
            let id = asker(t, stamp, who)?.author.id;
            let mut row = user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
            row.hidden = *hidden;
            rows::put(&mut t.users, id.0, &row)?;
            Ok(unheard(stamp, Event::PersonChanged { user: id }))
        }
        C::Seen { token, device } => sessions::seen(t, stamp, *token, device),
    }
}

/// The token that was shown ends with this: whoever else had it has a guest's right and not a member's.
fn claim(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    password: &PasswordHash,
    (token, instead): (TokenHash, TokenHash),
    device: &Device,
) -> Outcome {
    let person = asker(t, stamp, who)?;
    let id = person.author.id;
    if person.has_account() {
        return refuse(Refusal::AccountThere);
    }
    if sessions::owner(t, instead)?.is_none_or(|(owner, _)| owner != id) {
        return refuse(Refusal::TokenUnknown);
    }
    renew(t, stamp, id, password, token, device)
}

fn sign_in(t: &mut Tables, stamp: Stamp, user: UserId, proof: Seq, token: TokenHash, device: &Device) -> Outcome {
    proven(t, user, proof, Refusal::SignInWrong)?;
    may_come_in(t, stamp, user)?;
    add(t, stamp, user, token, TokenKind::Session(device.clone()))?;
    Ok(unheard(stamp, Event::SignedIn { user }))
}

fn make_token(t: &mut Tables, stamp: Stamp, who: Who, (label, scopes): (&Line, Scopes), token: TokenHash) -> Outcome {
    let user = allowed(t, stamp, who, Act::KeepAccount, None)?.author.id;
    if sessions::count_personal(t, user)? >= SESSIONS_MAX / 2 {
        return refuse(Refusal::TooMany(SESSIONS_MAX / 2));
    }
    add(t, stamp, user, token, TokenKind::Personal { label: label.as_str().to_owned(), scopes })?;
    Ok(unheard(stamp, Event::SignedIn { user }))
}

fn recover(
    t: &mut Tables,
    stamp: Stamp,
    (user, code): (UserId, TokenHash),
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    // The code first: whether somebody is outside is told to nobody but them.
    if t.recovery.open()?.get((user.0, code.0))?.is_none() {
        return refuse(Refusal::SignInWrong);
    }
    may_come_in(t, stamp, user)?;
    t.recovery.open()?.remove((user.0, code.0))?;
    sessions::end_all(t, user, None)?; // whoever had to be let in again trusts no token that is out there
    renew(t, stamp, user, password, token, device)
}

fn reset(
    t: &mut Tables,
    stamp: Stamp,
    link: TokenHash,
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let row: Option<ResetRow> = rows::get(t.resets.open()?, "resets", link.0)?;
    let Some(row) = row.filter(|row| row.until.holds(stamp.at)) else { return refuse(Refusal::LinkDead) };
    may_come_in(t, stamp, row.user)?;
    sessions::end_all(t, row.user, None)?;
    renew(t, stamp, row.user, password, token, device)
}

/// Sets a password, ends every session and every link to another password, and begins a session. Whoever has a password is a member.
pub(super) fn renew(
    t: &mut Tables,
    stamp: Stamp,
    id: UserId,
    password: &PasswordHash,
    token: TokenHash,
    device: &Device,
) -> Outcome {
    let mut row = user(t, id)?.ok_or(Fault::Missing { table: "users" })?;
    row.role = row.role.max(Role::Member);
    rows::put(&mut t.users, id.0, &row)?;
    let secret = SecretRow { phc: password.as_str().to_owned(), set: stamp.seq };
    rows::put(t.secrets.open()?, id.0, &secret)?;
    end_sessions(t, id, None)?;
    end_resets(t, id)?;
    add(t, stamp, id, token, TokenKind::Session(device.clone()))?;
    Ok(unheard(stamp, Event::PersonChanged { user: id }))
}

/// Ends the links by which somebody could choose another password. There are few of anybody: each is made by an owner.
pub(super) fn end_resets(t: &mut Tables, user: UserId) -> Result<(), Fault> {
    let mut theirs = Vec::new();
    for entry in t.resets.open()?.iter()? {
        let (hash, row) = entry?;
        if rows::decode::<ResetRow>("resets", row.value())?.user == user {
            theirs.push(hash.value());
        }
    }
    for hash in theirs {
        t.resets.open()?.remove(hash)?;
    }
    Ok(())
}

/// The password that was tried is still the one in force.
fn proven(t: &mut Tables, user: UserId, proof: Seq, refusal: Refusal) -> Result<(), Stop> {
    let secret: Option<SecretRow> = rows::get(t.secrets.open()?, "secrets", user.0)?;
    if secret.is_some_and(|secret| secret.set == proof) { Ok(()) } else { refuse(refusal) }
}

fn may_come_in(t: &Tables, stamp: Stamp, user: UserId) -> Result<(), Stop> {
    match person(t, user)? {
        Some(person) if person.banned.holds(stamp.at) => refuse(Refusal::Banned(spell(person.banned))),
        Some(_) => Ok(()),
        None => refuse(Refusal::SignInWrong),
    }
}

fn forget_codes(t: &mut Tables, user: UserId) -> Result<(), Fault> {
    let recovery = t.recovery.open()?;
    let mut codes = Vec::new();
    for entry in recovery.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
        codes.push(entry?.0.value());
    }
    for code in codes {
        recovery.remove(code)?;
    }
    Ok(())
}
