//! The way out of a stream that has its socket to itself: from a body of bytes, piece by piece, to whoever listens.
//!
//! When thousands hear the same, to wake a task for each costs more than what the task then does. So the bell that a body
//! has here is not its task's: whoever rings it writes the next piece there and then. The task is woken for what is seldom,
//! when the socket takes no more, when there is more than one piece, when it is over; and it notices that the other end has
//! gone. Nothing here knows rooms or frames: only a body, already in chunks, that ends when it ends.

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

use crate::web::serve::ConnectionPermit;

/// How much a listener may say after its request, in bytes. Nobody answers, and nobody needs to say anything.
const IGNORED_BYTES_MAX: usize = 16 * 1024;
/// What ends a body that comes in chunks (RFC 9112, section 7.1).
const LAST_CHUNK: Bytes = Bytes::from_static(b"0\r\n\r\n");

/// The task of a stream: ends with its body, or when the other end has gone.
pub(crate) struct StreamWriter {
    shared: Arc<SharedWriter>,
    ignored_bytes: usize,
}

/// A body and the socket to which it goes.
struct SharedWriter {
    /// How often it was rung since it was last at rest. Whoever rings first pours, until nobody has rung meanwhile: so one
    /// pours at a time, the others need not wait, and nothing that was rung for is overlooked.
    wakes: AtomicUsize,
    socket: TcpStream,
    state: Mutex<WriterState>,
    /// The connection's place, given up after its socket.
    _permit: ConnectionPermit,
}

struct WriterState {
    /// Nothing once it has ended.
    body: Option<BoxBody<Bytes, io::Error>>,
    /// What is to be written next: the socket did not take it at once, or it came after another piece. One that stops reading
    /// keeps hold of this, which mostly others have too, and of nothing that comes after it.
    unsent: Option<Box<Bytes>>,
    /// Whether nothing more is to be written.
    is_finished: bool,
    task: Option<Waker>,
}

/// What is left to do after somebody has poured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flushed {
    /// Nothing, until the bell rings.
    Idle,
    /// There may be more to write, when the socket takes it.
    More,
    /// Nothing any more.
    Finished,
}

impl StreamWriter {
    /// For a socket to which the head of the answer is written, and the body that is to come. The connection's seat is
    /// kept until it is closed.
    pub fn new(socket: TcpStream, body: BoxBody<Bytes, io::Error>, permit: ConnectionPermit) -> Self {
        let flow = Mutex::new(WriterState { body: Some(body), unsent: None, is_finished: false, task: None });
        Self {
            shared: Arc::new(SharedWriter { wakes: AtomicUsize::new(0), socket, state: flow, _permit: permit }),
            ignored_bytes: 0,
        }
    }

    /// Whether the other end is still there. What it says is for nobody.
    fn is_connected(&mut self, cx: &mut Context<'_>) -> bool {
        let mut said = [0; 512];
        while self.ignored_bytes <= IGNORED_BYTES_MAX {
            match self.shared.socket.poll_read_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return false,
                Poll::Pending => return true,
            }
            match self.shared.socket.try_read(&mut said) {
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
        let outlet = self.get_mut();
        if outlet.shared.poll_flush(cx).is_pending() && outlet.is_connected(cx) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Drop for StreamWriter {
    fn drop(&mut self) {
        // The body's place in its room has a bell that keeps the tap, and the tap keeps the body: so this lets go of it. Not
        // under the lock of the flow, because the body takes others.
        let mut flow = self.shared.lock_state();
        let held = (flow.body.take(), flow.unsent.take(), flow.task.take());
        flow.is_finished = true;
        drop(flow);
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

    /// Does what is the task's to do. Ready when it is over.
    fn poll_flush(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Before it pours: if somebody else does just now, they wake it for what is left.
        self.lock_state().task = Some(cx.waker().clone());
        loop {
            match self.flush().0 {
                Flushed::Idle => return Poll::Pending,
                Flushed::More if ready!(self.socket.poll_write_ready(cx)).is_ok() => {}
                Flushed::More | Flushed::Finished => return Poll::Ready(()),
            }
        }
    }

    /// Pours, and says what is left then, and who is to be woken for it. While somebody else pours that is nothing: they look
    /// once more.
    fn flush(self: &Arc<Self>) -> (Flushed, Option<Waker>) {
        if self.wakes.fetch_add(1, Ordering::AcqRel) > 0 {
            return (Flushed::Idle, None);
        }
        let (bell, mut seen) = (Waker::from(Arc::clone(self)), 1);
        loop {
            let mut flow = self.lock_state();
            let cx = &mut Context::from_waker(&bell);
            // A body that panics breaks off its own stream, not the work of whoever rings. An error does so too, without the
            // chunk that would end it: whoever listens comes back.
            let poured = catch_unwind(AssertUnwindSafe(|| flow.flush_piece(&self.socket, cx)));
            let left = poured.unwrap_or(Ok(Flushed::Finished)).unwrap_or(Flushed::Finished);
            flow.is_finished = left == Flushed::Finished;
            let task = if left == Flushed::Idle { None } else { flow.task.clone() };
            drop(flow);
            match self.wakes.compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return (left, task),
                Err(rings) => seen = rings,
            }
        }
    }
}

impl WriterState {
    /// Writes one piece, if there is one, and looks for the next.
    fn flush_piece(&mut self, socket: &TcpStream, cx: &mut Context<'_>) -> io::Result<Flushed> {
        if self.is_finished {
            return Ok(Flushed::Finished);
        }
        // Asked before there is anything to write: what is known of the socket and what the body keeps lie apart in memory,
        // and the processor then fetches both at once.
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

    /// The next piece.
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
