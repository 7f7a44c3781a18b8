//! Opening the data file. A file that cannot be used is left unchanged, to the byte, and the error says why and what to
//! do.

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

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, StorageError};
use thiserror::Error;

use crate::clock::ClockCheck;
use crate::domain::Epoch;
use crate::store::file::format::{create_tables, read_format_and_epoch};
use crate::store::file::{migrate, staged_open, verify};
use crate::store::table::schema::FORMAT;
use crate::store::{Counts, Store, StoreError};

/// The name of the data file in its directory.
pub(crate) const FILE_NAME: &str = "taproom.redb";
/// How much of the file redb keeps in memory, in bytes. The kernel caches the file as well.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// How much must fit on the disk before the file is opened again after a fault, in bytes.
const PROBE_BYTES: usize = 4 * 1024 * 1024;
/// How long to wait for the present readers before the file is opened again.
const REOPEN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the data file cannot be used. Each text is one line that says what is wrong and what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The directory or the file in it cannot be created, read or written.
    #[error("{path}: {cause}. Choose a writable directory with --data.")]
    Unwritable {
        /// The file or the directory.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// Another process has it open.
    #[error("{path} is in use by another Taproom. Stop it, or choose another directory with --data.")]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A newer Taproom has written the file.
    #[error("{path} has format {found}, but this Taproom reads formats up to {FORMAT}. Start a newer Taproom.")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        found: u64,
    },
    /// The file is damaged, or is not a data file of Taproom.
    #[error("{path} cannot be read as a data file: {cause}. Restore a backup, or move the file away to start empty.")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with the file.
        cause: String,
    },
}

/// Whether there is a data file in `directory`.
pub fn data_file_exists(directory: &Path) -> bool {
    directory.join(FILE_NAME).is_file()
}

impl Store {
    /// Opens the data file in `directory`. Creates both if they do not exist.
    ///
    /// # Errors
    /// [`OpenError`]; then nothing has changed on the disk.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(FILE_NAME);
        catch_panic(&path, || Self::open_file(directory, &path))
    }

    /// Opens a store on another backend than a file, for tests that make it fail. It is not opened again after a fault.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be read, or cannot be written while it is new.
    pub fn open_with_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        let is_new = backend.len().map_err(StoreError::Disk)? == 0;
        let db = database_builder().create_with_backend(backend).map_err(|cause| StoreError::Storage(cause.into()))?;
        if is_new {
            create_tables(&db)?;
        }
        let (_, epoch) = read_format_and_epoch(&db.begin_read()?)?;
        Ok(Self::new(PathBuf::new(), db, epoch))
    }

    /// Reads every row and checks that the rows are consistent.
    ///
    /// # Errors
    /// [`StoreError`]: the first fault that was found.
    pub fn verify(&self) -> Result<Counts, StoreError> {
        verify::verify_tables(self.snapshot()?.transaction())
    }

    fn open_file(directory: &Path, path: &Path) -> Result<Self, OpenError> {
        create_if_missing(directory, path)?;
        let (db, staged) =
            staged_open::open_staged(path, database_builder()).map_err(|cause| describe_open_error(path, cause))?;
        let read = || read_format_and_epoch(&db.begin_read()?);
        let (format, epoch) = read().map_err(|cause| damaged(path, cause))?;
        check_format(path, format)?;
        staged.write_through().map_err(|cause| OpenError::Unwritable { path: path.to_owned(), cause })?;
        // Not staged, because a crash half way through it must be safe: only a commit of redb is.
        migrate::migrate(&db, format).map_err(|cause| damaged(path, cause))?;
        Ok(Self::new(path.to_owned(), db, epoch))
    }

    fn new(path: PathBuf, db: Database, epoch: Epoch) -> Self {
        Self { path, db: RwLock::new(Some(db)), epoch, broken: AtomicBool::new(false), clock: ClockCheck::default() }
    }

    /// Opens the file again after a fault. Opening repairs the file, which writes to it, so this first checks that the
    /// file is writable and that the disk has room; until then the present snapshots and new ones stay readable. While
    /// it opens, new readers wait. If a present reader, such as a backup, takes longer than [`REOPEN_TIMEOUT`], or if
    /// the file is gone, the store stays closed to readers until the next attempt.
    pub(crate) fn reopen(&self) -> Result<(), StoreError> {
        OpenOptions::new().read(true).write(true).open(&self.path)?;
        let probe = self.path.with_extension("probe");
        let written = fs::write(&probe, vec![0; PROBE_BYTES]).and_then(|()| File::open(&probe)?.sync_all());
        let removed = fs::remove_file(&probe);
        written.and(removed)?;
        let mut db = self.db.write().unwrap_or_else(PoisonError::into_inner);
        *db = None;
        // The old handle closes when its last reader is done.
        let deadline = Instant::now() + REOPEN_TIMEOUT;
        loop {
            match staged_open::open_staged(&self.path, database_builder()) {
                Ok((opened, staged)) => {
                    staged.write_through()?;
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
    /// Whether a panic on this thread becomes an [`OpenError`], so that it must not be printed.
    static PANIC_SILENCED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work` and turns a panic into [`OpenError::Damaged`]: redb may panic on a file that another program wrote into.
pub(crate) fn catch_panic<T>(path: &Path, work: impl FnOnce() -> Result<T, OpenError>) -> Result<T, OpenError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default_hook = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !PANIC_SILENCED.get() {
                default_hook(panic)
            }
        }));
    });
    PANIC_SILENCED.set(true);
    let result = panic::catch_unwind(panic::AssertUnwindSafe(work));
    PANIC_SILENCED.set(false);
    result.unwrap_or_else(|_| Err(damaged(path, "its pages contradict each other")))
}

fn database_builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Creates the data file if it does not exist. It is written completely under another name first, so that a crash
/// leaves either no file or a valid one. A lock on the directory makes two processes that start at once do this one
/// after the other.
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
    let _leftover_of_a_crash = fs::remove_file(&new);
    create_private_file(&new).map_err(unwritable)?;
    let db = database_builder().create(&new).map_err(|cause| describe_open_error(&new, cause))?;
    create_tables(&db).map_err(|error| match error {
        StoreError::Storage(redb::Error::Io(cause)) => unwritable(cause),
        error => damaged(&new, error),
    })?;
    drop(db);
    fs::rename(&new, path).and_then(|()| lock.sync_all()).map_err(unwritable)
}

/// Creates a directory that only its owner can open, because it will contain messages.
pub(crate) fn create_private_dir(directory: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// Creates an empty file that only its owner can read and write.
pub(crate) fn create_private_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(|_| ())
}

/// Checks that this version can read or migrate the format.
pub(crate) fn check_format(path: &Path, found: u64) -> Result<(), OpenError> {
    match found {
        0 => Err(damaged(path, "it contains something else")),
        1..=FORMAT => Ok(()),
        _ => Err(OpenError::TooNew { path: path.to_owned(), found }),
    }
}

/// The error of redb as an error about this file.
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

/// The error for a damaged file.
pub(crate) fn damaged(path: &Path, cause: impl ToString) -> OpenError {
    OpenError::Damaged { path: path.to_owned(), cause: cause.to_string() }
}
