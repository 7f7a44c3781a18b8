//! A room with one listener beside a room with many: whether what happens in one is felt in the other. The quiet room has
//! a thread, a listener and a poster of its own, so that only the server can make it wait.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::fanout::tell;
use crate::figures::{Figures, percentile};
use crate::http::PATIENCE;
use crate::options::Options;
use crate::posters::{Clock, Job, Posters};
use crate::server::{Cast, Kind, Server};

/// How long the quiet room waits between two messages.
const EVERY: Duration = Duration::from_millis(20);
/// How many times `--seconds` each half of a run lasts.
const TIMES: u32 = 3;
/// How many messages the busy room has between two looks at the time.
const MESSAGES: usize = 20;

/// The quiet room's delays while the other is quiet, then while it is busy.
pub fn run(kind: &Kind, options: &Options, frame: usize) -> io::Result<Figures> {
    let server = Server::start(kind, options, frame)?;
    let Cast { rooms, tokens } = server.cast(2, options.people)?;
    let room = |number: usize| Arc::new(Cast { rooms: vec![rooms[number].clone()], tokens: tokens.clone() });
    let (busy, quiet, clock) = (room(0), room(1), Clock::start());
    let body = kind.text_bytes(frame, options.body);
    let mut crowd = Crowd::open(options.listeners, server.address, &busy, clock)?;
    crowd.listen_for(kind.settles_within(options.listeners))?;

    let time = options.duration() * TIMES;
    let alone = Whisper::start(server.address, &quiet, clock, body)?;
    crowd.listen_for(time)?;
    let alone = alone.finish()?;
    let beside = Whisper::start(server.address, &quiet, clock, body)?;
    let posters = Posters::start(2 * options.window, server.address, &busy, clock, body)?;
    let (since, mut posted) = (Instant::now(), vec![0]);
    while since.elapsed() < time {
        tell(&mut crowd, &posters, options.window, MESSAGES, &mut posted)?;
    }
    let deliveries = crowd.verdict.delays.len() as f64 / since.elapsed().as_secs_f64();
    let beside = beside.finish()?;
    posters.finish()?;

    let mut figures = Figures::default();
    alone.report(&mut figures, ["alone p50 ms", "alone p99 ms"]);
    beside.report(&mut figures, ["beside busy p50 ms", "beside busy p99 ms"]);
    figures.add("busy deliveries/s", 0, deliveries);
    figures.add("lost", 0, crowd.leave(&posted).wrong.lost as f64);
    Ok(figures)
}

/// Talks to itself in the quiet room, until it is told to finish.
struct Whisper {
    finish: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Vec<u32>>>,
}

/// How long each message took from the post to the listener, in microseconds.
struct Heard(Vec<u32>);

impl Whisper {
    fn start(address: SocketAddr, cast: &Arc<Cast>, clock: Clock, body: usize) -> io::Result<Self> {
        let finish = Arc::new(AtomicBool::new(false));
        let finished = Arc::clone(&finish);
        let posters = Posters::start(1, address, cast, clock, body)?;
        let mut crowd = Crowd::open(1, address, cast, clock)?;
        let talk = move || {
            let mut messages = 0;
            while !finished.load(Ordering::Acquire) {
                thread::sleep(EVERY);
                posters.post(Job { room: 0, person: messages, due: None })?;
                messages += 1;
                let since = Instant::now();
                while crowd.verdict.complete < messages {
                    crowd.turn(Duration::from_millis(100))?;
                    if since.elapsed() > PATIENCE {
                        return Err(io::Error::other("the quiet room hears nothing any more"));
                    }
                }
            }
            posters.finish()?;
            Ok(crowd.verdict.delays)
        };
        Ok(Self { finish, thread: thread::Builder::new().name("whisper".to_owned()).spawn(talk)? })
    }

    fn finish(self) -> io::Result<Heard> {
        self.finish.store(true, Ordering::Release);
        self.thread.join().map_err(|_| io::Error::other("the quiet room has panicked"))?.map(Heard)
    }
}

impl Heard {
    fn report(mut self, figures: &mut Figures, names: [&'static str; 2]) {
        for (name, share) in names.into_iter().zip([0.5, 0.99]) {
            figures.add(name, 2, percentile(&mut self.0, share) / 1_000.0);
        }
    }
}
