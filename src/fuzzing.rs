//! What the fuzz targets in `fuzz/` need of the inside. It is compiled for them only (`cargo fuzz` sets `cfg(fuzzing)`),
//! decides nothing, and hands what it is given to the code that every request goes through.

use std::io;

use bytes::Bytes;
use poem::http::{HeaderName, HeaderValue, Uri, header};
use poem::{Body, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{self, Address, Cursor, Done, Epoch, Event, Message, Refusal, Room, RoomId, Seq, UserId};
use crate::live::{self, Format, Framing};
use crate::{store, views, web};

/// An event of a stream.
pub fn event(id: Option<Cursor>, name: Option<&str>, data: &str, framing: Framing) -> Bytes {
    live::event(id, name, data).bytes(framing)
}

/// A message of the room at this address as one whole frame.
pub fn frame(epoch: Epoch, address: &Address, message: Message, format: Format, framing: Framing) -> Bytes {
    let (id, seq) = (RoomId(1), message.id);
    let room = Room::open(id, address.to_string(), address.clone(), UserId(1));
    let event = Event::Posted { room: id, message: seq };
    let frame = live::Frame::posted(epoch, &room, Done { seq, before: Seq(0), event, again: false }, message);
    frame.written(format).bytes(framing)
}

/// A text as HTML.
pub fn paragraphs(text: &str) -> String {
    views::text::paragraphs(text).into_string()
}

/// A text as Markdown, as HTML if it needs any; with somebody and a room of whatever name.
pub fn rendered(text: &str) -> Option<String> {
    let body = domain::Body::parse(text).ok()?;
    let person = |name: &domain::UserName| Some(domain::Author { id: UserId(7), name: name.as_str().into() });
    let names = views::text::Names { person: &person, room: &|address| Some(address.clone()) };
    views::text::render(body, &names, views::text::Code::Coloured).rendered.map(|rendered| rendered.html)
}

/// The kinds of rows that tables have.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the row of the table of its name")]
pub enum Row {
    House,
    User,
    Token,
    Secret,
    Reset,
    Invitation,
    Room,
    Member,
    Recent,
    Message,
    Change,
    Outcome,
    Block,
    Report,
    Audit,
    Version,
    Read,
    Draft,
    Former,
}

impl Row {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::House,
        Self::User,
        Self::Token,
        Self::Secret,
        Self::Reset,
        Self::Invitation,
        Self::Room,
        Self::Member,
        Self::Recent,
        Self::Message,
        Self::Change,
        Self::Outcome,
        Self::Block,
        Self::Report,
        Self::Audit,
        Self::Version,
        Self::Read,
        Self::Draft,
        Self::Former,
    ];

    /// Reads bytes as such a row and writes it again. `None` if they are none.
    pub fn rewrite(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::House => rewrite::<store::HouseRow>(bytes),
            Self::User => rewrite::<store::UserRow>(bytes),
            Self::Token => rewrite::<store::TokenRow>(bytes),
            Self::Secret => rewrite::<store::SecretRow>(bytes),
            Self::Reset => rewrite::<store::ResetRow>(bytes),
            Self::Invitation => rewrite::<domain::Invitation>(bytes),
            Self::Room => rewrite::<store::RoomRow>(bytes),
            Self::Member => rewrite::<store::MemberRow>(bytes),
            Self::Recent => rewrite::<store::RecentRow>(bytes),
            Self::Message => rewrite::<store::MessageRow>(bytes),
            Self::Change => rewrite::<store::ChangeRow>(bytes),
            Self::Outcome => rewrite::<store::OutcomeRow>(bytes),
            Self::Block => rewrite::<store::BlockRow>(bytes),
            Self::Report => rewrite::<domain::Report>(bytes),
            Self::Audit => rewrite::<domain::Audit>(bytes),
            Self::Version => rewrite::<store::VersionRow>(bytes),
            Self::Read => rewrite::<store::ReadRow>(bytes),
            Self::Draft => rewrite::<store::DraftRow>(bytes),
            Self::Former => rewrite::<store::FormerRow>(bytes),
        }
    }
}

fn rewrite<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<Vec<u8>> {
    let row: T = store::decode("fuzzed", bytes).ok()?;
    Some(store::encode(&row).expect("what was read can be written"))
}

/// From where on a stream with this query and this `Last-Event-ID` goes. `None` if HTTP has no such request.
pub fn wish(query: &str, last_event_id: &[u8]) -> Option<Result<Option<Cursor>, Refusal>> {
    let request = request(query, HeaderName::from_static("last-event-id"), last_event_id)?;
    Some(web::wish(&request))
}

/// Whether a request with this `Authorization` shows a token. `None` if HTTP has no such request.
pub fn shows_token(authorization: &[u8]) -> Option<bool> {
    Some(web::shows_token(&request("", header::AUTHORIZATION, authorization)?))
}

fn request(query: &str, name: HeaderName, value: &[u8]) -> Option<Request> {
    let uri: Uri = format!("/rooms/x/live?{query}").parse().ok()?;
    Some(Request::builder().uri(uri).header(name, HeaderValue::from_bytes(value).ok()?).finish())
}

/// What a body was read as.
#[derive(Debug, PartialEq, Eq)]
pub struct Sent(web::Form);

impl Sent {
    /// Reads a body that arrives in these chunks; `fields` are the names that make a form of it. `None` if HTTP has no
    /// such type.
    pub async fn read(content_type: &[u8], chunks: Vec<Bytes>, fields: &[&str]) -> Option<Result<Self, Refusal>> {
        let request = request("", header::CONTENT_TYPE, content_type)?;
        let chunks = chunks.into_iter().map(Ok::<_, io::Error>);
        let body = Body::from_bytes_stream(tokio_stream::iter(chunks));
        Some(web::Form::read(&request, body, fields).await.map(Self))
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The whole, if it has no fields.
    pub fn text(&self) -> Option<&str> {
        (!self.0.has_fields()).then(|| self.0.get_or_text(""))
    }
}
