//! Who is typing in one room. Whoever types says so again and again; whoever has said nothing for some seconds, or has
//! sent what they typed, types no more.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Author, UserId};
use crate::views::Typists;

/// For how long somebody types who has said so once. Pages say so again sooner.
const TYPING_TIMEOUT: Duration = Duration::from_secs(5);
/// How soon after the last telling a room is told again.
const TYPING_INTERVAL: Duration = Duration::from_secs(1);
/// How many are shown by name.
const NAMED_TYPISTS_MAX: usize = 3;
/// How many are known at a time. The others say so again when some of these are done.
const TYPISTS_MAX: usize = 16;

/// The people who type in one room.
#[derive(Default)]
pub(crate) struct TypingState {
    typists: Vec<(Author, Instant)>,
    published: Typists,
    published_at: Option<Instant>,
}

impl TypingState {
    /// Somebody types. When the room is to be told, if that is news.
    pub fn add_typist(&mut self, author: &Author, now: Instant) -> Option<Instant> {
        let until = now + TYPING_TIMEOUT;
        if let Some(typist) = self.typists.iter_mut().find(|(typist, _)| typist.id == author.id) {
            *typist = (author.clone(), until);
        } else if self.typists.len() < TYPISTS_MAX {
            self.typists.push((author.clone(), until));
        }
        (self.to_typists() != self.published).then(|| self.published_at.map_or(now, |at| now.max(at + TYPING_INTERVAL)))
    }

    /// Somebody types no more. What the room is to be told, if that is news.
    pub fn remove_typist(&mut self, user: UserId) -> Option<&Typists> {
        self.typists.retain(|(typist, _)| typist.id != user);
        self.take_change()
    }

    /// What the room is to be told now, if anything; and when to look again, if anybody still types.
    pub fn refresh(&mut self, now: Instant) -> (Option<&Typists>, Option<Instant>) {
        self.typists.retain(|(_, ends)| *ends > now);
        let next = self.typists.iter().map(|(_, ends)| *ends).min().map(|ends| ends.max(now + TYPING_INTERVAL));
        if self.to_typists() != self.published {
            self.published_at = Some(now);
        }
        (self.take_change(), next)
    }

    /// Whether the room was told that somebody types, and not yet that nobody does.
    pub fn is_published(&self) -> bool {
        self.published != Typists::default()
    }

    fn take_change(&mut self) -> Option<&Typists> {
        let shown = self.to_typists();
        if shown == self.published {
            return None;
        }
        self.published = shown;
        Some(&self.published)
    }

    fn to_typists(&self) -> Typists {
        if self.typists.len() > NAMED_TYPISTS_MAX {
            return Typists::Several;
        }
        Typists::People(self.typists.iter().map(|(typist, _)| typist.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use crate::live::hub::typing::*;

    fn author(id: u64) -> Author {
        Author { id: UserId(id), name: id.to_string().into() }
    }

    fn typists(ids: &[u64]) -> Typists {
        Typists::People(ids.iter().copied().map(author).collect())
    }

    #[test]
    fn a_typist_expires_five_seconds_after_the_last_signal() {
        let (mut typing, start) = (TypingState::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(typing.add_typist(&author(1), at(0)), Some(at(0)));
        assert_eq!(typing.refresh(at(0)), (Some(&typists(&[1])), Some(at(5))));
        assert_eq!(typing.add_typist(&author(1), at(3)), None, "that is no news");
        assert_eq!(typing.refresh(at(5)), (None, Some(at(8))));
        assert_eq!(typing.refresh(at(8)), (Some(&typists(&[])), None), "and nobody looks any more");
    }

    #[test]
    fn typing_is_published_once_a_second_and_at_once_after_a_post() {
        let (mut typing, start) = (TypingState::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        typing.add_typist(&author(1), at(0));
        typing.refresh(at(0));
        assert_eq!(typing.add_typist(&author(2), at(300)), Some(at(1_000)));
        assert_eq!(typing.remove_typist(UserId(1)), Some(&typists(&[2])));
        assert_eq!(typing.remove_typist(UserId(1)), None);
        assert_eq!(typing.refresh(at(1_000)), (None, Some(at(5_300))), "that was told with what was sent");
        assert_eq!(typing.add_typist(&author(3), at(2_500)), Some(at(2_500)));
    }

    #[test]
    fn more_than_three_typists_are_several_and_their_number_is_bounded() {
        let (mut typing, now) = (TypingState::default(), Instant::now());
        for id in 1..=3 {
            typing.add_typist(&author(id), now);
        }
        assert_eq!(typing.refresh(now).0, Some(&typists(&[1, 2, 3])));
        for id in 4..1_000 {
            typing.add_typist(&author(id), now);
        }
        assert_eq!(typing.refresh(now).0, Some(&Typists::Several));
        assert_eq!(typing.typists.len(), TYPISTS_MAX);
        assert_eq!(typing.refresh(now + TYPING_TIMEOUT).0, Some(&typists(&[])));
    }
}
