//! Applies each command at most once. The outcome of a command is stored under (person, nonce) for
//! [`OUTCOME_RETENTION`], in the transaction that applied it, so that a retry with the same nonce finds it, also after a
//! restart.
//!
//! Refusals are not stored. A refused command has changed nothing, so it can be applied again, and the same form can
//! succeed after its mistake is corrected.
//!
//! Outcomes are sorted by the day on which they happened. The oldest are the first rows of the table, so deleting
//! them needs no index.

use redb::ReadableTable;

use crate::domain::limits::OUTCOME_RETENTION;
use crate::domain::{Actor, Applied, Envelope, Timestamp, UserId};
use crate::store::StoreError;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::OutcomeRow;

/// How many expired outcomes one command deletes. More than one, so that they run out.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const SWEPT_PER_COMMAND: usize = 2;
/// How many days, including today, can have outcomes that have not expired.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const RETENTION_DAYS: u64 = OUTCOME_RETENTION.as_secs() / (24 * 60 * 60) + 1;

/// The key of an outcome without its day. Anonymous actors have none: two of them may choose the same nonce.
fn outcome_key(envelope: &Envelope) -> Option<(u64, &str)> {
    match (envelope.actor, &envelope.nonce) {
        (Actor::User(UserId(user)), Some(nonce)) => Some((user, nonce.as_str())),
        (Actor::Anonymous | Actor::Operator, _) | (_, None) => None,
    }
}

/// The stored outcome of the same command, unless it has expired.
pub(crate) fn find_outcome(tables: &Tables, envelope: &Envelope, at: Timestamp) -> Result<Option<Applied>, StoreError> {
    let Some((user, nonce)) = outcome_key(envelope) else { return Ok(None) };
    for day in (0..RETENTION_DAYS).map_while(|ago| at.days_since_epoch().checked_sub(ago)) {
        let row: Option<OutcomeRow> = rows::get(&tables.outcomes, "outcomes", (day, user, nonce))?;
        if let Some(row) = row.filter(|row| at.saturating_since(row.at) < OUTCOME_RETENTION) {
            return Ok(Some(Applied { is_replay: true, ..row.applied }));
        }
    }
    Ok(None)
}

/// Stores the outcome of a command and deletes some expired outcomes.
pub(crate) fn record_outcome(
    tables: &mut Tables,
    envelope: &Envelope,
    at: Timestamp,
    applied: Applied,
) -> Result<(), StoreError> {
    if let Some((user, nonce)) = outcome_key(envelope) {
        rows::put(&mut tables.outcomes, (at.days_since_epoch(), user, nonce), &OutcomeRow { at, applied })?;
    }
    for _ in 0..SWEPT_PER_COMMAND {
        let oldest = tables.outcomes.first()?.map(|(key, _)| key.value().0);
        if oldest.is_none_or(|day| day + RETENTION_DAYS > at.days_since_epoch()) {
            break;
        }
        tables.outcomes.pop_first()?;
    }
    Ok(())
}
