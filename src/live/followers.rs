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
const TOLD_AFTER: Duration = Duration::from_millis(100);
/// How soon after that more is told.
const TOLD_EVERY: Duration = Duration::from_secs(1);
/// So many who were told make the next wait once more as long: each of them then reads for themselves.
const TOLD_CROWD: usize = 500;
/// How many times as long it waits at most.
const TOLD_TIMES_MAX: u32 = 30;

/// Everybody who is told, and all rooms of which they are to be.
#[derive(Default)]
pub(super) struct Followers(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    rooms: HashMap<RoomId, HashSet<UserId>>,
    people: HashMap<UserId, BTreeSet<RoomId>>,
    /// Where something has happened that nobody has been told of, and the first of it.
    moved: HashMap<RoomId, Seq>,
    /// When was told last, and how many were.
    told: Option<(Instant, usize)>,
}

/// A room in which something has happened, from this change on, and who follows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub room: RoomId,
    pub since: Seq,
    pub followers: Vec<UserId>,
}

impl Followers {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on somebody is told of these rooms as well. They must be here.
    pub fn follow(&self, user: UserId, rooms: BTreeSet<RoomId>) {
        let inner = &mut *self.inner();
        for room in &rooms {
            inner.rooms.entry(*room).or_default().insert(user);
        }
        inner.people.entry(user).or_default().extend(rooms);
    }

    /// From now on somebody is told of this room as well, if they are told of any.
    pub fn follow_also(&self, user: UserId, room: RoomId) {
        let inner = &mut *self.inner();
        let Some(rooms) = inner.people.get_mut(&user) else { return };
        rooms.insert(room);
        inner.rooms.entry(room).or_default().insert(user);
    }

    /// Somebody is gone and told of nothing more, unless they have come back: that is asked under the lock, so that what they
    /// follow once they are back is not forgotten.
    pub fn forget(&self, user: UserId, is_back: impl FnOnce() -> bool) {
        let inner = &mut *self.inner();
        if is_back() {
            return;
        }
        for room in inner.people.remove(&user).unwrap_or_default() {
            let Entry::Occupied(mut followers) = inner.rooms.entry(room) else { continue };
            followers.get_mut().remove(&user);
            if followers.get().is_empty() {
                followers.remove();
            }
        }
    }

    /// Something has happened in a room. When those are to be told who follow it; nothing if that is settled already, or
    /// nobody is there to be told.
    pub fn mark(&self, room: RoomId, seq: Seq, now: Instant) -> Option<Instant> {
        let inner = &mut *self.inner();
        if inner.people.is_empty() {
            return None;
        }
        let is_first = inner.moved.is_empty();
        inner.moved.entry(room).or_insert(seq);
        let soon = now + TOLD_AFTER;
        is_first.then(|| inner.told.map_or(soon, |(at, many)| soon.max(at + told_every(many))))
    }

    /// Takes all rooms that were marked.
    pub fn take_moved(&self, now: Instant) -> Vec<Moved> {
        let inner = &mut *self.inner();
        let followers = |room| inner.rooms.get(&room).map_or_else(Vec::new, |people| people.iter().copied().collect());
        let moved = inner.moved.drain().map(|(room, since)| Moved { room, since, followers: followers(room) });
        let moved: Vec<Moved> = moved.collect();
        inner.told = Some((now, moved.iter().map(|moved| moved.followers.len()).sum()));
        moved
    }
}

/// How long it takes until more is told when so many were told.
fn told_every(many: usize) -> Duration {
    let crowd = u32::try_from(many / TOLD_CROWD).unwrap_or(u32::MAX);
    TOLD_EVERY * crowd.saturating_add(1).min(TOLD_TIMES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(1);
    const BEN: UserId = UserId(2);
    const LOBBY: RoomId = RoomId(7);
    const CELLAR: RoomId = RoomId(8);

    fn follow(followers: &Followers, user: UserId, rooms: &[RoomId]) {
        followers.follow(user, rooms.iter().copied().collect());
    }

    #[test]
    fn what_happens_together_is_told_once_to_whoever_follows_the_room() {
        let (followers, start) = (Followers::default(), Instant::now());
        assert_eq!(followers.mark(LOBBY, Seq(9), start), None, "nobody is there to be told");
        follow(&followers, ANN, &[LOBBY]);
        follow(&followers, BEN, &[CELLAR]);
        let first = followers.mark(LOBBY, Seq(10), start).expect("she is told");
        assert_eq!(followers.mark(LOBBY, Seq(11), start), None, "that is settled already");
        let moved = |since, people: &[UserId]| vec![Moved { room: LOBBY, since, followers: people.to_vec() }];
        assert_eq!(followers.take_moved(first), moved(Seq(10), &[ANN]));
        assert_eq!(followers.take_moved(first), []);
        assert_eq!(followers.mark(LOBBY, Seq(12), first), Some(first + TOLD_EVERY));
        assert_eq!(followers.mark(CELLAR, Seq(13), first), None);
        assert_eq!(followers.take_moved(first).len(), 2);
    }

    #[test]
    fn whoever_is_gone_is_told_nothing_and_leaves_nothing_behind_unless_they_are_back() {
        let followers = Followers::default();
        follow(&followers, ANN, &[LOBBY, CELLAR]);
        followers.forget(ANN, || true);
        assert_eq!(followers.inner().people[&ANN].len(), 2);
        followers.follow_also(BEN, LOBBY);
        assert!(!followers.inner().people.contains_key(&BEN), "he is told of none");
        followers.forget(ANN, || false);
        assert!(followers.inner().people.is_empty() && followers.inner().rooms.is_empty());
    }

    #[test]
    fn many_are_told_less_often() {
        assert_eq!(told_every(0), TOLD_EVERY);
        assert_eq!(told_every(TOLD_CROWD), 2 * TOLD_EVERY);
        assert_eq!(told_every(usize::MAX), TOLD_TIMES_MAX * TOLD_EVERY);
    }
}
