//! Migrates files of older formats step by step. Each step defines the rows of its own time, independent of the present
//! schema.

mod html_of_format_5;
mod old_rows;
pub(crate) mod people_named;
mod rewrite;
mod steps;

use redb::{Database, WriteTransaction};

use crate::store::StoreError;
use crate::store::file::migrate::steps::{
    add_roles_and_visibility, index_name_uses, number_messages, split_activity_from_rooms, store_excerpts,
};
use crate::store::table::schema::{FORMAT, META};

/// `MIGRATIONS[n]` turns a file of format n + 1 into one of format n + 2.
const MIGRATIONS: [Migration; FORMAT as usize - 1] =
    [split_activity_from_rooms, add_roles_and_visibility, number_messages, index_name_uses, store_excerpts];
type Migration = fn(&WriteTransaction) -> Result<(), StoreError>;

/// Migrates a file from this format to the present one, in one transaction: after a crash it has either format.
///
/// # Errors
/// [`StoreError`] if it cannot be read or written.
pub(crate) fn migrate(db: &Database, format: u64) -> Result<(), StoreError> {
    if format == FORMAT {
        return Ok(());
    }
    let txn = db.begin_write()?;
    for step in MIGRATIONS.iter().skip(format as usize - 1) {
        step(&txn)?;
    }
    txn.open_table(META)?.insert("format", FORMAT)?;
    Ok(txn.commit()?)
}

#[cfg(test)]
mod tests;
