//! The listeners: as many sockets as asked for, read by one thread. Each delivery costs one wake-up's share and one
//! `read`; what is heard is compared with what others heard, which needs no parsing.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::http::{self, PATIENCE};
use crate::posters::Clock;
use crate::server::Cast;
use crate::stream::Stream;
use crate::verdict::{Ear, Place, Verdict};

/// How many connect at the same time: fewer than the 128 that a listening socket in Rust queues. One more would
/// lose its SYN and try again after a second.
const AT_ONCE: usize = 100;
/// How many sockets are looked at between two looks at the rest.
const EVENTS: usize = 256;

/// All listeners of a run.
pub struct Crowd {
    /// What they have heard.
    pub verdict: Verdict,
    poll: Poll,
    events: Events,
    listeners: Vec<Listener>,
    buffer: Vec<u8>,
}

struct Listener {
    stream: Option<TcpStream>,
    parts: Stream,
    place: Place,
}

impl Crowd {
    /// Opens `count` streams, spread over all rooms and people, and waits until each has begun.
    pub fn open(count: usize, address: SocketAddr, cast: &Cast, clock: Clock) -> io::Result<Self> {
        let verdict = Verdict::new(cast.rooms.len(), clock);
        let (poll, events) = (Poll::new()?, Events::with_capacity(EVENTS));
        let mut crowd = Self { verdict, poll, events, listeners: Vec::new(), buffer: vec![0; 256 * 1024] };
        while crowd.listeners.len() < count {
            for _ in 0..AT_ONCE.min(count - crowd.listeners.len()) {
                crowd.connect(address, cast)?;
            }
            let since = Instant::now();
            while crowd.verdict.begun < crowd.listeners.len() {
                crowd.turn(Duration::from_millis(100))?;
                if since.elapsed() > PATIENCE || crowd.verdict.wrong.broken > 0 {
                    let (begun, all) = (crowd.verdict.begun, crowd.listeners.len());
                    return Err(io::Error::other(format!("only {begun} of {all} streams have begun")));
                }
            }
        }
        Ok(crowd)
    }

    fn connect(&mut self, address: SocketAddr, cast: &Cast) -> io::Result<()> {
        let number = self.listeners.len();
        let room = number % cast.rooms.len();
        let person = number / cast.rooms.len() % cast.tokens.len();
        // Only the connecting is waited for: loopback answers at once.
        let stream = std::net::TcpStream::connect(address)?;
        let path = format!("{}/live", cast.rooms[room]);
        (&stream).write_all(&http::get(&path, "text/event-stream", &cast.tokens[person]))?;
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        self.poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
        let place = self.verdict.seat(room);
        self.listeners.push(Listener { stream: Some(stream), parts: Stream::default(), place });
        Ok(())
    }

    /// Waits for something to be heard, at most so long, and takes it in.
    pub fn turn(&mut self, at_most: Duration) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(at_most)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            done => done?,
        }
        for event in &self.events {
            self.listeners[event.token().0].listen(&mut self.verdict, &mut self.buffer);
        }
        Ok(())
    }

    /// Takes in what comes, for this long.
    pub fn listen_for(&mut self, time: Duration) -> io::Result<()> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            self.turn(left)?;
        }
        Ok(())
    }

    /// All go. Counts what they have not heard, of so many messages in each room.
    pub fn leave(mut self, posted: &[usize]) -> Verdict {
        for listener in &self.listeners {
            self.verdict.close(&listener.place, posted[listener.place.room()]);
        }
        self.verdict
    }
}

impl Listener {
    fn listen(&mut self, verdict: &mut Verdict, buffer: &mut [u8]) {
        loop {
            let Some(stream) = &mut self.stream else { return };
            let heard = match stream.read(buffer) {
                Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
                Ok(got) => self.parts.take(&buffer[..got], &mut Ear(verdict, &mut self.place)).map(|()| got),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => Err(error),
            };
            match heard {
                // A short read has emptied the socket, and what comes after it makes a new event.
                Ok(got) if got < buffer.len() => return,
                Ok(_) => {}
                Err(_) => {
                    verdict.wrong.broken += 1;
                    self.stream = None;
                }
            }
        }
    }
}
