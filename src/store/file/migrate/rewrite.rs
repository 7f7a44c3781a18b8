//! Rewrites a whole table.

use std::fmt::Debug;
use std::ops::Bound;

use redb::{Key, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::StoreError;
use crate::store::table::rows::{self, RowBytes};

/// How many rows of a table are in memory at a time while it is rewritten.
pub(super) const ROWS_PER_BATCH: usize = 10_000;

/// Converts every row of a table, in the order of the keys.
pub(super) fn rewrite_table<K, Old, New>(
    txn: &WriteTransaction,
    definition: TableDefinition<'static, K, RowBytes<New>>,
    mut convert: impl FnMut(K, Old) -> Result<New, StoreError>,
) -> Result<(), StoreError>
where
    K: for<'k> Key<SelfType<'k> = K> + Copy + 'static,
    Old: DeserializeOwned,
    New: Serialize + Debug + 'static,
{
    let mut table = txn.open_table(definition)?;
    let mut from = Bound::Unbounded;
    loop {
        let mut batch = Vec::with_capacity(ROWS_PER_BATCH);
        for entry in table.range::<K>((from, Bound::Unbounded))?.take(ROWS_PER_BATCH) {
            let (key, row) = entry?;
            batch.push((key.value(), rows::decode::<Old>("of an older format", row.value())?));
        }
        let Some((last, _)) = batch.last() else { return Ok(()) };
        from = Bound::Excluded(*last);
        for (key, old) in batch {
            rows::put(&mut table, key, &convert(key, old)?)?;
        }
    }
}
