//! The format number and the epoch, which every data file starts with.

use std::io;

use redb::{Database, ReadTransaction, TableError};

use crate::domain::Epoch;
use crate::store::table::schema::{FORMAT, META};
use crate::store::{StoreError, table};

/// Creates the tables of a new file, with the present format and a random epoch.
///
/// # Errors
/// [`StoreError`] if the file cannot be written, or the system has no random number.
pub(crate) fn create_tables(db: &Database) -> Result<(), StoreError> {
    let txn = db.begin_write()?;
    let epoch = getrandom::u32().map_err(|cause| redb::Error::Io(io::Error::other(cause)))?;
    {
        let mut meta = txn.open_table(META)?;
        meta.insert("format", FORMAT)?;
        meta.insert("epoch", u64::from(epoch))?;
    }
    table::create_all_tables(&txn)?;
    Ok(txn.commit()?)
}

/// Reads the format and the epoch of a file. Format 0 means that it was not written by Taproom.
///
/// # Errors
/// [`StoreError::Storage`] if the file cannot be read.
pub(crate) fn read_format_and_epoch(txn: &ReadTransaction) -> Result<(u64, Epoch), StoreError> {
    let meta = match txn.open_table(META) {
        Err(TableError::TableDoesNotExist(_) | TableError::TableTypeMismatch { .. }) => return Ok((0, Epoch(0))),
        meta => meta?,
    };
    let number = |key| Ok::<u64, StoreError>(meta.get(key)?.map_or(0, |value| value.value()));
    Ok((number("format")?, Epoch(number("epoch")? as u32)))
}
