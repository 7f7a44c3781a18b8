//! The control socket of a running server: a Unix socket in the data directory, which only the owner of that directory can use.
//! A request is one line of JSON, and so is the response.

use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream as AsyncUnixStream};
use tokio::time::{sleep, timeout};

use crate::domain::{Actor, Command, PersonCommand, Refusal, UserName};
use crate::engine::{Engine, EngineError};
use crate::secrets;
use crate::store::{Counts, Store};

/// The name of the socket in the data directory.
const SOCKET_NAME: &str = "taproom.sock";
/// The longest request, in bytes: a path of 4,096 bytes, each written as `%XX`, and what is around it.
const REQUEST_BYTES_MAX: u64 = 16 * 1024;
/// How long a client may take to send its request, and how long to wait after a failure to accept.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// A request of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlRequest {
    /// Write a backup of the data file.
    Backup {
        /// The file to create; an absolute path.
        #[serde(with = "encoded_path")]
        file: PathBuf,
    },
    /// Create a link by which a person sets a new password.
    CreateResetLink {
        /// The name of the person.
        name: String,
    },
}

/// The response: what was done, or why it was not, as text for the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ControlResponse {
    Done(String),
    Refused(String),
}

/// A path as percent-encoded bytes: a path need not be UTF-8, and JSON text must be.
mod encoded_path {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};
    use serde::{Deserialize, Deserializer, Serializer};

    /// The encoded bytes, besides those above ASCII.
    const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&percent_encode(path.as_os_str().as_bytes(), ENCODED))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(OsString::from_vec(percent_decode_str(&text).collect()).into())
    }
}

/// A value as one line of JSON: JSON escapes line ends within text.
fn to_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text is always JSON") + "\n"
}

/// The value on a line, which must be complete.
fn from_line<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
}

/// Sends a request to the server that runs on this data directory. `None` if none does.
///
/// # Errors
/// If the server does not answer.
pub fn send_request(directory: &Path, request: &ControlRequest) -> io::Result<Option<Result<String, String>>> {
    let mut stream = match UnixStream::connect(directory.join(SOCKET_NAME)) {
        Ok(stream) => stream,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.write_all(to_line(request).as_bytes())?;
    let mut line = Vec::new();
    BufReader::new(stream).read_until(b'\n', &mut line)?;
    match from_line(&line) {
        Some(ControlResponse::Done(text)) => Ok(Some(Ok(text))),
        Some(ControlResponse::Refused(text)) => Ok(Some(Err(text))),
        None => Err(io::Error::other("the server stopped before it answered")),
    }
}

/// The contents of a data file as text.
pub fn summary(counts: Counts) -> String {
    let count = |n: u64, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let messages = count(counts.messages, "message", "messages");
    let (rooms, people) = (count(counts.rooms, "room", "rooms"), count(counts.people, "person", "people"));
    format!("{messages}, {rooms}, {people}; last change {}", counts.changes)
}

/// What requests are executed on.
pub struct ControlContext {
    /// The data.
    pub store: Arc<Store>,
    /// The way to change the data.
    pub engine: Arc<Engine>,
    /// The origin of the server, for links.
    pub origin: String,
}

/// The socket; removed when dropped.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Opens the socket. The data file is locked already, so an existing socket was left by a crash.
    ///
    /// # Errors
    /// If the socket cannot be created.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let path = directory.join(SOCKET_NAME);
        let _left_by_a_crash = fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Answers requests, one after another, until it is dropped.
    pub async fn serve(&self, context: &ControlContext) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = answer_request(stream, context).await {
                        tracing::debug!(%error, "failed to answer a control request");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "failed to accept a control connection");
                    sleep(REQUEST_TIMEOUT).await;
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
    let (reader, mut writer) = stream.split();
    let mut line = Vec::new();
    let mut reader = tokio::io::BufReader::new(reader.take(REQUEST_BYTES_MAX));
    timeout(REQUEST_TIMEOUT, reader.read_until(b'\n', &mut line)).await.map_err(io::Error::other)??;
    let result = match from_line(&line) {
        Some(request) => execute(request, context).await,
        None => Err("unknown request".to_owned()),
    };
    let response = result.map_or_else(ControlResponse::Refused, ControlResponse::Done);
    writer.write_all(to_line(&response).as_bytes()).await
}

