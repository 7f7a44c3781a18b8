//! The program itself, as a process: started, killed, told to stop, and what is on its disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStderr, Command};

use crate::harness::{Guest, client, guest, within};

/// Taproom on this directory and any free port, not yet started. It ends with the test.
pub fn command(data: &Path) -> Command {
    let mut command = bare();
    command.args(["--listen", "127.0.0.1:0", "--log", "off", "--rate-limits", "off", "--data"]).arg(data);
    command
}

/// The same with nothing said.
pub fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taproom"));
    for variable in [
        "TAPROOM_LISTEN",
        "TAPROOM_DATA",
        "TAPROOM_LOG",
        "TAPROOM_METRICS_TOKEN",
        "TAPROOM_TRUSTED_PROXY",
        "TAPROOM_PUBLIC_URL",
        "TAPROOM_RATE_LIMITS",
    ] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    command
}

/// A Taproom that runs as a process of its own.
pub struct Program {
    child: Child,
    /// Its origin, as its first line says.
    pub url: String,
    /// Its second line.
    pub example: String,
}

impl Program {
    /// Starts it on this directory.
    pub async fn start(data: &Path) -> Self {
        Self::spawn(command(data)).await
    }

    /// Starts it, and reads its address and its example from what it prints.
    pub async fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let mut line = async || within("a line", lines.next_line()).await.unwrap().expect("it prints its address");
        let url = loop {
            if let Some(url) = line().await.strip_prefix("Taproom listens on ") {
                break url.to_owned();
            }
        };
        let example = line().await;
        Self { child, url, example }
    }

    /// Somebody new in it.
    pub async fn guest(&self, name: &str, room: &str) -> Guest {
        guest(&client(), &self.url, name, room).await
    }

    /// Somebody who was in it before it was started again.
    pub fn again(&self, guest: &Guest) -> Guest {
        Guest { url: self.url.clone(), http: client(), ..guest.clone() }
    }

    /// What it writes about itself, if that is piped.
    pub fn errors(&mut self) -> ChildStderr {
        self.child.stderr.take().expect("its errors are piped, and nobody has taken them")
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Tells it something by a signal.
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let status = std::process::Command::new("kill").args(["-s", name, &id]).status();
        assert!(status.expect("there is a kill command").success());
    }

    /// Kills it where it stands (SIGKILL). It is dead when this returns.
    pub async fn kill(&mut self) {
        within("the program to die", self.child.kill()).await.expect("it can be killed");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.expect("it is our child")
    }
}

/// Runs what cannot start: it says why in one line and ends with code 1. The line.
pub async fn refuses(mut command: Command) -> String {
    let output = within("the program to end", command.stderr(Stdio::piped()).output()).await.unwrap();
    let (said, wrong) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), said.as_str()), (Some(1), ""), "it does not start: {wrong}");
    let line = wrong.strip_suffix('\n').expect("a line has an end");
    assert!(!line.contains('\n'), "it is one line: {wrong}");
    line.strip_prefix("taproom: ").unwrap_or_else(|| panic!("it says who speaks: {line}")).to_owned()
}

/// Everything below a directory: of a file every byte, of anything else (a socket) that it is there.
pub fn contents(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(contents(&path));
        } else {
            let bytes = if path.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
            files.insert(path, bytes);
        }
    }
    files
}
