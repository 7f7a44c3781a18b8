//! Measures the release binary of Taproom over loopback: messages to many listeners, durable posts, pages, memory; in
//! the same rounds beside a program that does nothing but write. `cargo bench --bench load -- --help` tells the
//! options, `benches/README.md` how to read the figures.
//!
//! A run starts its server, and ends it; every run has a fresh one with an empty directory. [`fanout`] and [`requests`]
//! are what is measured, [`crowd`], [`posters`], [`visitor`] and [`asking`] make the load, [`verdict`] judges what was
//! heard, and [`report`] shows it.

mod asking;
mod ceiling;
mod crowd;
mod fanout;
mod figures;
mod http;
mod options;
mod posters;
mod process;
mod report;
mod requests;
mod server;
mod stream;
mod verdict;
mod visitor;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use fanout::Pace;
use options::{Options, Scenario};
use report::Report;
use server::Kind;

/// How many deliveries a run may have: what is kept of each must fit into memory.
const DELIVERIES_MAX: usize = 50_000_000;
/// Descriptors that are not for listeners.
const DESCRIPTORS_KEPT: u64 = 200;

fn main() -> ExitCode {
    let options = Options::parse();
    let done = match options.be_ceiling {
        Some(threads) => rlimit::increase_nofile_limit(u64::MAX).and_then(|_| ceiling::serve(threads, options.frame)),
        None => measure(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(io::stderr(), "load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> io::Result<()> {
    check(options)?;
    let mut report = Report::default();
    let mut frame = options.frame;
    for round in 1..=options.rounds {
        report.round();
        for scenario in &options.only {
            let _nobody_reads = writeln!(io::stderr(), "round {round} of {}: {scenario:?}", options.rounds);
            match scenario {
                Scenario::Fanout => {
                    frame = crowds(&mut report, options, Pace::Window(options.window), frame)?;
                }
                Scenario::Paced => frame = crowds(&mut report, options, Pace::Rate(options.rate), frame)?,
                Scenario::Memory => frame = crowds(&mut report, options, Pace::Silence, frame)?,
                Scenario::Posts => posts(&mut report, options)?,
                Scenario::Pages => pages(&mut report, options)?,
            }
        }
    }
    let mut out = io::stdout().lock();
    if options.json {
        report.write_json(&mut out)?
    } else {
        report.write(&mut out)?
    }
    match report.first_wrong() {
        Some(wrong) => Err(io::Error::other(wrong)),
        None => Ok(()),
    }
}

/// Refuses what this machine cannot hold.
fn check(options: &Options) -> io::Result<()> {
    let descriptors = rlimit::increase_nofile_limit(u64::MAX)?;
    if options.listeners as u64 + DESCRIPTORS_KEPT > descriptors {
        return Err(io::Error::other(format!("{descriptors} descriptors are too few for so many listeners")));
    }
    if options.rooms > options.listeners {
        return Err(io::Error::other("there are more rooms than listeners"));
    }
    if options.fanout_messages() * (options.listeners / options.rooms) > DELIVERIES_MAX {
        return Err(io::Error::other(format!("these are more than {DELIVERIES_MAX} deliveries")));
    }
    Ok(())
}

/// Every chat server, and every ceiling beside it. Answers how long a frame was.
fn crowds(report: &mut Report, options: &Options, pace: Pace, mut frame: usize) -> io::Result<usize> {
    let Options { listeners, rooms, .. } = options;
    let what = match pace {
        Pace::Window(window) => format!("{} messages, {window} on their way at once", options.fanout_messages()),
        Pace::Rate(rate) => format!("{rate} messages a second"),
        Pace::Silence => "no messages".to_owned(),
    };
    let title = format!("{listeners} listeners in {rooms} room(s), {what}");
    let ceilings = options.ceilings.iter().filter(|threads| **threads > 0).map(|threads| Kind::Ceiling(*threads));
    // A ceiling knows no rooms: everybody would hear everything.
    let ceilings = ceilings.filter(|_| *rooms == 1);
    for kind in chats(options).into_iter().chain(ceilings) {
        let run = fanout::run(&kind, pace, options, frame)?;
        frame = run.frame;
        report.add(&title, kind.name(), run.figures);
    }
    Ok(frame)
}

fn posts(report: &mut Report, options: &Options) -> io::Result<()> {
    for connections in &options.connections {
        for (nonces, with) in [(false, "without a nonce"), (true, "with a nonce each")] {
            let title = format!("Durable posts, {connections} connection(s), {with}");
            for kind in chats(options) {
                report.add(&title, kind.name(), requests::posts(&kind, *connections, nonces, options)?);
            }
        }
    }
    Ok(())
}

fn pages(report: &mut Report, options: &Options) -> io::Result<()> {
    for connections in &options.connections {
        let title = format!("Page of a room with 50 messages, {connections} connection(s)");
        for kind in chats(options) {
            report.add(&title, kind.name(), requests::pages(&kind, *connections, options)?);
        }
    }
    Ok(())
}

fn chats(options: &Options) -> Vec<Kind> {
    std::iter::once(Kind::Taproom).chain(options.beside.clone().map(Kind::Other)).collect()
}
