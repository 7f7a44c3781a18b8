//! Opening a file on trial. The storage engine writes while it opens: it marks the file as open, and mends it after a
//! crash, before it has seen whether it can use it at all. On trial those writes are only remembered; they reach the
//! file when the caller has seen enough and settles, and a file that is refused stays as it was, to the byte. Settling
//! does what the engine did, in its order, so that a crash half way is one that the engine stands.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{BackendError, Builder, Database, DatabaseError, RepairSession, StorageBackend};

/// What is remembered is remembered in blocks of this size.
const BLOCK_BYTES: u64 = 4096;
/// How much of a file the storage engine keeps in memory while it mends it, in bytes.
const REPAIR_CACHE_BYTES: usize = 256 * 1024;

/// A file that was opened on trial. It stays on trial until it is settled.
#[derive(Clone, Debug)]
pub(crate) struct StagedFile(Arc<StagedFileInner>);

#[derive(Debug)]
struct StagedFileInner {
    file: FileBackend,
    staged: RwLock<Option<Staged>>,
}

/// How the file would be, and how it would get there.
#[derive(Debug)]
struct Staged {
    operations: Vec<Operation>,
    length: u64,
    /// How long the file is meanwhile. Nobody else changes it.
    file_length: u64,
    blocks: BTreeMap<u64, Vec<u8>>,
}

/// Something that the engine did to the file.
#[derive(Debug)]
enum Operation {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
}

impl Operation {
    fn apply_to(&self, file: &FileBackend) -> io::Result<()> {
        match self {
            Self::Write(offset, data) => file.write(*offset, data),
            Self::SetLen(length) => file.set_len(*length),
            Self::Sync => file.sync_data(),
        }
    }
}

impl Staged {
    /// Whether these bytes are as the file has them. Most are, also where a file of gigabytes is read whole to mend it.
    fn is_untouched(&self, offset: u64, length: usize) -> bool {
        let end = offset + length as u64;
        let blocks = offset / BLOCK_BYTES..end.div_ceil(BLOCK_BYTES);
        end <= self.file_length && self.blocks.range(blocks).next().is_none()
    }
}

/// Opens the file on trial. Nobody else can open it meanwhile.
///
/// # Errors
/// As the storage engine has them.
pub(crate) fn open_staged(path: &Path, mut builder: Builder) -> Result<(Database, StagedFile), DatabaseError> {
    let file = FileBackend::new(OpenOptions::new().read(true).write(true).open(path)?)?;
    let length = file.len()?;
    let remembered = Staged { operations: Vec::new(), length, file_length: length, blocks: BTreeMap::new() };
    let trial = StagedFile(Arc::new(StagedFileInner { file, staged: RwLock::new(Some(remembered)) }));
    if trial.len()? == 0 {
        // The storage engine would take an empty file for a new one.
        return Err(io::Error::from(io::ErrorKind::InvalidData).into());
    }
    builder.set_repair_callback(RepairSession::abort);
    let db = match builder.create_with_backend(trial.clone()) {
        Err(DatabaseError::RepairAborted) => {
            repair(&trial)?;
            builder.set_repair_callback(|_| {}).create_with_backend(trial.clone())?
        }
        opened => opened?,
    };
    Ok((db, trial))
}

/// Mends the file, of which all is read twice, far apart: what the engine keeps is never of use, and the less memory
/// goes round, the faster it goes.
fn repair(staged_file: &StagedFile) -> Result<(), DatabaseError> {
    Builder::new().set_cache_size(REPAIR_CACHE_BYTES).create_with_backend(staged_file.clone())?.close()
}

