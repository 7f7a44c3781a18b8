//! Whoever listens with a name, in whichever rooms: whether they are here, and what is new to them alone.
//!
//! Somebody is here from their first stream until a while after the last one has ended, so that a page that is read anew,
//! or a laptop that sleeps for a moment, is no going and coming. What is kept of a person is a few words, and nothing of
//! somebody who is not here.

pub(crate) mod inbox;
pub(crate) mod personal;
pub(crate) mod unread_subscriptions;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::UserId;
use crate::live::hub::Hub;
use crate::live::hub::waiters::Slot;
use crate::live::presence::inbox::{INBOX_UPDATES_MAX, Inbox, Update};

/// For how long somebody is here whose last stream has ended.
const AWAY_GRACE: Duration = Duration::from_secs(60);
/// How many people without a stream are here at a time. While there are so many, others are gone at once.
const AWAY_PEOPLE_MAX: usize = 10_000;
/// How soon somebody is told what is new to them: so late that what comes together is told together.
const UPDATE_DELAY: Duration = Duration::from_millis(100);
/// How soon after the last news somebody is told more.
const UPDATE_INTERVAL: Duration = Duration::from_secs(1);

/// All people who are here.
#[derive(Default)]
pub(crate) struct Presence(Mutex<PresenceState>);

#[derive(Default)]
struct PresenceState {
    people: HashMap<UserId, OnlinePerson>,
    /// How many of them have no stream.
    away_count: usize,
}

#[derive(Default)]
struct OnlinePerson {
    inbox: Arc<Inbox>,
    streams: Vec<(Arc<Hub>, Slot)>,
    /// Whether nobody is to know that they are here.
    hidden: bool,
    /// Since when they have no stream.
    away_since: Option<Instant>,
    /// What is not on the board yet, once each.
    updates: Vec<Update>,
    sent_at: Option<Instant>,
}

