//! The bytes of a stream: Server-Sent Events as the HTML standard defines them
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). Line ends are LF, and a line end within a text starts
//! a new `data:` line, so no text can end an event or forge a field. Nothing here knows what an event is about.

use std::fmt::Write as _;

use bytes::Bytes;

use crate::domain::Cursor;

/// How the bytes of a stream are framed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Not at all: the HTTP library frames them.
    #[default]
    Plain,
    /// Each event is a chunk of HTTP/1.1 (RFC 9112, section 7.1), ready to be sent.
    Chunked,
}

/// An event, encoded once for all listeners, with the bytes around it that make it a chunk.
#[derive(Clone, Debug, Default)]
pub(crate) struct EncodedEvent {
    chunk: Bytes,
    /// Where in the chunk the event begins.
    event_start: usize,
}

/// The end of a chunk.
const CHUNK_END: &str = "\r\n";

impl EncodedEvent {
    pub fn new(event: &str) -> Self {
        let start = format!("{:x}\r\n", event.len());
        Self { event_start: start.len(), chunk: [start.as_str(), event, CHUNK_END].concat().into() }
    }

    /// The bytes of the event: shared, not copied.
    pub fn bytes(&self, encoding: Encoding) -> Bytes {
        match encoding {
            Encoding::Plain => self.chunk.slice(self.event_start..self.chunk.len() - CHUNK_END.len()),
            Encoding::Chunked => self.chunk.clone(),
        }
    }

    /// The number of bytes in memory.
    pub fn len(&self) -> usize {
        self.chunk.len()
    }
}

/// Encodes an event.
pub(crate) fn encode_event(id: Option<Cursor>, name: Option<&str>, data: &str) -> EncodedEvent {
    EncodedEvent::new(&encode_lines(id, name, data))
}

/// Encodes the lines of an event.
pub(crate) fn encode_lines(id: Option<Cursor>, name: Option<&str>, data: &str) -> String {
    let mut lines = String::with_capacity(data.len() + 64);
    if let Some(id) = id {
        writeln!(lines, "id: {id}").expect("writing to a String cannot fail");
    }
    if let Some(name) = name {
        writeln!(lines, "event: {name}").expect("writing to a String cannot fail");
    }
    for line in data.replace("\r\n", "\n").split(['\r', '\n']) {
        lines.push_str("data: ");
        lines.push_str(line);
        lines.push('\n');
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use crate::domain::{Epoch, Seq};
    use crate::live::sse::*;

    #[test]
    fn line_ends_in_data_cannot_end_an_event_or_forge_a_field() {
        let id = Cursor { epoch: Some(Epoch(1)), seq: Seq(2) };
        let event = encode_event(Some(id), Some("x"), "a\r\nid: 9\rdata: b\n\nevent: y");
        let expected = "id: 00000001-2\nevent: x\ndata: a\ndata: id: 9\ndata: data: b\ndata: \ndata: event: y\n\n";
        assert_eq!(event.bytes(Encoding::Plain), expected);
    }

    #[test]
    fn a_chunk_is_the_event_prefixed_with_its_length() {
        let event = EncodedEvent::new("data: é\n\n");
        assert_eq!(event.bytes(Encoding::Plain), "data: é\n\n");
        assert_eq!(event.bytes(Encoding::Chunked), "a\r\ndata: é\n\n\r\n");
    }
}
