//! The short-lived state of one room, which is not a change of it: the roster, the typists, and the heartbeat. Only the latest
//! event of each kind is kept.
//!
//! One version is enough for a listener to know what it has read: each new event gets the next version, and a listener reads
//! the oldest event after its own version first.

use crate::live::sse::EncodedEvent;

/// The kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EphemeralKind {
    /// Who listens.
    Roster,
    /// Who is typing.
    Typing,
    /// That the stream is alive.
    Heartbeat,
}

impl EphemeralKind {
    const ALL: [Self; 3] = [Self::Roster, Self::Typing, Self::Heartbeat];
}

/// The latest event of each kind, with its version.
#[derive(Default)]
pub(crate) struct Ephemeral {
    /// The version of the latest event.
    version: u64,
    latest: [(u64, EncodedEvent); EphemeralKind::ALL.len()],
}

impl Ephemeral {
    /// Replaces the event of a kind.
    pub fn replace(&mut self, kind: EphemeralKind, event: EncodedEvent) {
        self.version += 1;
        self.latest[kind as usize] = (self.version, event);
    }

    /// The version of a listener that has read everything.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The version of a listener that has not read the latest event of this kind.
    pub fn version_before(&self, kind: EphemeralKind) -> u64 {
        self.latest[kind as usize].0.saturating_sub(1)
    }

    /// The next event after a version, with its kind and its own version.
    pub fn next_after(&self, version: u64) -> Option<(EphemeralKind, &EncodedEvent, u64)> {
        if self.version == version {
            return None;
        }
        let all = EphemeralKind::ALL.into_iter().zip(&self.latest);
        let unread = all.filter(|(_, (own, _))| *own > version);
        unread.min_by_key(|(_, (own, _))| *own).map(|(kind, (own, event))| (kind, event, *own))
    }
}

#[cfg(test)]
mod tests {
    use crate::live::hub::ephemeral::*;

    #[test]
    fn only_the_latest_event_of_each_kind_is_read_once_in_order() {
        let mut ephemeral = Ephemeral::default();
        assert!(ephemeral.next_after(0).is_none());
        for kind in [
            EphemeralKind::Roster,
            EphemeralKind::Typing,
            EphemeralKind::Heartbeat,
            EphemeralKind::Roster,
            EphemeralKind::Roster,
        ] {
            ephemeral.replace(kind, EncodedEvent::default());
        }
        let versions =
            |from| std::iter::successors(Some(from), |version| Some(ephemeral.next_after(*version)?.2)).skip(1);
        assert_eq!(versions(0).collect::<Vec<_>>(), [2, 3, 5]);
        assert_eq!(versions(2).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(versions(ephemeral.version()).count(), 0);
        assert_eq!(
            ephemeral.next_after(ephemeral.version_before(EphemeralKind::Typing)).map(|(kind, _, _)| kind),
            Some(EphemeralKind::Typing)
        );
    }
}
