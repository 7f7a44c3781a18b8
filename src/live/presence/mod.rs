//! The presence of signed-in people: whether they have a stream in any room, and the updates for each of them alone.
//!
//! A person is online from their first stream until a grace period after their last one has ended, so that reloading a page,
//! or a laptop that sleeps for a moment, does not count as leaving. An online person costs a few words of memory, others
//! nothing.

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

/// How long a person stays online after their last stream has ended.
const AWAY_GRACE: Duration = Duration::from_secs(60);
/// How many people without a stream are online at a time. Above that, a person whose last stream ends is offline at once.
const AWAY_PEOPLE_MAX: usize = 10_000;
/// How long an update waits: long enough that updates which arrive together are delivered together.
const UPDATE_DELAY: Duration = Duration::from_millis(100);
/// How long after the last delivery the next one is.
const UPDATE_INTERVAL: Duration = Duration::from_secs(1);

/// All people who are online.
#[derive(Default)]
pub(crate) struct Presence(Mutex<PresenceState>);

#[derive(Default)]
struct PresenceState {
    people: HashMap<UserId, OnlinePerson>,
    /// The number of them without a stream.
    away_count: usize,
}

/// One stream of a person: its place in the hub of its room.
#[derive(Clone)]
pub(crate) struct StreamId {
    pub hub: Arc<Hub>,
    pub slot: Slot,
}

impl PartialEq for StreamId {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.hub, &other.hub) && self.slot == other.slot
    }
}

#[derive(Default)]
struct OnlinePerson {
    inbox: Arc<Inbox>,
    streams: Vec<StreamId>,
    /// Whether the person hides that they are online.
    hidden: bool,
    /// When their last stream ended, if they have none.
    away_since: Option<Instant>,
    /// Updates that are not in the inbox yet, each once.
    updates: Vec<Update>,
    sent_at: Option<Instant>,
}

/// What follows when a person has lost a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// Nothing: they have others, or are offline already.
    StillOnline,
    /// They are offline if they have none at this time.
    Away(Instant),
    /// They are offline.
    Gone,
}

impl Presence {
    fn lock(&self) -> MutexGuard<'_, PresenceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a person is online and does not hide it.
    pub fn is_online(&self, user: UserId) -> bool {
        self.lock().people.get(&user).is_some_and(|person| !person.hidden)
    }

    /// Whether a person is online, hidden or not.
    pub fn is_tracked(&self, user: UserId) -> bool {
        self.lock().people.contains_key(&user)
    }

    /// Whether a person has a stream in any other hub than this one.
    pub fn is_elsewhere(&self, user: UserId, hub: Option<&Arc<Hub>>) -> bool {
        let is_other = |stream: &StreamId| hub.is_none_or(|hub| !Arc::ptr_eq(hub, &stream.hub));
        self.lock().people.get(&user).is_some_and(|person| person.streams.iter().any(is_other))
    }

    /// Sets whether a person hides that they are online. Returns whether that is a change.
    pub fn set_hidden(&self, user: UserId, hidden: bool) -> bool {
        let state = &mut *self.lock();
        let person = state.people.get_mut(&user);
        person.is_some_and(|person| std::mem::replace(&mut person.hidden, hidden) != hidden)
    }

    /// Adds a stream of a person. Returns their inbox, and whether others see them come online or go offline.
    pub fn add_stream(&self, user: UserId, hidden: bool, stream: StreamId) -> (Arc<Inbox>, bool) {
        let state = &mut *self.lock();
        let was_visible = state.people.get(&user).is_some_and(|person| !person.hidden);
        let person = state.people.entry(user).or_default();
        person.hidden = hidden;
        state.away_count -= usize::from(person.away_since.take().is_some());
        person.streams.push(stream);
        (Arc::clone(&person.inbox), was_visible == hidden)
    }

    /// Removes a stream of a person. A person who was `kicked` gets no grace period.
    pub fn remove_stream(&self, user: UserId, stream: &StreamId, kicked: bool, now: Instant) -> Departure {
        let state = &mut *self.lock();
        let Entry::Occupied(mut person) = state.people.entry(user) else { return Departure::StillOnline };
        let OnlinePerson { streams, away_since, .. } = person.get_mut();
        streams.retain(|other| other != stream);
        if !streams.is_empty() {
            return Departure::StillOnline;
        }
        if kicked || state.away_count >= AWAY_PEOPLE_MAX {
            person.remove();
            return Departure::Gone;
        }
        *away_since = Some(now);
        state.away_count += 1;
        Departure::Away(now + AWAY_GRACE)
    }

