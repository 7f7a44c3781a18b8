//! Writes the body of an event stream to its own socket, piece by piece.
//!
//! When thousands of listeners get the same frame, waking a task for each costs more than what the task then does. So the
//! waker that the body gets here does not wake a task: the thread that wakes it writes the next piece there and then. The task
//! is woken only when the socket takes no more, when there is more than one piece, or when the body ends; and it notices when
//! the client has gone. Nothing here knows rooms or frames, only a body that is already in chunks.
//!
//! The state of a flush, from the number of wake-ups (`wakes`) and its outcome ([`Flushed`]):
//!
//! ```text
//!                   wake: wakes 0 -> 1, this thread flushes one piece
//!        +------+ -------------------------------------------------> +----------+ --+ another wake meanwhile:
//!        | idle |                                                    | flushing |   | wakes + 1, that thread returns;
//!        +------+ <------------------------------------------------- +----------+ <-+ flush again
//!            ^      wakes -> 0, Flushed::Idle: the body is pending     |      |
//!            |                                                         |      | wakes -> 0, Flushed::Finished: wake the task
//!            |        wakes -> 0, Flushed::More: wake the task         |      v
//!            |      +--------------------------------------------------+   +----------+
//!            |      v                                                      | finished |  the task ends, the socket closes
//!            |   +------+  the task waits until the socket is writable     +----------+
//!            +-- | more |  and flushes again
//!                +------+
//! ```
//!
//! Only one thread flushes at a time, and none waits for another. The wake-ups come from the rounds of
//! `live/hub/waiters.rs`, whose state diagram is there.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

use bytes::{Buf, Bytes};
use http_body_util::combinators::BoxBody;
use hyper::body::Body;
use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::web::serve::limits::ConnectionPermit;

/// How much a client may send after its request, in bytes. It is ignored.
const IGNORED_BYTES_MAX: usize = 16 * 1024;
/// The end of a chunked body (RFC 9112, section 7.1).
const LAST_CHUNK: Bytes = Bytes::from_static(b"0\r\n\r\n");

/// The task of a stream: ends with its body, or when the client has gone.
pub(crate) struct StreamWriter {
    shared: Arc<SharedWriter>,
    ignored_bytes: usize,
}

/// A body and its socket.
struct SharedWriter {
    /// The number of wake-ups since the last rest. The thread that wakes first flushes, until there was no other wake-up
    /// meanwhile: so one thread flushes at a time, the others need not wait, and no wake-up is lost.
    wakes: AtomicUsize,
    socket: TcpStream,
    state: Mutex<WriterState>,
    /// Dropped after the socket.
    _permit: ConnectionPermit,
}

struct WriterState {
    /// `None` once it has ended.
    body: Option<BoxBody<Bytes, io::Error>>,
    /// The next piece to write: the socket did not take it at once, or it came after another piece. A client that stops reading
    /// holds this piece in memory, which it mostly shares with others, and nothing that comes after it.
    unsent: Option<Box<Bytes>>,
    /// Whether there is nothing more to write.
    is_finished: bool,
    task: Option<Waker>,
}

/// What is left to do after a flush.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flushed {
    /// Nothing, until the next wake-up.
    Idle,
    /// There may be more to write, once the socket is writable.
    More,
    /// Nothing: the stream is over.
    Finished,
}

impl StreamWriter {
    /// For a socket to which the head of the response is written, and the body. The permit is kept until the socket is closed.
    pub fn new(socket: TcpStream, body: BoxBody<Bytes, io::Error>, permit: ConnectionPermit) -> Self {
        let state = Mutex::new(WriterState { body: Some(body), unsent: None, is_finished: false, task: None });
        let shared = Arc::new(SharedWriter { wakes: AtomicUsize::new(0), socket, state, _permit: permit });
        Self { shared, ignored_bytes: 0 }
    }

