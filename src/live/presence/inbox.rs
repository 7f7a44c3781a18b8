//! What is new to one person alone, wherever they listen: a number, and what the last few news were about. What is true
//! is read when a listener looks; whoever is further behind, or has just come, reads everything.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::{RoomId, UserId};

/// How many news are remembered.
pub(crate) const INBOX_UPDATES_MAX: usize = 16;

/// What has changed for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    /// Somebody with whom they talk has come, or is gone.
    Presence(UserId),
    /// There is more to read in a room than there was, or less.
    Unread(RoomId),
}

/// What a listener has not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// These.
    Updates(Vec<Update>),
    /// More than is remembered.
    Everything,
}

/// The board of one person, which all of their listeners see.
pub(crate) struct Inbox {
    /// How many news there were, and one: so that whoever has read none has everything to read.
    version: AtomicU64,
    recent: Mutex<VecDeque<Update>>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { version: AtomicU64::new(1), recent: Mutex::default() }
    }
}

impl Inbox {
    /// Up to where somebody has read who has read all.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Adds news. The bells are the caller's to ring.
    pub fn push(&self, updates: Vec<Update>) {
        let mut last = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        self.version.fetch_add(updates.len() as u64, Ordering::Release);
        last.extend(updates);
        let too_many = last.len().saturating_sub(INBOX_UPDATES_MAX);
        last.drain(..too_many);
    }

    /// What somebody has not read who has read up to `since`, 0 if nothing; and up to where they then have.
    pub fn updates_since(&self, updates_since: u64) -> Option<(Pending, u64)> {
        if self.version() == updates_since {
            return None;
        }
        let last = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version();
        let new = usize::try_from(version - updates_since).unwrap_or(usize::MAX);
        let Some(known) = last.len().checked_sub(new) else { return Some((Pending::Everything, version)) };
        let mut unread = Vec::with_capacity(new);
        for news in last.iter().skip(known) {
            if !unread.contains(news) {
                unread.push(*news);
            }
        }
        Some((Pending::Updates(unread), version))
    }
}

#[cfg(test)]
mod tests {
    use crate::live::presence::inbox::*;

    #[test]
    fn an_old_position_reads_everything_and_a_recent_one_each_update_once() {
        let (board, news) = (Inbox::default(), |id| Update::Presence(UserId(id)));
        assert_eq!(board.updates_since(0), Some((Pending::Everything, 1)));
        assert_eq!(board.updates_since(1), None);
        board.push(vec![news(7), news(8)]);
        board.push(vec![news(7)]);
        assert_eq!(board.updates_since(1), Some((Pending::Updates(vec![news(7), news(8)]), 4)));
        assert_eq!(board.updates_since(3), Some((Pending::Updates(vec![news(7)]), 4)));
        assert_eq!(board.updates_since(0), Some((Pending::Everything, 4)));
        board.push((0..=INBOX_UPDATES_MAX as u64).map(news).collect());
        assert_eq!(board.updates_since(4), Some((Pending::Everything, 5 + INBOX_UPDATES_MAX as u64)));
    }
}
