//! Whoever listens with a name, in whichever rooms: whether they are here, and what is new to them alone.
//!
//! Somebody is here from their first stream until a while after the last one has ended, so that a page that is read anew,
//! or a laptop that sleeps for a moment, is no going and coming. What is kept of a person is a few words, and nothing of
//! somebody who is not here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::bells::Slot;
use super::board::{Board, NEWS_MAX, News};
use super::hub::Hub;
use crate::domain::UserId;

/// For how long somebody is here whose last stream has ended.
const AWAY_MAX: Duration = Duration::from_secs(60);
/// How many people without a stream are here at a time. While there are so many, others are gone at once.
const AWAY_PEOPLE_MAX: usize = 10_000;
/// How soon somebody is told what is new to them: so late that what comes together is told together.
const NEWS_TOLD_AFTER: Duration = Duration::from_millis(100);
/// How soon after the last news somebody is told more.
const NEWS_TOLD_EVERY: Duration = Duration::from_secs(1);

/// All people who are here.
#[derive(Default)]
pub(super) struct People(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    people: HashMap<UserId, Present>,
    /// How many of them have no stream.
    away: usize,
}

#[derive(Default)]
struct Present {
    board: Arc<Board>,
    seats: Vec<(Arc<Hub>, Slot)>,
    /// Whether nobody is to know that they are here.
    hidden: bool,
    /// Since when they have no stream.
    away_since: Option<Instant>,
    /// What is not on the board yet, once each.
    news: Vec<News>,
    told_at: Option<Instant>,
}

/// What it means that somebody has one stream less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing: they have others.
    Here,
    /// They are gone if they have none at this time.
    Away(Instant),
    /// They are gone.
    Gone,
}

impl People {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody is here, as far as others may know.
    pub fn is_here(&self, user: UserId) -> bool {
        self.inner().people.get(&user).is_some_and(|person| !person.hidden)
    }

    /// Whether somebody listens, or has not been away for long, whatever others may know.
    pub fn knows(&self, user: UserId) -> bool {
        self.inner().people.contains_key(&user)
    }

    /// Whether somebody listens anywhere but here.
    pub fn is_elsewhere(&self, user: UserId, here: Option<&Arc<Hub>>) -> bool {
        let is_here = |hub: &Arc<Hub>| here.is_some_and(|here| Arc::ptr_eq(here, hub));
        self.inner().people.get(&user).is_some_and(|person| person.seats.iter().any(|(hub, _)| !is_here(hub)))
    }

    /// From now on others may know whether somebody is here, or may not. Whether that is news to them.
    pub fn hide(&self, user: UserId, hidden: bool) -> bool {
        let inner = &mut *self.inner();
        let person = inner.people.get_mut(&user);
        person.is_some_and(|person| std::mem::replace(&mut person.hidden, hidden) != hidden)
    }

    /// Somebody has a stream more, at this seat. Their board, and whether it is news that they are here.
    pub fn join(&self, user: UserId, hidden: bool, seat: (Arc<Hub>, Slot)) -> (Arc<Board>, bool) {
        let inner = &mut *self.inner();
        let was_here = inner.people.get(&user).is_some_and(|person| !person.hidden);
        let person = inner.people.entry(user).or_default();
        person.hidden = hidden;
        let has_come = was_here == hidden;
        inner.away -= usize::from(person.away_since.take().is_some());
        person.seats.push(seat);
        (Arc::clone(&person.board), has_come)
    }

    /// Somebody has a stream less. Whoever is `put_out` is not waited for.
    pub fn leave(&self, user: UserId, (hub, slot): (&Arc<Hub>, Slot), put_out: bool, now: Instant) -> Left {
        let inner = &mut *self.inner();
        let Entry::Occupied(mut person) = inner.people.entry(user) else { return Left::Here };
        let Present { seats, away_since, .. } = person.get_mut();
        seats.retain(|(other, other_slot)| !(Arc::ptr_eq(other, hub) && *other_slot == slot));
        if !seats.is_empty() {
            return Left::Here;
        }
        if put_out || inner.away >= AWAY_PEOPLE_MAX {
            person.remove();
            return Left::Gone;
        }
        *away_since = Some(now);
        inner.away += 1;
        Left::Away(now + AWAY_MAX)
    }

