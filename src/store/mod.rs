//! The data file, which contains the whole state of the server. Only this module knows tables, keys and rows.
//!
//! Changes are made in batches through [`Store::commit`], by one caller at a time. Each read uses a [`Snapshot`] and
//! blocks no one. This module does not depend on HTTP, HTML or the live connections.

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
    /// `None` only while the file is opened again, and after that has failed.
    db: RwLock<Option<Database>>,
    epoch: Epoch,
    /// Whether a write has failed. The storage engine then refuses writes until the file is opened again; reads go on.
    broken: AtomicBool,
    clock: ClockCheck,
}

impl Store {
    /// The epoch of this file: the history to which its change numbers belong.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The size of the data file in bytes; `None` if the system can't say.
    pub fn file_bytes(&self) -> Option<u64> {
        fs::metadata(&self.path).ok().map(|file| file.len())
    }

    /// The state after the last commit. Later commits do not change it. Don't hold it while waiting: after a fault, the
    /// file is opened again only when it has no readers.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        Ok(Snapshot::new(db.as_ref().ok_or(StoreError::Closed)?.begin_read()?))
    }

    /// Applies the commands of `batch` in this order, in one transaction. When it returns, the changes are on the disk.
    /// If `now` is before the time of the last change, that time is used, so that time never runs backwards.
    ///
    /// After a fault, such as a full disk, the next call opens the file again if the disk can be written.
    ///
    /// Blocks while another commit runs and until the disk has stored the batch: never call it on an async worker.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be written; then no command of the batch was applied.
    pub fn commit(&self, now: Timestamp, batch: &[Envelope]) -> Result<Vec<Result<Applied, Refusal>>, StoreError> {
        if self.broken.load(Ordering::Acquire) {
            self.reopen()?;
        }
        let outcomes = self.try_commit(now, batch);
        self.broken.store(outcomes.is_err(), Ordering::Release);
        outcomes
    }

    fn try_commit(&self, now: Timestamp, batch: &[Envelope]) -> Result<Vec<Result<Applied, Refusal>>, StoreError> {
        let db = self.db.read().unwrap_or_else(PoisonError::into_inner);
        let txn = db.as_ref().ok_or(StoreError::Closed)?.begin_write()?;
        let mut tables = Tables::open(&txn)?;
        self.clock.warn_if_skewed(now, tables.last_at);
        let mut outcomes = Vec::with_capacity(batch.len());
        for envelope in batch {
            outcomes.push(apply::apply(&mut tables, now, envelope)?);
        }
        let changed = tables.close()?;
        if changed {
            txn.commit()?
        } else {
            txn.abort()?
        }
        Ok(outcomes)
    }
}
