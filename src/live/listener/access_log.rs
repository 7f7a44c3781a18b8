//! The last changes of access. A listener compares one number at each wake-up. Only when that has moved does it check whether
//! a change concerns it, and only then is its access evaluated again.

use crate::domain::{AccessChange, RoomId, UserId};
use crate::live::recent_log::RecentLog;

/// How many changes are remembered. A listener that is further behind is evaluated again in any case.
const LOGGED_CHANGES_MAX: usize = 256;

/// The last changes of access.
#[derive(Default)]
pub(crate) struct AccessLog(RecentLog<AccessChange, LOGGED_CHANGES_MAX>);

/// What the changes of access since a version mean to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relevance {
    /// There were none.
    NoChanges,
    /// They concern others. The listener need not check again up to this version.
    Irrelevant(u64),
    /// The listener must be evaluated again; that covers everything up to this version.
    Relevant(u64),
}

impl AccessLog {
    pub fn version(&self) -> u64 {
        self.0.version()
    }

    pub fn record(&self, change: AccessChange) {
        self.0.push([change]);
    }

    /// What the changes since a version mean to a listener. `identify` returns its user and room, and is called only if there
    /// are changes: both lie elsewhere in memory, and thousands of listeners check at each message.
    pub fn relevance_since(&self, since: u64, identify: impl FnOnce() -> (Option<UserId>, RoomId)) -> Relevance {
        if self.version() == since {
            return Relevance::NoChanges;
        }
        let (user, room) = identify();
        let concerns = |change: &AccessChange| match change {
            AccessChange::Person(other) => user == Some(*other),
            AccessChange::Room(other) => room == *other,
            AccessChange::Everyone => true,
        };
        match self.0.read_since(since, |changes| changes.is_none_or(|mut changes| changes.any(concerns))) {
            None => Relevance::NoChanges,
            Some((true, version)) => Relevance::Relevant(version),
            Some((false, version)) => Relevance::Irrelevant(version),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::live::listener::access_log::*;

    #[test]
    fn only_affected_or_far_behind_listeners_are_rechecked() {
        let (log, ann, cellar) = (AccessLog::default(), Some(UserId(1)), RoomId(7));
        assert_eq!(log.relevance_since(0, || (ann, cellar)), Relevance::NoChanges);
        log.record(AccessChange::Person(UserId(2)));
        assert_eq!(log.relevance_since(0, || (ann, cellar)), Relevance::Irrelevant(1));
        assert_eq!(log.relevance_since(0, || (Some(UserId(2)), cellar)), Relevance::Relevant(1));
        assert_eq!(log.relevance_since(0, || (None, cellar)), Relevance::Irrelevant(1));
        log.record(AccessChange::Room(cellar));
        assert_eq!(log.relevance_since(1, || (ann, cellar)), Relevance::Relevant(2));
        assert_eq!(log.relevance_since(1, || (ann, RoomId(8))), Relevance::Irrelevant(2));
        log.record(AccessChange::Everyone);
        assert_eq!(log.relevance_since(2, || (None, RoomId(8))), Relevance::Relevant(3));
        for _ in 0..=LOGGED_CHANGES_MAX {
            log.record(AccessChange::Person(UserId(2)));
        }
        assert_eq!(log.relevance_since(3, || (ann, cellar)), Relevance::Relevant(4 + LOGGED_CHANGES_MAX as u64));
        assert_eq!(log.relevance_since(4, || (ann, cellar)), Relevance::Irrelevant(4 + LOGGED_CHANGES_MAX as u64));
    }
}