    /// Looks whether somebody has been away for so long that they are gone; or does not wait for them, if they are away at
    /// all.
    pub fn look_for(&self, user: UserId, put_out: bool, now: Instant) -> Left {
        let inner = &mut *self.inner();
        let Some(since) = inner.people.get(&user).and_then(|person| person.away_since) else { return Left::Here };
        let until = since + AWAY_MAX;
        if !put_out && now < until {
            return Left::Away(until);
        }
        inner.people.remove(&user);
        inner.away -= 1;
        Left::Gone
    }

    /// Something is new to somebody. When they are to be told, if they listen.
    pub fn tell(&self, user: UserId, news: News, now: Instant) -> Option<Instant> {
        let inner = &mut *self.inner();
        let person = inner.people.get_mut(&user).filter(|person| !person.seats.is_empty())?;
        // One more than there is room for on the board: then everything is read anew.
        if person.news.len() <= NEWS_MAX && !person.news.contains(&news) {
            person.news.push(news);
        }
        Some((now + NEWS_TOLD_AFTER).max(person.told_at.map_or(now, |at| at + NEWS_TOLD_EVERY)))
    }

    /// Puts what is new to somebody on their board. Their bells, to be rung.
    pub fn publish(&self, user: UserId, now: Instant) -> Vec<Waker> {
        let inner = &mut *self.inner();
        let Some(person) = inner.people.get_mut(&user).filter(|person| !person.news.is_empty()) else {
            return Vec::new();
        };
        person.board.put(std::mem::take(&mut person.news));
        person.told_at = Some(now);
        person.seats.iter().filter_map(|(hub, slot)| hub.bell(*slot)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat() -> (Arc<Hub>, Slot) {
        let hub = Arc::new(Hub::default());
        let (slot, _) = hub.join(None);
        (hub, slot)
    }

    #[test]
    fn somebody_is_here_from_the_first_stream_until_a_minute_after_the_last() {
        let (people, ann, start) = (People::default(), UserId(1), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (first, second) = (seat(), seat());
        assert!(people.join(ann, false, first.clone()).1);
        assert!(!people.join(ann, false, second.clone()).1, "they were here");
        assert_eq!(people.leave(ann, (&first.0, first.1), false, at(0)), Left::Here);
        assert_eq!(people.leave(ann, (&second.0, second.1), false, at(10)), Left::Away(at(70)));
        assert!(!people.join(ann, false, first.clone()).1, "they have not been away");
        assert_eq!(people.look_for(ann, false, at(70)), Left::Here);
        assert_eq!(people.leave(ann, (&first.0, first.1), false, at(80)), Left::Away(at(140)));
        assert_eq!(people.look_for(ann, false, at(139)), Left::Away(at(140)));
        assert!(people.is_here(ann));
        assert_eq!(people.look_for(ann, false, at(140)), Left::Gone);
        assert!(!people.is_here(ann));
        assert!(people.join(ann, false, first).1);
    }

    #[test]
    fn whoever_is_put_out_is_gone_at_once_and_so_is_whoever_leaves_when_too_many_are_away() {
        let (people, now, seat) = (People::default(), Instant::now(), seat());
        let comes_and_goes = |id, put_out| {
            people.join(UserId(id), false, seat.clone());
            people.leave(UserId(id), (&seat.0, seat.1), put_out, now)
        };
        assert_eq!(comes_and_goes(0, true), Left::Gone);
        for id in 1..=AWAY_PEOPLE_MAX as u64 {
            assert_eq!(comes_and_goes(id, false), Left::Away(now + AWAY_MAX));
        }
        assert_eq!(comes_and_goes(0, false), Left::Gone);
        assert_eq!(people.look_for(UserId(1), true, now), Left::Gone);
        assert_eq!(comes_and_goes(0, false), Left::Away(now + AWAY_MAX), "there is room again");
    }

    #[test]
    fn news_are_put_on_the_board_together_and_once_a_second() {
        let (people, ann, start) = (People::default(), UserId(1), Instant::now());
        let news = |id| News::Presence(UserId(id));
        assert_eq!(people.tell(ann, news(7), start), None, "nobody is there to be told");
        let (board, _) = people.join(ann, false, seat());
        let first = people.tell(ann, news(7), start).unwrap();
        assert_eq!(people.tell(ann, news(7), start), Some(first));
        let before = board.version();
        people.publish(ann, first);
        assert_eq!(board.version(), before + 1, "it is there once");
        assert_eq!(people.tell(ann, news(7), first), Some(first + NEWS_TOLD_EVERY));
    }
}
