//! The jobs that are scheduled, by time. Each job is queued at most once, so a room in which nothing happens costs one heartbeat
//! now and then, and a room in which much happens costs one job more.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::domain::{RoomId, UserId};

/// Something to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Job {
    /// Send a heartbeat to the listeners of a room.
    Heartbeat(RoomId),
    /// Send the roster of a room.
    Roster(RoomId),
    /// Send who is typing in a room.
    Typing(RoomId),
    /// Take a person offline if they have been away for long enough.
    AwayTimeout(UserId),
    /// Update the presence of a person for those who share a direct room with them.
    Presence(UserId),
    /// Update the name of a person for those who share a direct room with them.
    Renamed(UserId),
    /// Update the unread counts of rooms with activity for people in other rooms.
    Unread,
    /// Deliver the queued updates of one person.
    Inbox(UserId),
}

/// All scheduled jobs.
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

    /// Schedules a job for this time. A job that is scheduled for an earlier time stays there.
    pub fn schedule(&self, job: Job, at: Instant) {
        if self.lock().insert(job, at) {
            self.rescheduled.notify_one();
        }
    }

    /// Waits until jobs are due, and removes them, earliest first.
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
    /// Returns whether this is now the first job.
    fn insert(&mut self, job: Job, at: Instant) -> bool {
        match self.times.get(&job) {
            Some(scheduled) if *scheduled <= at => return false,
            Some(scheduled) => self.by_time.remove(&(*scheduled, job)),
            None => false,
        };
        self.times.insert(job, at);
        self.by_time.insert((at, job));
        self.by_time.first() == Some(&(at, job))
    }

    fn pop_due(&mut self, now: Instant) -> Vec<Job> {
        let mut due = Vec::new();
        while let Some(&(at, job)) = self.by_time.first()
            && at <= now
        {
            self.by_time.pop_first();
            self.times.remove(&job);
            due.push(job);
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
        let (mut queue, start) = (JobQueue::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let (roster, typing) = (Job::Roster(RoomId(1)), Job::Typing(RoomId(1)));
        assert!(queue.insert(roster, at(5)));
        assert!(!queue.insert(roster, at(9)), "it is scheduled for sooner");
        assert!(!queue.insert(typing, at(7)), "another job is first");
        assert!(queue.insert(typing, at(2)));
        assert_eq!(queue.pop_due(at(1)), []);
        assert_eq!(queue.pop_due(at(8)), [typing, roster]);
        assert_eq!(queue.pop_due(at(99)), [], "each was queued once");
        assert!(queue.insert(roster, at(9)), "after it ran, it can be scheduled again");
    }
}