async fn execute(request: ControlRequest, context: &ControlContext) -> Result<String, String> {
    match request {
        ControlRequest::Backup { file } if !file.is_absolute() => Err("the path must be absolute".to_owned()),
        ControlRequest::Backup { file } => {
            let store = Arc::clone(&context.store);
            let backup = tokio::task::spawn_blocking(move || store.backup(&file).map(summary));
            let result = backup.await.map_err(|panic| panic.to_string())?;
            result.map_err(|error| error.to_string())
        }
        ControlRequest::CreateResetLink { name } => {
            create_reset_link(&name, context).await.map_err(|error| error.to_string())
        }
    }
}

async fn create_reset_link(name: &str, context: &ControlContext) -> Result<String, EngineError> {
    let person = context.store.snapshot()?.person_by_name(&UserName::parse(name)?)?.ok_or(Refusal::PersonNotFound)?;
    let token = secrets::new_token().map_err(|_| EngineError::Unwritable)?;
    let link = Command::Person(person.author.id, PersonCommand::CreateResetLink { link: token.hash() });
    context.engine.execute(Actor::Operator, None, link).await?;
    Ok(format!("{}/reset/{}", context.origin, token.to_text()))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    use crate::control::*;

    fn backup(path: impl Into<PathBuf>) -> ControlRequest {
        ControlRequest::Backup { file: path.into() }
    }

    #[test]
    fn requests_round_trip_as_one_line_whatever_is_in_a_path() {
        let name = "Ann \"Lee\":\nthe second".to_owned();
        for request in [
            backup("/backups/a file with blanks, 100 % sure.redb"),
            backup("/backups/two\nlines\r\t.redb"),
            backup("/sauvegardes/\u{e9}t\u{e9}.redb"),
            backup(OsString::from_vec(b"/backups/not\xffUTF-8\x80".to_vec())),
            ControlRequest::CreateResetLink { name },
        ] {
            let line = to_line(&request);
            assert_eq!(line.find('\n'), Some(line.len() - 1), "one line: {line}");
            assert_eq!(from_line(line.as_bytes()), Some(request));
        }
        assert_eq!(to_line(&backup("/a b")), "{\"backup\":{\"file\":\"/a b\"}}\n");
    }

    #[test]
    fn the_longest_path_fits_into_a_request() {
        let path = [b"/".to_vec(), vec![0xff; 4_095]].concat();
        let line = to_line(&backup(OsString::from_vec(path)));
        assert!(line.len() as u64 <= REQUEST_BYTES_MAX, "{} bytes", line.len());
    }

    #[test]
    fn nothing_else_is_a_request() {
        for line in [
            "",
            "\n",
            "backup /x\n",
            "{}\n",
            "{\"backup\":\"/x\"}\n",
            "{\"backup\":{}}\n",
            "{\"backup\":{\"file\":\"/x\",\"more\":1}}\n",
            "{\"erase\":{\"file\":\"/x\"}}\n",
            "{\"backup\":{\"file\":\"/x\"}}",
        ] {
            assert_eq!(from_line::<ControlRequest>(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn responses_round_trip_as_one_line() {
        for response in [
            ControlResponse::Done("1 message\n2 rooms".to_owned()),
            ControlResponse::Refused("\u{201c}no\u{201d}".to_owned()),
        ] {
            let line = to_line(&response);
            assert_eq!(line.find('\n'), Some(line.len() - 1));
            assert_eq!(from_line(line.as_bytes()), Some(response));
        }
    }
}
