//! Which people with an open page get the unread counts of which rooms, and which rooms have activity that has not been sent.
//! Activity is recorded for the room alone; its subscribers are looked up when the counts are sent, once for everything that
//! has happened by then.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::{RoomId, Seq, UserId};

/// How long after the first activity counts are sent: long enough that what happens together is sent together.
const UNREAD_DELAY: Duration = Duration::from_millis(100);
/// How long after that the next counts are sent.
const UNREAD_INTERVAL: Duration = Duration::from_secs(1);
/// Each time this many recipients make the interval longer by its length: each recipient reads the store.
const UNREAD_PEOPLE_PER_STEP: usize = 500;
/// How many times as long the interval is at most.
const UNREAD_SLOWDOWN_MAX: u32 = 30;

/// All subscriptions.
#[derive(Default)]
pub(crate) struct UnreadSubscriptions(Mutex<SubscriptionIndex>);

#[derive(Default)]
struct SubscriptionIndex {
    people_by_room: HashMap<RoomId, HashSet<UserId>>,
    rooms_by_person: HashMap<UserId, BTreeSet<RoomId>>,
    /// Rooms with activity that has not been sent, and the first change of it.
    active_rooms: HashMap<RoomId, Seq>,
    /// When counts were sent last, and to how many people.
    last_sent: Option<(Instant, usize)>,
}

/// A room with activity from this change on, and its subscribers.
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

    /// Adds rooms to the subscriptions of a person, who must be online.
    pub fn subscribe(&self, user: UserId, rooms: BTreeSet<RoomId>) {
        let index = &mut *self.lock();
        for room in &rooms {
            index.people_by_room.entry(*room).or_default().insert(user);
        }
        index.rooms_by_person.entry(user).or_default().extend(rooms);
    }

    /// Adds a room to the subscriptions of a person, if they have any.
    pub fn add_room(&self, user: UserId, room: RoomId) {
        let index = &mut *self.lock();
        let Some(rooms) = index.rooms_by_person.get_mut(&user) else { return };
        rooms.insert(room);
        index.people_by_room.entry(room).or_default().insert(user);
    }

    /// Removes all subscriptions of a person who is offline. `is_back` is called under the lock, so that the subscriptions of a
    /// person who is back are kept.
    pub fn unsubscribe(&self, user: UserId, is_back: impl FnOnce() -> bool) {
        let index = &mut *self.lock();
        if is_back() {
            return;
        }
        for room in index.rooms_by_person.remove(&user).unwrap_or_default() {
            let Entry::Occupied(mut subscribers) = index.people_by_room.entry(room) else { continue };
            subscribers.get_mut().remove(&user);
            if subscribers.get().is_empty() {
                subscribers.remove();
            }
        }
    }

    /// Records activity in a room. Returns when to send the counts; `None` if that is scheduled already, or nobody subscribes to
    /// anything.
    pub fn record_activity(&self, room: RoomId, seq: Seq, now: Instant) -> Option<Instant> {
        let index = &mut *self.lock();
        if index.rooms_by_person.is_empty() {
            return None;
        }
        let is_first = index.active_rooms.is_empty();
        index.active_rooms.entry(room).or_insert(seq);
        let soon = now + UNREAD_DELAY;
        is_first.then(|| index.last_sent.map_or(soon, |(at, count)| soon.max(at + unread_interval(count))))
    }

    /// Removes and returns the recorded activity.
    pub fn drain_active(&self, now: Instant) -> Vec<RoomActivity> {
        let index = &mut *self.lock();
        let subscribers =
            |room| index.people_by_room.get(&room).map_or_else(Vec::new, |people| people.iter().copied().collect());
        let active = index.active_rooms.drain().map(|(room, since)| RoomActivity {
            room,
            since,
            subscribers: subscribers(room),
        });
        let active: Vec<RoomActivity> = active.collect();
        index.last_sent = Some((now, active.iter().map(|activity| activity.subscribers.len()).sum()));
        active
    }
}

/// How long after counts were sent to this many people the next ones are sent.
fn unread_interval(recipients: usize) -> Duration {
    let steps = u32::try_from(recipients / UNREAD_PEOPLE_PER_STEP).unwrap_or(u32::MAX);
    UNREAD_INTERVAL * steps.saturating_add(1).min(UNREAD_SLOWDOWN_MAX)
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
        let (subscriptions, start) = (UnreadSubscriptions::default(), Instant::now());
        assert_eq!(subscriptions.record_activity(LOBBY, Seq(9), start), None, "nobody subscribes");
        subscribe(&subscriptions, ANN, &[LOBBY]);
        subscribe(&subscriptions, BEN, &[CELLAR]);
        let first = subscriptions.record_activity(LOBBY, Seq(10), start).expect("a time to send");
        assert_eq!(subscriptions.record_activity(LOBBY, Seq(11), start), None, "it is scheduled already");
        let activity =
            |since, people: &[UserId]| vec![RoomActivity { room: LOBBY, since, subscribers: people.to_vec() }];
        assert_eq!(subscriptions.drain_active(first), activity(Seq(10), &[ANN]));
        assert_eq!(subscriptions.drain_active(first), []);
        assert_eq!(subscriptions.record_activity(LOBBY, Seq(12), first), Some(first + UNREAD_INTERVAL));
        assert_eq!(subscriptions.record_activity(CELLAR, Seq(13), first), None);
        assert_eq!(subscriptions.drain_active(first).len(), 2);
    }

    #[test]
    fn unsubscribing_leaves_nothing_behind_unless_the_person_is_back() {
        let subscriptions = UnreadSubscriptions::default();
        subscribe(&subscriptions, ANN, &[LOBBY, CELLAR]);
        subscriptions.unsubscribe(ANN, || true);
        assert_eq!(subscriptions.lock().rooms_by_person[&ANN].len(), 2);
        subscriptions.add_room(BEN, LOBBY);
        assert!(!subscriptions.lock().rooms_by_person.contains_key(&BEN), "he subscribes to none");
        subscriptions.unsubscribe(ANN, || false);
        assert!(subscriptions.lock().rooms_by_person.is_empty() && subscriptions.lock().people_by_room.is_empty());
    }

    #[test]
    fn more_recipients_make_the_interval_longer() {
        assert_eq!(unread_interval(0), UNREAD_INTERVAL);
        assert_eq!(unread_interval(UNREAD_PEOPLE_PER_STEP), 2 * UNREAD_INTERVAL);
        assert_eq!(unread_interval(usize::MAX), UNREAD_SLOWDOWN_MAX * UNREAD_INTERVAL);
    }
}
