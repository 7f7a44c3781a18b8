//! Posts at a fixed rate into a long history, first by themselves, then while copies of the file are made: what a backup
//! costs those who talk.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::{Figures, percentile};
use crate::fill::{Filled, mebibytes};
use crate::options::Options;
use crate::posters::{Clock, Job, Posters};
use crate::server::{Kind, Server, own_binary};

/// One post each so many milliseconds: 200 a second, enough for a 99th percentile.
const EVERY: Duration = Duration::from_millis(5);
/// How many post, so that a slow answer does not hold up the next post.
const POSTERS: usize = 16;
/// How many times `--seconds` each half of a run lasts.
const TIMES: u32 = 3;
/// How long one copy may take.
const COPIED_WITHIN: Duration = Duration::from_secs(120);

/// The delays of posts without and with a copy being made, and how long a copy takes.
pub fn run(kind: &Kind, filled: &Filled, options: &Options) -> io::Result<Figures> {
    let (data, copies) = (filled.copy(options)?, options.directory()?);
    let server = Server::start_on(kind, data.path(), 0)?;
    let time = options.duration() * TIMES;
    post(&server, filled, options, Duration::from_millis(500), |_| Ok(false))?;
    let mut alone = post(&server, filled, options, time, |_| Ok(false))?;

    let (mut copying, mut took) = (None, Vec::new());
    let copy = copies.path().join("copy");
    let mut meanwhile = post(&server, filled, options, time, |is_over| {
        if copying.as_mut().map_or(Ok(false), Copying::is_done)? {
            took.extend(copying.take().map(|done: Copying| done.since.elapsed().as_secs_f64()));
            fs::remove_file(&copy)?;
        }
        if copying.is_none() && !is_over {
            copying = Some(Copying::start(kind, data.path(), &copy)?);
        }
        Ok(copying.is_some())
    })?;

    let mut figures = Figures::default();
    figures.add("post p50 ms", 2, percentile(&mut alone, 0.5) / 1_000.0);
    figures.add("with backup p50 ms", 2, percentile(&mut meanwhile, 0.5) / 1_000.0);
    let (without, with) = (percentile(&mut alone, 0.99), percentile(&mut meanwhile, 0.99));
    figures.add("post p99 ms", 2, without / 1_000.0);
    figures.add("with backup p99 ms", 2, with / 1_000.0);
    figures.add("p99 with/without", 2, with / without);
    figures.add("backup s", 2, took.iter().sum::<f64>() / took.len() as f64);
    figures.add("file MiB", 1, mebibytes(data.path())?);
    Ok(figures)
}

/// Posts for this long, and on while `goes_on` says so; it is told whether the time is over. How long each post took
/// from the moment it was due, in microseconds.
fn post(
    server: &Server,
    filled: &Filled,
    options: &Options,
    time: Duration,
    mut goes_on: impl FnMut(bool) -> io::Result<bool>,
) -> io::Result<Vec<u32>> {
    let (clock, since) = (Clock::start(), Instant::now());
    let posters = Posters::start(POSTERS, server.address, &filled.cast, clock, options.body)?;
    let mut due = clock.now();
    for n in 0.. {
        let is_over = since.elapsed() >= time;
        if !goes_on(is_over)? && is_over {
            break;
        }
        due += EVERY.as_nanos() as u64;
        posters.post(Job { room: n % filled.cast.rooms.len(), person: n, due: Some(due) })?;
        thread::sleep(Duration::from_nanos(due.saturating_sub(clock.now())));
    }
    posters.finish()
}

/// A copy that is being made. Ended when dropped.
struct Copying {
    child: Child,
    since: Instant,
}

impl Copying {
    fn start(kind: &Kind, data: &Path, copy: &Path) -> io::Result<Self> {
        let binary = if let Kind::Other(file) = kind { file.clone() } else { own_binary() };
        let mut command = Command::new(binary);
        command.arg("backup").arg(copy).arg("--data").arg(data).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Self { child: command.spawn()?, since: Instant::now() })
    }

    fn is_done(&mut self) -> io::Result<bool> {
        match self.child.try_wait()? {
            Some(status) if status.success() => Ok(true),
            Some(status) => Err(io::Error::other(format!("taproom backup: {status}"))),
            None if self.since.elapsed() > COPIED_WITHIN => Err(io::Error::other("a copy takes too long")),
            None => Ok(false),
        }
    }
}

impl Drop for Copying {
    fn drop(&mut self) {
        let _has_ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}
