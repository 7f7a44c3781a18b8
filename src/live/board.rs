//! What is new to one person alone, wherever they listen: a number, and what the last few news were about. What is true
//! is read when a listener looks; whoever is further behind, or has just come, reads everything.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::{RoomId, UserId};

/// How many news are remembered.
pub(super) const NEWS_MAX: usize = 16;

/// What has changed for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Somebody with whom they talk has come, or is gone.
    Presence(UserId),
    /// There is more to read in a room than there was, or less.
    Unread(RoomId),
}

/// What a listener has not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// These.
    These(Vec<News>),
    /// More than is remembered.
    All,
}

/// The board of one person, which all of their listeners see.
pub(super) struct Board {
    /// How many news there were, and one: so that whoever has read none has everything to read.
    version: AtomicU64,
    last: Mutex<VecDeque<News>>,
}

impl Default for Board {
    fn default() -> Self {
        Self { version: AtomicU64::new(1), last: Mutex::default() }
    }
}

impl Board {
    /// Up to where somebody has read who has read all.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Adds news. The bells are the caller's to ring.
    pub fn put(&self, news: Vec<News>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        self.version.fetch_add(news.len() as u64, Ordering::Release);
        last.extend(news);
        let too_many = last.len().saturating_sub(NEWS_MAX);
        last.drain(..too_many);
    }

    /// What somebody has not read who has read up to `since`, 0 if nothing; and up to where they then have.
    pub fn after(&self, since: u64) -> Option<(Unread, u64)> {
        if self.version() == since {
            return None;
        }
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version();
        let new = usize::try_from(version - since).unwrap_or(usize::MAX);
        let Some(known) = last.len().checked_sub(new) else { return Some((Unread::All, version)) };
        let mut unread = Vec::with_capacity(new);
        for news in last.iter().skip(known) {
            if !unread.contains(news) {
                unread.push(*news);
            }
        }
        Some((Unread::These(unread), version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_read_nothing_or_is_far_behind_reads_everything_and_others_what_is_new_once() {
        let (board, news) = (Board::default(), |id| News::Presence(UserId(id)));
        assert_eq!(board.after(0), Some((Unread::All, 1)));
        assert_eq!(board.after(1), None);
        board.put(vec![news(7), news(8)]);
        board.put(vec![news(7)]);
        assert_eq!(board.after(1), Some((Unread::These(vec![news(7), news(8)]), 4)));
        assert_eq!(board.after(3), Some((Unread::These(vec![news(7)]), 4)));
        assert_eq!(board.after(0), Some((Unread::All, 4)));
        board.put((0..=NEWS_MAX as u64).map(news).collect());
        assert_eq!(board.after(4), Some((Unread::All, 5 + NEWS_MAX as u64)));
    }
}
