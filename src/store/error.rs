//! What goes wrong with the file: ours to mend, never the asker's.

use thiserror::Error;

/// The data file could not be read or written, or holds what no Taproom wrote.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The storage engine reports it.
    #[error("data file: {0}")]
    Storage(#[from] redb::Error),
    /// The file had to be opened again after a fault, and could not.
    #[error("data file: closed after a fault")]
    Closed,
    /// The disk does not take anything yet.
    #[error("{0}")]
    Disk(#[from] std::io::Error),
    /// A row cannot be read.
    #[error("data file: a row of `{table}` cannot be read: {cause}")]
    Row {
        /// The table it stands in.
        table: &'static str,
        /// What the decoder says.
        cause: postcard::Error,
    },
    /// A row refers to one that is not there.
    #[error("data file: a row that `{table}` should have is missing")]
    Missing {
        /// The table it should stand in.
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
