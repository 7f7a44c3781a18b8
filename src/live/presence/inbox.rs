//! Updates for one person alone, shared by all of their streams. An update names what changed; a listener reads the present
//! state when it takes the update. A listener that is too far behind, or is new, reads everything.

use crate::domain::{RoomId, UserId};
use crate::live::recent_log::RecentLog;

/// How many updates are remembered.
pub(crate) const INBOX_UPDATES_MAX: usize = 16;

/// What has changed for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    /// A person with whom they share a direct room has come online or gone offline.
    Presence(UserId),
    /// The read state of a room has changed.
    Unread(RoomId),
}

/// What a listener has not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// These updates, each once.
    Updates(Vec<Update>),
    /// More than is remembered.
    Everything,
}

/// The inbox of one person.
pub(crate) struct Inbox(RecentLog<Update, INBOX_UPDATES_MAX>);

impl Default for Inbox {
    /// Starts at version 1, so that a listener at version 0 has everything to read.
    fn default() -> Self {
        Self(RecentLog::starting_at(1))
    }
}

impl Inbox {
    /// The version of a listener that has read all updates.
    pub fn version(&self) -> u64 {
        self.0.version()
    }

    /// Adds updates. The caller wakes the listeners.
    pub fn push(&self, updates: Vec<Update>) {
        self.0.push(updates);
    }

    /// What a listener at version `since` (0 if it has read nothing) has not read, and its version after that. `None` if
    /// there is nothing.
    pub fn updates_since(&self, since: u64) -> Option<(Pending, u64)> {
        self.0.read_since(since, |updates| {
            let Some(updates) = updates else { return Pending::Everything };
            let mut unread = Vec::with_capacity(updates.len());
            for update in updates {
                if !unread.contains(update) {
                    unread.push(*update);
                }
            }
            Pending::Updates(unread)
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::live::presence::inbox::*;

    #[test]
    fn an_old_position_reads_everything_and_a_recent_one_each_update_once() {
        let (inbox, update) = (Inbox::default(), |id| Update::Presence(UserId(id)));
        assert_eq!(inbox.updates_since(0), Some((Pending::Everything, 1)));
        assert_eq!(inbox.updates_since(1), None);
        inbox.push(vec![update(7), update(8)]);
        inbox.push(vec![update(7)]);
        assert_eq!(inbox.updates_since(1), Some((Pending::Updates(vec![update(7), update(8)]), 4)));
        assert_eq!(inbox.updates_since(3), Some((Pending::Updates(vec![update(7)]), 4)));
        assert_eq!(inbox.updates_since(0), Some((Pending::Everything, 4)));
        inbox.push((0..=INBOX_UPDATES_MAX as u64).map(update).collect());
        assert_eq!(inbox.updates_since(4), Some((Pending::Everything, 5 + INBOX_UPDATES_MAX as u64)));
    }
}
