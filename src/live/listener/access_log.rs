//! Whose rights have changed lately. A listener compares one number at each look; only when it has moved does it ask
//! whether that concerns it, and only then are its rights judged again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::{AccessChange, RoomId, UserId};

/// How many changes are remembered. Whoever is further behind is judged again in any case.
const LOGGED_CHANGES_MAX: usize = 256;

/// The last changes of rights.
#[derive(Default)]
pub(crate) struct AccessLog {
    /// How many there were.
    version: AtomicU64,
    recent: Mutex<VecDeque<AccessChange>>,
}

/// What changes of rights mean to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relevance {
    /// There were none.
    NoChanges,
    /// They were others'. Up to this number the listener need not ask again.
    Irrelevant(u64),
    /// It must be judged anew; up to this number it then is.
    Relevant(u64),
}

impl AccessLog {
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub fn record(&self, change: AccessChange) {
        let mut last = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        last.push_back(change);
        if last.len() > LOGGED_CHANGES_MAX {
            last.pop_front();
        }
        self.version.fetch_add(1, Ordering::Release);
    }

    /// What changes since then mean to whoever that is, and to the room where they listen. Who and where is not asked if
    /// there were none: it lies elsewhere in memory, and thousands look at each message.
    pub fn relevance_since(&self, since: u64, identify: impl FnOnce() -> (Option<UserId>, RoomId)) -> Relevance {
        if self.version() == since {
            return Relevance::NoChanges;
        }
        let (user, room) = identify();
        let last = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version();
        let new = usize::try_from(version - since).unwrap_or(usize::MAX);
        let is_this = |concerned: &AccessChange| match concerned {
            AccessChange::Person(other) => user == Some(*other),
            AccessChange::Room(other) => room == *other,
            AccessChange::Everyone => true,
        };
        if new > last.len() || last.iter().rev().take(new).any(is_this) {
            Relevance::Relevant(version)
        } else {
            Relevance::Irrelevant(version)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::live::listener::access_log::*;

    #[test]
    fn only_affected_or_far_behind_listeners_are_rechecked() {
        let (rights, ann, cellar) = (AccessLog::default(), Some(UserId(1)), RoomId(7));
        assert_eq!(rights.relevance_since(0, || (ann, cellar)), Relevance::NoChanges);
        rights.record(AccessChange::Person(UserId(2)));
        assert_eq!(rights.relevance_since(0, || (ann, cellar)), Relevance::Irrelevant(1));
        assert_eq!(rights.relevance_since(0, || (Some(UserId(2)), cellar)), Relevance::Relevant(1));
        assert_eq!(rights.relevance_since(0, || (None, cellar)), Relevance::Irrelevant(1));
        rights.record(AccessChange::Room(cellar));
        assert_eq!(rights.relevance_since(1, || (ann, cellar)), Relevance::Relevant(2));
        assert_eq!(rights.relevance_since(1, || (ann, RoomId(8))), Relevance::Irrelevant(2));
        rights.record(AccessChange::Everyone);
        assert_eq!(rights.relevance_since(2, || (None, RoomId(8))), Relevance::Relevant(3));
        for _ in 0..=LOGGED_CHANGES_MAX {
            rights.record(AccessChange::Person(UserId(2)));
        }
        assert_eq!(rights.relevance_since(3, || (ann, cellar)), Relevance::Relevant(4 + LOGGED_CHANGES_MAX as u64));
        assert_eq!(rights.relevance_since(4, || (ann, cellar)), Relevance::Irrelevant(4 + LOGGED_CHANGES_MAX as u64));
    }
}
