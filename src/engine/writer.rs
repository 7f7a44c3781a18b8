//! The writer: takes what waits, has it judged and made durable together, and answers. What has become durable goes on to
//! the teller, so that telling thousands and the next batch's fsync go on side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::domain::limits::BATCH_COMMANDS_MAX;
use crate::domain::{Applied, Envelope, Event};
use crate::engine::publisher::Committed;
use crate::engine::{EngineError, now};
use crate::live::Hubs;
use crate::metrics::Metrics;
use crate::store::Store;

/// How long the writer looks out for the next command before it sleeps.
const SPIN_FOR: Duration = Duration::from_micros(150);

/// Something for the writer.
#[expect(clippy::large_enum_variant, reason = "all but the last are of the large one")]
pub(crate) enum WriterJob {
    Execute(Envelope, oneshot::Sender<Result<Applied, EngineError>>),
    Stop,
}

/// The one thread that changes the store.
pub(crate) struct Writer {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub metrics: Arc<Metrics>,
    pub healthy: Arc<AtomicBool>,
    /// Bounded: a writer that is too far ahead of what has been told waits.
    pub committed: SyncSender<Committed>,
}

impl Writer {
    /// Carries out what comes until it is told to stop, and then what has come by then.
    pub fn run(self, mut jobs: mpsc::Receiver<WriterJob>) {
        let (mut batch, mut answers) = (Vec::new(), Vec::new());
        let mut published = false;
        while fill_batch(&mut jobs, published, &mut batch, &mut answers) {
            published = self.commit_batch(&batch, answers.drain(..));
        }
    }

    /// Answers whether the teller has something to tell now.
    fn commit_batch(
        &self,
        batch: &[Envelope],
        answers: impl Iterator<Item = oneshot::Sender<Result<Applied, EngineError>>>,
    ) -> bool {
        let started = Instant::now();
        let outcomes = self.store.commit(now(), batch);
        let committed = Instant::now();
        self.metrics.batch_commands.observe(batch.len() as f64);
        self.metrics.commit_seconds.observe((committed - started).as_secs_f64());
        self.healthy.store(outcomes.is_ok(), Ordering::Release);
        match outcomes {
            Ok(outcomes) => {
                let new: Vec<Applied> = outcomes.iter().flatten().filter(|done| !done.is_replay).copied().collect();
                let posts = new.iter().filter(|done| matches!(done.event, Event::MessagePosted { .. }));
                self.metrics.messages_posted.inc_by(posts.count() as u64);
                // Before anybody is answered: whoever was put outside hears nothing from here on.
                for concerned in new.iter().filter_map(|done| done.event.effects().access) {
                    self.hubs.invalidate_access(concerned);
                }
                for (answer, outcome) in answers.zip(outcomes) {
                    // Whoever has gone meanwhile finds the outcome by the nonce.
                    let _gone = answer.send(outcome.map_err(EngineError::Refused));
                }
                for done in &new {
                    for change in done.unread_changes() {
                        self.hubs.record_unread_change(change, done.seq);
                    }
                }
                self.hand_to_publisher(new, committed)
            }
            Err(fault) => {
                self.metrics.internal_errors.inc();
                tracing::error!(%fault, commands = batch.len(), "a batch could not be written");
                for answer in answers {
                    let _gone = answer.send(Err(EngineError::Unwritable));
                }
                false
            }
        }
    }

    /// Wakes the teller only for what somebody hears. Who sits down in a room after this look reads the feed first, and
    /// finds it there. Answers whether there was anything.
    fn hand_to_publisher(&self, new: Vec<Applied>, committed: Instant) -> bool {
        let new: Vec<Applied> = new.into_iter().filter(|done| self.has_listeners(*done)).collect();
        let is_heard = !new.is_empty();
        if is_heard {
            self.committed
                .send(Committed { changes: new, durable_at: committed })
                .expect("the teller hears until the writer has gone");
        }
        is_heard
    }

    /// Whether somebody may hear the change now.
    fn has_listeners(&self, done: Applied) -> bool {
        match done.event {
            Event::PersonRenamed { user } => {
                self.hubs.schedule_rename(user);
                self.hubs.has_any_listener()
            }
            event => event.effects().room.is_some_and(|room| self.hubs.has_listener(room)),
        }
    }
}

/// Looks out for the next command for a moment before the writer goes to sleep: whoever posts one thing after the other
/// sends the next about as soon as the last is answered, and to be woken takes longer than that.
fn spin_for_job(jobs: &mut mpsc::Receiver<WriterJob>) -> Option<WriterJob> {
    let until = Instant::now() + SPIN_FOR;
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
fn fill_batch(
    jobs: &mut mpsc::Receiver<WriterJob>,
    published: bool,
    batch: &mut Vec<Envelope>,
    answers: &mut Vec<oneshot::Sender<Result<Applied, EngineError>>>,
) -> bool {
    // Where many post, the next have come by now. Where somebody hears, telling them needs the processor, and the next
    // command is not so near.
    let soon = if batch.len() == 1 && !published { spin_for_job(jobs) } else { None };
    batch.clear();
    let mut job = soon.or_else(|| jobs.blocking_recv());
    while let Some(taken) = job {
        match taken {
            WriterJob::Execute(asked, answer) => {
                batch.push(asked);
                answers.push(answer);
            }
            WriterJob::Stop => jobs.close(),
        }
        if batch.len() == BATCH_COMMANDS_MAX {
            break;
        }
        job = jobs.try_recv().ok();
    }
    !batch.is_empty()
}
