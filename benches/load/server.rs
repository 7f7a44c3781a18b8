//! The servers that are measured, each a child process of its own with a directory of its own.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{self, Line};
use crate::options::Options;
use crate::process::Process;

/// Which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Taproom, as it was built with this benchmark.
    Taproom,
    /// Another binary of it.
    Other(PathBuf),
    /// A program that only writes, with so many threads.
    Ceiling(u8),
}

impl Kind {
    /// What it is called in the figures.
    pub fn name(&self) -> String {
        match self {
            Self::Taproom => "taproom".to_owned(),
            Self::Other(file) => format!("beside: {}", file.display()),
            Self::Ceiling(1) => "write ceiling, 1 thread".to_owned(),
            Self::Ceiling(threads) => format!("write ceiling, {threads} threads"),
        }
    }

    /// Whether it keeps what is posted and has pages, or only writes.
    pub fn is_chat(&self) -> bool {
        !matches!(self, Self::Ceiling(_))
    }

    /// How long after the last of so many listeners has come it may go on telling who is here.
    pub fn settles_within(&self, listeners: usize) -> Duration {
        if self.is_chat() {
            Duration::from_millis(750 + 250 * (listeners as u64 / 500 + 1))
        } else {
            Duration::from_millis(250)
        }
    }
}

/// A server that runs. It is ended when dropped.
pub struct Server {
    /// Which one.
    pub kind: Kind,
    /// Where it listens.
    pub address: SocketAddr,
    /// The process.
    pub process: Process,
    child: Child,
    greeting: BufReader<ChildStdout>, // kept open: whatever it says later must find a reader
    _data: TempDir,
}

/// The rooms and people of a run.
pub struct Cast {
    /// The path of each room.
    pub rooms: Vec<String>,
    /// The token of each person.
    pub tokens: Vec<String>,
}

impl Server {
    /// Starts one, on any free port of loopback.
    pub fn start(kind: &Kind, options: &Options, frame: usize) -> io::Result<Self> {
        let data = tempfile::Builder::new().prefix("load-").tempdir_in(&options.data)?;
        let mut command = match kind {
            Kind::Taproom => taproom(PathBuf::from(env!("CARGO_BIN_EXE_taproom")), &data),
            Kind::Other(file) => taproom(file.clone(), &data),
            Kind::Ceiling(threads) => ceiling(*threads, frame)?,
        };
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        let mut server = Self {
            kind: kind.clone(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            process: Process(child.id()),
            child,
            greeting: BufReader::new(stdout),
            _data: data,
        };
        server.address = server.greeted()?;
        Ok(server)
    }

    /// Reads where it listens: the first address that it prints.
    fn greeted(&mut self) -> io::Result<SocketAddr> {
        let mut line = String::new();
        while self.greeting.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("http://")
                && let Ok(address) = address.trim().parse()
            {
                return Ok(address);
            }
            line.clear();
        }
        Err(io::Error::other(format!("{} did not say where it listens", self.kind.name())))
    }

    /// Opens rooms and gives people names. A server that only writes needs neither, so it gets any.
    pub fn cast(&self, rooms: usize, people: usize) -> io::Result<Cast> {
        if !self.kind.is_chat() {
            let rooms = (0..rooms).map(|room| format!("/rooms/load-{room}")).collect();
            return Ok(Cast { rooms, tokens: vec!["nobody".to_owned(); people] });
        }
        let mut line = Line::open(self.address)?;
        let mut cast = Cast { rooms: Vec::new(), tokens: Vec::new() };
        for n in 0..rooms.max(people) {
            let room = n.min(rooms - 1);
            let (status, body) = line.ask(&http::enter(&format!("load-{room}"), &format!("Person+{n}")))?;
            let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let (Some(token), Some(url)) = (answer["token"].as_str(), answer["url"].as_str()) else {
                return Err(io::Error::other(format!("nobody can enter: {status}")));
            };
            if n < people {
                cast.tokens.push(token.to_owned());
            }
            if n < rooms {
                cast.rooms.push(url.to_owned());
            }
        }
        Ok(cast)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _has_ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn taproom(binary: PathBuf, data: &TempDir) -> Command {
    let mut command = Command::new(binary);
    command.args(["--listen", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data.path());
    command
}

/// The ceiling is this program once more.
fn ceiling(threads: u8, frame: usize) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--be-ceiling", &threads.to_string(), "--frame", &frame.to_string()]);
    Ok(command)
}
