//! Who, of those who look at a page somewhere, is to be told when there is more to read in which rooms; and in which rooms
//! there is. Only rooms are noted when something happens: whom it concerns is asked when they are told, once for all that
//! has happened by then.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{RoomId, Seq, UserId};

/// How soon whoever is elsewhere is told: so late that what comes together is told together.
const UNREAD_DELAY: Duration = Duration::from_millis(100);
/// How soon after that more is told.
const UNREAD_INTERVAL: Duration = Duration::from_secs(1);
/// So many who were told make the next wait once more as long: each of them then reads for themselves.
const UNREAD_PEOPLE_PER_STEP: usize = 500;
/// How many times as long it waits at most.
const UNREAD_SLOWDOWN_MAX: u32 = 30;

/// Everybody who is told, and all rooms of which they are to be.
#[derive(Default)]
pub(crate) struct UnreadSubscriptions(Mutex<SubscriptionIndex>);

#[derive(Default)]
struct SubscriptionIndex {
    people_by_room: HashMap<RoomId, HashSet<UserId>>,
    rooms_by_person: HashMap<UserId, BTreeSet<RoomId>>,
    /// Where something has happened that nobody has been told of, and the first of it.
    active_rooms: HashMap<RoomId, Seq>,
    /// When was told last, and how many were.
    last_sent: Option<(Instant, usize)>,
}

/// A room in which something has happened, from this change on, and who follows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RoomActivity {
    pub room: RoomId,
    pub since: Seq,
    pub subscribers: Vec<UserId>,
}

impl UnreadSubscriptions {
    fn lock(&self) -> MutexGuard<'_, SubscriptionIndex> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on somebody is told of these rooms as well. They must be here.
    pub fn subscribe(&self, user: UserId, rooms: BTreeSet<RoomId>) {
        let inner = &mut *self.lock();
        for room in &rooms {
            inner.people_by_room.entry(*room).or_default().insert(user);
        }
        inner.rooms_by_person.entry(user).or_default().extend(rooms);
    }

    /// From now on somebody is told of this room as well, if they are told of any.
    pub fn add_room(&self, user: UserId, room: RoomId) {
        let inner = &mut *self.lock();
        let Some(rooms) = inner.rooms_by_person.get_mut(&user) else { return };
        rooms.insert(room);
        inner.people_by_room.entry(room).or_default().insert(user);
    }

    /// Somebody is gone and told of nothing more, unless they have come back: that is asked under the lock, so that what they
    /// follow once they are back is not forgotten.
    pub fn unsubscribe(&self, user: UserId, is_back: impl FnOnce() -> bool) {
        let inner = &mut *self.lock();
        if is_back() {
            return;
        }
        for room in inner.rooms_by_person.remove(&user).unwrap_or_default() {
            let Entry::Occupied(mut followers) = inner.people_by_room.entry(room) else { continue };
            followers.get_mut().remove(&user);
            if followers.get().is_empty() {
                followers.remove();
            }
        }
    }

    /// Something has happened in a room. When those are to be told who follow it; nothing if that is settled already, or
    /// nobody is there to be told.
    pub fn record_activity(&self, room: RoomId, seq: Seq, now: Instant) -> Option<Instant> {
        let inner = &mut *self.lock();
        if inner.rooms_by_person.is_empty() {
            return None;
        }
        let is_first = inner.active_rooms.is_empty();
        inner.active_rooms.entry(room).or_insert(seq);
        let soon = now + UNREAD_DELAY;
        is_first.then(|| inner.last_sent.map_or(soon, |(at, many)| soon.max(at + unread_interval(many))))
    }

    /// Takes all rooms that were marked.
    pub fn drain_active(&self, now: Instant) -> Vec<RoomActivity> {
        let inner = &mut *self.lock();
        let followers =
            |room| inner.people_by_room.get(&room).map_or_else(Vec::new, |people| people.iter().copied().collect());
        let moved =
            inner.active_rooms.drain().map(|(room, since)| RoomActivity { room, since, subscribers: followers(room) });
        let moved: Vec<RoomActivity> = moved.collect();
        inner.last_sent = Some((now, moved.iter().map(|moved| moved.subscribers.len()).sum()));
        moved
    }
}

/// How long it takes until more is told when so many were told.
fn unread_interval(recipients: usize) -> Duration {
    let crowd = u32::try_from(recipients / UNREAD_PEOPLE_PER_STEP).unwrap_or(u32::MAX);
    UNREAD_INTERVAL * crowd.saturating_add(1).min(UNREAD_SLOWDOWN_MAX)
}

#[cfg(test)]
mod tests {
    use crate::live::presence::unread_subscriptions::*;

    const ANN: UserId = UserId(1);
    const BEN: UserId = UserId(2);
    const LOBBY: RoomId = RoomId(7);
    const CELLAR: RoomId = RoomId(8);

    fn subscribe(subscriptions: &UnreadSubscriptions, user: UserId, rooms: &[RoomId]) {
        subscriptions.subscribe(user, rooms.iter().copied().collect());
    }

    #[test]
    fn simultaneous_activity_is_drained_once_for_the_subscribers_of_a_room() {
        let (followers, start) = (UnreadSubscriptions::default(), Instant::now());
        assert_eq!(followers.record_activity(LOBBY, Seq(9), start), None, "nobody is there to be told");
        subscribe(&followers, ANN, &[LOBBY]);
        subscribe(&followers, BEN, &[CELLAR]);
        let first = followers.record_activity(LOBBY, Seq(10), start).expect("she is told");
        assert_eq!(followers.record_activity(LOBBY, Seq(11), start), None, "that is settled already");
        let moved = |since, people: &[UserId]| vec![RoomActivity { room: LOBBY, since, subscribers: people.to_vec() }];
        assert_eq!(followers.drain_active(first), moved(Seq(10), &[ANN]));
        assert_eq!(followers.drain_active(first), []);
        assert_eq!(followers.record_activity(LOBBY, Seq(12), first), Some(first + UNREAD_INTERVAL));
        assert_eq!(followers.record_activity(CELLAR, Seq(13), first), None);
        assert_eq!(followers.drain_active(first).len(), 2);
    }

    #[test]
    fn unsubscribing_leaves_nothing_behind_unless_the_person_is_back() {
        let followers = UnreadSubscriptions::default();
        subscribe(&followers, ANN, &[LOBBY, CELLAR]);
        followers.unsubscribe(ANN, || true);
        assert_eq!(followers.lock().rooms_by_person[&ANN].len(), 2);
        followers.add_room(BEN, LOBBY);
        assert!(!followers.lock().rooms_by_person.contains_key(&BEN), "he is told of none");
        followers.unsubscribe(ANN, || false);
        assert!(followers.lock().rooms_by_person.is_empty() && followers.lock().people_by_room.is_empty());
    }

    #[test]
    fn more_recipients_make_the_interval_longer() {
        assert_eq!(unread_interval(0), UNREAD_INTERVAL);
        assert_eq!(unread_interval(UNREAD_PEOPLE_PER_STEP), 2 * UNREAD_INTERVAL);
        assert_eq!(unread_interval(usize::MAX), UNREAD_SLOWDOWN_MAX * UNREAD_INTERVAL);
    }
}
