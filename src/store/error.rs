//! Errors of the data file. They are never the fault of the caller.

use thiserror::Error;

/// The data file can't be read or written, or its contents are invalid.
#[derive(Debug, Error)]
pub enum StoreError {
    /// An error of the storage engine.
    #[error("data file: {0}")]
    Storage(#[from] redb::Error),
    /// The file is closed, because it could not be opened again after a fault.
    #[error("data file: closed after a fault")]
    Closed,
    /// The disk can't be written.
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    /// A row can't be decoded.
    #[error("data file: a row of `{table}` cannot be read: {cause}")]
    Row {
        /// The table of the row.
        table: &'static str,
        /// The error of the decoder.
        cause: postcard::Error,
    },
    /// A row is missing to which another refers.
    #[error("data file: a row that `{table}` should have is missing")]
    Missing {
        /// The table that should have it.
        table: &'static str,
    },
}

macro_rules! impl_from_storage_errors {
    ($($error:ident),*) => {
        $(impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self::Storage(error.into())
            }
        })*
    };
}
impl_from_storage_errors!(StorageError, TableError, TransactionError, CommitError);
