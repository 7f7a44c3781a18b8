//! Whatever stands in a text, the stream carries it as the data of exactly one event, with the id and the name that it
//! was given; nothing in it can end an event or forge a field. Read by a parser of its own after the HTML standard,
//! section 9.2.6 (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>).
#![no_main]

use libfuzzer_sys::fuzz_target;
use taproom::domain::{Slug, Author, Cursor, Epoch, Extras, Message, Timestamp, Place, Seq, UserId};
use taproom::live::{Format, Encoding};
use taproom::{fuzzing, views};

const EPOCH: Epoch = Epoch(0xfeed_0001);

// The first byte chooses id and name of the event; the rest is the data, and in parts a message.
fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    an_event_is_heard_as_it_was_said(*choice, &text);
    a_frame_is_one_event(u64::from(*choice), &text);
});

fn an_event_is_heard_as_it_was_said(choice: u8, text: &str) {
    let id = [None, Some(Cursor { epoch: Some(EPOCH), seq: Seq(u64::from(choice)) })][usize::from(choice & 1)];
    let name = [None, Some("hello"), Some("ping"), Some("reset")][usize::from(choice >> 1 & 3)];
    let expected = Heard {
        id: id.map(|id| id.to_string()).unwrap_or_else(|| cursor(0).to_string()),
        name: name.unwrap_or("message").to_owned(),
        data: one_kind_of_line_end(text),
    };
    assert_eq!(heard_between(|framing| fuzzing::encode_event(id, name, text, framing).to_vec()), expected);
}

fn a_frame_is_one_event(id: u64, text: &str) {
    let mut parts = text.splitn(3, '\t');
    let mut part = || parts.next().unwrap_or("").to_owned();
    let (address, name, body) = (Slug::from_stored(part()), part(), part());
    let author = Author { id: UserId(id), name: name.into() };
    let place = Place { follows: id % 2 == 0, opens_day: id % 3 == 0 };
    let (html, extras, quote) = (None, Extras::default(), None);
    let (reactors, called) = (Vec::new(), Vec::new());
    let message =
        Message { id: Seq(id + 1), author, at: Timestamp(id << 32), body, html, place, extras, quote, reactors, called };
    for format in [Format::Html, Format::Text, Format::Json] {
        let frame = |framing| fuzzing::encode_frame(EPOCH, &address, message.clone(), format, framing).to_vec();
        let heard = heard_between(frame);
        assert_eq!((heard.id, heard.name.as_str()), (cursor(id + 1).to_string(), "message"));
        let said = match format {
            Format::Html => views::message::posted(&address, &message, None).into_string(),
            Format::Text => views::plain::line(&message),
            Format::Json => {
                let json: serde_json::Value = serde_json::from_str(&heard.data).expect("it is JSON");
                let said = &json["message"];
                assert_eq!(said["body"], message.body.as_str());
                assert_eq!(said["author"], *message.author.name);
                assert_eq!(said["room"], address.as_str());
                continue;
            }
        };
        assert_eq!(heard.data, one_kind_of_line_end(&said));
    }
}

/// What an event is heard as between two others, which must be heard as they are; the same in chunks of HTTP as bare.
fn heard_between(event: impl Fn(Encoding) -> Vec<u8>) -> Heard {
    let stream = |framing| {
        let around = fuzzing::encode_event(Some(cursor(0)), None, "around", framing);
        [&around, event(framing).as_slice(), &around].concat()
    };
    let mut events = listen(&stream(Encoding::Plain));
    assert_eq!(unchunked(&stream(Encoding::Chunked)), stream(Encoding::Plain));
    assert_eq!(events.len(), 3, "one event comes out as one: {events:?}");
    for other in [0, 2] {
        assert_eq!((events[other].id.as_str(), events[other].data.as_str()), (&*cursor(0).to_string(), "around"));
    }
    events.swap_remove(1)
}

/// What chunks carry, read as RFC 9112, section 7.1, says.
fn unchunked(mut chunks: &[u8]) -> Vec<u8> {
    let mut carried = Vec::new();
    while !chunks.is_empty() {
        let digits = chunks.iter().position(|byte| !byte.is_ascii_hexdigit()).expect("a length ends");
        let length = std::str::from_utf8(&chunks[..digits]).expect("digits are ASCII");
        let length = usize::from_str_radix(length, 16).expect("a chunk has a length");
        assert_ne!(length, 0, "nothing ends the stream");
        chunks = chunks[digits..].strip_prefix(b"\r\n").expect("a length has a line of its own");
        let (data, rest) = chunks.split_at(length);
        carried.extend_from_slice(data);
        chunks = rest.strip_prefix(b"\r\n").expect("a chunk ends where its length says");
    }
    carried
}

fn cursor(seq: u64) -> Cursor {
    Cursor { epoch: Some(EPOCH), seq: Seq(seq) }
}

fn one_kind_of_line_end(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// An event as a browser gives it to a page.
#[derive(Debug, PartialEq)]
struct Heard {
    id: String,
    name: String,
    data: String,
}

/// Reads a whole stream as the standard says it.
fn listen(stream: &[u8]) -> Vec<Heard> {
    let text = String::from_utf8_lossy(stream);
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (mut events, mut id, mut name, mut data) = (Vec::new(), String::new(), String::new(), String::new());
    while let Some(end) = rest.find(['\r', '\n']) {
        let line = &rest[..end];
        rest = &rest[end..];
        rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
        if line.is_empty() {
            if !data.is_empty() {
                data.pop(); // the line end after the last line
                let name = if name.is_empty() { "message".to_owned() } else { name.clone() };
                events.push(Heard { id: id.clone(), name, data: data.clone() });
            }
            name.clear();
            data.clear();
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => assert!(line.starts_with(':'), "a comment"),
            "event" => name = value.to_owned(),
            "data" => data = data + value + "\n",
            "id" if !value.contains('\0') => id = value.to_owned(),
            "retry" => panic!("nobody set one: {line:?}"),
            other => panic!("a field that nobody wrote: {other:?}"),
        }
    }
    events
}
