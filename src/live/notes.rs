//! What stands on the wall of one room and is no change of it: who is here, who is typing, and that the wall still stands.
//! Only the latest of each is kept, and nobody catches up on an older one.
//!
//! One number is enough for a listener to know what it has read: a new note gets the next one, and the oldest of those
//! that a listener has not read is read first.

use super::written::Written;

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Who is here.
    Here,
    /// Who is typing.
    Typing,
    /// Nothing: that the stream is alive.
    Beat,
}

impl About {
    const ALL: [Self; 3] = [Self::Here, Self::Typing, Self::Beat];
}

/// The notes of one room.
#[derive(Default)]
pub(super) struct Notes {
    /// The number of the latest note.
    version: u64,
    latest: [(u64, Written); About::ALL.len()],
}

impl Notes {
    /// Puts a note in the place of the one that was there.
    pub fn write(&mut self, about: About, written: Written) {
        self.version += 1;
        self.latest[about as usize] = (self.version, written);
    }

    /// The number of the latest note: whoever has read up to here has read all.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The number from which on the note about this is still to be read.
    pub fn before(&self, about: About) -> u64 {
        self.latest[about as usize].0.saturating_sub(1)
    }

    /// The next note for somebody who has read up to this number, what it is about, and its own number.
    pub fn after(&self, version: u64) -> Option<(About, &Written, u64)> {
        if self.version == version {
            return None;
        }
        let all = About::ALL.into_iter().zip(&self.latest);
        let unread = all.filter(|(_, (number, _))| *number > version);
        unread.min_by_key(|(_, (number, _))| *number).map(|(about, (number, written))| (about, written, *number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_note_is_read_once_in_the_order_of_writing_and_only_the_latest_of_its_kind() {
        let mut notes = Notes::default();
        assert!(notes.after(0).is_none());
        for about in [About::Here, About::Typing, About::Beat, About::Here, About::Here] {
            notes.write(about, Written::default());
        }
        let numbers = |from| std::iter::successors(Some(from), |version| Some(notes.after(*version)?.2)).skip(1);
        assert_eq!(numbers(0).collect::<Vec<_>>(), [2, 3, 5]);
        assert_eq!(numbers(2).collect::<Vec<_>>(), [3, 5]);
        assert_eq!(numbers(notes.version()).count(), 0);
        assert_eq!(notes.after(notes.before(About::Typing)).map(|(about, _, _)| about), Some(About::Typing));
    }
}