impl StagedFile {
    /// Whether the file is still on trial. Until then the engine's locks are kept whatever it does: it may close the
    /// file only to open it again, and nobody else may change it in between.
    fn is_staging(&self) -> bool {
        self.0.staged.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Ends the trial: writes what was remembered, and from now on writes at once.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_through(&self) -> io::Result<()> {
        let mut remembered = self.0.staged.write().unwrap_or_else(PoisonError::into_inner);
        for step in remembered.iter().flat_map(|remembered| &remembered.operations) {
            step.apply_to(&self.0.file)?;
        }
        self.0.file.sync_data()?;
        *remembered = None;
        Ok(())
    }
}

impl StagedFileInner {
    /// The block as it would be: as remembered, or as the file has it, with zeros beyond its end.
    fn read_block(&self, staged: &Staged, block: u64) -> io::Result<Vec<u8>> {
        if let Some(bytes) = staged.blocks.get(&block) {
            return Ok(bytes.clone());
        }
        let mut bytes = vec![0; BLOCK_BYTES as usize];
        let there = staged.file_length.saturating_sub(block * BLOCK_BYTES).min(BLOCK_BYTES);
        self.file.read(block * BLOCK_BYTES, &mut bytes[..there as usize])?;
        Ok(bytes)
    }
}

/// The pieces of `length` bytes from `offset` on, by blocks: the block, where in it, and how many bytes.
fn split_into_blocks(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let end = offset + length as u64;
    (offset / BLOCK_BYTES..end.div_ceil(BLOCK_BYTES)).map(move |block| {
        let start = block * BLOCK_BYTES;
        let from = offset.max(start) - start;
        let to = end.min(start + BLOCK_BYTES) - start;
        (block, from as usize, (to - from) as usize)
    })
}

impl StorageBackend for StagedFile {
    fn len(&self) -> io::Result<u64> {
        match self.0.staged.read().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(remembered) => Ok(remembered.length),
            None => self.0.file.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let remembered = self.0.staged.read().unwrap_or_else(PoisonError::into_inner);
        let Some(remembered) = remembered.as_ref() else { return self.0.file.read(offset, out) };
        if remembered.is_untouched(offset, out.len()) {
            return self.0.file.read(offset, out);
        }
        if offset + out.len() as u64 > remembered.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        for (block, from, length) in split_into_blocks(offset, out.len()) {
            let bytes = self.0.read_block(remembered, block)?;
            out[done..done + length].copy_from_slice(&bytes[from..from + length]);
            done += length;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        match self.0.staged.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(remembered) => {
                remembered.operations.push(Operation::SetLen(length));
                remembered.length = length;
                Ok(())
            }
            None => self.0.file.set_len(length),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.0.staged.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(remembered) => {
                remembered.operations.push(Operation::Sync);
                Ok(())
            }
            None => self.0.file.sync_data(),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut remembered = self.0.staged.write().unwrap_or_else(PoisonError::into_inner);
        let Some(remembered) = remembered.as_mut() else { return self.0.file.write(offset, data) };
        let mut done = 0;
        for (block, from, length) in split_into_blocks(offset, data.len()) {
            let mut bytes = self.0.read_block(remembered, block)?;
            bytes[from..from + length].copy_from_slice(&data[done..done + length]);
            remembered.blocks.insert(block, bytes);
            done += length;
        }
        remembered.operations.push(Operation::Write(offset, data.to_vec()));
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        if self.is_staging() { Ok(()) } else { self.0.file.close() }
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.is_staging() { Ok(()) } else { self.0.file.unlock_range(start, end) }
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.file.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::fs::{self, File};

    use redb::{ReadableDatabase, TableDefinition};

    use crate::store::file::staged_open::*;

    const NUMBERS: TableDefinition<u64, u64> = TableDefinition::new("numbers");

    fn insert_number(db: &Database, number: u64) -> Result<(), redb::Error> {
        let txn = db.begin_write()?;
        txn.open_table(NUMBERS)?.insert(number, number)?;
        Ok(txn.commit()?)
    }

    fn read_numbers(db: &Database) -> Result<Vec<u64>, redb::Error> {
        let table = db.begin_read()?.open_table(NUMBERS)?;
        table.range::<u64>(..)?.map(|entry| Ok(entry?.0.value())).collect()
    }

    #[test]
    fn crash_while_writing_through_a_repaired_file_loses_nothing() -> Result<(), Box<dyn Error>> {
        let directory = tempfile::tempdir()?;
        let [open, crashed, settled] = ["open", "crashed", "settled"].map(|name| directory.path().join(name));
        let db = Database::create(&open)?;
        let written: Vec<u64> = (0..200).collect();
        written.iter().try_for_each(|number| insert_number(&db, *number))?;
        // As a kill would leave it.
        fs::copy(&open, &crashed)?;
        let (mended, trial) = crate::store::file::staged_open::open_staged(&crashed, Builder::new())?;
        assert_eq!(read_numbers(&mended)?, written);
        let remembered = trial.0.staged.read().unwrap_or_else(PoisonError::into_inner);
        let steps = &remembered.as_ref().ok_or("it is not on trial")?.operations;
        assert!(steps.len() > 10, "there was nothing to mend: {} steps", steps.len());
        for taken in 0..=steps.len() {
            fs::copy(&crashed, &settled)?;
            let file = FileBackend::new(File::options().read(true).write(true).open(&settled)?)?;
            steps[..taken].iter().try_for_each(|step| step.apply_to(&file))?;
            drop(file);
            let db = Database::open(&settled)?;
            assert_eq!(read_numbers(&db)?, written, "after {taken} of {} steps", steps.len());
            insert_number(&db, 200)?;
        }
        Ok(())
    }
}
