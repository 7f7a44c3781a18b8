//! How cost grows: the same figures with ten times more of one thing, and again. Nothing may grow with the history except
//! the file.

use std::io;

use crate::fanout::{self, Pace};
use crate::figures::Figures;
use crate::fill::{Amount, Filled, mebibytes};
use crate::http;
use crate::options::Options;
use crate::posters::words;
use crate::requests;
use crate::server::{Kind, Server};
use crate::start::{first_page, kill_while_posting};

/// The first room's messages where it is not the history that grows: one page.
const PAGE_MESSAGES: usize = 50;
/// What may grow.
pub const SIZE: &str = "file MiB";
/// What is taken over from a paced run.
const PACED: [&str; 8] =
    ["p50 ms", "p99 ms", "CPU us/delivery", "post p50 ms", "post p99 ms", "page p50 ms", "page p99 ms", "KiB/listener"];

/// What there is more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Rooms with two messages each; the one that is looked at has a page of them.
    Rooms,
    /// Messages in one room.
    History,
    /// Listeners in one room.
    Listeners,
    /// Rooms in which one person listens.
    Streams,
}

impl Axis {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rooms, Self::History, Self::Listeners, Self::Streams];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rooms => "Growth: rooms",
            Self::History => "Growth: messages in a room",
            Self::Listeners => "Growth: listeners in a room",
            Self::Streams => "Growth: rooms in which one person listens",
        }
    }

    /// How many, from few to many, as far as the options allow.
    pub fn sizes(self, options: &Options) -> Vec<usize> {
        let (sizes, most): (&[usize], usize) = match self {
            Self::Rooms => (&[10, 1_000, 100_000], options.history / 10),
            Self::History => (&[1_000, 10_000, 100_000, 1_000_000, 10_000_000], options.history),
            Self::Listeners => (&[1, 100, 1_000, 5_000, 10_000], options.listeners),
            Self::Streams => (&[1, 50, 500], options.listeners),
        };
        sizes.iter().copied().filter(|size| *size <= most).collect()
    }

    /// What a file must hold for this size, if it is a file that grows.
    pub fn amount(self, size: usize) -> Option<Amount> {
        match self {
            Self::Rooms => Some(Amount { rooms: size, each: 2, first: PAGE_MESSAGES }),
            Self::History => Some(Amount { rooms: 1, each: size, first: 0 }),
            Self::Listeners | Self::Streams => None,
        }
    }
}

/// So many listeners in one room, or one person in so many rooms, with messages at a fixed rate and pages meanwhile.
pub fn listeners(axis: Axis, size: usize, kind: &Kind, options: &Options) -> io::Result<Figures> {
    let (rooms, people) = if axis == Axis::Streams { (size, 1) } else { (1, options.people) };
    let options = Options { listeners: size, rooms, people, ..options.clone() };
    let all = fanout::run(kind, Pace::Rate(options.rate), &options, 0)?.figures;
    Ok(Figures(all.0.into_iter().filter(|figure| PACED.contains(&figure.name)).collect()))
}

/// Pages, posts, starts, memory and size of a file.
pub fn file(kind: &Kind, filled: &Filled, options: &Options) -> io::Result<Figures> {
    let data = filled.copy(options)?;
    let (room, token) = (&filled.cast.rooms[0], &filled.cast.tokens[0]);
    let (mut figures, size) = (Figures::default(), mebibytes(data.path())?);
    first_page(kind, filled, data.path())?.0.stop()?;
    let (server, stopped) = first_page(kind, filled, data.path())?;
    let page = http::get(room, "text/html", token);
    let pages = measure(&server, options, 200, |_, request| request.clone_from(&page))?;
    take(&mut figures, ["page p50 ms", "page CPU us"], &pages);
    let changes = (filled.amount.messages() + filled.amount.rooms) as u64;
    let older = measure(&server, options, 200, |n, request| {
        // Steps of a prime, so that the places lie everywhere.
        let before = n as u64 * 7_919 % changes + 1;
        *request = http::get(&format!("{room}?before={before}"), "text/html", token);
    })?;
    take(&mut figures, ["older page p50 ms", "older page CPU us"], &older);
    let text = words(options.body);
    let posts = measure(&server, options, 201, |_, request| http::post(request, room, token, None, &text))?;
    take(&mut figures, ["post p50 ms", "post CPU us"], &posts);
    figures.add("RSS MiB", 1, server.process.rss_kib()? / 1_024.0);
    figures.add("start after stop ms", 1, stopped);
    kill_while_posting(server, &filled.cast)?;
    let (server, killed) = first_page(kind, filled, data.path())?;
    figures.add("start after kill ms", 1, killed);
    server.stop()?;
    figures.add(SIZE, 1, size);
    Ok(figures)
}

fn measure(
    server: &Server,
    options: &Options,
    expected: u16,
    request: impl FnMut(usize, &mut Vec<u8>),
) -> io::Result<Figures> {
    let figures = requests::measure(server, 1, options, expected, request)?;
    match figures.get("failed") {
        Some(failed) if failed > 0.0 => {
            Err(io::Error::other(format!("{failed} requests were not answered {expected}")))
        }
        _ => Ok(figures),
    }
}

/// Takes the middle delay and the CPU time over, under these names.
fn take(figures: &mut Figures, [delay, cpu]: [&'static str; 2], from: &Figures) {
    figures.add(delay, 3, from.get("p50 ms").unwrap_or(f64::NAN));
    figures.add(cpu, 0, from.get("CPU us/answer").unwrap_or(f64::NAN));
}
