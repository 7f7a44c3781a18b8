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

use crate::domain::{Command, PersonCommand, Refusal, Token, UserName, Who};
use crate::engine::{Engine, Problem};
use crate::store::{Counts, Store};

/// The socket's name in the data directory.
const SOCKET: &str = "taproom.sock";
/// The longest line that asks, in bytes: a verb and a path.
const LINE_BYTES_MAX: u64 = 8 * 1024;
/// How long whoever connects may take to ask.
const ASKED_WITHIN: Duration = Duration::from_secs(5);

/// Something the operator asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A copy of the data file, as a new file of this name; an absolute path.
    BackUp(PathBuf),
    /// A link by which whoever has this name chooses a new password.
    Reset(String),
}

impl Wish {
    fn line(&self) -> String {
        match self {
            Self::BackUp(file) => format!("backup {}\n", file.display()),
            Self::Reset(name) => format!("reset {name}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        match line.trim_end_matches('\n').split_once(' ')? {
            ("backup", file) if Path::new(file).is_absolute() => Some(Self::BackUp(PathBuf::from(file))),
            ("reset", name) if !name.is_empty() => Some(Self::Reset(name.to_owned())),
            _ => None,
        }
    }
}

/// Asks the Taproom that runs on this data directory. `None` if none does.
///
/// # Errors
/// If it is there and does not answer.
pub fn ask(directory: &Path, wish: &Wish) -> io::Result<Option<Result<String, String>>> {
    let mut stream = match UnixStream::connect(directory.join(SOCKET)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.write_all(wish.line().as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    match line.trim_end().split_once(' ') {
        Some(("ok", words)) => Ok(Some(Ok(words.to_owned()))),
        Some(("no", words)) => Ok(Some(Err(words.to_owned()))),
        _ => Err(io::Error::other("Taproom stopped before it answered")),
    }
}

/// What a copy holds, in words.
pub fn told(counts: Counts) -> String {
    let count = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let messages = count(counts.messages, "message", "messages");
    let (rooms, people) = (count(counts.rooms, "room", "rooms"), count(counts.people, "person", "people"));
    format!("{messages}, {rooms}, {people}; last change {}", counts.changes)
}

/// What the operator's wishes are carried out on.
pub struct Operated {
    /// The data.
    pub store: Arc<Store>,
    /// The way to change it.
    pub engine: Arc<Engine>,
    /// The origin at which it is reached, for links.
    pub origin: String,
}

/// The socket, removed when dropped.
pub struct Control {
    listener: UnixListener,
    path: PathBuf,
}

impl Control {
    /// Opens the socket. The data file is held already, so a socket that is there was left by a crash.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(SOCKET);
        let _left_by_a_crash = fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Answers whoever asks, one after the other, until it is dropped.
    pub async fn serve(&self, operated: &Operated) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = answer(stream, operated).await {
                        tracing::debug!(%error, "a control connection broke off");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the control socket does not accept");
                    tokio::time::sleep(ASKED_WITHIN).await;
                }
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

async fn answer(mut stream: AsyncUnixStream, operated: &Operated) -> io::Result<()> {
    let (asks, mut answers) = stream.split();
    let mut line = String::new();
    let mut limited = tokio::io::BufReader::new(asks.take(LINE_BYTES_MAX));
    timeout(ASKED_WITHIN, limited.read_line(&mut line)).await.map_err(io::Error::other)??;
    let answer = match Wish::parse(&line) {
        Some(wish) => carry_out(wish, operated).await,
        None => Err("that is nothing this Taproom knows".to_owned()),
    };
    let words = match answer {
        Ok(words) => format!("ok {words}\n"),
        Err(words) => format!("no {words}\n"),
    };
    answers.write_all(words.as_bytes()).await
}

async fn carry_out(wish: Wish, operated: &Operated) -> Result<String, String> {
    match wish {
        Wish::BackUp(file) => {
            let store = Arc::clone(&operated.store);
            let done = tokio::task::spawn_blocking(move || store.back_up(&file).map(told));
            let done = done.await.map_err(|panicked| panicked.to_string())?;
            done.map_err(|error| error.to_string())
        }
        Wish::Reset(name) => reset(&name, operated).await.map_err(|problem| problem.to_string()),
    }
}

async fn reset(name: &str, operated: &Operated) -> Result<String, Problem> {
    let person = operated.store.snapshot()?.person_named(&UserName::parse(name)?)?.ok_or(Refusal::PersonUnknown)?;
    let mut bits = [0; 32];
    getrandom::fill(&mut bits).map_err(|_| Problem::Broken)?;
    let token = Token::new(bits);
    let link = Command::Person(person.author.id, PersonCommand::ResetLink { link: token.hash() });
    operated.engine.execute(Who::Operator, None, link).await?;
    Ok(format!("{}/reset/{}", operated.origin, token.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_as_it_is_written_and_nothing_else_is_one() {
        for wish in [
            Wish::BackUp(PathBuf::from("/backups/a file with blanks.redb")),
            Wish::Reset("Ann Lee: the second".to_owned()),
        ] {
            assert_eq!(Wish::parse(&wish.line()), Some(wish));
        }
        for wrong in ["", "backup", "backup relative.redb", "erase /x", "backup ", "reset", "reset "] {
            assert_eq!(Wish::parse(wrong), None, "{wrong}");
        }
    }
}
