//! Opening a file with staged writes. redb writes while it opens a file: it marks the file as open and repairs it after
//! a crash, before it is known whether the file can be used at all. Here those writes are kept in memory. They reach
//! the file when the caller has checked the contents and calls [`StagedFile::write_through`], so a file that is refused
//! stays unchanged, to the byte. Writing through repeats redb's operations in their order, so that redb can recover
//! from a crash in the middle of it.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{BackendError, Builder, Database, DatabaseError, RepairSession, StorageBackend};

/// The size of the blocks in which staged bytes are kept.
const BLOCK_BYTES: u64 = 4096;
/// How much of a file redb keeps in memory while it repairs it, in bytes.
const REPAIR_CACHE_BYTES: usize = 256 * 1024;

/// A file whose writes are staged until [`StagedFile::write_through`].
#[derive(Clone, Debug)]
pub(crate) struct StagedFile(Arc<StagedFileInner>);

#[derive(Debug)]
struct StagedFileInner {
    file: FileBackend,
    /// `None` after the writes were written through.
    staged: RwLock<Option<Staged>>,
}

/// The staged operations, and the contents that they lead to.
#[derive(Debug)]
struct Staged {
    operations: Vec<Operation>,
    /// The length after the operations, in bytes.
    length: u64,
    /// The length of the file on the disk, in bytes. No one else changes it.
    file_length: u64,
    /// The blocks that differ from the file, by their number.
    blocks: BTreeMap<u64, Vec<u8>>,
}

/// An operation of redb on the file.
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
    /// Whether these bytes are the same in the file. Most are, even while a file of gigabytes is read as a whole to
    /// repair it.
    fn is_untouched(&self, offset: u64, length: usize) -> bool {
        let end = offset + length as u64;
        let blocks = offset / BLOCK_BYTES..end.div_ceil(BLOCK_BYTES);
        end <= self.file_length && self.blocks.range(blocks).next().is_none()
    }
}

/// Opens the file with staged writes. The file is locked, so that no other process can open it.
///
/// # Errors
/// The error of redb, or [`io::ErrorKind::InvalidData`] for an empty file.
pub(crate) fn open_staged(path: &Path, mut builder: Builder) -> Result<(Database, StagedFile), DatabaseError> {
    let file = FileBackend::new(OpenOptions::new().read(true).write(true).open(path)?)?;
    let length = file.len()?;
    let staged = Staged { operations: Vec::new(), length, file_length: length, blocks: BTreeMap::new() };
    let staged_file = StagedFile(Arc::new(StagedFileInner { file, staged: RwLock::new(Some(staged)) }));
    if staged_file.len()? == 0 {
        // redb would treat an empty file as a new one.
        return Err(io::Error::from(io::ErrorKind::InvalidData).into());
    }
    builder.set_repair_callback(RepairSession::abort);
    let db = match builder.create_with_backend(staged_file.clone()) {
        Err(DatabaseError::RepairAborted) => {
            repair(&staged_file)?;
            builder.set_repair_callback(|_| {}).create_with_backend(staged_file.clone())?
        }
        opened => opened?,
    };
    Ok((db, staged_file))
}

/// Repairs the file. A repair reads the whole file twice, so a cached page is evicted before it is read again: a small
/// cache is as good as a large one, and faster.
fn repair(staged_file: &StagedFile) -> Result<(), DatabaseError> {
    Builder::new().set_cache_size(REPAIR_CACHE_BYTES).create_with_backend(staged_file.clone())?.close()
}