    /// Takes a person offline who has had no stream for the grace period; without waiting for it, if they were `kicked`.
    pub fn expire(&self, user: UserId, kicked: bool, now: Instant) -> Departure {
        let state = &mut *self.lock();
        let Some(since) = state.people.get(&user).and_then(|person| person.away_since) else {
            return Departure::StillOnline;
        };
        let until = since + AWAY_GRACE;
        if !kicked && now < until {
            return Departure::Away(until);
        }
        state.people.remove(&user);
        state.away_count -= 1;
        Departure::Gone
    }

    /// Queues an update for a person. Returns when to deliver it, if they have a stream.
    pub fn queue_update(&self, user: UserId, update: Update, now: Instant) -> Option<Instant> {
        let state = &mut *self.lock();
        let person = state.people.get_mut(&user).filter(|person| !person.streams.is_empty())?;
        // One more than the inbox holds: then the listener reads everything.
        if person.updates.len() <= INBOX_UPDATES_MAX && !person.updates.contains(&update) {
            person.updates.push(update);
        }
        Some((now + UPDATE_DELAY).max(person.sent_at.map_or(now, |at| at + UPDATE_INTERVAL)))
    }

    /// Moves the queued updates of a person to their inbox. Returns the wakers of their streams, for the caller to wake.
    pub fn flush_to_inbox(&self, user: UserId, now: Instant) -> Vec<Waker> {
        let state = &mut *self.lock();
        let Some(person) = state.people.get_mut(&user).filter(|person| !person.updates.is_empty()) else {
            return Vec::new();
        };
        person.inbox.push(std::mem::take(&mut person.updates));
        person.sent_at = Some(now);
        person.streams.iter().filter_map(|stream| stream.hub.waker(stream.slot)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::live::presence::*;

    fn test_stream() -> StreamId {
        let hub = Arc::new(Hub::default());
        let (slot, _) = hub.add_listener(None);
        StreamId { hub, slot }
    }

    #[test]
    fn a_person_is_online_until_a_minute_after_the_last_stream() {
        let (presence, ann, start) = (Presence::default(), UserId(1), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (first, second) = (test_stream(), test_stream());
        assert!(presence.add_stream(ann, false, first.clone()).1);
        assert!(!presence.add_stream(ann, false, second.clone()).1, "they are online already");
        assert_eq!(presence.remove_stream(ann, &first, false, at(0)), Departure::StillOnline);
        assert_eq!(presence.remove_stream(ann, &second, false, at(10)), Departure::Away(at(70)));
        assert!(!presence.add_stream(ann, false, first.clone()).1, "they are within the grace period");
        assert_eq!(presence.expire(ann, false, at(70)), Departure::StillOnline);
        assert_eq!(presence.remove_stream(ann, &first, false, at(80)), Departure::Away(at(140)));
        assert_eq!(presence.expire(ann, false, at(139)), Departure::Away(at(140)));
        assert!(presence.is_online(ann));
        assert_eq!(presence.expire(ann, false, at(140)), Departure::Gone);
        assert!(!presence.is_online(ann));
        assert!(presence.add_stream(ann, false, first).1);
    }

    #[test]
    fn a_kicked_person_and_one_above_the_away_limit_are_gone_at_once() {
        let (presence, now, stream) = (Presence::default(), Instant::now(), test_stream());
        let come_and_go = |id, kicked| {
            presence.add_stream(UserId(id), false, stream.clone());
            presence.remove_stream(UserId(id), &stream, kicked, now)
        };
        assert_eq!(come_and_go(0, true), Departure::Gone);
        for id in 1..=AWAY_PEOPLE_MAX as u64 {
            assert_eq!(come_and_go(id, false), Departure::Away(now + AWAY_GRACE));
        }
        assert_eq!(come_and_go(0, false), Departure::Gone);
        assert_eq!(presence.expire(UserId(1), true, now), Departure::Gone);
        assert_eq!(come_and_go(0, false), Departure::Away(now + AWAY_GRACE), "there is room again");
    }

    #[test]
    fn updates_reach_the_inbox_together_and_once_a_second() {
        let (presence, ann, start) = (Presence::default(), UserId(1), Instant::now());
        let update = |id| Update::Presence(UserId(id));
        assert_eq!(presence.queue_update(ann, update(7), start), None, "the person has no stream");
        let (inbox, _) = presence.add_stream(ann, false, test_stream());
        let first = presence.queue_update(ann, update(7), start).unwrap();
        assert_eq!(presence.queue_update(ann, update(7), start), Some(first));
        let before = inbox.version();
        presence.flush_to_inbox(ann, first);
        assert_eq!(inbox.version(), before + 1, "the update is there once");
        assert_eq!(presence.queue_update(ann, update(7), first), Some(first + UPDATE_INTERVAL));
    }
}
