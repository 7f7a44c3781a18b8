//! Exactly once: what a command led to is kept under (who, nonce) for [`OUTCOME_KEPT`], in the transaction that did
//! it, so that the same nonce finds it again, after a restart too.
//!
//! Only what was done is kept. A refused command has changed nothing, so judging it once more is as right as the
//! first time, and lets the same form succeed after its mistake was mended.
//!
//! Outcomes lie in the order of the days on which they happened, so the oldest are the first rows of their table and
//! forgetting them needs no index.

use redb::ReadableTable;

use super::schema::OutcomeRow;
use super::tables::Tables;
use super::{Fault, rows};
use crate::domain::limits::OUTCOME_KEPT;
use crate::domain::{Asked, Done, Moment, UserId, Who};

/// How many expired outcomes one command takes away. More than one, so that they run out.
const SWEPT_PER_COMMAND: usize = 2;
/// On how many days, today's included, an outcome may lie that is still to be kept.
const DAYS_KEPT: u64 = OUTCOME_KEPT.as_secs() / (24 * 60 * 60) + 1;

/// Under which name an outcome is kept. Nobody's nonces are nobody's: two strangers may choose the same.
fn name(asked: &Asked) -> Option<(u64, &str)> {
    match (asked.who, &asked.nonce) {
        (Who::User(UserId(user)), Some(nonce)) => Some((user, nonce.as_str())),
        (Who::Nobody | Who::Operator, _) | (_, None) => None,
    }
}

/// What this very command led to before, as far back as outcomes are kept.
pub(super) fn first(tables: &Tables, asked: &Asked, at: Moment) -> Result<Option<Done>, Fault> {
    let Some((user, nonce)) = name(asked) else { return Ok(None) };
    for day in (0..DAYS_KEPT).map_while(|ago| at.day().checked_sub(ago)) {
        let row: Option<OutcomeRow> = rows::get(&tables.outcomes, "outcomes", (day, user, nonce))?;
        if let Some(row) = row.filter(|row| at.since(row.at) < OUTCOME_KEPT) {
            return Ok(Some(Done { again: true, ..row.done }));
        }
    }
    Ok(None)
}

/// Keeps what it led to now, and lets go of some that have expired.
pub(super) fn keep(tables: &mut Tables, asked: &Asked, at: Moment, done: Done) -> Result<(), Fault> {
    if let Some((user, nonce)) = name(asked) {
        rows::put(&mut tables.outcomes, (at.day(), user, nonce), &OutcomeRow { at, done })?;
    }
    for _ in 0..SWEPT_PER_COMMAND {
        let oldest = tables.outcomes.first()?.map(|(key, _)| key.value().0);
        if oldest.is_none_or(|day| day + DAYS_KEPT > at.day()) {
            break;
        }
        tables.outcomes.pop_first()?;
    }
    Ok(())
}
