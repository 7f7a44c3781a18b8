//! Backups of the data file: made while it is in use, verified, and restored.
//!
//! A backup is the state after one commit, copied row by row into its own file. It appears under its name only after it
//! is complete and every row in it has been read again.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use redb::{
    Builder, Database, DatabaseError, Key, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, Value,
};
use thiserror::Error;

use crate::store::file::format::{create_tables, read_format_and_epoch};
use crate::store::file::open::{
    FILE_NAME, catch_panic, check_format, create_private_dir, create_private_file, damaged, describe_open_error,
};
use crate::store::file::verify::{self, Counts};
use crate::store::file::{migrate, staged_open};
use crate::store::table::schema::{FORMAT, META, each_table};
use crate::store::{OpenError, Store, StoreError};

/// How much of a table is copied in one transaction, in bytes of its rows.
const CHUNK_BYTES: usize = 64 * 1024;
/// After each transaction a backup pauses this many times as long as the transaction took, so that posts get the disk.
const PAUSE_FACTOR: u32 = 5;

/// Why a backup was not made or not restored. Each text is one line that says what is wrong and what to do.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The target exists already.
    #[error("{0} exists already. Choose another name.")]
    Exists(PathBuf),
    /// The copy cannot be written.
    #[error("{path}: {cause}. Check the directory and the free space.")]
    Unwritable {
        /// The file or the directory.
        path: PathBuf,
        /// What went wrong.
        cause: StoreError,
    },
    /// The source file cannot be used.
    #[error(transparent)]
    Unusable(#[from] OpenError),
}

/// What a copy is for.
#[derive(Clone, Copy)]
enum CopyPurpose {
    /// It continues the same history.
    Backup,
    /// It starts a new history with this epoch.
    Restore { epoch: u32 },
}

impl Store {
    /// Writes the state after the last commit into `file` and reads all of it again. Commits go on meanwhile.
    ///
    /// Blocks until the whole file is written and read.
    ///
    /// # Errors
    /// [`BackupError`]; then `file` was not created.
    pub fn backup(&self, file: &Path) -> Result<Counts, BackupError> {
        let unwritable = |cause| BackupError::Unwritable { path: file.to_owned(), cause };
        let snapshot = self.snapshot().map_err(unwritable)?;
        write_copy(snapshot.transaction(), file, CopyPurpose::Backup)
    }
}

/// Reads every row of a data file and checks that the rows are consistent. The file is not changed.
///
/// # Errors
/// [`OpenError`]: what is wrong with the file.
pub fn check_file(file: &Path) -> Result<Counts, OpenError> {
    catch_panic(file, || {
        let opened = open_read_only(file)?;
        verify::verify_tables(&opened.txn).map_err(|cause| damaged(file, cause))
    })
}

/// A file that is opened for reading only. `_in_memory` keeps the database of `txn` open.
struct ReadOnlyFile {
    txn: ReadTransaction,
    _in_memory: Option<Database>,
}

/// Opens a file for reading only. A file that was not closed cleanly is repaired in memory, and one of an older format
/// is migrated in memory.
fn open_read_only(file: &Path) -> Result<ReadOnlyFile, OpenError> {
    match Builder::new().open_read_only(file) {
        Ok(db) => {
            let txn = db.begin_read().map_err(|cause| damaged(file, cause))?;
            if read_supported_format(file, &txn)? == FORMAT {
                return Ok(ReadOnlyFile { txn, _in_memory: None });
            }
        }
        Err(DatabaseError::RepairAborted) => {}
        Err(cause) => return Err(describe_open_error(file, cause)),
    }
    // Staged, and never written through.
    let (db, _staged) =
        staged_open::open_staged(file, Builder::new()).map_err(|cause| describe_open_error(file, cause))?;
    let txn = db.begin_read().map_err(|cause| damaged(file, cause))?;
    let format = read_supported_format(file, &txn)?;
    drop(txn);
    migrate::migrate(&db, format).map_err(|cause| damaged(file, cause))?;
    let txn = db.begin_read().map_err(|cause| damaged(file, cause))?;
    Ok(ReadOnlyFile { txn, _in_memory: Some(db) })
}

