//! A version number and the last few entries behind it. A reader that keeps the version up to which it has read compares one
//! number to learn whether there is anything new, and takes the lock only then. A reader that is too far behind learns that,
//! and reads the full state instead.

use std::collections::VecDeque;
use std::collections::vec_deque::Iter;
use std::iter::Skip;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The last `ENTRIES_MAX` entries.
pub(crate) struct RecentLog<T, const ENTRIES_MAX: usize> {
    /// The start version, plus one for each entry so far.
    version: AtomicU64,
    recent: Mutex<VecDeque<T>>,
}

impl<T, const ENTRIES_MAX: usize> Default for RecentLog<T, ENTRIES_MAX> {
    fn default() -> Self {
        Self::starting_at(0)
    }
}

impl<T, const ENTRIES_MAX: usize> RecentLog<T, ENTRIES_MAX> {
    /// An empty log. A reader at an earlier version than this one is too far behind.
    pub fn starting_at(version: u64) -> Self {
        Self { version: AtomicU64::new(version), recent: Mutex::default() }
    }

    /// The version of a reader that has read everything.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Adds entries, and drops the oldest above the limit.
    pub fn push(&self, entries: impl IntoIterator<Item = T>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = 0;
        recent.extend(entries.into_iter().inspect(|_| count += 1));
        let excess = recent.len().saturating_sub(ENTRIES_MAX);
        recent.drain(..excess);
        self.version.fetch_add(count, Ordering::Release);
    }

    /// Passes the entries after version `since` to `read`, or `None` if the log no longer holds all of them. Returns what
    /// `read` makes of them and the version up to which that holds; `None` if there is nothing new.
    pub fn read_since<R>(&self, since: u64, read: impl FnOnce(Option<Skip<Iter<'_, T>>>) -> R) -> Option<(R, u64)> {
        if self.version() == since {
            return None;
        }
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version();
        let new = usize::try_from(version - since).unwrap_or(usize::MAX);
        let entries = recent.len().checked_sub(new).map(|known| recent.iter().skip(known));
        Some((read(entries), version))
    }
}

#[cfg(test)]
mod tests {
    use crate::live::recent_log::*;

    fn read(log: &RecentLog<u8, 3>, since: u64) -> Option<(Option<Vec<u8>>, u64)> {
        log.read_since(since, |entries| entries.map(|entries| entries.copied().collect()))
    }

    #[test]
    fn a_reader_gets_the_entries_since_its_version_or_learns_that_they_are_gone() {
        let log = RecentLog::starting_at(1);
        assert_eq!(read(&log, 1), None);
        assert_eq!(read(&log, 0), Some((None, 1)), "before the start");
        log.push([7, 8]);
        assert_eq!(read(&log, 1), Some((Some(vec![7, 8]), 3)));
        assert_eq!(read(&log, 2), Some((Some(vec![8]), 3)));
        log.push([9, 10]);
        assert_eq!(read(&log, 2), Some((Some(vec![8, 9, 10]), 5)));
        assert_eq!(read(&log, 1), Some((None, 5)), "the oldest entry has been dropped");
    }
}
