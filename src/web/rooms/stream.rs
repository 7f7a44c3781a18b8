//! The stream of a room.

use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use poem::{Body, Request, Response, Result, handler};
use tokio_stream::StreamExt;

use crate::domain::{Cursor, Refusal, Token};
use crate::live::{Access, Encoding, Format, Listener, ListenerOptions, ResumePoint, Subscriber};
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::{client_address, query};
use crate::web::response::error::Error;
use crate::web::response::http_error::HttpError;
use crate::web::serve::detach::{self, PreChunked};

/// What happens in a room, from a place on.
#[handler]
pub(crate) fn stream(ctx: Ctx<'_>) -> Result<Response, Error> {
    open_stream(&ctx)
}

/// The same, for whoever asks for the room itself as a stream.
pub(crate) fn open_stream(ctx: &Ctx<'_>) -> Result<Response, Error> {
    if ctx.state.hubs.is_closing() {
        return Err(Error::Stopping);
    }
    let person = ctx.visitor.author().map(|person| person.id);
    check(ctx.request, person, LimitedAction::OpenStream)?;
    let sidebar = ctx
        .state
        .rate_limits
        .as_ref()
        .map(|pace| pace.streams.try_acquire(person, client_address::rate_limit_address(ctx.request)))
        .transpose()?;
    let access_version = ctx.state.hubs.access_version(); // before anything is judged: what changes from here on is judged again
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room.id;
    let subscriber =
        Subscriber { token: ctx.visitor.token.as_ref().map(Token::hash), person: ctx.visitor.person.clone() };
    let access = Access::evaluate(&snapshot, &subscriber, room)?.ok_or(Refusal::TokenInvalid)?;
    drop(snapshot);
    let format = parse_stream_format(ctx.request)?;
    let page = person.filter(|_| format == Format::Html);
    let start = ResumePoint::resolve(&ctx.state.store, room, resume_position(ctx.request)?, page)?;
    let encoding = if detach::can_detach(ctx.request) { Encoding::Chunked } else { Encoding::Plain };
    let store = Arc::clone(&ctx.state.store);
    let options = ListenerOptions { subscriber, access, access_version, start, format, encoding };
    let listener = Listener::new(store, &ctx.state.hubs, room, options);
    let response = Response::builder()
        .header(CONTENT_TYPE, "text/event-stream")
        .header(CACHE_CONTROL, "no-cache, no-transform")
        .header(VARY, "Accept")
        .header("x-accel-buffering", "no"); // nginx would wait for more
    let response = match encoding {
        Encoding::Chunked => response.extension(PreChunked),
        Encoding::Plain => response,
    };
    let sidebar = Box::new(sidebar); // a listener is small
    let held = listener.map(move |frame| {
        let _until_the_stream_ends = &sidebar;
        frame
    });
    Ok(response.body(Body::from_bytes_stream(held)))
}

/// From where on: what the page knows, or what the stream itself brought last, whichever is later.
pub(crate) fn resume_position(request: &Request) -> Result<Option<Cursor>, HttpError> {
    let page = query::cursor(request, "after")?;
    let last_id = request.headers().get("last-event-id").filter(|id| !id.is_empty());
    let last_id = last_id
        .map(|id| id.to_str().ok().and_then(Cursor::parse).ok_or(HttpError::QueryInvalid("Last-Event-ID")))
        .transpose()?;
    Ok(match (page, last_id) {
        // The stream's own id is the younger of two of different histories.
        (Some(page), Some(last_id)) if page.epoch.is_none() || page.epoch == last_id.epoch => {
            Some(if page.seq > last_id.seq { page } else { last_id })
        }
        (page, last_id) => last_id.or(page),
    })
}

fn parse_stream_format(request: &Request) -> Result<Format, HttpError> {
    match query::text(request, "as").as_deref() {
        None | Some("html") => Ok(Format::Html),
        Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        Some(_) => Err(HttpError::FormatUnknown),
    }
}