fn read_supported_format(file: &Path, txn: &ReadTransaction) -> Result<u64, OpenError> {
    let (format, _) = read_format_and_epoch(txn).map_err(|cause| damaged(file, cause))?;
    check_format(file, format)?;
    Ok(format)
}

/// Restores a backup as the data file of `directory`, which must not have one. The restored file gets a new epoch, so
/// that listeners of the original load their rooms again instead of mixing the two histories.
///
/// # Errors
/// [`BackupError`]; then nothing has changed.
pub fn restore_backup(file: &Path, directory: &Path) -> Result<Counts, BackupError> {
    check_file(file)?;
    let target = directory.join(FILE_NAME);
    let unwritable = |cause: io::Error| BackupError::Unwritable { path: directory.to_owned(), cause: cause.into() };
    if target.exists() {
        return Err(BackupError::Exists(target));
    }
    create_private_dir(directory).map_err(unwritable)?;
    let epoch = getrandom::u32().map_err(|cause| unwritable(io::Error::other(cause)))?;
    write_copy(&open_read_only(file)?.txn, &target, CopyPurpose::Restore { epoch })
}

fn write_copy(from: &ReadTransaction, file: &Path, purpose: CopyPurpose) -> Result<Counts, BackupError> {
    let unwritable = |cause: StoreError| BackupError::Unwritable { path: file.to_owned(), cause };
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let part = file.with_added_extension("part");
    create_private_file(&part).map_err(|cause| unwritable(cause.into()))?;
    let counts = fill_copy(from, &part, purpose).map_err(unwritable).and_then(|()| Ok(check_file(&part)?));
    let placed = counts.and_then(|counts| {
        move_into_place(&part, file).map_err(|cause| unwritable(cause.into()))?;
        Ok(counts)
    });
    if placed.is_err() {
        let _may_be_missing = fs::remove_file(&part);
    }
    placed
}

fn fill_copy(from: &ReadTransaction, part: &Path, purpose: CopyPurpose) -> Result<(), StoreError> {
    let db = Builder::new().create(part).map_err(|cause| StoreError::Storage(cause.into()))?;
    copy_all(from, &db, purpose)?;
    db.close().map_err(|cause| StoreError::Storage(cause.into()))
}

fn copy_all(from: &ReadTransaction, db: &Database, purpose: CopyPurpose) -> Result<(), StoreError> {
    create_tables(db)?;
    let pause_factor = match purpose {
        CopyPurpose::Backup => PAUSE_FACTOR,
        CopyPurpose::Restore { .. } => 0,
    };
    copy_table(META, from, db, pause_factor)?;
    each_table!(table => copy_table(table, from, db, pause_factor)?);
    if let CopyPurpose::Restore { epoch } = purpose {
        let txn = db.begin_write()?;
        txn.open_table(META)?.insert("epoch", u64::from(epoch))?;
        txn.commit()?;
    }
    Ok(())
}

/// Copies a table in small durable transactions, and pauses after each for `pause_factor` times its duration. One large
/// commit would delay every post, which waits for the same disk.
fn copy_table<K, V>(
    table: TableDefinition<K, V>,
    from: &ReadTransaction,
    db: &Database,
    pause_factor: u32,
) -> Result<(), StoreError>
where
    K: Key + 'static,
    V: Value + 'static,
{
    let from = from.open_table(table)?;
    let mut rows = from.iter()?.peekable();
    while rows.peek().is_some() {
        let (started, txn) = (Instant::now(), db.begin_write()?);
        {
            let (mut target, mut copied) = (txn.open_table(table)?, 0);
            while copied < CHUNK_BYTES
                && let Some(row) = rows.next()
            {
                let (key, value) = row?;
                copied += K::as_bytes(&key.value()).as_ref().len() + V::as_bytes(&value.value()).as_ref().len();
                target.insert(key.value(), value.value())?;
            }
        }
        txn.commit()?;
        thread::sleep(started.elapsed() * pause_factor);
    }
    Ok(())
}

/// Gives a complete file its final name, unless that exists by now, and makes the name durable.
fn move_into_place(part: &Path, file: &Path) -> io::Result<()> {
    fs::hard_link(part, file)?;
    fs::remove_file(part)?;
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}
