//! The servers that are measured. Each is a child process with a directory of its own.

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

/// The kind of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Taproom, built with this benchmark.
    Taproom,
    /// Another binary of Taproom.
    Other(PathBuf),
    /// A program that only writes, with this many threads.
    Ceiling(u8),
    /// nginx with nchan, with this many workers.
    Nchan(Installed, u8),
}

impl Kind {
    /// Its name in the report.
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

    /// Whether it is Taproom: it stores messages, and has users and pages.
    pub fn is_chat(&self) -> bool {
        matches!(self, Self::Taproom | Self::Other(_))
    }

    /// How long after the last of this many listeners has connected it may still send the roster.
    pub fn settles_within(&self, listeners: usize) -> Duration {
        if self.is_chat() {
            Duration::from_millis(750 + 250 * (listeners as u64 / 500 + 1))
        } else {
            Duration::from_millis(250)
        }
    }

    /// The length of the posted text for which the listeners get a frame of this size; `body` if the frame follows from it.
    pub fn text_bytes(&self, frame: usize, body: usize) -> usize {
        match self {
            Self::Taproom | Self::Other(_) | Self::Ceiling(_) => body,
            Self::Nchan(..) => frame.saturating_sub(nchan::EVENT_BYTES).max(body),
        }
    }
}

/// A running server, killed when dropped.
pub struct Server {
    /// Its kind.
    pub kind: Kind,
    /// Its address.
    pub address: SocketAddr,
    /// Its process.
    pub process: Process,
    child: Child,
    _output: Option<BufReader<ChildStdout>>, // kept open, so that later output does not fail
    _data: Option<TempDir>,
}

/// The rooms and users of a run.
pub struct Cast {
    /// The path of each room.
    pub rooms: Vec<String>,
    /// The token of each user.
    pub tokens: Vec<String>,
}

impl Server {
    /// Starts a server with an empty directory, on a free loopback port.
    pub fn start(kind: &Kind, options: &Options, frame: usize) -> io::Result<Self> {
        let data = options.directory()?;
        let mut server = Self::start_on(kind, data.path(), frame)?;
        server._data = Some(data);
        Ok(server)
    }

    /// Starts a server on this directory.
    pub fn start_on(kind: &Kind, data: &Path, frame: usize) -> io::Result<Self> {
        let command = match kind {
            Kind::Taproom => taproom(own_binary(), data),
            Kind::Other(file) => taproom(file.clone(), data),
            Kind::Ceiling(threads) => ceiling(*threads, frame)?,
            Kind::Nchan(installed, workers) => {
                let (child, address) = installed.start(*workers, data)?;
                return Ok(Self::new(kind, child, address));
            }
        };
        Self::start_and_read_address(kind, command)
    }

    /// Starts a server and reads its address: the first line of its output that ends in a plain URL.
    fn start_and_read_address(kind: &Kind, mut command: Command) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or_else(|| io::Error::other("no standard output"))?;
        let mut server = Self::new(kind, child, SocketAddr::from(([127, 0, 0, 1], 0)));
        let (mut output, mut line) = (BufReader::new(stdout), String::new());
        while output.read_line(&mut line)? > 0 {
            if let Some((_, address)) = line.split_once("http://")
                && let Ok(address) = address.trim().parse()
            {
                (server.address, server._output) = (address, Some(output));
                return Ok(server);
            }
            line.clear();
        }
        Err(io::Error::other(format!("{} did not print its address", kind.name())))
    }

    fn new(kind: &Kind, child: Child, address: SocketAddr) -> Self {
        let process = Process(child.id());
        Self { kind: kind.clone(), address, process, child, _output: None, _data: None }
    }

    /// Stops it in order, as an operator does.
    pub fn stop(mut self) -> io::Result<()> {
        process::end(&mut self.child)
    }

    /// Creates rooms and users. For a server that has neither, the paths and tokens are made up.
    pub fn cast(&self, rooms: usize, people: usize) -> io::Result<Cast> {
        if !self.kind.is_chat() {
            let rooms = (0..rooms).map(|room| format!("/rooms/load-{room}")).collect();
            return Ok(Cast { rooms, tokens: vec!["none".to_owned(); people] });
        }
        let mut line = Line::open(self.address)?;
        let mut cast = Cast { rooms: Vec::new(), tokens: Vec::new() };
        let address = join_address(&mut line)?;
        for n in 0..rooms.max(people) {
            let room = n.min(rooms - 1);
            let (status, body) = line.ask(&http::join(address, &format!("load-{room}"), &format!("Person+{n}")))?;
            let response: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let (Some(token), Some(url)) = (response["token"].as_str(), response["url"].as_str()) else {
                return Err(io::Error::other(format!("failed to join: {status}")));
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

/// Where guests join this server: an older binary answers 404 or 405 at the new address.
fn join_address(line: &mut Line) -> io::Result<&'static str> {
    let (status, _) = line.ask(&http::join(http::JOIN, "load-0", ""))?;
    Ok(if matches!(status, 404 | 405) { http::OLD_JOIN } else { http::JOIN })
}

impl Drop for Server {
    fn drop(&mut self) {
        match self.kind {
            // Its workers outlive it unless it is stopped in order.
            Kind::Nchan(..) => drop(process::end(&mut self.child)),
            Kind::Taproom | Kind::Other(_) | Kind::Ceiling(_) => {
                let _already_ended = self.child.kill();
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
    // The limits are not what is measured. By variable and under both names, because a binary beside may be older.
    command.env("TAPROOM_RATE_LIMITS", "off").env("TAPROOM_PACE", "off");
    command.args(["--listen", "127.0.0.1:0", "--log", "warn", "--data"]).arg(data);
    command
}

/// The ceiling is another process of this program.
fn ceiling(threads: u8, frame: usize) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--be-ceiling", &threads.to_string(), "--frame", &frame.to_string()]);
    Ok(command)
}