/// What it means that somebody has one stream less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// Nothing: they have others.
    StillOnline,
    /// They are gone if they have none at this time.
    Away(Instant),
    /// They are gone.
    Gone,
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, PresenceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody is here, as far as others may know.
    pub fn is_online(&self, user: UserId) -> bool {
        self.lock().people.get(&user).is_some_and(|person| !person.hidden)
    }

    /// Whether somebody listens, or has not been away for long, whatever others may know.
    pub fn is_tracked(&self, user: UserId) -> bool {
        self.lock().people.contains_key(&user)
    }

    /// Whether somebody listens anywhere but here.
    pub fn is_elsewhere(&self, user: UserId, hub: Option<&Arc<Hub>>) -> bool {
        let is_here = |other: &Arc<Hub>| hub.is_some_and(|hub| Arc::ptr_eq(hub, other));
        self.lock().people.get(&user).is_some_and(|person| person.streams.iter().any(|(hub, _)| !is_here(hub)))
    }

    /// From now on others may know whether somebody is here, or may not. Whether that is news to them.
    pub fn set_hidden(&self, user: UserId, hidden: bool) -> bool {
        let inner = &mut *self.lock();
        let person = inner.people.get_mut(&user);
        person.is_some_and(|person| std::mem::replace(&mut person.hidden, hidden) != hidden)
    }

    /// Somebody has a stream more, at this seat. Their board, and whether it is news that they are here.
    pub fn add_stream(&self, user: UserId, hidden: bool, stream: (Arc<Hub>, Slot)) -> (Arc<Inbox>, bool) {
        let inner = &mut *self.lock();
        let was_here = inner.people.get(&user).is_some_and(|person| !person.hidden);
        let person = inner.people.entry(user).or_default();
        person.hidden = hidden;
        let has_come = was_here == hidden;
        inner.away_count -= usize::from(person.away_since.take().is_some());
        person.streams.push(stream);
        (Arc::clone(&person.inbox), has_come)
    }

    /// Somebody has a stream less. Whoever is `put_out` is not waited for.
    pub fn remove_stream(&self, user: UserId, (hub, slot): (&Arc<Hub>, Slot), kicked: bool, now: Instant) -> Departure {
        let inner = &mut *self.lock();
        let Entry::Occupied(mut person) = inner.people.entry(user) else { return Departure::StillOnline };
        let OnlinePerson { streams: seats, away_since, .. } = person.get_mut();
        seats.retain(|(other, other_slot)| !(Arc::ptr_eq(other, hub) && *other_slot == slot));
        if !seats.is_empty() {
            return Departure::StillOnline;
        }
        if kicked || inner.away_count >= AWAY_PEOPLE_MAX {
            person.remove();
            return Departure::Gone;
        }
        *away_since = Some(now);
        inner.away_count += 1;
        Departure::Away(now + AWAY_GRACE)
    }

    /// Looks whether somebody has been away for so long that they are gone; or does not wait for them, if they are away at
    /// all.
    pub fn expire(&self, user: UserId, kicked: bool, now: Instant) -> Departure {
        let inner = &mut *self.lock();
        let Some(since) = inner.people.get(&user).and_then(|person| person.away_since) else {
            return Departure::StillOnline;
        };
        let until = since + AWAY_GRACE;
        if !kicked && now < until {
            return Departure::Away(until);
        }
        inner.people.remove(&user);
        inner.away_count -= 1;
        Departure::Gone
    }

    /// Something is new to somebody. When they are to be told, if they listen.
    pub fn queue_update(&self, user: UserId, update: Update, now: Instant) -> Option<Instant> {
        let inner = &mut *self.lock();
        let person = inner.people.get_mut(&user).filter(|person| !person.streams.is_empty())?;
        // One more than there is room for on the board: then everything is read anew.
        if person.updates.len() <= INBOX_UPDATES_MAX && !person.updates.contains(&update) {
            person.updates.push(update);
        }
        Some((now + UPDATE_DELAY).max(person.sent_at.map_or(now, |at| at + UPDATE_INTERVAL)))
    }

    /// Puts what is new to somebody on their board. Their bells, to be rung.
    pub fn flush_to_inbox(&self, user: UserId, now: Instant) -> Vec<Waker> {
        let inner = &mut *self.lock();
        let Some(person) = inner.people.get_mut(&user).filter(|person| !person.updates.is_empty()) else {
            return Vec::new();
        };
        person.inbox.push(std::mem::take(&mut person.updates));
        person.sent_at = Some(now);
        person.streams.iter().filter_map(|(hub, slot)| hub.waker(*slot)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::live::presence::*;

    fn test_stream() -> (Arc<Hub>, Slot) {
        let hub = Arc::new(Hub::default());
        let (slot, _) = hub.add_listener(None);
        (hub, slot)
    }

    #[test]
    fn a_person_is_online_until_a_minute_after_the_last_stream() {
        let (people, ann, start) = (Presence::default(), UserId(1), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (first, second) = (test_stream(), test_stream());
        assert!(people.add_stream(ann, false, first.clone()).1);
        assert!(!people.add_stream(ann, false, second.clone()).1, "they were here");
        assert_eq!(people.remove_stream(ann, (&first.0, first.1), false, at(0)), Departure::StillOnline);
        assert_eq!(people.remove_stream(ann, (&second.0, second.1), false, at(10)), Departure::Away(at(70)));
        assert!(!people.add_stream(ann, false, first.clone()).1, "they have not been away");
        assert_eq!(people.expire(ann, false, at(70)), Departure::StillOnline);
        assert_eq!(people.remove_stream(ann, (&first.0, first.1), false, at(80)), Departure::Away(at(140)));
        assert_eq!(people.expire(ann, false, at(139)), Departure::Away(at(140)));
        assert!(people.is_online(ann));
        assert_eq!(people.expire(ann, false, at(140)), Departure::Gone);
        assert!(!people.is_online(ann));
        assert!(people.add_stream(ann, false, first).1);
    }

    #[test]
    fn a_kicked_person_and_one_above_the_away_limit_are_gone_at_once() {
        let (people, now, seat) = (Presence::default(), Instant::now(), test_stream());
        let comes_and_goes = |id, put_out| {
            people.add_stream(UserId(id), false, seat.clone());
            people.remove_stream(UserId(id), (&seat.0, seat.1), put_out, now)
        };
        assert_eq!(comes_and_goes(0, true), Departure::Gone);
        for id in 1..=AWAY_PEOPLE_MAX as u64 {
            assert_eq!(comes_and_goes(id, false), Departure::Away(now + AWAY_GRACE));
        }
        assert_eq!(comes_and_goes(0, false), Departure::Gone);
        assert_eq!(people.expire(UserId(1), true, now), Departure::Gone);
        assert_eq!(comes_and_goes(0, false), Departure::Away(now + AWAY_GRACE), "there is room again");
    }

    #[test]
    fn updates_reach_the_inbox_together_and_once_a_second() {
        let (people, ann, start) = (Presence::default(), UserId(1), Instant::now());
        let news = |id| Update::Presence(UserId(id));
        assert_eq!(people.queue_update(ann, news(7), start), None, "nobody is there to be told");
        let (board, _) = people.add_stream(ann, false, test_stream());
        let first = people.queue_update(ann, news(7), start).unwrap();
        assert_eq!(people.queue_update(ann, news(7), start), Some(first));
        let before = board.version();
        people.flush_to_inbox(ann, first);
        assert_eq!(board.version(), before + 1, "it is there once");
        assert_eq!(people.queue_update(ann, news(7), first), Some(first + UPDATE_INTERVAL));
    }
}
