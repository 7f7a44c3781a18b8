//! The road of a change, and the one place that knows all of it: asked, queued, judged and made durable together with
//! whatever else waits, then told to the listeners and answered.
//!
//! - One writer, one order: a thread of its own takes commands from a bounded queue. When the queue is full the asker is
//!   told so at once.
//! - All that waits shares one transaction and one fsync. Nothing waits for company: when the writer is idle, one
//!   command is a batch.
//! - Commit, then tell: nobody hears of a change, and nobody is answered, before it is durable.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};

use crate::domain::limits::{BATCH_COMMANDS_MAX, QUEUE_COMMANDS_MAX};
use crate::domain::{Asked, Command, Done, Event, Moment, Nonce, Refusal, RoomId, TokenHash, Who};
use crate::live::{self, Hubs};
use crate::meters::Meters;
use crate::store::{Fault, Store};

/// Why a command has no outcome.
#[derive(Debug, Error)]
pub enum Problem {
    /// The asker's doing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The queue is full. Nothing was done; asking again in a moment helps.
    #[error("too many are writing at this moment")]
    Busy,
    /// The server stops. Nothing was done.
    #[error("the server is restarting")]
    Stopping,
    /// Our doing. It has been logged. Whether the command was done is not known; with its nonce it may be sent again.
    #[error("the change could not be written")]
    Broken,
    /// Our doing: what is there could not be read.
    #[error(transparent)]
    Unread(#[from] Fault),
}

/// Whether a command would be carried out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It would.
    Ready,
    /// The data file takes no change: the disk is full, broken or read-only.
    Unwritable,
    /// The server stops.
    Stopping,
}

/// The writer, and the queue that leads to it.
pub struct Engine {
    queue: mpsc::Sender<Job>,
    healthy: Arc<AtomicBool>,
    stopping: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Job {
    Carry(Asked, oneshot::Sender<Result<Done, Problem>>),
    Stop,
}

impl Engine {
    /// Starts the writer on `store`; it tells the listeners in `hubs`, and counts what it does.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(store: Arc<Store>, hubs: Arc<Hubs>, meters: Arc<Meters>) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE_COMMANDS_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let writer = Writer { store, hubs, meters, healthy: Arc::clone(&healthy) };
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(jobs))?;
        Ok(Self { queue, healthy, stopping: AtomicBool::new(false), thread: Mutex::new(Some(thread)) })
    }

    /// Has a command carried out. When it returns, what it answers is durable. It is carried out even if nobody waits
    /// for the answer any more.
    ///
    /// # Errors
    /// [`Problem`]
    pub async fn execute(&self, who: Who, nonce: Option<Nonce>, command: Command) -> Result<Done, Problem> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(Problem::Stopping);
        }
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Job::Carry(Asked { who, nonce, command }, answer)).map_err(|full| match full {
            mpsc::error::TrySendError::Full(_) => Problem::Busy,
            mpsc::error::TrySendError::Closed(_) => Problem::Stopping,
        })?;
        answered.await.unwrap_or(Err(Problem::Stopping))
    }

    /// Whether a command would be taken, and can be written. If the last one could not, it tries with one that changes
    /// nothing: perhaps nobody else does, because this server is said to be not ready.
    pub async fn readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Acquire) || self.queue.is_closed() {
            return Readiness::Stopping;
        }
        if self.healthy.load(Ordering::Acquire) {
            return Readiness::Ready;
        }
        let nobodys = Command::Leave { token: TokenHash([0; 32]) };
        match self.execute(Who::Nobody, None, nobodys).await {
            Ok(_) | Err(Problem::Refused(_)) => Readiness::Ready,
            Err(Problem::Busy | Problem::Broken | Problem::Unread(_)) => Readiness::Unwritable,
            Err(Problem::Stopping) => Readiness::Stopping,
        }
    }

    /// How many commands wait for the writer.
    pub fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Takes no more commands.
    pub fn refuse(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Carries out what was taken, and ends the writer. Blocks until then.
    pub fn stop(&self) {
        self.refuse();
        // A full queue is no obstacle: the writer makes room.
        while let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(Job::Stop) {
            thread::yield_now();
        }
        let thread = self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the writer has panicked");
        }
    }
}

struct Writer {
    store: Arc<Store>,
    hubs: Arc<Hubs>,
    meters: Arc<Meters>,
    healthy: Arc<AtomicBool>,
}

impl Writer {
    fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let (mut batch, mut answers) = (Vec::new(), Vec::new());
        while next_batch(&mut jobs, &mut batch, &mut answers) {
            self.carry_out(&batch, answers.drain(..));
            batch.clear();
        }
    }

    fn carry_out(&self, batch: &[Asked], answers: impl Iterator<Item = oneshot::Sender<Result<Done, Problem>>>) {
        let started = Instant::now();
        let outcomes = self.store.commit(now(), batch);
        let committed = Instant::now();
        self.meters.batch.observe(batch.len() as f64);
        self.meters.commit.observe((committed - started).as_secs_f64());
        self.healthy.store(outcomes.is_ok(), Ordering::Release);
        match outcomes {
            Ok(outcomes) => {
                let new: Vec<Done> = outcomes.iter().flatten().filter(|done| !done.again).copied().collect();
                self.meters
                    .posts
                    .inc_by(new.iter().filter(|done| matches!(done.event, Event::Posted { .. })).count() as u64);
                for (answer, outcome) in answers.zip(outcomes) {
                    // Whoever has gone meanwhile finds the outcome by the nonce.
                    let _gone = answer.send(outcome.map_err(Problem::Refused));
                }
                self.tell(&new, committed);
            }
            Err(fault) => {
                self.meters.faults.inc();
                tracing::error!(%fault, commands = batch.len(), "a batch could not be written");
                for answer in answers {
                    let _gone = answer.send(Err(Problem::Broken));
                }
            }
        }
    }

    /// Makes frames of what is durable now, in order, for the rooms where somebody listens.
    fn tell(&self, new: &[Done], committed: Instant) {
        for (done, room) in new.iter().filter_map(|done| Some((*done, heard_in(done.event)?))) {
            if !self.hubs.is_heard(room) {
                continue;
            }
            match self.frame(room, done) {
                Ok(Some(frame)) => self.hubs.tell(room, frame, committed),
                Ok(None) => {}
                Err(fault) => {
                    self.meters.faults.inc();
                    tracing::error!(%fault, seq = %done.seq, "a change could not be told");
                    self.hubs.forget(room);
                }
            }
        }
    }

    fn frame(&self, room: RoomId, done: Done) -> Result<Option<live::Frame>, Fault> {
        let snapshot = self.store.snapshot()?;
        let Some(room) = snapshot.room_by_id(room)? else { return Err(Fault::Missing { table: "rooms" }) };
        live::read_frame(&snapshot, self.store.epoch(), &room, done)
    }
}

/// Waits for a command, and takes all that have come by then, in order. `false` when there will be no more.
fn next_batch(
    jobs: &mut mpsc::Receiver<Job>,
    batch: &mut Vec<Asked>,
    answers: &mut Vec<oneshot::Sender<Result<Done, Problem>>>,
) -> bool {
    let mut job = jobs.blocking_recv();
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

/// In which room an event is heard, if in any.
fn heard_in(event: Event) -> Option<RoomId> {
    match event {
        Event::Posted { room, .. } => Some(room),
        Event::Entered { .. } | Event::Opened { .. } | Event::Left => None,
    }
}

/// The time of this machine's clock.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
