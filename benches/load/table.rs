//! What Taproom aims for, as data: which runs the table of targets needs, and each row of it: what is measured, what it
//! must reach, what it aims for, and where in the report it stands.

use std::io::{self, Write};

use clap::Parser;
use serde_json::{Value, json};

use crate::figures::{Figures, Spread};
use crate::options::Options;
use crate::report::{Report, WRONG, paired, values};

/// The runs, as one would type them.
const PARTS: [&str; 9] = [
    "--only fanout --listeners 1000 --ceilings 2 --nchan 2",
    "--only fanout --listeners 5000 --ceilings 1,2 --nchan 2",
    "--only fanout --listeners 10000 --ceilings 2 --nchan 2",
    "--only fanout --listeners 10000 --rooms 500 --window 32 --nchan 2",
    "--only fanout --listeners 5000 --window 8 --messages 200 --ceilings 0 --nchan 2",
    "--only paced --listeners 5000 --rate 10 --ceilings 1 --nchan 2",
    "--only posts,pages --connections 1,64",
    "--only quiet --listeners 5000 --nchan 2",
    "--only start,backup",
];

/// What a figure should be.
#[derive(Clone, Copy)]
enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Shown only.
    Any,
}

use Target::{Any, AtLeast, AtMost};

/// Where a figure stands in the report.
#[derive(Clone, Copy)]
enum Source {
    /// Taproom's figure of this name, in the scene whose title starts so.
    Figure(&'static str, &'static str),
    /// The same, over that of another server in the same round.
    Over(&'static str, &'static str, &'static str),
    /// The sum of these, over all that Taproom did.
    Sum(&'static [&'static str]),
}

use Source::{Figure, Over, Sum};

struct Row {
    measure: &'static str,
    must: Target,
    aim: Target,
    decimals: usize,
    source: Source,
}

const fn row(measure: &'static str, must: Target, aim: Target, decimals: usize, source: Source) -> Row {
    Row { measure, must, aim, decimals, source }
}

const TAPROOM: &str = "taproom";
const CEILING_1: &str = "write ceiling, 1 thread";
const CEILING_2: &str = "write ceiling, 2 threads";
const NCHAN: &str = "nchan, 2 workers";

const ONE_ROOM_1_000: &str = "1000 listeners in 1 room(s), 1 on";
const ONE_ROOM_5_000: &str = "5000 listeners in 1 room(s), 1 on";
const ONE_ROOM_10_000: &str = "10000 listeners in 1 room(s), 1 on";
const MANY_ROOMS: &str = "10000 listeners in 500 room(s), 32 on";
const BURSTS: &str = "5000 listeners in 1 room(s), 8 on";
const PACED: &str = "5000 listeners in 1 room(s), 10 messages a second";
const POSTS_1: &str = "Durable posts, 1 connection(s), without";
const POSTS_64: &str = "Durable posts, 64 connection(s), without";
const PAGES_1: &str = "Page of a room with 50 messages, 1 c";
const PAGES_64: &str = "Page of a room with 50 messages, 64 c";
const QUIET: &str = "A quiet room";
const START: &str = "Start";
const BACKUP: &str = "Posts while copies are made";

const ROWS: [Row; 28] = [
    row("deliveries/s, 1,000 listeners", Any, Any, 2, Over(ONE_ROOM_1_000, "deliveries/s", CEILING_2)),
    row(
        "deliveries/s, 5,000 listeners",
        AtLeast(0.92),
        AtLeast(0.97),
        2,
        Over(ONE_ROOM_5_000, "deliveries/s", CEILING_2),
    ),
    row("deliveries/s, 10,000 listeners", Any, Any, 2, Over(ONE_ROOM_10_000, "deliveries/s", CEILING_2)),
    row("deliveries/s, 10,000 listeners", AtLeast(1.4), AtLeast(1.6), 2, Over(ONE_ROOM_10_000, "deliveries/s", NCHAN)),
    row("deliveries/s, 10,000 listeners in 500 rooms", Any, Any, 2, Over(MANY_ROOMS, "deliveries/s", NCHAN)),
    row(
        "deliveries/s, 5,000 listeners, bursts of 8",
        AtLeast(6.0),
        AtLeast(8.0),
        2,
        Over(BURSTS, "deliveries/s", NCHAN),
    ),
    row(
        "CPU per delivery, 5,000 listeners",
        AtMost(1.25),
        AtMost(1.05),
        2,
        Over(ONE_ROOM_5_000, "CPU us/delivery", CEILING_1),
    ),
    row("p99 of a delivery, 10 posts/s into 5,000", AtMost(1.05), AtMost(1.0), 2, Over(PACED, "p99 ms", CEILING_1)),
    row("p99 of the post at that rate, ms", AtMost(8.0), AtMost(3.0), 2, Figure(PACED, "post p99 ms")),
    row("p99 of a page at that rate, ms", AtMost(20.0), Any, 2, Figure(PACED, "page p99 ms")),
    row("a quiet room's p99, others quiet, ms", Any, Any, 2, Figure(QUIET, "alone p99 ms")),
    row("a quiet room's p99 beside 5,000 busy listeners, ms", Any, Any, 2, Figure(QUIET, "beside busy p99 ms")),
    row("memory per idle listener, KiB", AtMost(16.0), AtMost(2.0), 2, Figure(ONE_ROOM_5_000, "KiB/listener")),
    row("departed listeners still held after 1 s", AtMost(0.0), AtMost(0.0), 0, Sum(&["held after 1 s"])),
    row("durable posts/s, 1 connection", AtLeast(2_700.0), AtLeast(3_500.0), 0, Figure(POSTS_1, "answers/s")),
    row("durable posts/s, 64 connections", AtLeast(30_000.0), AtLeast(50_000.0), 0, Figure(POSTS_64, "answers/s")),
    row("p99 of a post, 1 connection, ms", Any, Any, 2, Figure(POSTS_1, "p99 ms")),
    row("p99 of a post, 64 connections, ms", AtMost(5.0), AtMost(3.0), 2, Figure(POSTS_64, "p99 ms")),
    row("CPU of a room page, 1 connection, us", AtMost(100.0), AtMost(50.0), 1, Figure(PAGES_1, "CPU us/answer")),
    row("CPU of a room page, 64 connections, us", AtMost(100.0), AtMost(50.0), 1, Figure(PAGES_64, "CPU us/answer")),
    row("last 50 messages of one room from the store, us", AtMost(5.0), AtMost(2.5), 2, Figure(START, "store p50 us")),
    row(
        "last 50 messages of room after room from the store, us",
        Any,
        Any,
        2,
        Figure(START, "store, room after room, p50 us"),
    ),
    row(
        "start on a long history after a clean stop, ms",
        AtMost(50.0),
        AtMost(20.0),
        1,
        Figure(START, "start after stop ms"),
    ),
    row(
        "start on a long history after kill -9, ms",
        AtMost(300.0),
        AtMost(20.0),
        1,
        Figure(START, "start after kill ms"),
    ),
    row("memory when each room's page was served, MiB", AtMost(100.0), Any, 1, Figure(START, "RSS, all pages MiB")),
    row("p99 of a post while a copy is made, over without", AtMost(2.0), Any, 2, Figure(BACKUP, "p99 with/without")),
    row("bytes of the file per message", Any, Any, 0, Figure(START, "bytes/message")),
    row("lost, doubled, disordered, misrouted, broken, failed", AtMost(0.0), AtMost(0.0), 0, Sum(&WRONG)),
];

