//! Those who post while others listen: each with a connection and a thread, so that the delay of a post is not that
//! of the thread which reads ten thousand streams.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::http::{self, Line};
use crate::server::Cast;

/// The run's own time.
#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds since the start.
    pub fn now(self) -> u64 {
        u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What is hidden in the text of each message, so that whoever hears it knows whether, and since when, it should.
pub struct Marker {
    /// The number of its room.
    pub room: usize,
    /// When it was posted, or should have been.
    pub due: u64,
}

impl Marker {
    /// A text of about `size` bytes with the marker in it.
    fn text(&self, size: usize) -> String {
        let marker = format!("load({},{})", self.room, self.due);
        words(size.saturating_sub(marker.len())) + &marker
    }

    /// The marker in these bytes.
    pub fn find(bytes: &[u8]) -> Option<Self> {
        let start = bytes.windows(5).rposition(|window| window == b"load(")? + 5;
        let length = bytes[start..].iter().position(|&byte| byte == b')')?;
        let (room, due) = std::str::from_utf8(&bytes[start..start + length]).ok()?.split_once(',')?;
        Some(Self { room: room.parse().ok()?, due: due.parse().ok()? })
    }
}

/// So many bytes of talk.
pub fn words(size: usize) -> String {
    "The tap is open and the room is full of people who talk about the weather. ".chars().cycle().take(size).collect()
}

/// One message to post.
pub struct Job {
    /// The number of its room.
    pub room: usize,
    /// The number of whoever posts it.
    pub person: usize,
    /// When it is due. Without it, it is due at once.
    pub due: Option<u64>,
}

/// All who post.
pub struct Posters {
    jobs: Sender<Job>,
    threads: Vec<JoinHandle<io::Result<Vec<u32>>>>,
}

impl Posters {
    /// Connects so many.
    pub fn start(count: usize, address: SocketAddr, cast: &Arc<Cast>, clock: Clock, body: usize) -> io::Result<Self> {
        let (sender, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        let threads = (0..count).map(|_| {
            let poster =
                Poster { line: Line::open(address)?, jobs: Arc::clone(&jobs), cast: Arc::clone(cast), clock, body };
            thread::Builder::new().name("poster".to_owned()).spawn(move || poster.run())
        });
        Ok(Self { jobs: sender, threads: threads.collect::<io::Result<_>>()? })
    }

    /// Has a message posted by whoever is free.
    pub fn post(&self, job: Job) -> io::Result<()> {
        self.jobs.send(job).map_err(|_| io::Error::other("nobody posts any more"))
    }

    /// Waits until all is posted, and answers how long each post took, in microseconds.
    pub fn finish(self) -> io::Result<Vec<u32>> {
        drop(self.jobs);
        let mut delays = Vec::new();
        for thread in self.threads {
            delays.extend(thread.join().map_err(|_| io::Error::other("a poster has panicked"))??);
        }
        Ok(delays)
    }
}

struct Poster {
    line: Line,
    jobs: Arc<Mutex<Receiver<Job>>>,
    cast: Arc<Cast>,
    clock: Clock,
    body: usize,
}

impl Poster {
    fn run(mut self) -> io::Result<Vec<u32>> {
        let (mut delays, mut request) = (Vec::new(), Vec::new());
        loop {
            let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = job else { return Ok(delays) };
            if let Some(due) = job.due {
                thread::sleep(Duration::from_nanos(due.saturating_sub(self.clock.now())));
            }
            let due = job.due.unwrap_or_else(|| self.clock.now());
            let text = Marker { room: job.room, due }.text(self.body);
            let token = &self.cast.tokens[job.person % self.cast.tokens.len()];
            http::post(&mut request, &self.cast.rooms[job.room], token, None, &text);
            let (status, _) = self.line.ask(&request)?;
            // nchan says 202 for what nobody was there to hear.
            if !matches!(status, 201 | 202) {
                return Err(io::Error::other(format!("a post was answered {status}")));
            }
            delays.push(u32::try_from((self.clock.now() - due) / 1_000).unwrap_or(u32::MAX));
        }
    }
}
