//! Durable posts, and the page of a room: how many, how soon, and what each costs the server.

use std::io;
use std::time::Duration;

use crate::asking::{Answers, Asking};
use crate::figures::{Figures, percentile};
use crate::http::{self, Line};
use crate::options::Options;
use crate::server::{Cast, Kind, Server};

/// How long everything runs before anything is counted.
const WARM_UP: Duration = Duration::from_millis(300);
/// How many messages the room has whose page is asked for: one page.
const PAGE_MESSAGES: usize = 50;

/// Posts by this many connections at once.
pub fn posts(kind: &Kind, connections: usize, nonces: bool, options: &Options) -> io::Result<Figures> {
    let server = Server::start(kind, options, 0)?;
    let cast = server.cast(options.rooms, options.people)?;
    let body = "x".repeat(options.body);
    measure(&server, connections, options, 201, |n, request| {
        let nonce = nonces.then(|| format!("load-{n:016}"));
        let Cast { rooms, tokens } = &cast;
        http::post(request, &rooms[n % rooms.len()], &tokens[n % tokens.len()], nonce.as_deref(), &body);
    })
}

/// The page of a room with its 50 messages, asked for by somebody who has a name.
pub fn pages(kind: &Kind, connections: usize, options: &Options) -> io::Result<Figures> {
    let server = Server::start(kind, options, 0)?;
    let cast = server.cast(options.rooms, options.people)?;
    let (mut line, mut request) = (Line::open(server.address)?, Vec::new());
    for room in &cast.rooms {
        for n in 0..PAGE_MESSAGES {
            let text = format!("Message {n} of {PAGE_MESSAGES}. {}", "Some words. ".repeat(options.body / 12));
            http::post(&mut request, room, &cast.tokens[n % cast.tokens.len()], None, &text);
            line.ask(&request)?;
        }
    }
    measure(&server, connections, options, 200, |n, request| {
        let (room, token) = (&cast.rooms[n % cast.rooms.len()], &cast.tokens[n % cast.tokens.len()]);
        *request = http::get(room, "text/html", token);
    })
}

/// Requests by this many connections, as many as are answered within the time of a run.
pub fn measure(
    server: &Server,
    connections: usize,
    options: &Options,
    expected: u16,
    mut request: impl FnMut(usize, &mut Vec<u8>),
) -> io::Result<Figures> {
    let mut asking = Asking::open(connections, server.address)?;
    asking.ask_for(WARM_UP, expected, &mut request)?;
    let cpu = server.process.cpu()?;
    let answers = asking.ask_for(options.duration(), expected, &mut request)?;
    let cpu = server.process.cpu()?.saturating_sub(cpu);
    Ok(figures(answers, cpu))
}

fn figures(mut answers: Answers, cpu: Duration) -> Figures {
    let (count, seconds) = (answers.delays.len().max(1) as f64, answers.took.as_secs_f64());
    let mut figures = Figures::default();
    figures.add("answers/s", 0, count / seconds);
    for (name, share) in [("p50 ms", 0.5), ("p99 ms", 0.99), ("p99.9 ms", 0.999)] {
        figures.add(name, 2, percentile(&mut answers.delays, share) / 1_000.0);
    }
    figures.add("CPU us/answer", 1, cpu.as_secs_f64() * 1e6 / count);
    figures.add("asker busy %", 0, 100.0 * answers.asker_cpu.as_secs_f64() / seconds);
    figures.add("bytes/answer", 0, answers.bytes as f64 / count);
    figures.add("failed", 0, answers.failed as f64);
    figures
}
