//! The servers that are measured, each a child process of its own with a directory of its own.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::http::{self, Line};
use crate::nchan::{self, Installed};
use crate::options::Options;
use crate::process::{self, Process};

/// Which server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Taproom, as it was built with this benchmark.
    Taproom,
    /// Another binary of it.
    Other(PathBuf),
    /// A program that only writes, with so many threads.
    Ceiling(u8),
    /// nginx with nchan, with so many workers.
    Nchan(Installed, u8),
}

impl Kind {
    /// What it is called in the figures.
    pub fn name(&self) -> String {
        match self {
            Self::Taproom => "taproom".to_owned(),
            Self::Other(file) => format!("beside: {}", file.display()),
            Self::Ceiling(1) => "write ceiling, 1 thread".to_owned(),
            Self::Ceiling(threads) => format!("write ceiling, {threads} threads"),
            Self::Nchan(_, 1) => "nchan, 1 worker".to_owned(),
            Self::Nchan(_, workers) => format!("nchan, {workers} workers"),
        }
    }

    /// Whether it is Taproom: keeps what is posted, and has names and pages.
    pub fn is_chat(&self) -> bool {
        matches!(self, Self::Taproom | Self::Other(_))
    }

    /// How long after the last of so many listeners has come it may go on telling who is here.
    pub fn settles_within(&self, listeners: usize) -> Duration {
        if self.is_chat() {
            Duration::from_millis(750 + 250 * (listeners as u64 / 500 + 1))
        } else {
            Duration::from_millis(250)
        }
    }

    /// How long the posted text must be for the listeners to get a frame of this size, or `body` where that follows from it.
    pub fn text_bytes(&self, frame: usize, body: usize) -> usize {
        match self {
            Self::Taproom | Self::Other(_) | Self::Ceiling(_) => body,
            Self::Nchan(..) => frame.saturating_sub(nchan::EVENT_BYTES).max(body),
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
    _greeting: Option<BufReader<ChildStdout>>, // kept open: whatever it says later must find a reader
    _data: Option<TempDir>,
}

/// The rooms and people of a run.
pub struct Cast {
    /// The path of each room.
    pub rooms: Vec<String>,
    /// The token of each person.
    pub tokens: Vec<String>,
}

impl Server {
    /// Starts one with an empty directory, on any free port of loopback.
    pub fn start(kind: &Kind, options: &Options, frame: usize) -> io::Result<Self> {
        let data = options.directory()?;
        let mut server = Self::start_on(kind, data.path(), frame)?;
        server._data = Some(data);
        Ok(server)
    }

    /// Starts one on what is in this directory.
    pub fn start_on(kind: &Kind, data: &Path, frame: usize) -> io::Result<Self> {
        let command = match kind {
            Kind::Taproom => taproom(own_binary(), data),
            Kind::Other(file) => taproom(file.clone(), data),
            Kind::Ceiling(threads) => ceiling(*threads, frame)?,
            Kind::Nchan(installed, workers) => {
                let (child, address) = installed.start(*workers, data)?;
                return Ok(Self::of(kind, child, address, None));
            }
        };
        Self::greeted(kind, command)
    }

    /// Starts it, and reads where it listens: the first address that it prints.
    fn greeted(kind: &Kind, mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        let mut server = Self::of(kind, child, SocketAddr::from(([127, 0, 0, 1], 0)), None);
        let (mut greeting, mut line) = (BufReader::new(stdout), String::new());
        while greeting.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("http://")
                && let Ok(address) = address.trim().parse()
            {
                (server.address, server._greeting) = (address, Some(greeting));
                return Ok(server);
            }
            line.clear();
        }
        Err(io::Error::other(format!("{} did not say where it listens", kind.name())))
    }

    fn of(kind: &Kind, child: Child, address: SocketAddr, greeting: Option<BufReader<ChildStdout>>) -> Self {
        let process = Process(child.id());
        Self { kind: kind.clone(), address, process, child, _greeting: greeting, _data: None }
    }

    /// Ends it in order, as an operator does.
    pub fn stop(mut self) -> io::Result<()> {
        process::end(&mut self.child)
    }

    /// Opens rooms and gives people names. A server that knows neither gets any.
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
        match self.kind {
            // Its workers outlive it unless it is told in order.
            Kind::Nchan(..) => drop(process::end(&mut self.child)),
            Kind::Taproom | Kind::Other(_) | Kind::Ceiling(_) => {
                let _has_ended_already = self.child.kill();
                let _reaped = self.child.wait();
            }
        }
    }
}

/// The binary of Taproom that was built with this benchmark.
pub fn own_binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_taproom"))
}

fn taproom(binary: PathBuf, data: &Path) -> Command {
    let mut command = Command::new(binary);
    // The limits are not what is measured. By the environment, since a binary beside may be older than the flag.
    command.env("TAPROOM_RATE_LIMITS", "off");
    command.args(["--listen", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data);
    command
}

/// The ceiling is this program once more.
fn ceiling(threads: u8, frame: usize) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--be-ceiling", &threads.to_string(), "--frame", &frame.to_string()]);
    Ok(command)
}
