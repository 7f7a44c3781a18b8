//! Who is typing in one room. Whoever types says so again and again; whoever has said nothing for some seconds, or has
//! sent what they typed, types no more.

use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{Author, UserId};
use crate::views::Typists;

/// For how long somebody types who has said so once. Pages say so again sooner.
const TYPES_FOR: Duration = Duration::from_secs(5);
/// How soon after the last telling a room is told again.
const TOLD_EVERY: Duration = Duration::from_secs(1);
/// How many are shown by name.
const NAMED_TYPISTS_MAX: usize = 3;
/// How many are known at a time. The others say so again when some of these are done.
const TYPISTS_MAX: usize = 16;

/// The people who type in one room.
#[derive(Default)]
pub(super) struct Typing {
    typists: Vec<(Author, Instant)>,
    told: Typists,
    told_at: Option<Instant>,
}

impl Typing {
    /// Somebody types. When the room is to be told, if that is news.
    pub fn begins(&mut self, who: &Author, now: Instant) -> Option<Instant> {
        let until = now + TYPES_FOR;
        if let Some(typist) = self.typists.iter_mut().find(|(typist, _)| typist.id == who.id) {
            *typist = (who.clone(), until);
        } else if self.typists.len() < TYPISTS_MAX {
            self.typists.push((who.clone(), until));
        }
        (self.shown() != self.told).then(|| self.told_at.map_or(now, |at| now.max(at + TOLD_EVERY)))
    }

    /// Somebody types no more. What the room is to be told, if that is news.
    pub fn ends(&mut self, who: UserId) -> Option<&Typists> {
        self.typists.retain(|(typist, _)| typist.id != who);
        self.news()
    }

    /// What the room is to be told now, if anything; and when to look again, if anybody still types.
    pub fn tell(&mut self, now: Instant) -> (Option<&Typists>, Option<Instant>) {
        self.typists.retain(|(_, ends)| *ends > now);
        let next = self.typists.iter().map(|(_, ends)| *ends).min().map(|ends| ends.max(now + TOLD_EVERY));
        if self.shown() != self.told {
            self.told_at = Some(now);
        }
        (self.news(), next)
    }

    /// Whether the room was told that somebody types, and not yet that nobody does.
    pub fn is_told(&self) -> bool {
        self.told != Typists::default()
    }

    fn news(&mut self) -> Option<&Typists> {
        let shown = self.shown();
        if shown == self.told {
            return None;
        }
        self.told = shown;
        Some(&self.told)
    }

    fn shown(&self) -> Typists {
        if self.typists.len() > NAMED_TYPISTS_MAX {
            return Typists::Several;
        }
        Typists::These(self.typists.iter().map(|(typist, _)| typist.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn author(id: u64) -> Author {
        Author { id: UserId(id), name: id.to_string().into() }
    }

    fn these(ids: &[u64]) -> Typists {
        Typists::These(ids.iter().copied().map(author).collect())
    }

    #[test]
    fn somebody_types_for_five_seconds_after_they_said_so_last() {
        let (mut typing, start) = (Typing::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(typing.begins(&author(1), at(0)), Some(at(0)));
        assert_eq!(typing.tell(at(0)), (Some(&these(&[1])), Some(at(5))));
        assert_eq!(typing.begins(&author(1), at(3)), None, "that is no news");
        assert_eq!(typing.tell(at(5)), (None, Some(at(8))));
        assert_eq!(typing.tell(at(8)), (Some(&these(&[])), None), "and nobody looks any more");
    }

    #[test]
    fn a_room_is_told_once_a_second_and_at_once_when_somebody_has_sent_it() {
        let (mut typing, start) = (Typing::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        typing.begins(&author(1), at(0));
        typing.tell(at(0));
        assert_eq!(typing.begins(&author(2), at(300)), Some(at(1_000)));
        assert_eq!(typing.ends(UserId(1)), Some(&these(&[2])));
        assert_eq!(typing.ends(UserId(1)), None);
        assert_eq!(typing.tell(at(1_000)), (None, Some(at(5_300))), "that was told with what was sent");
        assert_eq!(typing.begins(&author(3), at(2_500)), Some(at(2_500)));
    }

    #[test]
    fn more_than_three_are_several_and_a_crowd_is_not_remembered() {
        let (mut typing, now) = (Typing::default(), Instant::now());
        for id in 1..=3 {
            typing.begins(&author(id), now);
        }
        assert_eq!(typing.tell(now).0, Some(&these(&[1, 2, 3])));
        for id in 4..1_000 {
            typing.begins(&author(id), now);
        }
        assert_eq!(typing.tell(now).0, Some(&Typists::Several));
        assert_eq!(typing.typists.len(), TYPISTS_MAX);
        assert_eq!(typing.tell(now + TYPES_FOR).0, Some(&these(&[])));
    }
}
