//! The stream of a room.

use std::sync::Arc;

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use poem::web::Data;
use poem::{Body, Request, Response, Result, handler};
use tokio_stream::StreamExt;

use super::pace::{self, Deed};
use super::serve::takeover::{self, InChunks};
use super::visitor::Visitor;
use super::{House, client, query};
use crate::domain::{Cursor, Refusal, Token};
use crate::engine::Problem;
use crate::live::{Format, Framing, Hearer, Listener, Standing, Start};

/// What happens in a room, from a place on.
#[handler]
pub(super) fn listen(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(stream(request, house, &visitor)?)
}

/// The same, for whoever asks for the room itself as a stream.
pub(super) fn stream(request: &Request, house: &House, visitor: &Visitor) -> Result<Response, Problem> {
    if house.hubs.is_closing() {
        return Err(Problem::Stopping);
    }
    let person = visitor.author().map(|person| person.id);
    pace::take(request, person, Deed::Listen)?;
    let places = house.pace.as_ref().map(|pace| pace.streams.open(person, client::share(request))).transpose()?;
    let judged = house.hubs.rights(); // before anything is judged: what changes from here on is judged again
    let snapshot = house.store.snapshot()?;
    let room = house.room(&snapshot, request, visitor)?.room.id;
    let who = Hearer { token: visitor.token.as_ref().map(Token::hash), person: visitor.person.clone() };
    let standing = Standing::judge(&snapshot, &who, room)?.ok_or(Refusal::TokenUnknown)?;
    drop(snapshot);
    let format = format(request)?;
    let page = person.filter(|_| format == Format::Html);
    let start = Start::judge(&house.store, room, wish(request)?, page)?;
    let framing = if takeover::is_possible(request) { Framing::Chunked } else { Framing::Plain };
    let store = Arc::clone(&house.store);
    let listener = Listener::new(store, &house.hubs, room, (who, standing, judged), start, (format, framing));
    let response = Response::builder()
        .header(CONTENT_TYPE, "text/event-stream")
        .header(CACHE_CONTROL, "no-cache, no-transform")
        .header(VARY, "Accept")
        .header("x-accel-buffering", "no"); // nginx would wait for more
    let response = match framing {
        Framing::Chunked => response.extension(InChunks),
        Framing::Plain => response,
    };
    let places = Box::new(places); // a listener is small
    let held = listener.map(move |frame| {
        let _until_the_stream_ends = &places;
        frame
    });
    Ok(response.body(Body::from_bytes_stream(held)))
}

/// From where on: what the page knows, or what the stream itself brought last, whichever is later.
pub(crate) fn wish(request: &Request) -> Result<Option<Cursor>, Refusal> {
    let page = query::cursor(request, "after")?;
    let stream = request.headers().get("last-event-id").filter(|id| !id.is_empty());
    let stream = stream
        .map(|id| id.to_str().ok().and_then(Cursor::parse).ok_or(Refusal::QueryInvalid("Last-Event-ID")))
        .transpose()?;
    Ok(match (page, stream) {
        // The stream's own id is the younger of two of different histories.
        (Some(page), Some(stream)) if page.epoch.is_none() || page.epoch == stream.epoch => {
            Some(if page.seq > stream.seq { page } else { stream })
        }
        (page, stream) => stream.or(page),
    })
}

fn format(request: &Request) -> Result<Format, Refusal> {
    match query::text(request, "as").as_deref() {
        None | Some("html") => Ok(Format::Html),
        Some("text") => Ok(Format::Text),
        Some("json") => Ok(Format::Json),
        Some(_) => Err(Refusal::FormatUnknown),
    }
}
