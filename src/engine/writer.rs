//! The writer: takes what waits, has it judged and made durable together, and answers. What has become durable goes on to
//! the teller, so that telling thousands and the next batch's fsync go on side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::teller::News;
use super::{Problem, now};
use crate::domain::limits::BATCH_COMMANDS_MAX;
use crate::domain::{Asked, Done, Event};
use crate::live::Hubs;
use crate::meters::Meters;
use crate::store::Store;

/// How long the writer looks out for the next command before it sleeps.
const LOOKS_OUT_FOR: Duration = Duration::from_micros(150);

/// Something for the writer.
#[expect(clippy::large_enum_variant, reason = "all but the last are of the large one")]
pub(super) enum Job {
    Carry(Asked, oneshot::Sender<Result<Done, Problem>>),
    Stop,
}

/// The one thread that changes the store.
pub(super) struct Writer {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub meters: Arc<Meters>,
    pub healthy: Arc<AtomicBool>,
    /// Bounded: a writer that is too far ahead of what has been told waits.
    pub news: SyncSender<News>,
}

impl Writer {
    /// Carries out what comes until it is told to stop, and then what has come by then.
    pub fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let (mut batch, mut answers) = (Vec::new(), Vec::new());
        let mut told = false;
        while next_batch(&mut jobs, told, &mut batch, &mut answers) {
            told = self.carry_out(&batch, answers.drain(..));
        }
    }

    /// Answers whether the teller has something to tell now.
    fn carry_out(
        &self,
        batch: &[Asked],
        answers: impl Iterator<Item = oneshot::Sender<Result<Done, Problem>>>,
    ) -> bool {
        let started = Instant::now();
        let outcomes = self.store.commit(now(), batch);
        let committed = Instant::now();
        self.meters.batch.observe(batch.len() as f64);
        self.meters.commit.observe((committed - started).as_secs_f64());
        self.healthy.store(outcomes.is_ok(), Ordering::Release);
        match outcomes {
            Ok(outcomes) => {
                let new: Vec<Done> = outcomes.iter().flatten().filter(|done| !done.again).copied().collect();
                let posts = new.iter().filter(|done| matches!(done.event, Event::Posted { .. }));
                self.meters.posts.inc_by(posts.count() as u64);
                // Before anybody is answered: whoever was put outside hears nothing from here on.
                for concerned in new.iter().filter_map(|done| done.event.concerns()) {
                    self.hubs.concern(concerned);
                }
                for (answer, outcome) in answers.zip(outcomes) {
                    // Whoever has gone meanwhile finds the outcome by the nonce.
                    let _gone = answer.send(outcome.map_err(Problem::Refused));
                }
                for done in &new {
                    if let Some(counted) = done.event.counted() {
                        self.hubs.count(counted, done.seq);
                    }
                }
                self.pass_on(new, committed)
            }
            Err(fault) => {
                self.meters.faults.inc();
                tracing::error!(%fault, commands = batch.len(), "a batch could not be written");
                for answer in answers {
                    let _gone = answer.send(Err(Problem::Broken));
                }
                false
            }
        }
    }

    /// Wakes the teller only for what somebody hears. Who sits down in a room after this look reads the feed first, and
    /// finds it there. Answers whether there was anything.
    fn pass_on(&self, new: Vec<Done>, committed: Instant) -> bool {
        let new: Vec<Done> = new.into_iter().filter(|done| self.is_heard(*done)).collect();
        let is_heard = !new.is_empty();
        if is_heard {
            self.news.send(News { new, committed }).expect("the teller hears until the writer has gone");
        }
        is_heard
    }

    /// Whether somebody may hear the change now.
    fn is_heard(&self, done: Done) -> bool {
        match done.event {
            Event::Renamed { user } => {
                self.hubs.renamed(user);
                self.hubs.is_any_heard()
            }
            event => event.heard_in().is_some_and(|room| self.hubs.is_heard(room)),
        }
    }
}

/// Looks out for the next command for a moment before the writer goes to sleep: whoever posts one thing after the other
/// sends the next about as soon as the last is answered, and to be woken takes longer than that.
fn looks_out(jobs: &mut mpsc::Receiver<Job>) -> Option<Job> {
    let until = Instant::now() + LOOKS_OUT_FOR;
    loop {
        match jobs.try_recv() {
            Ok(job) => return Some(job),
            Err(_) if Instant::now() >= until => return None,
            Err(_) => thread::yield_now(),
        }
    }
}

/// Waits for a command, and takes all that have come by then, in order, instead of the last batch, of which the
/// teller has something to tell or not. `false` when there will be no more.
fn next_batch(
    jobs: &mut mpsc::Receiver<Job>,
    told: bool,
    batch: &mut Vec<Asked>,
    answers: &mut Vec<oneshot::Sender<Result<Done, Problem>>>,
) -> bool {
    // Where many post, the next have come by now. Where somebody hears, telling them needs the processor, and the next
    // command is not so near.
    let soon = if batch.len() == 1 && !told { looks_out(jobs) } else { None };
    batch.clear();
    let mut job = soon.or_else(|| jobs.blocking_recv());
    while let Some(taken) = job {
        match taken {
            Job::Carry(asked, answer) => {
                batch.push(asked);
                answers.push(answer);
            }
            Job::Stop => jobs.close(),
        }
        if batch.len() == BATCH_COMMANDS_MAX {
            break;
        }
        job = jobs.try_recv().ok();
    }
    !batch.is_empty()
}
