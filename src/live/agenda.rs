//! What is to be told at which time that no commit brings about: each errand is there at most once, so a room in which
//! nothing happens costs a beat now and then, and one in which much happens costs one errand more.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::domain::{RoomId, UserId};

/// Something to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Errand {
    /// Let those who listen to a room hear that it is there.
    Beat(RoomId),
    /// Tell a room who is here.
    Here(RoomId),
    /// Tell a room who is typing.
    Typing(RoomId),
    /// See whether somebody has been away for so long that they are gone.
    Away(UserId),
    /// Tell those who talk with somebody that they have come, or are gone.
    Presence(UserId),
    /// Tell those who talk with somebody that they are called otherwise.
    Renamed(UserId),
    /// Tell whoever follows rooms in which something happened, and is elsewhere.
    Unread,
    /// Tell somebody what is new to them alone.
    News(UserId),
}

/// All errands.
#[derive(Default)]
pub(super) struct Agenda {
    planned: Mutex<Planned>,
    sooner: Notify,
}

#[derive(Default)]
struct Planned {
    by_time: BTreeSet<(Instant, Errand)>,
    times: HashMap<Errand, Instant>,
}

impl Agenda {
    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans an errand for this time. One that is planned for an earlier time stays there.
    pub fn plan(&self, errand: Errand, at: Instant) {
        if self.planned().put(errand, at) {
            self.sooner.notify_one();
        }
    }

    /// Waits until errands are due, and takes them, earliest first.
    pub async fn due(&self) -> Vec<Errand> {
        loop {
            let first = self.planned().by_time.first().map(|(at, _)| *at);
            match first {
                Some(at) if at <= Instant::now() => return self.planned().take(Instant::now()),
                Some(at) => tokio::select! {
                    () = self.sooner.notified() => {}
                    () = sleep_until(at) => {}
                },
                None => self.sooner.notified().await,
            }
        }
    }
}

impl Planned {
    /// Whether this is now the first of all.
    fn put(&mut self, errand: Errand, at: Instant) -> bool {
        match self.times.get(&errand) {
            Some(planned) if *planned <= at => return false,
            Some(planned) => self.by_time.remove(&(*planned, errand)),
            None => false,
        };
        self.times.insert(errand, at);
        self.by_time.insert((at, errand));
        self.by_time.first() == Some(&(at, errand))
    }

    fn take(&mut self, now: Instant) -> Vec<Errand> {
        let mut due = Vec::new();
        while let Some(&(at, errand)) = self.by_time.first()
            && at <= now
        {
            self.by_time.pop_first();
            self.times.remove(&errand);
            due.push(errand);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_errand_is_there_once_at_its_earliest_time() {
        let (mut planned, start) = (Planned::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (here, typing) = (Errand::Here(RoomId(1)), Errand::Typing(RoomId(1)));
        assert!(planned.put(here, at(5)));
        assert!(!planned.put(here, at(9)), "it is planned for sooner");
        assert!(!planned.put(typing, at(7)), "another comes before it");
        assert!(planned.put(typing, at(2)));
        assert_eq!(planned.take(at(1)), []);
        assert_eq!(planned.take(at(8)), [typing, here]);
        assert_eq!(planned.take(at(99)), [], "each was there once");
        assert!(planned.put(here, at(9)), "done, it can be planned again");
    }
}
