//! Measures the release binary of Taproom over loopback: messages to many listeners, durable posts, pages, memory, long
//! histories; in the same rounds beside a program that does nothing but write, and beside nginx with nchan where that is
//! installed. `cargo bench --bench load -- --help` tells the options, `benches/README.md` how to read the figures.
//!
//! A run starts its server, and ends it; every run has a fresh one with a directory of its own. [`scenes`] says who takes
//! part in what. [`fanout`], [`quiet`], [`requests`], [`start`], [`backup`] and [`growth`] are what is measured; [`crowd`],
//! [`posters`], [`visitor`] and [`asking`] make the load, [`fill`] makes the histories, [`verdict`] judges what was heard.
//! [`report`] shows it, and [`table`] holds it against the targets.

mod asking;
mod backup;
mod ceiling;
mod crowd;
mod fanout;
mod figures;
mod fill;
mod growth;
mod http;
mod machine;
mod nchan;
mod options;
mod posters;
mod process;
mod quiet;
mod report;
mod requests;
mod scenes;
mod server;
mod start;
mod stream;
mod table;
mod verdict;
mod visitor;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use options::Options;
use scenes::Scenes;

/// The one of the server: what is read from the store in this process is to cost what it costs there.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    let parts = if options.table { table::parts(options)? } else { vec![options.clone()] };
    parts.iter().try_for_each(check)?;
    let mut scenes = Scenes::new(options);
    for round in 1..=options.rounds {
        scenes.report.round();
        for part in &parts {
            for scenario in &part.only {
                let _nobody_reads = writeln!(io::stderr(), "round {round} of {}: {scenario:?}", options.rounds);
                scenes.run(*scenario, part)?;
            }
        }
    }
    let mut out = io::stdout().lock();
    if options.json {
        scenes.report.write_json(&mut out, &options.data, options.table)?
    } else {
        scenes.report.write(&mut out, &options.data, options.table)?
    }
    match scenes.report.first_wrong() {
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
