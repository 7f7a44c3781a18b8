//! As much of HTTP/1.1 as a load generator needs: requests as bytes, and the end of a response.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long a server may take for one response before the run fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where guests join.
pub const JOIN: &str = "/join";
/// Where guests joined before version 0.2; for a binary beside that is older.
pub const OLD_JOIN: &str = "/enter";

/// The head of a response.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The number of its bytes, with the empty line.
    pub length: usize,
    /// The number of bytes that follow; `None` for a stream.
    pub body: Option<usize>,
    /// Whether the body comes in chunks.
    pub is_chunked: bool,
}

/// The head at the start of `bytes`, if it is complete.
pub fn head(bytes: &[u8]) -> Option<io::Result<Head>> {
    let length = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    Some(parse(&bytes[..length]).ok_or_else(|| io::Error::other("the response has no HTTP head")))
}

fn parse(head: &[u8]) -> Option<Head> {
    let text = std::str::from_utf8(head).ok()?;
    let (first, fields) = text.split_once("\r\n")?;
    let status = first.split(' ').nth(1)?.parse().ok()?;
    let field = |wanted: &str| {
        let mut fields = fields.split("\r\n").filter_map(|field| field.split_once(':'));
        fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let body = field("content-length").and_then(|length| length.parse().ok());
    let is_chunked = field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    Some(Head { status, length: head.len(), body, is_chunked })
}

/// A connection that waits for each response.
pub struct Line {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Line {
    /// Connects.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, answer: Vec::new() })
    }

    /// Sends a request and reads the response: its status and its body.
    pub fn ask(&mut self, request: &[u8]) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request)?;
        self.answer.clear();
        let mut buffer = [0; 16 * 1024];
        loop {
            let got = self.stream.read(&mut buffer)?;
            if got == 0 {
                return Err(io::Error::other("the server closed the connection"));
            }
            self.answer.extend_from_slice(&buffer[..got]);
            let Some(head) = head(&self.answer).transpose()? else { continue };
            let end = head.length + head.body.unwrap_or(0);
            if self.answer.len() >= end {
                return Ok((head.status, &self.answer[head.length..end]));
            }
        }
    }
}

/// Writes a post by the owner of `token` into `request`, which is emptied first.
pub fn post(request: &mut Vec<u8>, path: &str, token: &str, nonce: Option<&str>, body: &str) {
    request.clear();
    let nonce = nonce.map(|nonce| format!("Idempotency-Key: {nonce}\r\n")).unwrap_or_default();
    let written = write!(
        request,
        "POST {path}/messages HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {token}\r\nAccept: text/plain\r\n\
         Content-Type: text/plain\r\n{nonce}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    written.expect("writing to a Vec cannot fail");
}

/// The same as a form of a page without a script. The response is a redirect.
pub fn post_form(request: &mut Vec<u8>, path: &str, token: &str, body: &str) {
    request.clear();
    let written = write!(
        request,
        "POST {path}/messages HTTP/1.1\r\nHost: load\r\nCookie: taproom={token}\r\nAccept: text/html\r\n\
         Origin: http://load\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\nbody={body}",
        body.len() + "body=".len()
    );
    written.expect("writing to a Vec cannot fail");
}

/// A request by the owner of `token`, as a browser makes it.
pub fn get(path: &str, accept: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: load\r\nAccept: {accept}\r\nCookie: taproom={token}\r\n\r\n").into_bytes()
}

/// Joins a room as a new guest. `address` is [`JOIN`] or [`OLD_JOIN`]. The response is JSON with the token and the path of the room.
pub fn join(address: &str, room: &str, name: &str) -> Vec<u8> {
    let body = format!("room={room}&name={name}");
    format!(
        "POST {address} HTTP/1.1\r\nHost: load\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
