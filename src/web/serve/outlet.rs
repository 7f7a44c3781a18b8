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

use super::Seat;

/// How much a listener may say after its request, in bytes. Nobody answers, and nobody needs to say anything.
const SAID_BYTES_MAX: usize = 16 * 1024;
/// What ends a body that comes in chunks (RFC 9112, section 7.1).
const LAST_CHUNK: Bytes = Bytes::from_static(b"0\r\n\r\n");

/// The task of a stream: ends with its body, or when the other end has gone.
pub(super) struct Outlet {
    tap: Arc<Tap>,
    said_bytes: usize,
}

/// A body and the socket to which it goes.
struct Tap {
    /// How often it was rung since it was last at rest. Whoever rings first pours, until nobody has rung meanwhile: so one
    /// pours at a time, the others need not wait, and nothing that was rung for is overlooked.
    rings: AtomicUsize,
    socket: TcpStream,
    flow: Mutex<Flow>,
    /// The connection's place, given up after its socket.
    _seat: Seat,
}

struct Flow {
    /// Nothing once it has ended.
    body: Option<BoxBody<Bytes, io::Error>>,
    /// What is to be written next: the socket did not take it at once, or it came after another piece. One that stops reading
    /// keeps hold of this, which mostly others have too, and of nothing that comes after it.
    unsent: Option<Box<Bytes>>,
    /// Whether nothing more is to be written.
    is_over: bool,
    task: Option<Waker>,
}

/// What is left to do after somebody has poured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// Nothing, until the bell rings.
    Nothing,
    /// There may be more to write, when the socket takes it.
    More,
    /// Nothing any more.
    Over,
}

impl Outlet {
    /// For a socket to which the head of the answer is written, and the body that is to come. The connection's seat is
    /// kept until it is closed.
    pub fn new(socket: TcpStream, body: BoxBody<Bytes, io::Error>, seat: Seat) -> Self {
        let flow = Mutex::new(Flow { body: Some(body), unsent: None, is_over: false, task: None });
        Self { tap: Arc::new(Tap { rings: AtomicUsize::new(0), socket, flow, _seat: seat }), said_bytes: 0 }
    }

    /// Whether the other end is still there. What it says is for nobody.
    fn is_there(&mut self, cx: &mut Context<'_>) -> bool {
        let mut said = [0; 512];
        while self.said_bytes <= SAID_BYTES_MAX {
            match self.tap.socket.poll_read_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return false,
                Poll::Pending => return true,
            }
            match self.tap.socket.try_read(&mut said) {
                Ok(0) => return false,
                Ok(length) => self.said_bytes += length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        false
    }
}

impl Future for Outlet {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let outlet = self.get_mut();
        if outlet.tap.attend(cx).is_pending() && outlet.is_there(cx) { Poll::Pending } else { Poll::Ready(()) }
    }
}

impl Drop for Outlet {
    fn drop(&mut self) {
        // The body's place in its room has a bell that keeps the tap, and the tap keeps the body: so this lets go of it. Not
        // under the lock of the flow, because the body takes others.
        let mut flow = self.tap.flow();
        let held = (flow.body.take(), flow.unsent.take(), flow.task.take());
        flow.is_over = true;
        drop(flow);
        drop(held);
    }
}

impl Wake for Tap {
    fn wake(self: Arc<Self>) {
        if let (Rest::More | Rest::Over, Some(task)) = self.pour() {
            task.wake();
        }
    }
}

impl Tap {
    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is the task's to do. Ready when it is over.
    fn attend(self: &Arc<Self>, cx: &mut Context<'_>) -> Poll<()> {
        // Before it pours: if somebody else does just now, they wake it for what is left.
        self.flow().task = Some(cx.waker().clone());
        loop {
            match self.pour().0 {
                Rest::Nothing => return Poll::Pending,
                Rest::More if ready!(self.socket.poll_write_ready(cx)).is_ok() => {}
                Rest::More | Rest::Over => return Poll::Ready(()),
            }
        }
    }

    /// Pours, and says what is left then, and who is to be woken for it. While somebody else pours that is nothing: they look
    /// once more.
    fn pour(self: &Arc<Self>) -> (Rest, Option<Waker>) {
        if self.rings.fetch_add(1, Ordering::AcqRel) > 0 {
            return (Rest::Nothing, None);
        }
        let (bell, mut seen) = (Waker::from(Arc::clone(self)), 1);
        loop {
            let mut flow = self.flow();
            let cx = &mut Context::from_waker(&bell);
            // A body that panics breaks off its own stream, not the work of whoever rings. An error does so too, without the
            // chunk that would end it: whoever listens comes back.
            let poured = catch_unwind(AssertUnwindSafe(|| flow.pour(&self.socket, cx)));
            let left = poured.unwrap_or(Ok(Rest::Over)).unwrap_or(Rest::Over);
            flow.is_over = left == Rest::Over;
            let task = if left == Rest::Nothing { None } else { flow.task.clone() };
            drop(flow);
            match self.rings.compare_exchange(seen, 0, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return (left, task),
                Err(rings) => seen = rings,
            }
        }
    }
}

impl Flow {
    /// Writes one piece, if there is one, and looks for the next.
    fn pour(&mut self, socket: &TcpStream, cx: &mut Context<'_>) -> io::Result<Rest> {
        if self.is_over {
            return Ok(Rest::Over);
        }
        // Asked before there is anything to write: what is known of the socket and what the body keeps lie apart in memory,
        // and the processor then fetches both at once.
        if socket.try_io(Interest::WRITABLE, || Ok(())).is_err() {
            return Ok(Rest::More);
        }
        let piece = match self.unsent.take() {
            None => self.next(cx)?,
            Some(unsent) => Poll::Ready(Some(*unsent)),
        };
        let mut piece = match piece {
            Poll::Pending => return Ok(Rest::Nothing),
            Poll::Ready(None) => return Ok(Rest::Over),
            Poll::Ready(Some(piece)) => piece,
        };
        while piece.has_remaining() {
            match socket.try_write(&piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => piece.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(self.keep(piece)),
                Err(error) => return Err(error),
            }
        }
        Ok(match self.next(cx)? {
            Poll::Pending => Rest::Nothing,
            Poll::Ready(None) => Rest::Over,
            Poll::Ready(Some(next)) => self.keep(next),
        })
    }

    fn keep(&mut self, piece: Bytes) -> Rest {
        self.unsent = Some(Box::new(piece));
        Rest::More
    }

    /// The next piece.
    fn next(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Bytes>>> {
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