/// The options of each part, with what was chosen for all of them.
pub fn parts(chosen: &Options) -> io::Result<Vec<Options>> {
    let parts = PARTS.iter().map(|part| {
        let words = std::iter::once("load").chain(part.split(' '));
        let part = Options::try_parse_from(words).map_err(io::Error::other)?;
        let Options { rounds, history, beside, data, .. } = chosen.clone();
        Ok(Options { rounds, history, beside, data, ..part })
    });
    parts.collect()
}

/// Shows the table in Markdown.
pub fn write(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n### Targets\n")?;
    writeln!(out, "| measure | must | aim | ours | reached | beside |\n|---|---|---|---|---|---|")?;
    for row in &ROWS {
        let spread = Spread::of(&row.values(report));
        let ours = spread.map_or_else(|| "not measured".to_owned(), |spread| spread.text(row.decimals));
        let (must, aim) = (row.must.text(), row.aim.text());
        let reached = spread.map_or("", |spread| row.reached(spread.median));
        writeln!(out, "| {} | {must} | {aim} | {ours} | {reached} | {} |", row.measure, row.beside(report))?;
    }
    Ok(())
}

/// The same for a program.
pub fn json(report: &Report) -> Value {
    let rows = ROWS.iter().map(|row| {
        let values = row.values(report);
        let spread = Spread::of(&values);
        json!({
            "measure": row.measure,
            "must": row.must.text(),
            "aim": row.aim.text(),
            "median": spread.map(|spread| spread.median),
            "rounds": values,
            "reached": spread.map(|spread| row.reached(spread.median)),
            "beside": row.beside(report),
        })
    });
    rows.collect()
}

impl Row {
    fn values(&self, report: &Report) -> Vec<f64> {
        let rounds = |title, server| report.rounds(title, server).unwrap_or_default();
        match self.source {
            Figure(title, name) => values(rounds(title, TAPROOM), name),
            Over(title, name, other) => paired(rounds(title, TAPROOM), rounds(title, other), name),
            Sum(names) => {
                let of = |figures: &Figures| names.iter().filter_map(|name| figures.get(name)).sum::<f64>();
                vec![report.all_rounds(TAPROOM).map(of).sum()]
            }
        }
    }

    /// Both figures of a ratio.
    fn beside(&self, report: &Report) -> String {
        let Over(title, name, other) = self.source else { return String::new() };
        let median = |server| Spread::of(&values(report.rounds(title, server)?, name)).map(|spread| spread.median);
        let (Some(ours), Some(theirs)) = (median(TAPROOM), median(other)) else { return other.to_owned() };
        let decimals = if theirs < 100.0 { 2 } else { 0 };
        format!("{other}: {ours:.decimals$} / {theirs:.decimals$} {name}")
    }

    fn reached(&self, value: f64) -> &'static str {
        match (self.must.is_reached(value), self.aim.is_reached(value)) {
            (Some(false), _) => "**no**",
            (_, Some(true)) => "aim",
            (Some(true), _) => "must",
            (None, _) => "",
        }
    }
}

impl Target {
    fn is_reached(self, value: f64) -> Option<bool> {
        match self {
            AtLeast(least) => Some(value >= least),
            AtMost(most) => Some(value <= most),
            Any => None,
        }
    }

    fn text(self) -> String {
        match self {
            AtLeast(least) => format!(">= {least}"),
            AtMost(most) => format!("<= {most}"),
            Any => String::new(),
        }
    }
}
