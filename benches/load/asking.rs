//! Requests and answers over kept connections, each connection asking again as soon as it is answered; one thread for
//! all of them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::http::{self, PATIENCE};
use crate::process;

/// Connections that ask.
pub struct Asking {
    poll: Poll,
    askers: Vec<Asker>,
    buffer: Vec<u8>,
    asked: usize,
}

struct Asker {
    stream: TcpStream,
    answer: Vec<u8>,
    asked: Option<Instant>,
}

/// What came of it.
#[derive(Default)]
pub struct Answers {
    /// How long each took, in microseconds.
    pub delays: Vec<u32>,
    /// How many had another status than was expected.
    pub failed: usize,
    /// The bytes of all answers, heads included.
    pub bytes: usize,
    /// How long it went on.
    pub took: Duration,
    /// The CPU time of the thread that asked.
    pub asker_cpu: Duration,
}

impl Asking {
    /// Connects so many.
    pub fn open(connections: usize, address: SocketAddr) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut askers = Vec::new();
        for number in 0..connections {
            let stream = std::net::TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut stream = TcpStream::from_std(stream);
            poll.registry().register(&mut stream, Token(number), Interest::READABLE)?;
            askers.push(Asker { stream, answer: Vec::new(), asked: None });
        }
        Ok(Self { poll, askers, buffer: vec![0; 256 * 1024], asked: 0 })
    }

    /// Has all of them ask for this long, and waits for the last answers. `request` writes the n-th request.
    pub fn ask_for(
        &mut self,
        time: Duration,
        expected: u16,
        mut request: impl FnMut(usize, &mut Vec<u8>),
    ) -> io::Result<Answers> {
        let (mut answers, mut written, mut events) = (Answers::default(), Vec::new(), Events::with_capacity(256));
        let (since, cpu) = (Instant::now(), process::own_thread_cpu());
        let mut ask = |asker: &mut Asker, asked: &mut usize| {
            request(*asked, &mut written);
            *asked += 1;
            asker.ask(&written)
        };
        for asker in &mut self.askers {
            ask(asker, &mut self.asked)?;
        }
        let mut waiting = self.askers.len();
        while waiting > 0 {
            self.poll.poll(&mut events, Some(PATIENCE))?;
            if events.is_empty() {
                return Err(io::Error::other("the server answers no more"));
            }
            for event in &events {
                let asker = &mut self.askers[event.token().0];
                while asker.hear(&mut self.buffer, expected, &mut answers)? {
                    if since.elapsed() < time {
                        ask(asker, &mut self.asked)?;
                    } else {
                        waiting -= 1;
                    }
                }
            }
        }
        answers.took = since.elapsed();
        answers.asker_cpu = process::own_thread_cpu().saturating_sub(cpu);
        Ok(answers)
    }
}

impl Asker {
    fn ask(&mut self, request: &[u8]) -> io::Result<()> {
        self.asked = Some(Instant::now());
        let wrote = self.stream.write(request)?;
        // A request is small and the socket is empty, so it fits.
        if wrote == request.len() { Ok(()) } else { Err(io::Error::other("a request did not fit into the socket")) }
    }

    /// Reads what is there; whether it completes an answer.
    fn hear(&mut self, buffer: &mut [u8], expected: u16, answers: &mut Answers) -> io::Result<bool> {
        let Some(asked) = self.asked else { return Ok(false) };
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(io::Error::other("the server hung up")),
                Ok(got) => self.answer.extend_from_slice(&buffer[..got]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
            let Some(head) = http::head(&self.answer).transpose()? else { continue };
            if self.answer.len() >= head.length + head.body.unwrap_or(0) {
                let delay = asked.elapsed().as_micros();
                answers.delays.push(u32::try_from(delay).unwrap_or(u32::MAX));
                answers.bytes += self.answer.len();
                answers.failed += usize::from(head.status != expected);
                self.answer.clear();
                self.asked = None;
                return Ok(true);
            }
        }
    }
}
