//! What stands on the wall of one room and is no change of it: who is here, who is typing, and that the wall still stands.
//! Only the latest of each is kept, and nobody catches up on an older one.
//!
//! One number is enough for a listener to know what it has read: a new note gets the next one, and the oldest of those
//! that a listener has not read is read first.

use crate::live::sse::EncodedEvent;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EphemeralKind {
    /// Who is here.
    Roster,
    /// Who is typing.
    Typing,
    /// Nothing: that the stream is alive.
    Heartbeat,
}

impl EphemeralKind {
    const ALL: [Self; 3] = [Self::Roster, Self::Typing, Self::Heartbeat];
}

/// The notes of one room.
#[derive(Default)]
pub(crate) struct Ephemeral {
    /// The number of the latest note.
    version: u64,
    latest: [(u64, EncodedEvent); EphemeralKind::ALL.len()],
}

impl Ephemeral {
    /// Puts a note in the place of the one that was there.
    pub fn replace(&mut self, kind: EphemeralKind, event: EncodedEvent) {
        self.version += 1;
        self.latest[kind as usize] = (self.version, event);
    }

    /// The number of the latest note: whoever has read up to here has read all.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number from which on the note about this is still to be read.
    pub fn version_before(&self, kind: EphemeralKind) -> u64 {
        self.latest[kind as usize].0.saturating_sub(1)
    }

    /// The next note for somebody who has read up to this number, what it is about, and its own number.
    pub fn next_after(&self, version: u64) -> Option<(EphemeralKind, &EncodedEvent, u64)> {
        if self.version == version {
            return None;
        }
        let all = EphemeralKind::ALL.into_iter().zip(&self.latest);
        let unread = all.filter(|(_, (number, _))| *number > version);
        unread.min_by_key(|(_, (number, _))| *number).map(|(about, (number, written))| (about, written, *number))
    }
}

#[cfg(test)]
mod tests {
    use crate::live::hub::ephemeral::*;

    #[test]
    fn only_the_latest_event_of_each_kind_is_read_once_in_order() {
        let mut notes = Ephemeral::default();
        assert!(notes.next_after(0).is_none());
        for about in [
            EphemeralKind::Roster,
            EphemeralKind::Typing,
            EphemeralKind::Heartbeat,
            EphemeralKind::Roster,
            EphemeralKind::Roster,
        ] {
            notes.replace(about, EncodedEvent::default());
        }
        let numbers = |from| std::iter::successors(Some(from), |version| Some(notes.next_after(*version)?.2)).skip(1);
        assert_eq!(numbers(0).collect::<Vec<_>>(), [2, 3, 5]);
        assert_eq!(numbers(2).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(numbers(notes.version()).count(), 0);
        assert_eq!(
            notes.next_after(notes.version_before(EphemeralKind::Typing)).map(|(about, _, _)| about),
            Some(EphemeralKind::Typing)
        );
    }
}
