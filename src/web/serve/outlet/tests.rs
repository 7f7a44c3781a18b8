//! A body's way to its socket, by itself: who writes, and what happens when several would.

use std::sync::Weak;
use std::sync::atomic::AtomicBool;

use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::super::{Hall, Seats};
use super::*;
use crate::meters::Meters;

/// Says what it is sent, until it is sent nothing more; and keeps its bell where a test finds it.
struct Said {
    pieces: UnboundedReceiver<String>,
    bell: Arc<Mutex<Option<Waker>>>,
    _there: Arc<()>,
}

/// What makes it panic.
const PANIC: &str = "panic";

impl Body for Said {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        *self.bell.lock().expect("nobody panics with it") = Some(cx.waker().clone());
        let piece = ready!(self.pieces.poll_recv(cx));
        assert_ne!(piece.as_deref(), Some(PANIC));
        Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from(piece)))))
    }
}

/// A stream and both its ends.
struct Stream {
    outlet: Outlet,
    says: UnboundedSender<String>,
    bell: Arc<Mutex<Option<Waker>>>,
    is_there: Weak<()>,
    hears: TcpStream,
}

async fn stream() -> Stream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it has one");
    let (hears, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (socket, peer) = accepted.expect("somebody comes");
    socket.writable().await.expect("it is new");
    let hall = Hall::new(Seats { all: 1, each: 1, shared: Vec::new() });
    let seat = hall.seat(peer.ip(), &Meters::default()).expect("all are free");
    let ((says, pieces), bell, there) = (unbounded_channel(), Arc::default(), Arc::new(()));
    let is_there = Arc::downgrade(&there);
    let said = Said { pieces, bell: Arc::clone(&bell), _there: there };
    let outlet = Outlet::new(socket, BoxBody::new(said), seat);
    Stream { outlet, says, bell, is_there, hears: hears.expect("it listens") }
}

/// Whether a task was woken.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn heard(socket: &mut TcpStream, length: usize) -> String {
    let mut heard = vec![0; length];
    socket.read_exact(&mut heard).await.expect("so much is written");
    String::from_utf8(heard).expect("only text is written")
}

#[tokio::test]
async fn whoever_brings_a_piece_writes_it_and_the_task_sleeps_on() {
    let Stream { mut outlet, says, mut hears, .. } = stream().await;
    let woken = Arc::new(Woken::default());
    let task = Waker::from(Arc::clone(&woken));
    assert!(Pin::new(&mut outlet).poll(&mut Context::from_waker(&task)).is_pending());
    for piece in ["one", "two"] {
        says.send(piece.to_owned()).expect("the body is there");
        assert_eq!(heard(&mut hears, 3).await, piece);
    }
    assert!(!woken.0.load(Ordering::SeqCst));
    drop(says);
    assert!(woken.0.load(Ordering::SeqCst), "the end is the task's");
    assert!(Pin::new(&mut outlet).poll(&mut Context::from_waker(&task)).is_ready());
    assert_eq!(heard(&mut hears, 5).await, "0\r\n\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_several_bring_at_once_arrives_whole_and_in_order_also_if_it_is_read_late() {
    const TIMES: usize = 10_000;
    /// More than lies in the buffers of two sockets, when it is sent so often.
    const LENGTH: usize = 2_000;
    let Stream { outlet, says, mut hears, .. } = stream().await;
    let task = tokio::spawn(outlet);
    let threads = ["a", "b"].map(|who| {
        let says = says.clone();
        let say = move |n| says.send(format!("{who}{n:>LENGTH$}")).expect("the body is there");
        std::thread::spawn(move || (0..TIMES).for_each(say))
    });
    for thread in threads {
        thread.join().expect("nothing panics");
    }
    drop(says);
    let mut all = String::new();
    hears.read_to_string(&mut all).await.expect("it ends");
    task.await.expect("nothing panics");
    let pieces = all.strip_suffix("0\r\n\r\n").expect("it ends well");
    assert_eq!(pieces.len(), 2 * TIMES * (LENGTH + 1));
    let mut next = [0, 0];
    for piece in pieces.as_bytes().chunks(LENGTH + 1) {
        let next = &mut next[usize::from(piece[0] == b'b')];
        assert_eq!(std::str::from_utf8(&piece[1..]).map(str::trim), Ok(next.to_string().as_str()));
        *next += 1;
    }
}

#[tokio::test]
async fn who_has_said_everything_still_hears_what_there_is() {
    let Stream { mut outlet, says, mut hears, .. } = stream().await;
    says.send("one".to_owned()).expect("the body is there");
    hears.shutdown().await.expect("it is open");
    outlet.tap.socket.readable().await.expect("its end is known");
    assert!(Pin::new(&mut outlet).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    drop(outlet);
    assert_eq!(heard(&mut hears, 3).await, "one");
}

#[tokio::test]
async fn a_body_that_panics_breaks_off_its_stream_and_whoever_rang_goes_on() {
    let Stream { outlet, says, mut hears, is_there, .. } = stream().await;
    let task = tokio::spawn(outlet);
    says.send("one".to_owned()).expect("the body is there");
    assert_eq!(heard(&mut hears, 3).await, "one");
    says.send(PANIC.to_owned()).expect("the body is there");
    task.await.expect("it ends as after a departure");
    assert!(is_there.upgrade().is_none());
    let mut rest = String::new();
    hears.read_to_string(&mut rest).await.expect("it ends");
    assert_eq!(rest, "", "without the chunk that would end it well");
}

#[tokio::test]
async fn a_body_goes_with_its_task_though_somebody_still_holds_its_bell() {
    let Stream { outlet, says, bell, is_there, mut hears } = stream().await;
    let task = tokio::spawn(outlet);
    says.send("one".to_owned()).expect("the body is there");
    assert_eq!(heard(&mut hears, 3).await, "one");
    task.abort();
    assert!(task.await.is_err());
    assert!(is_there.upgrade().is_none());
    let bell = bell.lock().expect("nobody panics with it").take().expect("it was rung");
    bell.wake();
    let mut rest = String::new();
    hears.read_to_string(&mut rest).await.expect("it ends with the last bell");
    assert_eq!(rest, "");
}
