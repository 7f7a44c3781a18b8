//! Access to internals for the fuzz targets in `fuzz/`. Compiled for them only (`cargo fuzz` sets `cfg(fuzzing)`); it passes its
//! arguments to the code that every request goes through.

use std::io;

use bytes::Bytes;
use poem::http::{HeaderName, HeaderValue, Uri, header};
use poem::{Body, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::{self, Applied, Cursor, Epoch, Event, Message, Room, RoomId, Seq, Slug, UserId};
use crate::live::{self, Encoding, Format};
use crate::{store, views, web};

/// Encodes an event of a stream.
pub fn encode_event(id: Option<Cursor>, name: Option<&str>, data: &str, encoding: Encoding) -> Bytes {
    live::encode_event(id, name, data).bytes(encoding)
}

/// Encodes a message of the room with this slug as a frame.
pub fn encode_frame(epoch: Epoch, slug: &Slug, message: Message, format: Format, encoding: Encoding) -> Bytes {
    let (id, seq) = (RoomId(1), message.id);
    let room = Room::new_open(id, slug.to_string(), slug.clone(), UserId(1));
    let event = Event::MessagePosted { room: id, message: seq };
    let applied = Applied { seq, previous: Seq(0), event, is_replay: false, read_state_of: None };
    live::Frame::from_posted(epoch, &room, applied, message).encoded_as(format).bytes(encoding)
}

/// Renders a plain text as HTML.
pub fn render_paragraphs(text: &str) -> String {
    views::text::render_paragraphs(text).into_string()
}

/// Renders Markdown as HTML, if it needs any; every name resolves to a person and every slug to a room.
pub fn render_markdown(text: &str) -> Option<String> {
    let body = domain::Body::parse(text).ok()?;
    let find_person = |name: &domain::UserName| Some(domain::Author { id: UserId(7), name: name.as_str().into() });
    let resolver = views::text::NameResolver { find_person: &find_person, find_room: &|slug| Some(slug.clone()) };
    views::text::render(body, &resolver, views::text::CodeStyle::Highlighted).rendered.map(|rendered| rendered.html)
}

/// The kinds of rows in the tables.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each is the row type of its name")]
pub enum Row {
    Settings,
    User,
    Token,
    Password,
    ResetLink,
    Invitation,
    Room,
    Member,
    Activity,
    Message,
    Change,
    Outcome,
    BlockedAddress,
    Report,
    Audit,
    Version,
    ReadState,
    Draft,
    FormerName,
}

impl Row {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Settings,
        Self::User,
        Self::Token,
        Self::Password,
        Self::ResetLink,
        Self::Invitation,
        Self::Room,
        Self::Member,
        Self::Activity,
        Self::Message,
        Self::Change,
        Self::Outcome,
        Self::BlockedAddress,
        Self::Report,
        Self::Audit,
        Self::Version,
        Self::ReadState,
        Self::Draft,
        Self::FormerName,
    ];

    /// Decodes bytes as a row of this kind and encodes it again. `None` if they are not one.
    pub fn rewrite(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Settings => rewrite::<store::SettingsRow>(bytes),
            Self::User => rewrite::<store::UserRow>(bytes),
            Self::Token => rewrite::<store::TokenRow>(bytes),
            Self::Password => rewrite::<store::PasswordRow>(bytes),
            Self::ResetLink => rewrite::<store::ResetLinkRow>(bytes),
            Self::Invitation => rewrite::<domain::Invitation>(bytes),
            Self::Room => rewrite::<store::RoomRow>(bytes),
            Self::Member => rewrite::<store::MemberRow>(bytes),
            Self::Activity => rewrite::<store::ActivityRow>(bytes),
            Self::Message => rewrite::<store::MessageRow>(bytes),
            Self::Change => rewrite::<store::ChangeRow>(bytes),
            Self::Outcome => rewrite::<store::OutcomeRow>(bytes),
            Self::BlockedAddress => rewrite::<store::BlockedAddressRow>(bytes),
            Self::Report => rewrite::<domain::Report>(bytes),
            Self::Audit => rewrite::<domain::AuditEntry>(bytes),
            Self::Version => rewrite::<store::VersionRow>(bytes),
            Self::ReadState => rewrite::<store::ReadStateRow>(bytes),
            Self::Draft => rewrite::<store::DraftRow>(bytes),
            Self::FormerName => rewrite::<store::FormerNameRow>(bytes),
        }
    }
}

fn rewrite<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<Vec<u8>> {
    let row: T = store::decode("fuzzed", bytes).ok()?;
    Some(store::encode(&row).expect("a decoded row can be encoded"))
}

/// The position where a stream with this query and this `Last-Event-ID` resumes. `None` if it is not a valid request.
pub fn resume_position(query: &str, last_event_id: &[u8]) -> Option<Result<Option<Cursor>, String>> {
    let request = request(query, HeaderName::from_static("last-event-id"), last_event_id)?;
    Some(web::resume_position(&request).map_err(|error| error.to_string()))
}

/// Whether a request with this `Authorization` has a token. `None` if it is not a valid request.
pub fn has_header_token(authorization: &[u8]) -> Option<bool> {
    Some(web::has_header_token(&request("", header::AUTHORIZATION, authorization)?))
}

fn request(query: &str, name: HeaderName, value: &[u8]) -> Option<Request> {
    let uri: Uri = format!("/rooms/x/live?{query}").parse().ok()?;
    Some(Request::builder().uri(uri).header(name, HeaderValue::from_bytes(value).ok()?).finish())
}

/// A parsed request body.
#[derive(Debug, PartialEq, Eq)]
pub struct RequestBody(web::Form);

impl RequestBody {
    /// Reads a body that arrives in these chunks; `fields` are the names that make it a form. `None` if the content type is not
    /// a valid header.
    pub async fn read(content_type: &[u8], chunks: Vec<Bytes>, fields: &[&str]) -> Option<Result<Self, String>> {
        let request = request("", header::CONTENT_TYPE, content_type)?;
        let chunks = chunks.into_iter().map(Ok::<_, io::Error>);
        let body = Body::from_bytes_stream(tokio_stream::iter(chunks));
        Some(web::Form::read(&request, body, fields).await.map(Self).map_err(|error| error.to_string()))
    }

    /// The first field with this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The whole body, if it has no fields.
    pub fn text(&self) -> Option<&str> {
        (!self.0.has_fields()).then(|| self.0.get_or_body(""))
    }
}
