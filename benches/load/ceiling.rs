//! The write ceiling: a server that does nothing but write, as fast as the kernel lets it. Whoever asks with GET is a
//! listener; whatever is posted goes to all of them as one frame, rendered once, of the size of Taproom's. No storage,
//! no names, no rooms, one room's worth of listeners. What Taproom reaches of it is what all the rest costs.
//!
//! One thread accepts and reads; one or more own the listeners and write to them.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};

use crate::http;

const DOOR: Token = Token(usize::MAX);
const BELL: Token = Token(usize::MAX - 1);
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
E\r\nevent: hello\n\n\r\n";
const POSTED: &[u8] = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";

/// Serves until it is killed.
pub fn serve(threads: usize, frame: usize) -> io::Result<()> {
    let mut door = Door::open(threads, frame)?;
    writeln!(io::stdout(), "The ceiling listens on http://{}", door.listener.local_addr()?)?;
    let mut events = Events::with_capacity(1_024);
    loop {
        door.poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == DOOR {
                door.accept()?;
            } else {
                door.read(event.token())?;
            }
        }
    }
}

/// The thread that accepts and reads.
struct Door {
    poll: Poll,
    listener: TcpListener,
    callers: HashMap<Token, (TcpStream, Vec<u8>)>,
    writers: Vec<(Sender<Order>, Arc<Waker>)>,
    next: usize,
    frame: usize,
    seq: u64,
}

impl Door {
    fn open(threads: usize, frame: usize) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
        poll.registry().register(&mut listener, DOOR, Interest::READABLE)?;
        let writers = (0..threads.max(1)).map(|_| Writer::start()).collect::<io::Result<_>>()?;
        Ok(Self { poll, listener, callers: HashMap::new(), writers, next: 0, frame, seq: 0 })
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            match self.listener.accept() {
                Ok((mut stream, _)) => {
                    stream.set_nodelay(true)?;
                    let token = Token(self.next);
                    self.next += 1;
                    self.poll.registry().register(&mut stream, token, Interest::READABLE)?;
                    self.callers.insert(token, (stream, Vec::new()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn read(&mut self, token: Token) -> io::Result<()> {
        let Some((stream, request)) = self.callers.get_mut(&token) else { return Ok(()) };
        let mut buffer = [0; 16 * 1024];
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => break,
                Ok(got) => request.extend_from_slice(&buffer[..got]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return self.answer(token),
                Err(_) => break,
            }
        }
        self.callers.remove(&token);
        Ok(())
    }

    fn answer(&mut self, token: Token) -> io::Result<()> {
        let Some((mut stream, mut request)) = self.callers.remove(&token) else { return Ok(()) };
        if request.starts_with(b"GET ") && request.ends_with(b"\r\n\r\n") {
            self.poll.registry().deregister(&mut stream)?;
            let (orders, bell) = &self.writers[token.0 % self.writers.len()];
            let _ended = orders.send(Order::Listener(stream));
            return bell.wake();
        }
        if let Some(head) = end_of_head(&request)
            && request.len() >= head.length + head.body.unwrap_or(0)
        {
            self.seq += 1;
            let frame = frame(self.seq, &request[head.length..], self.frame);
            stream.write_all(POSTED)?;
            for (orders, bell) in &self.writers {
                let _ended = orders.send(Order::Frame(Arc::clone(&frame)));
                bell.wake()?;
            }
            request.clear();
        }
        self.callers.insert(token, (stream, request));
        Ok(())
    }
}

/// The head of a request ends as that of an answer does, and says in the same way how much follows.
fn end_of_head(request: &[u8]) -> Option<http::Head> {
    let mut answer = b"HTTP/1.1 200 ".to_vec();
    answer.extend_from_slice(request);
    let head = http::head(&answer)?.ok()?;
    Some(http::Head { length: head.length - b"HTTP/1.1 200 ".len(), ..head })
}

/// A frame of `size` bytes with this text in it, as one chunk.
fn frame(seq: u64, body: &[u8], size: usize) -> Arc<[u8]> {
    let body = String::from_utf8_lossy(body);
    let data = format!("id: 00000001-{seq}\ndata: <p>{body}</p>");
    let data = format!("{data:.<width$}\n\n", width = size.saturating_sub(2));
    format!("{:X}\r\n{data}\r\n", data.len()).into_bytes().into()
}

enum Order {
    Listener(TcpStream),
    Frame(Arc<[u8]>),
}

/// A thread that owns some of the listeners.
struct Writer {
    poll: Poll,
    orders: Receiver<Order>,
    seats: Vec<Option<Seat>>,
    log: Vec<Arc<[u8]>>,
}

struct Seat {
    stream: TcpStream,
    next: usize,
    written: usize,
}

impl Writer {
    fn start() -> io::Result<(Sender<Order>, Arc<Waker>)> {
        let poll = Poll::new()?;
        let bell = Arc::new(Waker::new(poll.registry(), BELL)?);
        let (sender, orders) = channel();
        let writer = Self { poll, orders, seats: Vec::new(), log: Vec::new() };
        thread::Builder::new().name("writer".to_owned()).spawn(move || writer.run())?;
        Ok((sender, bell))
    }

    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1_024);
        loop {
            self.poll.poll(&mut events, None)?;
            for event in &events {
                match event.token() {
                    BELL => self.obey()?,
                    Token(seat) => self.attend(seat, event.is_readable()),
                }
            }
        }
    }

    fn obey(&mut self) -> io::Result<()> {
        while let Ok(order) = self.orders.try_recv() {
            match order {
                Order::Frame(frame) => {
                    self.log.push(frame);
                    for seat in 0..self.seats.len() {
                        self.attend(seat, false);
                    }
                }
                Order::Listener(mut stream) => {
                    let token = Token(self.seats.len());
                    self.poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                    stream.write_all(HEAD)?;
                    self.seats.push(Some(Seat { stream, next: self.log.len(), written: 0 }));
                }
            }
        }
        Ok(())
    }

    /// Writes what a listener has not got, and lets it go when it has gone.
    fn attend(&mut self, number: usize, readable: bool) {
        let Some(Some(seat)) = self.seats.get_mut(number) else { return };
        let has_gone = readable && matches!(seat.stream.read(&mut [0; 64]), Ok(0));
        if has_gone || seat.write(&self.log).is_err() {
            self.seats[number] = None;
        }
    }
}

impl Seat {
    fn write(&mut self, log: &[Arc<[u8]>]) -> io::Result<()> {
        while let Some(frame) = log.get(self.next) {
            match self.stream.write(&frame[self.written..]) {
                Ok(wrote) => self.written += wrote,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
            if self.written == frame.len() {
                (self.next, self.written) = (self.next + 1, 0);
            }
        }
        Ok(())
    }
}
