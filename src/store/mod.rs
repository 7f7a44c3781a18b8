//! The one file that holds everything. Only here does anybody know that there are tables, keys and rows.
//!
//! Changes come in batches through [`Store::commit`], from one caller at a time; reads see one [`Snapshot`] each and
//! disturb nobody. Nothing here knows HTTP, HTML or who is listening.

pub(crate) mod file;

mod apply;
mod error;
mod feed;
mod read;
mod table;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::{Database, ReadableDatabase};

use crate::domain::{Applied, Envelope, Epoch, Refusal, Timestamp};

use crate::clock::ClockCheck;
pub use crate::clock::now;
pub use crate::store::error::StoreError;
pub use crate::store::file::backup::{BackupError, check_file, restore_backup};
pub use crate::store::file::open::{OpenError, data_file_exists};
pub use crate::store::file::verify::Counts;
pub use crate::store::read::people::{Authenticated, Credentials, PersonListing};
pub use crate::store::read::rooms::{ActiveRoom, VisibleRoom};
pub use crate::store::read::{Page, Snapshot, Window};
use crate::store::table::Tables;
#[cfg(fuzzing)]
pub(crate) use crate::store::table::rows::{decode, encode};
#[cfg(fuzzing)]
pub(crate) use crate::store::table::schema::{
    ActivityRow, BlockedAddressRow, ChangeRow, DraftRow, FormerNameRow, MemberRow, MessageRow, OutcomeRow, PasswordRow,
    ReadStateRow, ResetLinkRow, RoomRow, SettingsRow, TokenRow, UserRow, VersionRow,
};

/// The open data file.
pub struct Store {
    path: PathBuf,
    /// Empty only while the file is being opened again, and if that failed.
    db: RwLock<Option<Database>>,
    epoch: Epoch,
    /// A write has failed. The storage engine then takes no more until the file is opened again; reads go on.
    broken: AtomicBool,
    clock: ClockCheck,
}

impl Store {
    /// Which history this file counts in.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// How large the data file is, in bytes; nothing if the system does not tell.
    pub fn file_bytes(&self) -> Option<u64> {
        fs::metadata(&self.path).ok().map(|file| file.len())
    }

    /// The state after the last commit. It stays as it is, whatever is committed meanwhile. Don't hold it while waiting:
    /// a file that broke is opened again only when nobody reads it.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        Ok(Snapshot::new(db.as_ref().ok_or(StoreError::Closed)?.begin_read()?))
    }

    /// Judges and carries out `batch`, in this order, in one transaction. When it returns, what it answers is on
    /// disk. `now` is moved up to the moment of the last change if it lies before it, so time never runs backwards.
    ///
    /// After a fault, as from a full disk, the next call opens the file again as soon as the disk takes anything.
    ///
    /// Blocks while another commit runs and until the disk has answered: never call it on an async worker.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be written; then nothing of the batch has happened.
    pub fn commit(&self, now: Timestamp, batch: &[Envelope]) -> Result<Vec<Result<Applied, Refusal>>, StoreError> {
        if self.broken.load(Ordering::Acquire) {
            self.reopen()?;
        }
        let answers = self.try_commit(now, batch);
        self.broken.store(answers.is_err(), Ordering::Release);
        answers
    }

    fn try_commit(&self, now: Timestamp, batch: &[Envelope]) -> Result<Vec<Result<Applied, Refusal>>, StoreError> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let txn = db.as_ref().ok_or(StoreError::Closed)?.begin_write()?;
        let mut tables = Tables::open(&txn)?;
        self.clock.warn_if_skewed(now, tables.last_at);
        let mut answers = Vec::with_capacity(batch.len());
        for asked in batch {
            answers.push(apply::apply(&mut tables, now, asked)?);
        }
        let changed = tables.close()?;
        if changed {
            txn.commit()?
        } else {
            txn.abort()?
        }
        Ok(answers)
    }
}
