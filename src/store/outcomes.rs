//! Exactly once: what a command led to is kept under (who, nonce) for [`OUTCOME_KEPT`], in the transaction that did
//! it, so that the same nonce finds it again, after a restart too.
//!
//! Only what was done is kept. A refused command has changed nothing, so judging it once more is as right as the
//! first time, and lets the same form succeed after its mistake was mended.

use redb::ReadableTable;

use super::tables::{OutcomeRow, Tables};
use super::{Fault, rows};
use crate::domain::limits::OUTCOME_KEPT;
use crate::domain::{Asked, Done, Moment, UserId, Who};

/// How many expired outcomes one command takes away. More than one, so that they run out.
const SWEPT_PER_COMMAND: usize = 2;

/// Under which name an outcome is kept. Nobody's nonces are nobody's: two strangers may choose the same.
fn key(asked: &Asked) -> Option<(u64, &str)> {
    match (asked.who, &asked.nonce) {
        (Who::User(UserId(user)), Some(nonce)) => Some((user, nonce.as_str())),
        (Who::Nobody, _) | (_, None) => None,
    }
}

/// What this very command led to before.
pub(super) fn first(tables: &Tables, asked: &Asked) -> Result<Option<Done>, Fault> {
    let Some(key) = key(asked) else { return Ok(None) };
    let row = rows::get(&tables.outcomes, "outcomes", key)?;
    Ok(row.map(|row: OutcomeRow| Done { again: true, ..row.done }))
}

/// Keeps what it led to now, and lets go of some that have expired.
pub(super) fn keep(tables: &mut Tables, asked: &Asked, at: Moment, done: Done) -> Result<(), Fault> {
    if let Some(key) = key(asked) {
        rows::put(&mut tables.outcomes, key, &OutcomeRow { at, done })?;
        tables.expiry.insert(done.seq.0, key)?;
    }
    for _ in 0..SWEPT_PER_COMMAND {
        let Some(Expiring { seq, user, nonce }) = oldest(tables)? else { break };
        let row: Option<OutcomeRow> = rows::get(&tables.outcomes, "outcomes", (user, nonce.as_str()))?;
        if row.is_some_and(|row| at.since(row.at) < OUTCOME_KEPT) {
            break;
        }
        tables.outcomes.remove((user, nonce.as_str()))?;
        tables.expiry.remove(seq)?;
    }
    Ok(())
}

struct Expiring {
    seq: u64,
    user: u64,
    nonce: String,
}

fn oldest(tables: &Tables) -> Result<Option<Expiring>, Fault> {
    Ok(tables.expiry.first()?.map(|(seq, key)| {
        let (user, nonce) = key.value();
        Expiring { seq: seq.value(), user, nonce: nonce.to_owned() }
    }))
}
