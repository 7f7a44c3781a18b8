//! A bare connection: bytes go out as a siege wants them, and what comes back is read as HTTP/1.1, a stream with it.
//! It holds as little as it can, so that one process can hold ten thousand.

use std::collections::VecDeque;

use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::within;
use crate::sse::{Event, Parser};

/// A connection.
pub struct Line {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Line {
    pub async fn open(host: &str) -> Self {
        Self::open_with(host, TcpSocket::new_v4().unwrap()).await
    }

    /// One that takes little before it is read from.
    pub async fn open_narrow(host: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        Self::open_with(host, socket).await
    }

    async fn open_with(host: &str, socket: TcpSocket) -> Self {
        let connected = within("a connection", socket.connect(host.parse().unwrap())).await;
        Self { stream: connected.expect("it is accepted"), unread: Vec::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        within("bytes to be taken", self.stream.write_all(bytes.as_ref())).await.expect("the connection is open");
    }

    /// Takes as much as others from now on.
    pub fn widen(&self) {
        SockRef::from(&self.stream).set_recv_buffer_size(4 * 1024 * 1024).unwrap();
    }

    /// Sends what may come too late.
    pub async fn send_or_not(&mut self, bytes: &[u8]) {
        let _too_late = within("bytes to be taken", self.stream.write_all(bytes)).await;
    }

    /// Sends on and on until the other side has hung up; how many bytes it took.
    pub async fn send_for_ever(&mut self, bytes: &[u8]) -> u64 {
        within("the server to hang up", async {
            for sent in 0.. {
                if self.stream.write_all(bytes).await.is_err() {
                    return sent * bytes.len() as u64;
                }
            }
            unreachable!("it is never done")
        })
        .await
    }

    /// An answer with a length: its status and its body.
    pub async fn answer(&mut self) -> (u16, Vec<u8>) {
        let head = self.head().await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.unwrap_or_else(|| panic!("it has a length: {head}")).parse().unwrap();
        while self.unread.len() < length {
            assert!(self.reads().await > 0, "an answer is whole");
        }
        let rest = self.unread.split_off(length);
        (status(&head), std::mem::replace(&mut self.unread, rest))
    }

    /// The head of an answer, in lower case.
    async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.unread.windows(4).position(|end| end == b"\r\n\r\n") {
                let rest = self.unread.split_off(end + 4);
                let head = std::mem::replace(&mut self.unread, rest);
                return String::from_utf8(head).unwrap().to_ascii_lowercase();
            }
            assert!(self.reads().await > 0, "a head is whole");
        }
    }

    /// Reads some bytes; none at the end.
    async fn reads(&mut self) -> usize {
        within("bytes", self.stream.read_buf(&mut self.unread)).await.expect("the connection is open")
    }

    /// Reads all there is until the other side has hung up, in whichever way.
    pub async fn hung_up(&mut self) -> String {
        let mut rest = std::mem::take(&mut self.unread);
        let _or_reset = within("the server to hang up", self.stream.read_to_end(&mut rest)).await;
        String::from_utf8_lossy(&rest).into_owned()
    }

    /// Says that it will send no more, and reads on.
    pub async fn half_close(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Breaks off without a goodbye (RST).
    pub fn break_off(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// Asks for the stream of a room, from a place on, and waits until it has begun.
    pub async fn listen(mut self, room: &str, last_id: Option<&str>) -> Listener {
        let last_id = last_id.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        self.send(format!("GET {room}/live?as=json HTTP/1.1\r\nHost: x\r\n{last_id}\r\n")).await;
        let head = self.head().await;
        assert_eq!(status(&head), 200, "the stream opens");
        let chunk = head.contains("\r\ntransfer-encoding: chunked\r\n").then_some(0);
        let heard = VecDeque::new();
        let mut listener = Listener { line: self, chunk, parser: Parser::default(), heard, last_id: String::new() };
        let first = listener.next().await.expect("a stream says something first");
        assert_eq!(first.name, "hello", "nothing is missing: {first:?}");
        listener
    }
}

fn status(head: &str) -> u16 {
    let status = head.strip_prefix("http/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("it is an answer: {head}"))
}

/// Somebody who listens over a bare connection.
pub struct Listener {
    /// The connection, for whoever wants to leave it in a special way.
    pub line: Line,
    /// How much of a chunk is still to come, if the stream comes in chunks (RFC 9112, section 7.1).
    chunk: Option<usize>,
    parser: Parser,
    heard: VecDeque<Event>,
    /// The id of the last event that had one.
    pub last_id: String,
}

impl Listener {
    /// The text of the next change.
    pub async fn hears(&mut self) -> String {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.is_change() {
                return crate::ears::text_of(&event);
            }
        }
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        while self.heard.is_empty() {
            let bytes = self.unframed();
            self.heard.extend(self.parser.read(&bytes));
            if self.heard.is_empty() && self.line.reads().await == 0 {
                return None;
            }
        }
        let event = self.heard.pop_front()?;
        if let Some(id) = &event.id {
            self.last_id.clone_from(id);
        }
        Some(event)
    }

    /// What has come of the stream itself, without what frames it.
    fn unframed(&mut self) -> Vec<u8> {
        let raw = &mut self.line.unread;
        let Some(left) = &mut self.chunk else { return std::mem::take(raw) };
        let (mut bytes, mut at) = (Vec::new(), 0);
        while at < raw.len() {
            if *left == 0 {
                let Some(end) = raw[at..].windows(2).position(|end| end == b"\r\n") else { break };
                // An empty line ends the chunk before.
                let size = std::str::from_utf8(&raw[at..at + end]).unwrap();
                *left = if size.is_empty() { 0 } else { usize::from_str_radix(size, 16).unwrap() };
                at += end + 2;
            }
            let taken = (*left).min(raw.len() - at);
            bytes.extend_from_slice(&raw[at..at + taken]);
            (*left, at) = (*left - taken, at + taken);
        }
        raw.drain(..at);
        bytes
    }
}
