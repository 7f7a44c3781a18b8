//! One message to all who listen, again and again; at the pace of the listeners, or at a fixed rate.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::Crowd;
use crate::figures::{Figures, percentile};
use crate::http::PATIENCE;
use crate::options::Options;
use crate::posters::{Clock, Job, Posters};
use crate::process;
use crate::server::{Cast, Kind, Server};
use crate::verdict::Verdict;
use crate::visitor::Visitor;

/// How long after the listeners have gone their descriptors are counted.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);
/// How long after the listeners have gone the memory of the server is read.
const RELEASE_MEMORY_WITHIN: Duration = Duration::from_secs(15);
/// Messages that are posted and heard before anything is counted.
const WARM_UP: usize = 3;
/// How many times `--seconds` a paced run lasts.
const PACED_TIMES: usize = 3;
/// How many post at a fixed rate, at most: enough that a slow answer does not hold up the next post.
const PACED_POSTERS: usize = 16;

/// How messages follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As soon as fewer than so many are on their way.
    Window(usize),
    /// So many each second.
    Rate(usize),
    /// No messages: all only listen.
    Silence,
}

/// What a run has brought.
pub struct Run {
    /// The figures.
    pub figures: Figures,
    /// The size of a frame, for the ceiling to write the same.
    pub frame: usize,
}

/// Starts a server, has listeners come, messages posted, and listeners go.
pub fn run(kind: &Kind, pace: Pace, options: &Options, frame: usize) -> io::Result<Run> {
    let server = Server::start(kind, options, frame)?;
    let cast = Arc::new(server.cast(options.rooms, options.people)?);
    let clock = Clock::start();
    let (rss, descriptors) = (server.process.rss_kib()?, server.process.descriptors()?);
    let opened = Instant::now();
    let mut crowd = Crowd::open(options.listeners, server.address, &cast, clock)?;
    let opening = opened.elapsed();
    crowd.listen_for(server.kind.settles_within(options.listeners / options.rooms))?;
    let memory = (server.process.rss_kib()? - rss) / options.listeners as f64;

    let mut figures = Figures::default();
    let (mut posted, mut frame) = (vec![0; options.rooms], frame);
    if pace != Pace::Silence {
        let body = kind.text_bytes(frame, options.body);
        let told = Told::run(&server, &cast, &mut crowd, clock, pace, options, body)?;
        frame = crowd.verdict.frame;
        told.report(&mut figures, &mut crowd.verdict);
        posted = told.posted;
    }
    figures.add("KiB/listener", 2, memory);
    figures.add("opened/s", 0, options.listeners as f64 / opening.as_secs_f64());
    let wrong = crowd.leave(&posted).wrong;
    thread::sleep(LET_GO_WITHIN);
    // A descriptor that is open now and was not before is a listener's: nobody else is there.
    let held = server.process.descriptors()?.saturating_sub(descriptors);
    figures.add("held after 1 s", 0, held as f64);
    if pace == Pace::Silence {
        thread::sleep(RELEASE_MEMORY_WITHIN.saturating_sub(LET_GO_WITHIN));
        figures.add("KiB/listener after 15 s", 2, (server.process.rss_kib()? - rss) / options.listeners as f64);
    }
    if pace != Pace::Silence {
        figures.add("lost", 0, wrong.lost as f64);
        figures.add("doubled", 0, wrong.doubled as f64);
        figures.add("disordered", 0, wrong.disordered as f64);
        figures.add("misrouted", 0, wrong.misrouted as f64);
    }
    figures.add("broken", 0, wrong.broken as f64);
    Ok(Run { figures, frame })
}

/// The messages of a run, when all are heard or given up.
struct Told {
    took: Duration,
    server_cpu: Duration,
    reader_cpu: Duration,
    posts: Vec<u32>,
    visits: Vec<u32>,
    posted: Vec<usize>,
}

