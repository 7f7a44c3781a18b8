//! The tokens by which people are known again: sessions, and those that they make for scripts.

use redb::ReadableTable;

use super::{Outcome, Stamp, refuse, unheard};
use crate::domain::limits::SESSIONS_MAX;
use crate::domain::{Device, Event, Moment, Refusal, SessionId, TokenHash, TokenKind, UserId};
use crate::store::schema::TokenRow;
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

/// Gives a token up.
pub(super) fn leave(t: &mut Tables, stamp: Stamp, token: TokenHash) -> Outcome {
    let row: Option<TokenRow> = rows::take(t.tokens.open()?, "tokens", token.0)?;
    let Some(row) = row else { return refuse(Refusal::TokenUnknown) };
    t.tokens_of.open()?.remove((row.user, token.0))?;
    Ok(unheard(stamp, Event::Left { user: UserId(row.user) }))
}

/// Gives somebody a token. Of too many, the session that was used longest ago ends.
pub(super) fn add(t: &mut Tables, stamp: Stamp, user: UserId, token: TokenHash, kind: TokenKind) -> Result<(), Fault> {
    let tokens = all(t, user)?;
    if tokens.len() >= SESSIONS_MAX {
        let oldest = tokens.iter().filter(|(_, row)| is_session(row)).min_by_key(|(hash, row)| (row.seen_at, hash.0));
        if let Some((hash, _)) = oldest {
            end(t, user, *hash)?;
        }
    }
    let row = TokenRow { user: user.0, made_at: stamp.at, seen_at: stamp.at, kind };
    rows::put(t.tokens.open()?, token.0, &row)?;
    t.tokens_of.open()?.insert((user.0, token.0), ())?;
    Ok(())
}

/// Ends all sessions of somebody but one. Tokens for scripts stay: each was made on purpose, and is ended on purpose.
pub(super) fn end_sessions(t: &mut Tables, user: UserId, but: Option<TokenHash>) -> Result<(), Fault> {
    for (hash, row) in all(t, user)? {
        if is_session(&row) && Some(hash) != but {
            end(t, user, hash)?;
        }
    }
    Ok(())
}

/// Ends everything by which somebody is known, but one.
pub(super) fn end_all(t: &mut Tables, user: UserId, but: Option<TokenHash>) -> Result<(), Fault> {
    for (hash, _) in all(t, user)? {
        if Some(hash) != but {
            end(t, user, hash)?;
        }
    }
    Ok(())
}

/// Ends one session or token of somebody's.
pub(super) fn revoke(t: &mut Tables, user: UserId, id: SessionId) -> Result<bool, Fault> {
    let found = all(t, user)?.into_iter().find(|(hash, _)| SessionId::of(*hash) == id);
    let Some((hash, _)) = found else { return Ok(false) };
    end(t, user, hash)?;
    Ok(true)
}

/// A token was used.
pub(super) fn seen(t: &mut Tables, stamp: Stamp, token: TokenHash, device: &Device) -> Outcome {
    let row: Option<TokenRow> = rows::get(t.tokens.open()?, "tokens", token.0)?;
    let Some(mut row) = row else { return refuse(Refusal::TokenUnknown) };
    if row.seen_at.day() == stamp.at.day() {
        return refuse(Refusal::Nothing); // two requests at once
    }
    row.seen_at = stamp.at;
    if let TokenKind::Session(known) = &mut row.kind {
        known.clone_from(device);
    }
    rows::put(t.tokens.open()?, token.0, &row)?;
    Ok(unheard(stamp, Event::Noted))
}

/// How many tokens for scripts somebody has.
pub(super) fn count_personal(t: &mut Tables, user: UserId) -> Result<usize, Fault> {
    Ok(all(t, user)?.iter().filter(|(_, row)| !is_session(row)).count())
}

/// Since when a token is there, and whose it is.
pub(super) fn owner(t: &mut Tables, token: TokenHash) -> Result<Option<(UserId, Moment)>, Fault> {
    let row: Option<TokenRow> = rows::get(t.tokens.open()?, "tokens", token.0)?;
    Ok(row.map(|row| (UserId(row.user), row.made_at)))
}

fn is_session(row: &TokenRow) -> bool {
    matches!(row.kind, TokenKind::Session(_))
}

fn end(t: &mut Tables, user: UserId, hash: TokenHash) -> Result<(), Fault> {
    t.tokens.open()?.remove(hash.0)?;
    t.tokens_of.open()?.remove((user.0, hash.0))?;
    Ok(())
}

fn all(t: &mut Tables, user: UserId) -> Result<Vec<(TokenHash, TokenRow)>, Fault> {
    let mut found = Vec::new();
    for entry in t.tokens_of.open()?.range((user.0, [0; 32])..=(user.0, [u8::MAX; 32]))? {
        found.push(TokenHash(entry?.0.value().1));
    }
    let tokens = t.tokens.open()?;
    let row = |hash: TokenHash| {
        let row = rows::get(tokens, "tokens", hash.0)?;
        Ok((hash, row.ok_or(Fault::Missing { table: "tokens" })?))
    };
    found.into_iter().map(row).collect()
}
