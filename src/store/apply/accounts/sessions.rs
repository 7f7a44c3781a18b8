//! The tokens that authenticate people: sessions and personal tokens.

use redb::ReadableTable;

use crate::domain::limits::SESSIONS_MAX;
use crate::domain::{Device, Event, Refusal, SessionId, Timestamp, TokenHash, TokenKind, UserId};
use crate::store::StoreError;
use crate::store::apply::context::{Outcome, Stamp, refuse, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::TokenRow;

/// Revokes the token of the caller.
pub(crate) fn sign_out(t: &mut Tables, stamp: Stamp, token: TokenHash) -> Outcome {
    let row: Option<TokenRow> = rows::remove(t.tokens.open()?, "tokens", token.0)?;
    let Some(row) = row else { return refuse(Refusal::TokenInvalid) };
    t.tokens_by_person.open()?.remove((row.user, token.0))?;
    Ok(silent(stamp, Event::SignedOut { user: UserId(row.user) }))
}

/// Adds a token of a person. If they have [`SESSIONS_MAX`] already, the least recently used session ends.
pub(crate) fn add_token(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    token: TokenHash,
    kind: TokenKind,
) -> Result<(), StoreError> {
    let tokens = list_tokens(t, user)?;
    if tokens.len() >= SESSIONS_MAX {
        let oldest =
            tokens.iter().filter(|(_, row)| is_session(row)).min_by_key(|(hash, row)| (row.last_used_at, hash.0));
        if let Some((hash, _)) = oldest {
            delete_token(t, user, *hash)?;
        }
    }
    let row = TokenRow { user: user.0, created_at: stamp.at, last_used_at: stamp.at, kind };
    rows::put(t.tokens.open()?, token.0, &row)?;
    t.tokens_by_person.open()?.insert((user.0, token.0), ())?;
    Ok(())
}

/// Revokes all sessions of a person except one. Personal tokens stay: people create and revoke them one by one.
pub(crate) fn revoke_sessions(t: &mut Tables, user: UserId, except: Option<TokenHash>) -> Result<(), StoreError> {
    for (hash, row) in list_tokens(t, user)? {
        if is_session(&row) && Some(hash) != except {
            delete_token(t, user, hash)?;
        }
    }
    Ok(())
}

/// Revokes all sessions and personal tokens of a person except one.
pub(crate) fn revoke_all_tokens(t: &mut Tables, user: UserId, except: Option<TokenHash>) -> Result<(), StoreError> {
    for (hash, _) in list_tokens(t, user)? {
        if Some(hash) != except {
            delete_token(t, user, hash)?;
        }
    }
    Ok(())
}

/// Revokes a session or personal token of a person. Returns whether there was one with this id.
pub(crate) fn revoke_token(t: &mut Tables, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let found = list_tokens(t, user)?.into_iter().find(|(hash, _)| SessionId::from_hash(*hash) == id);
    let Some((hash, _)) = found else { return Ok(false) };
    delete_token(t, user, hash)?;
    Ok(true)
}

/// Records the use of a token, at most once a day.
pub(crate) fn record_token_use(t: &mut Tables, stamp: Stamp, token: TokenHash, device: &Device) -> Outcome {
    let row: Option<TokenRow> = rows::get(t.tokens.open()?, "tokens", token.0)?;
    let Some(mut row) = row else { return refuse(Refusal::TokenInvalid) };
    if row.last_used_at.days_since_epoch() == stamp.at.days_since_epoch() {
        return refuse(Refusal::NotFound); // another request recorded it at the same time
    }
    row.last_used_at = stamp.at;
    if let TokenKind::Session(stored) = &mut row.kind {
        stored.clone_from(device);
    }
    rows::put(t.tokens.open()?, token.0, &row)?;
    Ok(silent(stamp, Event::AuditLogged))
}

/// The number of personal tokens of a person.
pub(crate) fn count_personal_tokens(t: &mut Tables, user: UserId) -> Result<usize, StoreError> {
    Ok(list_tokens(t, user)?.iter().filter(|(_, row)| !is_session(row)).count())
}

/// The owner of a token, and when it was created.
pub(crate) fn token_owner(t: &mut Tables, token: TokenHash) -> Result<Option<(UserId, Timestamp)>, StoreError> {
    let row: Option<TokenRow> = rows::get(t.tokens.open()?, "tokens", token.0)?;
    Ok(row.map(|row| (UserId(row.user), row.created_at)))
}

fn is_session(row: &TokenRow) -> bool {
    matches!(row.kind, TokenKind::Session(_))
}

fn delete_token(t: &mut Tables, user: UserId, hash: TokenHash) -> Result<(), StoreError> {
    t.tokens.open()?.remove(hash.0)?;
    t.tokens_by_person.open()?.remove((user.0, hash.0))?;
    Ok(())
}

fn list_tokens(t: &mut Tables, user: UserId) -> Result<Vec<(TokenHash, TokenRow)>, StoreError> {
    let mut found = Vec::new();
    for entry in t.tokens_by_person.open()?.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
        found.push(TokenHash(entry?.0.value().1));
    }
    let tokens = t.tokens.open()?;
    let row = |hash: TokenHash| {
        let row = rows::get(tokens, "tokens", hash.0)?;
        Ok((hash, row.ok_or(StoreError::Missing { table: "tokens" })?))
    };
    found.into_iter().map(row).collect()
}
