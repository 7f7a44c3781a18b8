//! The one file that holds everything. Only here does anybody know that there are tables, keys and rows.
//!
//! Changes come in batches through [`Store::commit`], from one caller at a time; reads see one [`Snapshot`] each and
//! disturb nobody. Nothing here knows HTTP, HTML or who is listening.

mod apply;
mod fault;
mod feed;
mod open;
mod outcomes;
mod read;
mod rows;
mod tables;

use redb::{Database, ReadableDatabase};

use crate::domain::{Asked, Done, Epoch, Moment, Refusal};

pub use fault::Fault;
pub use open::OpenError;
pub use read::{Page, Snapshot, Window};
use tables::Tables;

/// The open data file.
pub struct Store {
    db: Database,
    epoch: Epoch,
}

impl Store {
    /// Which history this file counts in.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The state after the last commit. It stays as it is, whatever is committed meanwhile.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, Fault> {
        Ok(Snapshot::of(self.db.begin_read()?))
    }

    /// Judges and carries out `batch`, in this order, in one transaction. When it returns, what it answers is on
    /// disk. `now` is moved up to the moment of the last change if it lies before it, so time never runs backwards.
    ///
    /// Blocks while another commit runs and until the disk has answered: never call it on an async worker.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be written; then nothing of the batch has happened.
    pub fn commit(&self, now: Moment, batch: &[Asked]) -> Result<Vec<Result<Done, Refusal>>, Fault> {
        let txn = self.db.begin_write()?;
        let mut tables = Tables::open(&txn)?;
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
