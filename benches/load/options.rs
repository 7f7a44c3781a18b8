//! What can be chosen on the command line. Everything has a bound, so that no run goes on for ever.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use tempfile::TempDir;

/// Measures Taproom's release binary on this machine, over loopback, beside a program that only writes.
///
/// Starts each server, opens listeners, posts, counts, and stops the server again; a round has every server once, and
/// the figures are medians over the rounds with the least and the most. benches/README.md says how to read them.
#[derive(Clone, Debug, Parser)]
#[command(name = "load", bin_name = "cargo bench --bench load --", max_term_width = 100)]
pub struct Options {
    /// How many listeners, over all rooms
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = count(19_000))]
    pub listeners: usize,

    /// Over how many rooms they are spread
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count(5_000))]
    pub rooms: usize,

    /// How many people post and listen; each has a name and a token, and several listeners may be one person
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = count(5_000))]
    pub people: usize,

    /// fanout: how many messages are on their way at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count(64))]
    pub window: usize,

    /// fanout: how many messages in a run; by default so many that a run has 200,000 deliveries
    #[arg(long, value_name = "N", value_parser = count(100_000))]
    pub messages: Option<usize>,

    /// paced: how many messages each second; as many as come due within --seconds, three times over
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = count(10_000))]
    pub rate: usize,

    /// start, backup, growth: how many messages the file holds, or the largest of several
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count(10_000_000))]
    pub history: usize,

    /// paced: how many pages are asked for each second meanwhile
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = count(1_000))]
    pub visits: usize,

    /// How long the text of a message is, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 100, value_parser = count(4_000))]
    pub body: usize,

    /// posts, pages, quiet, growth: how long each run lasts; paced and backup take three times as long
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = count(60))]
    pub seconds: usize,

    /// posts, pages: with how many connections
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [1, 8, 64], value_parser = count(1_000))]
    pub connections: Vec<usize>,

    /// How many rounds
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = count(100))]
    pub rounds: usize,

    /// What to measure
    #[arg(long, value_name = "WHAT,WHAT", value_delimiter = ',', default_value = "fanout,posts,pages,memory")]
    pub only: Vec<Scenario>,

    /// Beside which write ceilings, by their number of writing threads; 0 for none
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [1, 2])]
    #[arg(value_parser = clap::value_parser!(u8).range(..=8))]
    pub ceilings: Vec<u8>,

    /// Beside nginx with nchan, where it is installed, by its number of workers; 0 for none
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [2])]
    #[arg(value_parser = clap::value_parser!(u8).range(..=8))]
    pub nchan: Vec<u8>,

    /// Beside another binary of Taproom too, an older one perhaps
    #[arg(long, value_name = "FILE")]
    pub beside: Option<PathBuf>,

    /// Measure all that has a target, and print the table of targets first; says by itself what, beside whom and how
    /// many. Of the other options it heeds --rounds, --history, --beside, --json and --data
    #[arg(long)]
    pub table: bool,

    /// Print the figures as one JSON document: each value of each round
    #[arg(long)]
    pub json: bool,

    /// Where the servers keep their data while they run; on a real disk, or posts are not what they seem
    #[arg(long, value_name = "DIRECTORY", default_value = env!("CARGO_TARGET_TMPDIR"))]
    pub data: PathBuf,

    /// Cargo says so to every benchmark
    #[arg(long, hide = true)]
    pub bench: bool,

    /// Be the write ceiling, with so many writing threads
    #[arg(long, hide = true)]
    pub be_ceiling: Option<usize>,

    /// The size of the ceiling's frames
    #[arg(long, hide = true, default_value_t = 600)]
    pub frame: usize,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Messages to all listeners, the next when the one before has reached everybody
    Fanout,
    /// Messages at a fixed rate; delays count from the moment each was due
    Paced,
    /// Durable posts, without and with a nonce
    Posts,
    /// The page of a room with 50 messages
    Pages,
    /// Listeners that only listen, and what is left when they have gone
    Memory,
    /// A post in a room with one listener, while another room with many is quiet, and while it is busy
    Quiet,
    /// From starting the program on a long history to the first page; memory when each room's page was served
    Start,
    /// Posts while a copy of a long history is made
    Backup,
    /// The same with more rooms, a longer history, more listeners, and more rooms for one listener
    Growth,
}

impl Options {
    /// How many messages a fan-out has.
    pub fn fanout_messages(&self) -> usize {
        let heard_by = (self.listeners / self.rooms).max(1);
        self.messages.unwrap_or((200_000 / heard_by).clamp(20, 20_000))
    }

    /// A directory for a run, which goes with it.
    pub fn directory(&self) -> io::Result<TempDir> {
        tempfile::Builder::new().prefix("load-").tempdir_in(&self.data)
    }

    /// How long a run of posts or pages lasts.
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds as u64)
    }
}

/// A number from 1 to `most`.
fn count(most: usize) -> impl Fn(&str) -> Result<usize, String> + Clone + Send + Sync + 'static {
    move |text| match text.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("give a number from 1 to {most}")),
    }
}
