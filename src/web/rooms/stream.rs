//! The event stream of a room (server-sent events).

use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use poem::{Body, Request, Response, Result, handler};
use tokio_stream::StreamExt;

use crate::domain::{Cursor, Refusal, Token};
use crate::live::{Access, Encoding, Format, Listener, ResumePoint, Subscriber};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::{client_address, query};
use crate::web::response::error::Error;
use crate::web::response::http_error::HttpError;
use crate::web::serve::detach::{self, PreChunked};

/// The changes of a room from a cursor on, and then live.
#[handler]
pub(crate) fn stream(ctx: Ctx<'_>) -> Result<Response, Error> {
    open_stream(&ctx)
}

/// Opens the stream; also for a caller who asks for the room itself as a stream.
///
/// # Errors
/// [`Error::Stopping`] at shutdown, [`Error::Http`] if too many streams are open or the query is invalid,
/// [`Error::Refused`] if the visitor may not see the room, [`Error::Internal`] if the file cannot be read.
pub(crate) fn open_stream(ctx: &Ctx<'_>) -> Result<Response, Error> {
    if ctx.state.hubs.is_closing() {
        return Err(Error::Stopping);
    }
    ctx.check_rate(LimitedAction::OpenStream)?;
    let user = ctx.user();
    let rate_limits = ctx.state.rate_limits.as_ref();
    let permit = rate_limits
        .map(|limits| limits.streams.try_acquire(user, client_address::rate_limit_address(ctx.request)))
        .transpose()?;
    // Read before the access check: the listener repeats the check for every later access change.
    let access_version = ctx.state.hubs.access_version();
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room.id;
    let subscriber =
        Subscriber { token: ctx.visitor.token.as_ref().map(Token::hash), person: ctx.visitor.person.clone() };
    let access = Access::evaluate(&snapshot, &subscriber, room)?.ok_or(Refusal::TokenInvalid)?;
    drop(snapshot);
    let format = parse_stream_format(ctx.request)?;
    let viewer = user.filter(|_| format == Format::Html);
    let start = ResumePoint::resolve(&ctx.state.store, room, resume_position(ctx.request)?, viewer)?;
    let encoding = if detach::can_detach(ctx.request) { Encoding::Chunked } else { Encoding::Plain };
    let store = Arc::clone(&ctx.state.store);
    let listener =
        Listener::new(store, &ctx.state.hubs, room, (subscriber, access, access_version), start, (format, encoding));
    let response = Response::builder()
        .header(CONTENT_TYPE, "text/event-stream")
        .header(CACHE_CONTROL, "no-cache, no-transform")
        .header(VARY, "Accept")
        .header("x-accel-buffering", "no"); // nginx would buffer the stream
    let response = match encoding {
        Encoding::Chunked => response.extension(PreChunked),
        Encoding::Plain => response,
    };
    let permit = Box::new(permit); // keeps the stream's state small
    let frames = listener.map(move |frame| {
        let _held_until_the_stream_ends = &permit;
        frame
    });
    Ok(response.body(Body::from_bytes_stream(frames)))
}

/// Where the stream starts: at the page's cursor (`?after=`) or at the last event received (`Last-Event-ID`), whichever is
/// later.
///
/// # Errors
/// [`HttpError::QueryInvalid`] if one of them is no cursor.
pub(crate) fn resume_position(request: &Request) -> Result<Option<Cursor>, HttpError> {
    let page = query::cursor(request, "after")?;
    let last_id = request.headers().get("last-event-id").filter(|id| !id.is_empty());
    let last_id = last_id
        .map(|id| id.to_str().ok().and_then(Cursor::parse).ok_or(HttpError::QueryInvalid("Last-Event-ID")))
        .transpose()?;
    Ok(match (page, last_id) {
        // Of two cursors of different epochs, the stream's own is the younger.
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
