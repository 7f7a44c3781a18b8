//! The writer: takes the waiting commands, commits them together, and answers the callers. Durable changes go on to the
//! publisher, so that publishing to thousands of listeners and the next fsync run side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::clock::now;
use crate::domain::limits::BATCH_COMMANDS_MAX;
use crate::domain::{Applied, Envelope, Event};
use crate::engine::error::EngineError;
use crate::engine::publisher::Committed;
use crate::live::Hubs;
use crate::metrics::Metrics;
use crate::store::Store;

/// How long the writer polls for the next command before it sleeps.
const SPIN_FOR: Duration = Duration::from_micros(150);

/// Where the outcome of a command goes.
pub(crate) type Reply = oneshot::Sender<Result<Applied, EngineError>>;

/// A job of the writer.
#[expect(clippy::large_enum_variant, reason = "all jobs but the last are of the large variant")]
pub(crate) enum WriterJob {
    /// Execute a command.
    Execute(Envelope, Reply),
    /// Stop, after what was queued before.
    Stop,
}

/// The commands of one transaction, each with its reply. Reused, so that a batch allocates nothing.
#[derive(Default)]
struct Batch {
    envelopes: Vec<Envelope>,
    replies: Vec<Reply>,
}

/// The one thread that changes the store.
pub(crate) struct Writer {
    pub store: Arc<Store>,
    pub hubs: Arc<Hubs>,
    pub metrics: Arc<Metrics>,
    pub healthy: Arc<AtomicBool>,
    /// Bounded: a writer that is too far ahead of the publisher waits.
    pub committed: SyncSender<Committed>,
}

impl Writer {
    /// Executes commands until it is stopped, including those that were queued before.
    pub fn run(self, mut jobs: mpsc::Receiver<WriterJob>) {
        let mut batch = Batch::default();
        let mut has_published = false;
        while batch.fill(&mut jobs, has_published) {
            has_published = self.commit_batch(&mut batch);
        }
    }

    /// Returns whether the publisher has something to publish now.
    fn commit_batch(&self, batch: &mut Batch) -> bool {
        let started = Instant::now();
        let outcomes = self.store.commit(now(), &batch.envelopes);
        let durable_at = Instant::now();
        self.metrics.batch_commands.observe(batch.envelopes.len() as f64);
        self.metrics.commit_seconds.observe((durable_at - started).as_secs_f64());
        self.healthy.store(outcomes.is_ok(), Ordering::Release);
        match outcomes {
            Ok(outcomes) => {
                let changes: Vec<Applied> =
                    outcomes.iter().flatten().filter(|applied| !applied.is_replay).copied().collect();
                let posts = changes.iter().filter(|change| matches!(change.event, Event::MessagePosted { .. }));
                self.metrics.messages_posted.inc_by(posts.count() as u64);
                // Before any caller is answered: a banned person receives nothing from here on.
                for access_change in changes.iter().filter_map(|change| change.event.effects().access) {
                    self.hubs.invalidate_access(access_change);
                }
                for (reply, outcome) in batch.replies.drain(..).zip(outcomes) {
                    // A caller that has gone finds the outcome by the nonce.
                    let _gone = reply.send(outcome.map_err(EngineError::Refused));
                }
                for change in &changes {
                    for unread_change in change.unread_changes() {
                        self.hubs.record_unread_change(unread_change, change.seq);
                    }
                }
                self.send_to_publisher(changes, durable_at)
            }
            Err(error) => {
                self.metrics.internal_errors.inc();
                tracing::error!(%error, commands = batch.envelopes.len(), "failed to commit a batch");
                for reply in batch.replies.drain(..) {
                    let _gone = reply.send(Err(EngineError::Unwritable));
                }
                false
            }
        }
    }

    /// Wakes the publisher only for changes with listeners. A listener that subscribes after this check reads the feed first,
    /// and finds the change there. Returns whether there was anything to publish.
    fn send_to_publisher(&self, changes: Vec<Applied>, durable_at: Instant) -> bool {
        let changes: Vec<Applied> = changes.into_iter().filter(|change| self.has_listeners(*change)).collect();
        let is_published = !changes.is_empty();
        if is_published {
            self.committed.send(Committed { changes, durable_at }).expect("the publisher ends after the writer");
        }
        is_published
    }

    /// Whether the change may have listeners now.
    fn has_listeners(&self, change: Applied) -> bool {
        match change.event {
            Event::PersonRenamed { user } => {
                self.hubs.schedule_rename(user);
                self.hubs.has_any_listener()
            }
            event => event.effects().room.is_some_and(|room| self.hubs.has_listener(room)),
        }
    }
}

impl Batch {
    /// Waits for a command, and takes all that have arrived by then, in order, in place of the last batch. Returns `false`
    /// when there will be no more. `has_published` says whether the publisher is busy with the last batch.
    fn fill(&mut self, jobs: &mut mpsc::Receiver<WriterJob>, has_published: bool) -> bool {
        // With many callers, the next commands have arrived by now. With listeners, publishing needs the processor, and the
        // next command is not so near.
        let next = if self.envelopes.len() == 1 && !has_published { spin_for_job(jobs) } else { None };
        self.envelopes.clear();
        let mut next = next.or_else(|| jobs.blocking_recv());
        while let Some(job) = next {
            match job {
                WriterJob::Execute(envelope, reply) => {
                    self.envelopes.push(envelope);
                    self.replies.push(reply);
                }
                WriterJob::Stop => jobs.close(),
            }
            if self.envelopes.len() == BATCH_COMMANDS_MAX {
                break;
            }
            next = jobs.try_recv().ok();
        }
        !self.envelopes.is_empty()
    }
}

/// Polls for the next command for a moment before the writer sleeps: a client that posts one message after another sends the
/// next about as soon as the last is answered, and waking a thread takes longer than that.
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