    /// Whether the client is still there. What it sends is ignored.
    fn is_connected(&mut self, cx: &mut Context<'_>) -> bool {
        let mut ignored = [0; 512];
        while self.ignored_bytes <= IGNORED_BYTES_MAX {
            match self.shared.socket.poll_read_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return false,
                Poll::Pending => return true,
            }
            match self.shared.socket.try_read(&mut ignored) {
                Ok(0) => return false,
                Ok(length) => self.ignored_bytes += length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        false
    }
}

impl Future for StreamWriter {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let writer = self.get_mut();
        if writer.shared.poll_flush(cx).is_pending() && writer.is_connected(cx) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for StreamWriter {
    fn drop(&mut self) {
        // The hub holds a waker that keeps `shared`, and `shared` keeps the body, which is the subscription to the hub: so this
        // breaks the cycle. Not under the lock of the state, because dropping the body takes other locks.
        let mut state = self.shared.lock_state();
        let held = (state.body.take(), state.unsent.take(), state.task.take());
        state.is_finished = true;
        drop(state);
        drop(held);
    }
}

impl Wake for SharedWriter {
    fn wake(self: Arc<Self>) {
        if let (Flushed::More | Flushed::Finished, Some(task)) = self.flush() {
            task.wake();
        }
    }
}

impl SharedWriter {
    fn lock_state(&self) -> MutexGuard<'_, WriterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The work of the task. Ready when the stream is over.
    fn poll_flush(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Before the flush: if another thread is flushing now, it wakes the task for what is left.
        self.lock_state().task = Some(cx.waker().clone());
        loop {
            match self.flush().0 {
                Flushed::Idle => return Poll::Pending,
                Flushed::More if ready!(self.socket.poll_write_ready(cx)).is_ok() => {}
                Flushed::More | Flushed::Finished => return Poll::Ready(()),
            }
        }
    }

    /// Flushes. Returns what is left to do, and the task to wake for it. While another thread flushes that is nothing: that
    /// thread flushes once more.
    fn flush(self: &Arc<Self>) -> (Flushed, Option<Waker>) {
        if self.wakes.fetch_add(1, Ordering::AcqRel) > 0 {
            return (Flushed::Idle, None);
        }
        let (waker, mut seen) = (Waker::from(Arc::clone(self)), 1);
        loop {
            let mut state = self.lock_state();
            let cx = &mut Context::from_waker(&waker);
            // A body that panics ends its own stream, not the round of the thread that wakes it. So does an error, without the
            // last chunk: the client reconnects.
            let result = catch_unwind(AssertUnwindSafe(|| state.flush_piece(&self.socket, cx)));
            let flushed = result.unwrap_or(Ok(Flushed::Finished)).unwrap_or(Flushed::Finished);
            state.is_finished = flushed == Flushed::Finished;
            let task = if flushed == Flushed::Idle { None } else { state.task.clone() };
            drop(state);
            match self.wakes.compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return (flushed, task),
                Err(wakes) => seen = wakes,
            }
        }
    }
}

impl WriterState {
    /// Writes one piece, if there is one, and polls for the next.
    fn flush_piece(&mut self, socket: &TcpStream, cx: &mut Context<'_>) -> io::Result<Flushed> {
        if self.is_finished {
            return Ok(Flushed::Finished);
        }
        // Checked before there is anything to write: the state of the socket and of the body are apart in memory, and this lets
        // the processor load both at once.
        if socket.try_io(Interest::WRITABLE, || Ok(())).is_err() {
            return Ok(Flushed::More);
        }
        let piece = match self.unsent.take() {
            None => self.poll_body(cx)?,
            Some(unsent) => Poll::Ready(Some(*unsent)),
        };
        let mut piece = match piece {
            Poll::Pending => return Ok(Flushed::Idle),
            Poll::Ready(None) => return Ok(Flushed::Finished),
            Poll::Ready(Some(piece)) => piece,
        };
        while piece.has_remaining() {
            match socket.try_write(&piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => piece.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(self.keep_unsent(piece)),
                Err(error) => return Err(error),
            }
        }
        Ok(match self.poll_body(cx)? {
            Poll::Pending => Flushed::Idle,
            Poll::Ready(None) => Flushed::Finished,
            Poll::Ready(Some(next)) => self.keep_unsent(next),
        })
    }

    fn keep_unsent(&mut self, piece: Bytes) -> Flushed {
        self.unsent = Some(Box::new(piece));
        Flushed::More
    }

    /// Polls for the next piece.
    fn poll_body(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(Ok(None)) };
        Poll::Ready(Ok(Some(match ready!(Pin::new(body).poll_frame(cx)) {
            Some(frame) => frame?.into_data().unwrap_or_default(),
            None => {
                self.body = None;
                LAST_CHUNK
            }
        })))
    }
}

#[cfg(test)]
mod tests;
