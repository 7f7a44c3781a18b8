//! Opening the data file: what may be opened, what is refused, and in which words. A file that is refused is left as
//! it was, to the byte.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Once, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use redb::{
    Builder, Database, DatabaseError, ReadTransaction, ReadableDatabase, StorageBackend, StorageError, TableError,
};
use thiserror::Error;

use crate::clock::ClockCheck;
use crate::domain::Epoch;
use crate::store::file::{migrate, staged_open, verify};
use crate::store::table::schema::{FORMAT, META};
use crate::store::{Counts, Store, StoreError, table};

/// The data file's name in its directory.
pub(crate) const FILE_NAME: &str = "taproom.redb";
/// How much of the file the storage engine keeps in memory, in bytes; the kernel's own cache lies behind it.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// How much the disk must take before a file that broke is opened again, in bytes.
const PROBE_BYTES: usize = 4 * 1024 * 1024;
/// How long reads that have begun may take to end.
const REOPEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the data file cannot be used. Each is one line: what is wrong, and what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The directory or the file in it cannot be made, read or written.
    #[error("{path}: {cause}. Give a directory that can be written with --data.")]
    Unwritable {
        /// Where.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Another process has it open.
    #[error("{path} is in use by another Taproom. Stop that one, or give another directory with --data.")]
    Locked {
        /// Where.
        path: PathBuf,
    },
    /// It was written by a newer Taproom.
    #[error("{path} has format {found}, this Taproom knows formats up to {FORMAT}. Start a newer Taproom on it.")]
    TooNew {
        /// Where.
        path: PathBuf,
        /// The format of the file.
        found: u64,
    },
    /// It is no data file of Taproom, or no longer one.
    #[error("{path} cannot be read as a data file: {cause}. Put a copy of it back, or move it away to start anew.")]
    Damaged {
        /// Where.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
}

/// Whether there is a data file in `directory`.
pub fn data_file_exists(directory: &Path) -> bool {
    directory.join(FILE_NAME).is_file()
}

impl Store {
    /// Opens the data file in `directory`; makes both if they are not there.
    ///
    /// # Errors
    /// [`OpenError`]; then nothing has changed on disk.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(FILE_NAME);
        catch_panic(&path, || Self::open_file(directory, &path))
    }

    /// A store on something else than a file: for tests, which can make it fail. It is not opened again after a fault.
    ///
    /// # Errors
    /// [`Fault`] if it cannot be read, or written when it is new.
    pub fn open_with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let is_new = backend.len().map_err(StoreError::Disk)? == 0;
        let db = database_builder().create_with_backend(backend).map_err(|cause| StoreError::Storage(cause.into()))?;
        if is_new {
            create_tables(&db)?;
        }
        let (_, epoch) = read_format_and_epoch(&db.begin_read()?)?;
        Ok(Self::new(PathBuf::new(), db, epoch))
    }

    /// Reads every row, and whether they fit together.
    ///
    /// # Errors
    /// [`Fault`]: the first thing that is wrong.
    pub fn verify(&self) -> Result<Counts, StoreError> {
        verify::verify_tables(self.snapshot()?.transaction())
    }

    fn open_file(directory: &Path, path: &Path) -> Result<Self, OpenError> {
        create_if_missing(directory, path)?;
        let (db, trial) =
            staged_open::open_staged(path, database_builder()).map_err(|cause| describe_open_error(path, cause))?;
        let read = || read_format_and_epoch(&db.begin_read()?);
        let (format, epoch) = read().map_err(|fault| damaged(path, fault))?;
        check_format(path, format)?;
        trial.write_through().map_err(|cause| OpenError::Unwritable { path: path.to_owned(), cause })?;
        // Not on trial: only the storage engine's own commit stands a crash half way.
        migrate::migrate(&db, format).map_err(|fault| damaged(path, fault))?;
        Ok(Self::new(path.to_owned(), db, epoch))
    }

    fn new(path: PathBuf, db: Database, epoch: Epoch) -> Self {
        Self { path, db: RwLock::new(Some(db)), epoch, broken: AtomicBool::new(false), clock: ClockCheck::default() }
    }

    /// Opens the file again after a fault. Opening mends, and mending writes, so it first tries whether the disk takes
    /// anything and the file may be written: until then readers keep what they have. While it opens, new readers wait; if one
    /// who still reads (a backup) takes too long, or if the file is none any more, nobody reads until the next try.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        OpenOptions::new().read(true).write(true).open(&self.path)?;
        let probe = self.path.with_extension("probe");
        let tried = fs::write(&probe, vec![0; PROBE_BYTES]).and_then(|()| File::open(&probe)?.sync_all());
        let removed = fs::remove_file(&probe);
        tried.and(removed)?;
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        *db = None;
        // The old file is let go of when its last reader is done.
        let deadline = Instant::now() + REOPEN_TIMEOUT;
        loop {
            match staged_open::open_staged(&self.path, database_builder()) {
                Ok((opened, trial)) => {
                    trial.write_through()?;
                    *db = Some(opened);
                    return Ok(());
                }
                Err(DatabaseError::DatabaseAlreadyOpen) if Instant::now() < deadline => thread::yield_now(),
                Err(cause) => return Err(StoreError::Storage(cause.into())),
            }
        }
    }
}