impl Told {
    fn run(
        server: &Server,
        cast: &Arc<Cast>,
        crowd: &mut Crowd,
        clock: Clock,
        pace: Pace,
        options: &Options,
        body: usize,
    ) -> io::Result<Self> {
        let start = |posters| Posters::start(posters, server.address, cast, clock, body);
        let mut posted = vec![0; options.rooms];
        let warm = start(1)?;
        tell(crowd, &warm, 1, WARM_UP, &mut posted)?;
        warm.finish()?;
        crowd.verdict.delays.clear();

        let paced = matches!(pace, Pace::Rate(_)) && server.kind.is_chat();
        let visitor = paced.then(|| Visitor::start(server.address, cast, options.visits)).transpose()?;
        let posters = start(if let Pace::Window(window) = pace { 2 * window } else { PACED_POSTERS })?;
        let (since, server_cpu, reader_cpu) = (Instant::now(), server.process.cpu()?, process::own_thread_cpu());
        match pace {
            Pace::Window(window) => tell(crowd, &posters, window, options.fanout_messages(), &mut posted)?,
            Pace::Rate(rate) => tell_paced(crowd, &posters, clock, rate, options, &mut posted)?,
            Pace::Silence => {}
        }
        let (took, server_cpu) = (since.elapsed(), server.process.cpu()?.saturating_sub(server_cpu));
        let reader_cpu = process::own_thread_cpu().saturating_sub(reader_cpu);
        let visits = visitor.map_or(Ok(Vec::new()), Visitor::finish)?;
        Ok(Self { took, server_cpu, reader_cpu, posts: posters.finish()?, visits, posted })
    }

    fn report(&self, figures: &mut Figures, verdict: &mut Verdict) {
        let deliveries = verdict.delays.len().max(1) as f64;
        figures.add("deliveries/s", 0, deliveries / self.took.as_secs_f64());
        for (name, share) in [("p50 ms", 0.5), ("p99 ms", 0.99), ("p99.9 ms", 0.999)] {
            figures.add(name, 2, percentile(&mut verdict.delays, share) / 1_000.0);
        }
        figures.add("CPU us/delivery", 2, self.server_cpu.as_secs_f64() * 1e6 / deliveries);
        let mut posts = self.posts.clone();
        for (name, share) in [("post p50 ms", 0.5), ("post p99 ms", 0.99)] {
            figures.add(name, 2, percentile(&mut posts, share) / 1_000.0);
        }
        if !self.visits.is_empty() {
            let mut visits = self.visits.clone();
            for (name, share) in [("page p50 ms", 0.5), ("page p99 ms", 0.99)] {
                figures.add(name, 2, percentile(&mut visits, share) / 1_000.0);
            }
        }
        figures.add("reader busy %", 0, 100.0 * self.reader_cpu.as_secs_f64() / self.took.as_secs_f64());
        figures.add("frame bytes", 0, verdict.frame as f64);
    }
}

/// Posts `messages` more, never with more than `window` on their way, until all are heard or nothing is heard any more.
pub fn tell(
    crowd: &mut Crowd,
    posters: &Posters,
    window: usize,
    messages: usize,
    posted: &mut [usize],
) -> io::Result<()> {
    let (start, heard_before) = (posted.iter().sum::<usize>(), crowd.verdict.complete);
    let (mut sent, mut quiet) = (0, Quiet::since(crowd));
    while crowd.verdict.complete - heard_before < messages && !quiet.is_too_long(crowd) {
        while sent < messages && sent - (crowd.verdict.complete - heard_before) < window {
            post(posters, start + sent, None, posted)?;
            sent += 1;
        }
        crowd.turn(Duration::from_millis(100))?;
    }
    Ok(())
}

/// Posts at a fixed rate, until all are heard or nothing is heard any more.
fn tell_paced(
    crowd: &mut Crowd,
    posters: &Posters,
    clock: Clock,
    rate: usize,
    options: &Options,
    posted: &mut [usize],
) -> io::Result<()> {
    let messages = rate * options.seconds * PACED_TIMES;
    let (start, every, complete) =
        (posted.iter().sum::<usize>(), 1_000_000_000 / rate as u64, crowd.verdict.complete + messages);
    let first = clock.now() + every;
    for n in 0..messages {
        post(posters, start + n, Some(first + every * n as u64), posted)?;
    }
    let mut quiet = Quiet::since(crowd);
    while crowd.verdict.complete < complete && !quiet.is_too_long(crowd) {
        crowd.turn(Duration::from_millis(100))?;
    }
    Ok(())
}

fn post(posters: &Posters, number: usize, due: Option<u64>, posted: &mut [usize]) -> io::Result<()> {
    let room = number % posted.len();
    posted[room] += 1;
    posters.post(Job { room, person: number, due })
}

/// Since when nothing new was heard.
struct Quiet {
    since: Instant,
    heard: usize,
}

impl Quiet {
    fn since(crowd: &Crowd) -> Self {
        Self { since: Instant::now(), heard: crowd.verdict.delays.len() }
    }

    fn is_too_long(&mut self, crowd: &Crowd) -> bool {
        if crowd.verdict.delays.len() > self.heard {
            *self = Self::since(crowd);
        }
        self.since.elapsed() > PATIENCE
    }
}
