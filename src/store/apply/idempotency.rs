//! Exactly once: what a command led to is kept under (who, nonce) for [`OUTCOME_KEPT`], in the transaction that did
//! it, so that the same nonce finds it again, after a restart too.
//!
//! Only what was done is kept. A refused command has changed nothing, so judging it once more is as right as the
//! first time, and lets the same form succeed after its mistake was mended.
//!
//! Outcomes lie in the order of the days on which they happened, so the oldest are the first rows of their table and
//! forgetting them needs no index.

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
/// How many days, including today, may hold outcomes that are still kept.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const RETENTION_DAYS: u64 = OUTCOME_RETENTION.as_secs() / (24 * 60 * 60) + 1;

/// Under which name an outcome is kept. Nobody's nonces are nobody's: two strangers may choose the same.
fn outcome_key(envelope: &Envelope) -> Option<(u64, &str)> {
    match (envelope.actor, &envelope.nonce) {
        (Actor::User(UserId(user)), Some(nonce)) => Some((user, nonce.as_str())),
        (Actor::Anonymous | Actor::Operator, _) | (_, None) => None,
    }
}

/// What this very command led to before, as far back as outcomes are kept.
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

/// Keeps what it led to now, and lets go of some that have expired.
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