thread_local! {
    /// Whether a panic on this thread is an answer, and not to be printed.
    static PANIC_SILENCED: Cell<bool> = const { Cell::new(false) };
}

/// On a file that something else wrote into, the storage engine may also panic; that too is an answer.
pub(crate) fn catch_panic<T>(path: &Path, work: impl FnOnce() -> Result<T, OpenError>) -> Result<T, OpenError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let printed = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !PANIC_SILENCED.get() {
                printed(panic)
            }
        }));
    });
    PANIC_SILENCED.set(true);
    let done = panic::catch_unwind(panic::AssertUnwindSafe(work));
    PANIC_SILENCED.set(false);
    done.unwrap_or_else(|_| Err(damaged(path, "its pages contradict each other")))
}

fn database_builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Makes the data file if there is none: whole under another name first, so that a crash leaves none or a good one.
/// The lock on the directory lets only one of two Taprooms that start at once do it.
fn create_if_missing(directory: &Path, path: &Path) -> Result<(), OpenError> {
    let unwritable = |cause| OpenError::Unwritable { path: directory.to_owned(), cause };
    if fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    create_private_dir(directory).map_err(unwritable)?;
    let lock = File::open(directory).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    if fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        return Ok(());
    }
    let new = path.with_extension("new");
    let _left_by_a_crash = fs::remove_file(&new);
    create_private_file(&new).map_err(unwritable)?;
    let db = database_builder().create(&new).map_err(|cause| describe_open_error(&new, cause))?;
    create_tables(&db).map_err(|fault| match fault {
        StoreError::Storage(redb::Error::Io(cause)) => unwritable(cause),
        fault => damaged(&new, fault),
    })?;
    drop(db);
    fs::rename(&new, path).and_then(|()| lock.sync_all()).map_err(unwritable)
}

/// Makes a directory that only its owner may enter: it will hold what people say.
pub(crate) fn create_private_dir(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Makes an empty file that only its owner may read.
pub(crate) fn create_private_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(|_| ())
}

/// Writes what a new file starts with: every table, its format and its epoch.
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

/// A format that this Taproom can take over.
pub(crate) fn check_format(path: &Path, found: u64) -> Result<(), OpenError> {
    match found {
        0 => Err(damaged(path, "it holds something else")),
        1..=FORMAT => Ok(()),
        _ => Err(OpenError::TooNew { path: path.to_owned(), found }),
    }
}

/// The format and the epoch of a file; format 0 if it is none of ours.
pub(crate) fn read_format_and_epoch(txn: &ReadTransaction) -> Result<(u64, Epoch), StoreError> {
    let meta = match txn.open_table(META) {
        Err(TableError::TableDoesNotExist(_) | TableError::TableTypeMismatch { .. }) => return Ok((0, Epoch(0))),
        meta => meta?,
    };
    let number = |key| Ok::<u64, StoreError>(meta.get(key)?.map_or(0, |value| value.value()));
    Ok((number("format")?, Epoch(number("epoch")? as u32)))
}

pub(crate) fn describe_open_error(path: &Path, cause: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match cause {
        DatabaseError::DatabaseAlreadyOpen => OpenError::Locked { path },
        DatabaseError::Storage(StorageError::Io(cause)) => match cause.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => damaged(&path, cause),
            _ => OpenError::Unwritable { path, cause },
        },
        cause => damaged(&path, cause),
    }
}

pub(crate) fn damaged(path: &Path, cause: impl ToString) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), cause: cause.to_string() }
}
