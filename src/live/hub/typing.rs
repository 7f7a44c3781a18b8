//! Who is typing in one room. A page signals it repeatedly; a person stops typing when no signal has come for some seconds, or
//! when they post.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Author, UserId};
use crate::views::Typists;

/// How long after the last signal a person stops typing. Pages send the next signal sooner.
const TYPING_TIMEOUT: Duration = Duration::from_secs(5);
/// How long after the last publication the next one is.
const TYPING_INTERVAL: Duration = Duration::from_secs(1);
/// How many typists are shown by name.
const NAMED_TYPISTS_MAX: usize = 3;
/// How many typists are tracked. Others are added at their next signal when there is room.
const TYPISTS_MAX: usize = 16;

/// The people who are typing in one room.
#[derive(Default)]
pub(crate) struct TypingState {
    typists: Vec<(Author, Instant)>,
    published: Typists,
    published_at: Option<Instant>,
}

impl TypingState {
    /// Adds a typist. Returns when to publish that, if it is a change.
    pub fn add_typist(&mut self, author: &Author, now: Instant) -> Option<Instant> {
        let until = now + TYPING_TIMEOUT;
        if let Some(typist) = self.typists.iter_mut().find(|(typist, _)| typist.id == author.id) {
            *typist = (author.clone(), until);
        } else if self.typists.len() < TYPISTS_MAX {
            self.typists.push((author.clone(), until));
        }
        (self.to_typists() != self.published).then(|| self.published_at.map_or(now, |at| now.max(at + TYPING_INTERVAL)))
    }

    /// Removes a typist. Returns what to publish, if that is a change.
    pub fn remove_typist(&mut self, user: UserId) -> Option<&Typists> {
        self.typists.retain(|(typist, _)| typist.id != user);
        self.take_change()
    }

    /// Removes typists that have expired. Returns what to publish, if anything has changed; and when to call this again, if
    /// anyone is still typing.
    pub fn refresh(&mut self, now: Instant) -> (Option<&Typists>, Option<Instant>) {
        self.typists.retain(|(_, ends)| *ends > now);
        let next = self.typists.iter().map(|(_, ends)| *ends).min().map(|ends| ends.max(now + TYPING_INTERVAL));
        if self.to_typists() != self.published {
            self.published_at = Some(now);
        }
        (self.take_change(), next)
    }

    /// Whether the published state has any typist.
    pub fn is_published(&self) -> bool {
        self.published != Typists::default()
    }

    fn take_change(&mut self) -> Option<&Typists> {
        let typists = self.to_typists();
        if typists == self.published {
            return None;
        }
        self.published = typists;
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
        assert_eq!(typing.add_typist(&author(1), at(3)), None, "no change");
        assert_eq!(typing.refresh(at(5)), (None, Some(at(8))));
        assert_eq!(typing.refresh(at(8)), (Some(&typists(&[])), None), "and no refresh is scheduled");
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
        assert_eq!(typing.refresh(at(1_000)), (None, Some(at(5_300))), "that was published with the post");
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
