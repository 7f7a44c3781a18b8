//! Whose rights have changed lately. A listener compares one number at each look; only when it has moved does it ask
//! whether that concerns it, and only then are its rights judged again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::domain::{Concerned, RoomId, UserId};

/// How many changes are remembered. Whoever is further behind is judged again in any case.
const REMEMBERED_MAX: usize = 256;

/// The last changes of rights.
#[derive(Default)]
pub(super) struct Rights {
    /// How many there were.
    version: AtomicU64,
    last: Mutex<VecDeque<Concerned>>,
}

/// What changes of rights mean to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concerns {
    /// There were none.
    Nothing,
    /// They were others'. Up to this number the listener need not ask again.
    Others(u64),
    /// It must be judged anew; up to this number it then is.
    This(u64),
}

impl Rights {
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub fn concern(&self, concerned: Concerned) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.push_back(concerned);
        if last.len() > REMEMBERED_MAX {
            last.pop_front();
        }
        self.version.fetch_add(1, Ordering::Release);
    }

    /// What changes since then mean to whoever that is, and to the room where they listen. Who and where is not asked if
    /// there were none: it lies elsewhere in memory, and thousands look at each message.
    pub fn concerns(&self, since: u64, whom: impl FnOnce() -> (Option<UserId>, RoomId)) -> Concerns {
        if self.version() == since {
            return Concerns::Nothing;
        }
        let (user, room) = whom();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let version = self.version();
        let new = usize::try_from(version - since).unwrap_or(usize::MAX);
        let is_this = |concerned: &Concerned| match concerned {
            Concerned::Person(other) => user == Some(*other),
            Concerned::Room(other) => room == *other,
            Concerned::House => true,
        };
        if new > last.len() || last.iter().rev().take(new).any(is_this) {
            Concerns::This(version)
        } else {
            Concerns::Others(version)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whom_a_change_concerns_is_judged_again_and_whoever_is_far_behind() {
        let (rights, ann, cellar) = (Rights::default(), Some(UserId(1)), RoomId(7));
        assert_eq!(rights.concerns(0, || (ann, cellar)), Concerns::Nothing);
        rights.concern(Concerned::Person(UserId(2)));
        assert_eq!(rights.concerns(0, || (ann, cellar)), Concerns::Others(1));
        assert_eq!(rights.concerns(0, || (Some(UserId(2)), cellar)), Concerns::This(1));
        assert_eq!(rights.concerns(0, || (None, cellar)), Concerns::Others(1));
        rights.concern(Concerned::Room(cellar));
        assert_eq!(rights.concerns(1, || (ann, cellar)), Concerns::This(2));
        assert_eq!(rights.concerns(1, || (ann, RoomId(8))), Concerns::Others(2));
        rights.concern(Concerned::House);
        assert_eq!(rights.concerns(2, || (None, RoomId(8))), Concerns::This(3));
        for _ in 0..=REMEMBERED_MAX {
            rights.concern(Concerned::Person(UserId(2)));
        }
        assert_eq!(rights.concerns(3, || (ann, cellar)), Concerns::This(4 + REMEMBERED_MAX as u64));
        assert_eq!(rights.concerns(4, || (ann, cellar)), Concerns::Others(4 + REMEMBERED_MAX as u64));
    }
}
