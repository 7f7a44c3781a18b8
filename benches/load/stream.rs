//! Taking a stream apart: an HTTP head, chunks if there are any, and the events in them, however the bytes were cut on the way.

use std::io;

use crate::http;

/// One stream, from its head on.
#[derive(Default)]
pub struct Stream {
    has_begun: bool,
    is_chunked: bool,
    raw: Vec<u8>,   // what of the bytes is no whole chunk yet
    event: Vec<u8>, // what of the chunks is no whole event yet
}

/// Where events go.
pub trait Sink {
    /// How many of these bytes are the event that is expected next; 0 if it is another, or not all of it. This spares
    /// looking for the end of an event that thousands get.
    fn expected(&mut self, bytes: &[u8]) -> usize;

    /// Any other event, with the empty line that ends it.
    fn event(&mut self, event: &[u8]);
}

impl Stream {
    /// Takes the next bytes. An error says that this is no stream.
    pub fn take(&mut self, bytes: &[u8], sink: &mut impl Sink) -> io::Result<()> {
        if self.raw.is_empty() {
            let used = self.bytes(bytes, sink)?;
            self.raw.extend_from_slice(&bytes[used..]);
        } else {
            let mut raw = std::mem::take(&mut self.raw);
            raw.extend_from_slice(bytes);
            let used = self.bytes(&raw, sink)?;
            raw.drain(..used);
            self.raw = raw;
        }
        Ok(())
    }

    /// Uses what is whole, and answers how much that was.
    fn bytes(&mut self, bytes: &[u8], sink: &mut impl Sink) -> io::Result<usize> {
        let mut used = 0;
        if !self.has_begun {
            let Some(head) = http::head(bytes).transpose()? else { return Ok(0) };
            if head.status != 200 {
                return Err(io::Error::other(format!("a listener was answered {}", head.status)));
            }
            (self.has_begun, self.is_chunked, used) = (true, head.is_chunked, head.length);
        }
        if !self.is_chunked {
            self.part(&bytes[used..], sink);
            return Ok(bytes.len());
        }
        while let Some((start, length)) = chunk(&bytes[used..])? {
            let (start, end) = (used + start, used + start + length);
            if bytes.len() < end + 2 {
                break;
            }
            self.part(&bytes[start..end], sink);
            used = end + 2;
        }
        Ok(used)
    }

    /// Takes what a chunk holds, or whatever came of a stream without chunks.
    fn part(&mut self, data: &[u8], sink: &mut impl Sink) {
        if self.event.is_empty() {
            let used = events(data, sink);
            self.event.extend_from_slice(&data[used..]);
        } else {
            self.event.extend_from_slice(data);
            let used = events(&self.event, sink);
            self.event.drain(..used);
        }
    }
}

/// Hands on the whole events at the start of `data`, and answers how long they are.
fn events(data: &[u8], sink: &mut impl Sink) -> usize {
    let mut used = 0;
    while used < data.len() {
        let rest = &data[used..];
        let mut length = sink.expected(rest);
        if length == 0 {
            let Some(end) = rest.windows(2).position(|end| end == b"\n\n") else { break };
            length = end + 2;
            sink.event(&rest[..length]);
        }
        used += length;
    }
    used
}

/// Where the chunk at the start of `bytes` begins and how long it is (RFC 9112, section 7.1).
fn chunk(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let Some(end) = bytes.iter().take(18).position(|&byte| byte == b'\r') else { return Ok(None) };
    let digits = std::str::from_utf8(&bytes[..end]).ok();
    let length = digits.and_then(|digits| usize::from_str_radix(digits, 16).ok());
    match length {
        Some(0) => Err(io::Error::other("the server ended a stream")),
        Some(length) => Ok(Some((end + 2, length))),
        None => Err(io::Error::other("a stream has something between its chunks")),
    }
}