impl StagedFile {
    /// Whether writes are still staged. While they are, the file stays locked even if redb closes it, because it may be
    /// opened again and no one else may change it in between.
    fn is_staging(&self) -> bool {
        self.0.staged.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Applies the staged operations to the file. From now on operations apply at once.
    ///
    /// # Errors
    /// The error of the system if the file cannot be written.
    pub fn write_through(&self) -> io::Result<()> {
        let mut staged = self.0.staged.write().unwrap_or_else(PoisonError::into_inner);
        for operation in staged.iter().flat_map(|staged| &staged.operations) {
            operation.apply_to(&self.0.file)?;
        }
        self.0.file.sync_data()?;
        *staged = None;
        Ok(())
    }
}

impl StagedFileInner {
    /// The block after the staged operations: its staged bytes, or those of the file, with zeros after its end.
    fn read_block(&self, staged: &Staged, block: u64) -> io::Result<Vec<u8>> {
        if let Some(bytes) = staged.blocks.get(&block) {
            return Ok(bytes.clone());
        }
        let mut bytes = vec![0; BLOCK_BYTES as usize];
        let bytes_in_file = staged.file_length.saturating_sub(block * BLOCK_BYTES).min(BLOCK_BYTES);
        self.file.read(block * BLOCK_BYTES, &mut bytes[..bytes_in_file as usize])?;
        Ok(bytes)
    }
}

/// Splits `length` bytes from `offset` on into blocks: the number of each block, the offset in it, and the length in
/// it.
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
            Some(staged) => Ok(staged.length),
            None => self.0.file.len(),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let staged = self.0.staged.read().unwrap_or_else(PoisonError::into_inner);
        let Some(staged) = staged.as_ref() else { return self.0.file.read(offset, out) };
        if staged.is_untouched(offset, out.len()) {
            return self.0.file.read(offset, out);
        }
        if offset + out.len() as u64 > staged.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut done = 0;
        for (block, from, length) in split_into_blocks(offset, out.len()) {
            let bytes = self.0.read_block(staged, block)?;
            out[done..done + length].copy_from_slice(&bytes[from..from + length]);
            done += length;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        match self.0.staged.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(staged) => {
                staged.operations.push(Operation::SetLen(length));
                staged.length = length;
                Ok(())
            }
            None => self.0.file.set_len(length),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        match self.0.staged.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Some(staged) => {
                staged.operations.push(Operation::Sync);
                Ok(())
            }
            None => self.0.file.sync_data(),
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut staged = self.0.staged.write().unwrap_or_else(PoisonError::into_inner);
        let Some(staged) = staged.as_mut() else { return self.0.file.write(offset, data) };
        let mut done = 0;
        for (block, from, length) in split_into_blocks(offset, data.len()) {
            let mut bytes = self.0.read_block(staged, block)?;
            bytes[from..from + length].copy_from_slice(&data[done..done + length]);
            staged.blocks.insert(block, bytes);
            done += length;
        }
        staged.operations.push(Operation::Write(offset, data.to_vec()));
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
        let [open, crashed, partial] = ["open", "crashed", "partial"].map(|name| directory.path().join(name));
        let db = Database::create(&open)?;
        let written: Vec<u64> = (0..200).collect();
        written.iter().try_for_each(|number| insert_number(&db, *number))?;
        // The file that a killed process leaves.
        fs::copy(&open, &crashed)?;
        let (repaired, staged_file) = open_staged(&crashed, Builder::new())?;
        assert_eq!(read_numbers(&repaired)?, written);
        let staged = staged_file.0.staged.read().unwrap_or_else(PoisonError::into_inner);
        let operations = &staged.as_ref().ok_or("nothing is staged")?.operations;
        assert!(operations.len() > 10, "there was nothing to repair: {} operations", operations.len());
        for applied in 0..=operations.len() {
            fs::copy(&crashed, &partial)?;
            let file = FileBackend::new(File::options().read(true).write(true).open(&partial)?)?;
            operations[..applied].iter().try_for_each(|operation| operation.apply_to(&file))?;
            drop(file);
            let db = Database::open(&partial)?;
            assert_eq!(read_numbers(&db)?, written, "after {applied} of {} operations", operations.len());
            insert_number(&db, 200)?;
        }
        Ok(())
    }
}
