//! A reader of event streams, written from the HTML standard alone
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>), so that it shares no
//! mistake with the writer it is there to check.

/// An event, as a browser would dispatch it, and what it carried besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// The value of its `event:` field, else `message`.
    pub name: String,
    /// Its `data:` lines, joined.
    pub data: String,
    /// The `id:` that stood in this very event, if one did.
    pub id: Option<String>,
    /// The `retry:` that stood in it.
    pub retry: Option<u64>,
}

impl Event {
    /// Whether it tells of a change: those, and only those, are named by their id alone.
    pub fn is_change(&self) -> bool {
        ["message", "renamed"].contains(&self.name.as_str()) && self.id.is_some()
    }
}

/// Takes bytes as they come, in pieces of any size, and gives events.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    after_cr: bool,
    begun: bool,
    event: Event,
    has_data: bool,
    lines: usize,
}

impl Parser {
    /// Reads on.
    pub fn read(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for &byte in bytes {
            // CR LF is one line end, also when the two come in different pieces.
            let ends_twice = std::mem::replace(&mut self.after_cr, byte == b'\r') && byte == b'\n';
            match byte {
                b'\n' if ends_twice => {}
                b'\n' | b'\r' => {
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(line));
                }
                other => self.line.push(other),
            }
        }
        events
    }

    /// Whether the stream ended between two events. If not, the last was cut and must be thrown away.
    pub fn is_between_events(&self) -> bool {
        self.line.is_empty() && self.lines == 0
    }

    fn end_line(&mut self, line: Vec<u8>) -> Option<Event> {
        let line = String::from_utf8(line).expect("a stream is UTF-8");
        let line = if self.begun { line.as_str() } else { line.strip_prefix('\u{feff}').unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            return self.dispatch();
        }
        self.lines += 1;
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                self.has_data = true;
                self.event.data.push_str(value);
                self.event.data.push('\n');
            }
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.event.retry = value.parse().ok();
            }
            // A comment, or a field that the standard does not know.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        self.lines = 0;
        let mut event = std::mem::take(&mut self.event);
        if !std::mem::take(&mut self.has_data) {
            return None;
        }
        event.data.pop();
        if event.name.is_empty() {
            "message".clone_into(&mut event.name);
        }
        Some(event)
    }
}

#[test]
fn a_stream_reads_the_same_however_it_is_cut_and_whatever_ends_its_lines() {
    let stream = "\u{feff}: comment\nid: 7\nevent: x\ndata: a\ndata:\ndata:  b\n\ndata: é\r\n\r\nretry: 9\ndata\r\revent: lost\n\n";
    let event = |name: &str, data: &str, id: Option<&str>, retry| Event {
        name: name.to_owned(),
        data: data.to_owned(),
        id: id.map(str::to_owned),
        retry,
    };
    let expected = [
        event("x", "a\n\n b", Some("7"), None),
        event("message", "é", None, None),
        event("message", "", None, Some(9)),
    ];
    for size in 1..=stream.len() {
        let mut parser = Parser::default();
        let read: Vec<Event> = stream.as_bytes().chunks(size).flat_map(|piece| parser.read(piece)).collect();
        assert_eq!(read, expected, "in pieces of {size} bytes");
        assert!(parser.is_between_events());
    }
}
