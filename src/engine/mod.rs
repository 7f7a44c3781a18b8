//! The road of a change, and the one place that knows all of it: asked, queued, judged and made durable together with
//! whatever else waits (`writer.rs`), answered, and told to the listeners (`teller.rs`).
//!
//! - One writer, one order: a thread of its own takes commands from a bounded queue. When the queue is full the asker is
//!   told so at once.
//! - All that waits shares one transaction and one fsync. Nothing waits for company: when the writer is idle, one
//!   command is a batch.
//! - Commit, then tell: nobody hears of a change, and nobody is answered, before it is durable.

mod publisher;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::time::sleep;

use crate::domain::limits::QUEUE_COMMANDS_MAX;
use crate::domain::{Actor, Applied, Command, Envelope, Nonce, Refusal, TokenHash};
use crate::engine::publisher::Publisher;
use crate::engine::writer::{Writer, WriterJob};
use crate::live::Hubs;
use crate::metrics::Metrics;
pub use crate::store::now;
use crate::store::{Store, StoreError};

/// How many commits the writer may be ahead of what has been told.
const UNPUBLISHED_COMMITS_MAX: usize = 64;

/// How often it is tried whether a file that took no change takes one again.
const RETRY_EVERY: Duration = Duration::from_secs(5);

/// Why a command has no outcome.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The asker's doing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many wait already. Nothing was done; asking again in a moment helps.
    #[error("too many are waiting at this moment")]
    Busy,
    /// The server stops. Nothing was done.
    #[error("the server is restarting")]
    Stopping,
    /// Our doing. It has been logged. Whether the command was done is not known; with its nonce it may be sent again.
    #[error("the change could not be written")]
    Unwritable,
    /// Our doing: what is there could not be read.
    #[error(transparent)]
    Internal(#[from] StoreError),
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

/// The queue that leads to the writer, and the two threads.
pub struct Engine {
    queue: mpsc::Sender<WriterJob>,
    healthy: Arc<AtomicBool>,
    stopping: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Starts the writer on `store`, and the teller, which tells the listeners in `hubs`. Both count what they do.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(store: Arc<Store>, hubs: Arc<Hubs>, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE_COMMANDS_MAX);
        let (committed, receiver) = sync_channel(UNPUBLISHED_COMMITS_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let publisher = Publisher { store: Arc::clone(&store), hubs: Arc::clone(&hubs), metrics: Arc::clone(&metrics) };
        let writer = Writer { store, hubs, metrics, healthy: Arc::clone(&healthy), committed };
        let threads = vec![
            thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(jobs))?,
            thread::Builder::new().name("teller".to_owned()).spawn(move || publisher.run(receiver))?,
        ];
        Ok(Self { queue, healthy, stopping: AtomicBool::new(false), threads: Mutex::new(threads) })
    }

    /// Has a command carried out. When it returns, what it answers is durable. It is carried out even if nobody waits
    /// for the answer any more.
    ///
    /// # Errors
    /// [`EngineError`]
    pub async fn execute(&self, actor: Actor, nonce: Option<Nonce>, command: Command) -> Result<Applied, EngineError> {
        if self.stopping.load(Ordering::Acquire) {
            return Err(EngineError::Stopping);
        }
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(WriterJob::Execute(Envelope { actor, nonce, command }, answer)).map_err(
            |full| match full {
                mpsc::error::TrySendError::Full(_) => EngineError::Busy,
                mpsc::error::TrySendError::Closed(_) => EngineError::Stopping,
            },
        )?;
        answered.await.unwrap_or(Err(EngineError::Stopping))
    }

    /// Whether a command would be taken, and can be written. If the last one could not, it tries with one that changes
    /// nothing: perhaps nobody else does, because this server is said to be not ready.
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

    /// Tries again from time to time after a change could not be written, as [`Engine::readiness`] does. If the file could
    /// not be opened again nothing can be read either, and then nobody gets as far as asking for a change. Runs until it is
    /// dropped.
    pub async fn retry_until_writable(&self) {
        loop {
            sleep(RETRY_EVERY).await;
            self.check_readiness().await;
        }
    }

    /// How many commands wait for the writer.
    pub fn queue_len(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Takes no more commands.
    pub fn stop_accepting(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// Carries out what was taken, tells it, and ends both threads. Blocks until then.
    pub fn stop(&self) {
        self.stop_accepting();
        // A full queue is no obstacle: the writer makes room.
        while let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(WriterJob::Stop) {
            thread::yield_now();
        }
        let mut threads = self.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for thread in threads.drain(..) {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tracing::error!("the {name} has panicked");
            }
        }
    }
}
