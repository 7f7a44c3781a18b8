//! A long history: how long it takes from starting the program until a page is answered, after a clean stop and after
//! a kill while people posted; what one page costs the store alone; and the memory when every room was looked at.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use taproom::domain::RoomId;
use taproom::store::{Store, Window};

use crate::figures::{Figures, percentile};
use crate::fill::{Filled, mebibytes};
use crate::http::{self, Line};
use crate::options::Options;
use crate::posters::words;
use crate::server::{Cast, Kind, Server};

/// How many post when the server is killed, and how long they could.
const POSTERS: usize = 8;
const POSTING: Duration = Duration::from_millis(500);
/// How many pages are read from the store alone.
const READS: usize = 20_000;

/// Starts it several times on a copy of this file.
pub fn run(kind: &Kind, filled: &Filled, options: &Options) -> io::Result<Figures> {
    let data = filled.copy(options)?;
    let (mut figures, messages) = (Figures::default(), filled.amount.messages() as f64);
    // The copy is in memory when it has been read once.
    first_page(kind, filled, data.path())?.0.stop()?;
    let (server, stopped) = first_page(kind, filled, data.path())?;
    figures.add("start after stop ms", 1, stopped);
    figures.add("RSS MiB", 1, server.process.rss_kib()? / 1_024.0);
    every_page(&server, filled)?;
    figures.add("RSS, all pages MiB", 1, server.process.rss_kib()? / 1_024.0);
    kill_while_posting(server, &filled.cast)?;
    let (server, killed) = first_page(kind, filled, data.path())?;
    figures.add("start after kill ms", 1, killed);
    server.stop()?;
    if *kind == Kind::Taproom {
        figures.add("store p50 us", 2, last_pages(&filled.rooms[..1], data.path())?);
        figures.add("store, room after room, p50 us", 2, last_pages(&filled.rooms, data.path())?);
    }
    let size = mebibytes(data.path())?;
    figures.add("file MiB", 1, size);
    figures.add("bytes/message", 0, size * f64::from(1 << 20) / messages);
    Ok(figures)
}

/// Starts the program; milliseconds until the first room's page was answered.
pub fn first_page(kind: &Kind, filled: &Filled, data: &Path) -> io::Result<(Server, f64)> {
    let since = Instant::now();
    let server = Server::start_on(kind, data, 0)?;
    let request = http::get(&filled.cast.rooms[0], "text/html", &filled.cast.tokens[0]);
    let (status, _) = Line::open(server.address)?.ask(&request)?;
    let took = since.elapsed().as_secs_f64() * 1_000.0;
    if status == 200 { Ok((server, took)) } else { Err(io::Error::other(format!("a page was answered {status}"))) }
}

fn every_page(server: &Server, filled: &Filled) -> io::Result<()> {
    let mut line = Line::open(server.address)?;
    for room in &filled.cast.rooms {
        let (status, _) = line.ask(&http::get(room, "text/html", &filled.cast.tokens[0]))?;
        if status != 200 {
            return Err(io::Error::other(format!("a page was answered {status}")));
        }
    }
    Ok(())
}

/// Kills the server (SIGKILL) while some post to it.
pub fn kill_while_posting(server: Server, cast: &Arc<Cast>) -> io::Result<()> {
    let threads = (0..POSTERS).map(|n| {
        let (cast, mut line) = (Arc::clone(cast), Line::open(server.address)?);
        let post = move || {
            let (mut request, mut posts) = (Vec::new(), 0);
            let (room, token) = (&cast.rooms[n % cast.rooms.len()], &cast.tokens[n % cast.tokens.len()]);
            http::post(&mut request, room, token, None, &words(100));
            while line.ask(&request).is_ok_and(|(status, _)| status == 201) {
                posts += 1;
            }
            posts
        };
        thread::Builder::new().name("poster".to_owned()).spawn(post)
    });
    let threads = threads.collect::<io::Result<Vec<_>>>()?;
    thread::sleep(POSTING);
    drop(server);
    let posts: usize = threads.into_iter().map(|thread| thread.join().unwrap_or(0)).sum();
    if posts > 0 { Ok(()) } else { Err(io::Error::other("nobody could post before the server was killed")) }
}

/// The last page of one of these rooms after the other, read from the store in this process: the middle, in microseconds.
fn last_pages(rooms: &[RoomId], data: &Path) -> io::Result<f64> {
    let store = Store::open(data).map_err(io::Error::other)?;
    let mut delays = Vec::with_capacity(READS);
    for n in 0..READS {
        let since = Instant::now();
        let snapshot = store.snapshot().map_err(io::Error::other)?;
        let page = snapshot.message_page(rooms[n % rooms.len()], Window::Latest).map_err(io::Error::other)?;
        delays.push(u32::try_from(since.elapsed().as_nanos()).unwrap_or(u32::MAX));
        if page.messages.is_empty() {
            return Err(io::Error::other("a room has no messages"));
        }
    }
    Ok(percentile(&mut delays, 0.5) / 1_000.0)
}
