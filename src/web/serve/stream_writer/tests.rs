//! Tests of the stream writer alone: which thread writes, and what happens when several wake it.

use std::sync::Weak;
use std::sync::atomic::AtomicBool;

use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::metrics::Metrics;
use crate::web::serve::limits::{ConnectionLimiter, ConnectionLimits};
use crate::web::serve::stream_writer::*;

/// A body that yields what it is sent, until its sender is dropped. It keeps its waker where a test finds it.
struct TestBody {
    pieces: UnboundedReceiver<String>,
    waker: Arc<Mutex<Option<Waker>>>,
    _alive: Arc<()>,
}

/// The piece that makes it panic.
const PANIC: &str = "panic";

impl Body for TestBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        *self.waker.lock().expect("no thread panics with the lock") = Some(cx.waker().clone());
        let piece = ready!(self.pieces.poll_recv(cx));
        assert_ne!(piece.as_deref(), Some(PANIC));
        Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from(piece)))))
    }
}

/// A stream and both of its ends.
struct TestStream {
    writer: StreamWriter,
    sender: UnboundedSender<String>,
    waker: Arc<Mutex<Option<Waker>>>,
    alive: Weak<()>,
    client: TcpStream,
}

async fn open_stream() -> TestStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (connected, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (socket, peer) = accepted.expect("the client connects");
    socket.writable().await.expect("it is new");
    let limiter = ConnectionLimiter::new(ConnectionLimits { total: 1, per_address: 1, exempt: Vec::new() });
    let permit = limiter.try_acquire(peer.ip(), &Metrics::default()).expect("none is taken");
    let ((sender, pieces), waker, alive) = (unbounded_channel(), Arc::default(), Arc::new(()));
    let weak = Arc::downgrade(&alive);
    let body = TestBody { pieces, waker: Arc::clone(&waker), _alive: alive };
    let writer = StreamWriter::new(socket, BoxBody::new(body), permit);
    TestStream { writer, sender, waker, alive: weak, client: connected.expect("it listens") }
}

/// Whether a task was woken.
#[derive(Default)]
struct WakeFlag(AtomicBool);

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

async fn read_text(socket: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    socket.read_exact(&mut bytes).await.expect("this much is written");
    String::from_utf8(bytes).expect("only text is written")
}

#[tokio::test]
async fn the_waking_thread_writes_a_piece_without_waking_the_task() {
    let TestStream { mut writer, sender, mut client, .. } = open_stream().await;
    let woken = Arc::new(WakeFlag::default());
    let task = Waker::from(Arc::clone(&woken));
    assert!(Pin::new(&mut writer).poll(&mut Context::from_waker(&task)).is_pending());
    for piece in ["one", "two"] {
        sender.send(piece.to_owned()).expect("the body is there");
        assert_eq!(read_text(&mut client, 3).await, piece);
    }
    assert!(!woken.0.load(Ordering::SeqCst));
    drop(sender);
    assert!(woken.0.load(Ordering::SeqCst), "the task handles the end");
    assert!(Pin::new(&mut writer).poll(&mut Context::from_waker(&task)).is_ready());
    assert_eq!(read_text(&mut client, 5).await, "0\r\n\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_pieces_arrive_whole_and_in_order_at_a_slow_reader() {
    const TIMES: usize = 10_000;
    /// Together more than the buffers of two sockets hold.
    const LENGTH: usize = 2_000;
    let TestStream { writer, sender, mut client, .. } = open_stream().await;
    let task = tokio::spawn(writer);
    let threads = ["a", "b"].map(|name| {
        let sender = sender.clone();
        let send = move |n| sender.send(format!("{name}{n:>LENGTH$}")).expect("the body is there");
        std::thread::spawn(move || (0..TIMES).for_each(send))
    });
    for thread in threads {
        thread.join().expect("nothing panics");
    }
    drop(sender);
    let mut all = String::new();
    client.read_to_string(&mut all).await.expect("it ends");
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
async fn a_half_closed_client_still_receives_what_is_ready() {
    let TestStream { mut writer, sender, mut client, .. } = open_stream().await;
    sender.send("one".to_owned()).expect("the body is there");
    client.shutdown().await.expect("it is open");
    writer.shared.socket.readable().await.expect("the end of the client is known");
    assert!(Pin::new(&mut writer).poll(&mut Context::from_waker(Waker::noop())).is_ready());
    drop(writer);
    assert_eq!(read_text(&mut client, 3).await, "one");
}

#[tokio::test]
async fn a_panicking_body_ends_only_its_own_stream() {
    let TestStream { writer, sender, mut client, alive, .. } = open_stream().await;
    let task = tokio::spawn(writer);
    sender.send("one".to_owned()).expect("the body is there");
    assert_eq!(read_text(&mut client, 3).await, "one");
    sender.send(PANIC.to_owned()).expect("the body is there");
    task.await.expect("it ends as if the client had gone");
    assert!(alive.upgrade().is_none());
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.expect("it ends");
    assert_eq!(rest, "", "without the last chunk");
}

#[tokio::test]
async fn a_body_is_dropped_with_its_task_though_its_waker_is_still_held() {
    let TestStream { writer, sender, waker, alive, mut client } = open_stream().await;
    let task = tokio::spawn(writer);
    sender.send("one".to_owned()).expect("the body is there");
    assert_eq!(read_text(&mut client, 3).await, "one");
    task.abort();
    assert!(task.await.is_err());
    assert!(alive.upgrade().is_none());
    let waker = waker.lock().expect("no thread panics with the lock").take().expect("the body was polled");
    waker.wake();
    let mut rest = String::new();
    client.read_to_string(&mut rest).await.expect("it ends with the last waker");
    assert_eq!(rest, "");
}
