//! What is to be told at which time that no commit brings about: each errand is there at most once, so a room in which
//! nothing happens costs a beat now and then, and one in which much happens costs one errand more.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::domain::{RoomId, UserId};

/// Something to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Job {
    /// Let those who listen to a room hear that it is there.
    Heartbeat(RoomId),
    /// Tell a room who is here.
    Roster(RoomId),
    /// Tell a room who is typing.
    Typing(RoomId),
    /// See whether somebody has been away for so long that they are gone.
    AwayTimeout(UserId),
    /// Tell those who talk with somebody that they have come, or are gone.
    Presence(UserId),
    /// Tell those who talk with somebody that they are called otherwise.
    Renamed(UserId),
    /// Tell whoever follows rooms in which something happened, and is elsewhere.
    Unread,
    /// Tell somebody what is new to them alone.
    Inbox(UserId),
}

/// All errands.
#[derive(Default)]
pub(crate) struct Timers {
    queue: Mutex<JobQueue>,
    rescheduled: Notify,
}

#[derive(Default)]
struct JobQueue {
    by_time: BTreeSet<(Instant, Job)>,
    times: HashMap<Job, Instant>,
}

impl Timers {
    fn lock(&self) -> MutexGuard<'_, JobQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans an errand for this time. One that is planned for an earlier time stays there.
    pub fn schedule(&self, job: Job, at: Instant) {
        if self.lock().insert(job, at) {
            self.rescheduled.notify_one();
        }
    }

    /// Waits until errands are due, and takes them, earliest first.
    pub async fn wait_for_due(&self) -> Vec<Job> {
        loop {
            let first = self.lock().by_time.first().map(|(at, _)| *at);
            match first {
                Some(at) if at <= Instant::now() => return self.lock().pop_due(Instant::now()),
                Some(at) => tokio::select! {
                    () = self.rescheduled.notified() => {}
                    () = sleep_until(at) => {}
                },
                None => self.rescheduled.notified().await,
            }
        }
    }
}

impl JobQueue {
    /// Whether this is now the first of all.
    fn insert(&mut self, job: Job, at: Instant) -> bool {
        match self.times.get(&job) {
            Some(planned) if *planned <= at => return false,
            Some(planned) => self.by_time.remove(&(*planned, job)),
            None => false,
        };
        self.times.insert(job, at);
        self.by_time.insert((at, job));
        self.by_time.first() == Some(&(at, job))
    }

    fn pop_due(&mut self, now: Instant) -> Vec<Job> {
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

    use crate::live::schedule::timers::*;

    #[test]
    fn a_job_is_queued_once_at_its_earliest_time() {
        let (mut planned, start) = (JobQueue::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (here, typing) = (Job::Roster(RoomId(1)), Job::Typing(RoomId(1)));
        assert!(planned.insert(here, at(5)));
        assert!(!planned.insert(here, at(9)), "it is planned for sooner");
        assert!(!planned.insert(typing, at(7)), "another comes before it");
        assert!(planned.insert(typing, at(2)));
        assert_eq!(planned.pop_due(at(1)), []);
        assert_eq!(planned.pop_due(at(8)), [typing, here]);
        assert_eq!(planned.pop_due(at(99)), [], "each was there once");
        assert!(planned.insert(here, at(9)), "done, it can be planned again");
    }
}
