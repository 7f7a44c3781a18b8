//! What the operator of the machine may ask of a running Taproom: a Unix socket in the data directory, which only the
//! owner of that directory can reach. One line asks, one line answers: `ok` or `no`, a blank, and words.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream as AsyncUnixStream};
use tokio::time::timeout;

use crate::domain::{Actor, Command, PersonCommand, Refusal, Token, UserName};
use crate::engine::{Engine, EngineError};
use crate::store::{Counts, Store};

/// The socket's name in the data directory.
const SOCKET_NAME: &str = "taproom.sock";
/// The longest line that asks, in bytes: a verb and a path.
const REQUEST_BYTES_MAX: u64 = 8 * 1024;
/// How long whoever connects may take to ask.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Something the operator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlRequest {
    /// A copy of the data file, as a new file of this name; an absolute path.
    Backup(PathBuf),
    /// A link by which whoever has this name chooses a new password.
    CreateResetLink(String),
}

impl ControlRequest {
    fn to_line(&self) -> String {
        match self {
            Self::Backup(file) => format!("backup {}\n", file.display()),
            Self::CreateResetLink(name) => format!("reset {name}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        match line.trim_end_matches('\n').split_once(' ')? {
            ("backup", file) if Path::new(file).is_absolute() => Some(Self::Backup(PathBuf::from(file))),
            ("reset", name) if !name.is_empty() => Some(Self::CreateResetLink(name.to_owned())),
            _ => None,
        }
    }
}

/// Asks the Taproom that runs on this data directory. `None` if none does.
///
/// # Errors
/// If it is there and does not answer.
pub fn send_request(directory: &Path, request: &ControlRequest) -> io::Result<Option<Result<String, String>>> {
    let mut stream = match UnixStream::connect(directory.join(SOCKET_NAME)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.write_all(request.to_line().as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    match line.trim_end().split_once(' ') {
        Some(("ok", words)) => Ok(Some(Ok(words.to_owned()))),
        Some(("no", words)) => Ok(Some(Err(words.to_owned()))),
        _ => Err(io::Error::other("Taproom stopped before it answered")),
    }
}

/// What a copy holds, in words.
pub fn summary(counts: Counts) -> String {
    let count = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let messages = count(counts.messages, "message", "messages");
    let (rooms, people) = (count(counts.rooms, "room", "rooms"), count(counts.people, "person", "people"));
    format!("{messages}, {rooms}, {people}; last change {}", counts.changes)
}

/// What the operator's wishes are carried out on.
pub struct ControlContext {
    /// The data.
    pub store: Arc<Store>,
    /// The way to change it.
    pub engine: Arc<Engine>,
    /// The origin at which it is reached, for links.
    pub origin: String,
}

/// The socket, removed when dropped.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Opens the socket. The data file is held already, so a socket that is there was left by a crash.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(SOCKET_NAME);
        let _left_by_a_crash = fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Answers whoever asks, one after the other, until it is dropped.
    pub async fn serve(&self, context: &ControlContext) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = answer_request(stream, context).await {
                        tracing::debug!(%error, "a control connection broke off");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the control socket does not accept");
                    tokio::time::sleep(REQUEST_TIMEOUT).await;
                }
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

async fn answer_request(mut stream: AsyncUnixStream, context: &ControlContext) -> io::Result<()> {
    let (asks, mut answers) = stream.split();
    let mut line = String::new();
    let mut limited = tokio::io::BufReader::new(asks.take(REQUEST_BYTES_MAX));
    timeout(REQUEST_TIMEOUT, limited.read_line(&mut line)).await.map_err(io::Error::other)??;
    let answer = match ControlRequest::parse(&line) {
        Some(wish) => execute(wish, context).await,
        None => Err("that is nothing this Taproom knows".to_owned()),
    };
    let words = match answer {
        Ok(words) => format!("ok {words}\n"),
        Err(words) => format!("no {words}\n"),
    };
    answers.write_all(words.as_bytes()).await
}

async fn execute(request: ControlRequest, context: &ControlContext) -> Result<String, String> {
    match request {
        ControlRequest::Backup(file) => {
            let store = Arc::clone(&context.store);
            let done = tokio::task::spawn_blocking(move || store.backup(&file).map(summary));
            let done = done.await.map_err(|panicked| panicked.to_string())?;
            done.map_err(|error| error.to_string())
        }
        ControlRequest::CreateResetLink(name) => {
            create_reset_link(&name, context).await.map_err(|problem| problem.to_string())
        }
    }
}

async fn create_reset_link(name: &str, context: &ControlContext) -> Result<String, EngineError> {
    let person = context.store.snapshot()?.person_by_name(&UserName::parse(name)?)?.ok_or(Refusal::PersonNotFound)?;
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|_| EngineError::Unwritable)?;
    let token = Token::new(bits);
    let link = Command::Person(person.author.id, PersonCommand::CreateResetLink { link: token.hash() });
    context.engine.execute(Actor::Operator, None, link).await?;
    Ok(format!("{}/reset/{}", context.origin, token.to_text()))
}

#[cfg(test)]
mod tests {
    use crate::control::*;

    #[test]
    fn request_lines_round_trip_and_nothing_else_parses() {
        for wish in [
            ControlRequest::Backup(PathBuf::from("/backups/a file with blanks.redb")),
            ControlRequest::CreateResetLink("Ann Lee: the second".to_owned()),
        ] {
            assert_eq!(ControlRequest::parse(&wish.to_line()), Some(wish));
        }
        for wrong in ["", "backup", "backup relative.redb", "erase /x", "backup ", "reset", "reset "] {
            assert_eq!(ControlRequest::parse(wrong), None, "{wrong}");
        }
    }
}
