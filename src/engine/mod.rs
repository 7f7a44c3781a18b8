//! The road of a change, and the one place that knows all of it: asked, queued, judged and made durable together with
//! whatever else waits (`writer.rs`), answered, and told to the listeners (`teller.rs`).
//!
//! - One writer, one order: a thread of its own takes commands from a bounded queue. When the queue is full the asker is
//!   told so at once.
//! - All that waits shares one transaction and one fsync. Nothing waits for company: when the writer is idle, one
//!   command is a batch.
//! - Commit, then tell: nobody hears of a change, and nobody is answered, before it is durable.

mod teller;
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
use crate::domain::{Asked, Command, Done, Nonce, Refusal, TokenHash, Who};
use crate::live::Hubs;
use crate::meters::Meters;
pub use crate::store::now;
use crate::store::{Fault, Store};
use teller::Teller;
use writer::{Job, Writer};

/// How many commits the writer may be ahead of what has been told.
const UNTOLD_COMMITS_MAX: usize = 64;

/// How often it is tried whether a file that took no change takes one again.
const TRY_AGAIN_EVERY: Duration = Duration::from_secs(5);

/// Why a command has no outcome.
#[derive(Debug, Error)]
pub enum Problem {
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

/// The queue that leads to the writer, and the two threads.
pub struct Engine {
    queue: mpsc::Sender<Job>,
    healthy: Arc<AtomicBool>,
    stopping: AtomicBool,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Starts the writer on `store`, and the teller, which tells the listeners in `hubs`. Both count what they do.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(store: Arc<Store>, hubs: Arc<Hubs>, meters: Arc<Meters>) -> std::io::Result<Self> {
        let (queue, jobs) = mpsc::channel(QUEUE_COMMANDS_MAX);
        let (news, heard) = sync_channel(UNTOLD_COMMITS_MAX);
        let healthy = Arc::new(AtomicBool::new(true));
        let teller = Teller { store: Arc::clone(&store), hubs: Arc::clone(&hubs), meters: Arc::clone(&meters) };
        let writer = Writer { store, hubs, meters, healthy: Arc::clone(&healthy), news };
        let threads = vec![
            thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run(jobs))?,
            thread::Builder::new().name("teller".to_owned()).spawn(move || teller.run(heard))?,
        ];
        Ok(Self { queue, healthy, stopping: AtomicBool::new(false), threads: Mutex::new(threads) })
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

    /// Tries again from time to time after a change could not be written, as [`Engine::readiness`] does. If the file could
    /// not be opened again nothing can be read either, and then nobody gets as far as asking for a change. Runs until it is
    /// dropped.
    pub async fn keep_trying(&self) {
        loop {
            sleep(TRY_AGAIN_EVERY).await;
            self.readiness().await;
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

    /// Carries out what was taken, tells it, and ends both threads. Blocks until then.
    pub fn stop(&self) {
        self.refuse();
        // A full queue is no obstacle: the writer makes room.
        while let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(Job::Stop) {
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
