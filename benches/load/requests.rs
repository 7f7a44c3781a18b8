//! Durable posts, and the page of a room: the rate, the delay, and the cost of each for the server.

use std::io;
use std::time::Duration;

use crate::asking::{Answers, Asking};
use crate::figures::{Figures, percentile};
use crate::http::{self, Line};
use crate::options::Options;
use crate::server::{Cast, Kind, Server};

/// How long requests run before they are counted.
const WARM_UP: Duration = Duration::from_millis(300);
/// The number of messages in the room: one page.
const PAGE_MESSAGES: usize = 50;

/// How a message is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostStyle {
    /// As text by a program, without a nonce.
    Text,
    /// The same with a nonce each.
    TextWithNonce,
    /// As a form of a page without a script.
    Form,
}

impl PostStyle {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Text, Self::TextWithNonce, Self::Form];

    /// The style in the title of a scene.
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "without a nonce",
            Self::TextWithNonce => "with a nonce each",
            Self::Form => "as a form",
        }
    }

    fn expected_status(self) -> u16 {
        match self {
            Self::Text | Self::TextWithNonce => 201,
            Self::Form => 303,
        }
    }
}

/// Posts by this many connections at once.
pub fn posts(kind: &Kind, connections: usize, style: PostStyle, options: &Options) -> io::Result<Figures> {
    let server = Server::start(kind, options, 0)?;
    let cast = server.cast(options.rooms, options.people)?;
    let body = "x".repeat(options.body);
    measure(&server, connections, options, style.expected_status(), |n, request| {
        let Cast { rooms, tokens } = &cast;
        let (room, token) = (&rooms[n % rooms.len()], &tokens[n % tokens.len()]);
        match style {
            PostStyle::Text => http::post(request, room, token, None, &body),
            PostStyle::TextWithNonce => http::post(request, room, token, Some(&format!("load-{n:016}")), &body),
            PostStyle::Form => http::post_form(request, room, token, &body),
        }
    })
}

/// The page of a room with its 50 messages, requested by a signed-in user.
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

/// Requests by this many connections, for the time of a run.
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
