//! The path of a change, from the caller to the listeners. A command is queued; the writer (`writer.rs`) judges it and makes
//! it durable, together with whatever else waits; the caller is answered; the publisher (`publisher.rs`) sends the change to
//! the listeners.
//!
//! - One writer, one order: one thread takes commands from a bounded queue. When the queue is full the caller gets an error
//!   at once.
//! - All waiting commands share one transaction and one fsync. Nothing waits for more to come: when the writer is idle, one
//!   command is a batch.
//! - Commit, then publish: no caller is answered, and no listener gets a change, before it is durable.

mod error;
mod publisher;
mod writer;

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

pub use crate::clock::now;
use crate::domain::limits::QUEUE_COMMANDS_MAX;
use crate::domain::{Actor, Applied, Command, Envelope, Nonce, TokenHash};
pub use crate::engine::error::EngineError;
use crate::engine::publisher::Publisher;
use crate::engine::writer::{Writer, WriterJob};
use crate::live::Hubs;
use crate::metrics::Metrics;
use crate::store::Store;

/// How many commits the writer may be ahead of the publisher.
const UNPUBLISHED_COMMITS_MAX: usize = 64;
/// How often a data file that could not be written is tried again.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Whether a command would be executed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It would.
    Ready,
    /// The data file cannot be written: the disk is full, broken or read-only.
    Unwritable,
    /// The server is stopping.
    Stopping,
}

/// The queue of the writer, and the two threads.
pub struct Engine {
    queue: mpsc::Sender<WriterJob>,
    healthy: Arc<AtomicBool>,
    stopping: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Starts the writer on `store`, and the publisher for the listeners in `hubs`.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub fn start(store: Arc<Store>, hubs: Arc<Hubs>, metrics: Arc<Metrics>) -> io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE_COMMANDS_MAX);
        let (committed, receiver) = sync_channel(UNPUBLISHED_COMMITS_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let publisher = Publisher { store: Arc::clone(&store), hubs: Arc::clone(&hubs), metrics: Arc::clone(&metrics) };
        let writer = Writer { store, hubs, metrics, healthy: Arc::clone(&healthy), committed };
        let threads = vec![
            thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(jobs))?,
            thread::Builder::new().name("publisher".to_owned()).spawn(move || publisher.run(receiver))?,
        ];
        Ok(Self { queue, healthy, stopping: AtomicBool::new(false), threads: Mutex::new(threads) })
    }

    /// Executes a command. When this returns, the outcome is durable. The command is executed even if the caller stops
    /// waiting.
    ///
    /// # Errors
    /// [`EngineError`]
    pub async fn execute(&self, actor: Actor, nonce: Option<Nonce>, command: Command) -> Result<Applied, EngineError> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(EngineError::Stopping);
        }
        let (reply, outcome) = oneshot::channel();
        let job = WriterJob::Execute(Envelope { actor, nonce, command }, reply);
        self.queue.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => EngineError::Busy,
            mpsc::error::TrySendError::Closed(_) => EngineError::Stopping,
        })?;
        outcome.await.unwrap_or(Err(EngineError::Stopping))
    }

    /// Whether a command would be accepted and written. If the last one could not be written, this tries a command that
    /// changes nothing: while the server reports that it is not ready, perhaps no other command arrives.
    pub async fn check_readiness(&self) -> Readiness {
        if self.stopping.load(Ordering::Acquire) || self.queue.is_closed() {
            return Readiness::Stopping;
        }
        if self.healthy.load(Ordering::Acquire) {
            return Readiness::Ready;
        }
        let no_op = Command::SignOut { token: TokenHash([0; 32]) };
        match self.execute(Actor::Anonymous, None, no_op).await {
            Ok(_) | Err(EngineError::Refused(_)) => Readiness::Ready,
            Err(EngineError::Busy | EngineError::Unwritable | EngineError::Internal(_)) => Readiness::Unwritable,
            Err(EngineError::Stopping) => Readiness::Stopping,
        }
    }

    /// After a change could not be written, tries again from time to time, as [`Engine::check_readiness`] does. If the file
    /// could not be reopened, reads fail too, and then no request gets as far as a command. Runs until it is dropped.
    pub async fn retry_until_writable(&self) {
        loop {
            sleep(RETRY_INTERVAL).await;
            self.check_readiness().await;
        }
    }

    /// The number of commands that wait for the writer.
    pub fn queue_len(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Accepts no more commands.
    pub fn stop_accepting(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Executes and publishes what was accepted, and ends both threads. Blocks until then.
    pub fn stop(&self) {
        self.stop_accepting();
        // A full queue is only a delay: the writer empties it.
        while let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(WriterJob::Stop) {
            thread::yield_now();
        }
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!(thread = name, "a thread has panicked");
            }
        }
    }
}
