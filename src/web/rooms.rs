//! A room: its page, and the same as text, as JSON and as a stream.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use poem::http::HeaderValue;
use poem::http::header::{LINK, VARY};
use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::visitor::Visitor;
use super::{House, door, live, messages};
use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Cursor, Refusal, Room, Seq};
use crate::engine::Problem;
use crate::store::{Page, Snapshot, Window};
use crate::views;

/// The room, in the form that was asked for.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let accept = Accept::of(request);
    if accept == Accept::Stream {
        return Ok(live::stream(request, house, &visitor)?);
    }
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request)?;
    let page = snapshot.page(room.id, window(request)?).map_err(Problem::Unread)?;
    let cursor = Cursor { epoch: Some(house.store.epoch()), seq: snapshot.last().map_err(Problem::Unread)? };
    let response = match accept {
        Accept::Text => views::plain::lines(&page.messages).into_response(),
        Accept::Json => {
            Json(views::json::Page::of(&room, cursor, &page.messages, page.older, page.newer)).into_response()
        }
        Accept::Page | Accept::Anything | Accept::Stream => html(house, &snapshot, &visitor, &room, &page, cursor)?,
    };
    Ok(linked(door::private(response, &visitor), &room, &page))
}

/// The older messages that htmx loads on scrolling up.
#[handler]
pub(super) fn older(request: &Request, Data(house): Data<&Arc<House>>) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request)?;
    let before = number(request, "before")?.ok_or(Problem::Refused(Refusal::QueryInvalid("before")))?;
    let page = snapshot.page(room.id, Window::Before(before)).map_err(Problem::Unread)?;
    let fragment = views::room::older(&room, &page.messages, page.older);
    Ok(fragment.with_header(VARY, "HX-Request").into_response())
}

fn html(
    house: &House,
    snapshot: &Snapshot,
    visitor: &Visitor,
    room: &Room,
    page: &Page,
    cursor: Cursor,
) -> Result<Response, Problem> {
    let mut rooms = snapshot.recent_rooms(LISTED_ROOMS_MAX)?;
    rooms.sort_by(|a, b| a.address.as_str().cmp(b.address.as_str()));
    let view = views::room::View {
        viewer: visitor.person.as_ref(),
        room,
        messages: &page.messages,
        older: page.older,
        newer: page.newer,
        cursor,
        here: &house.hubs.here(room.id),
        rooms: &rooms,
        nonce: &messages::nonce()?,
    };
    Ok(views::room::page(&view).into_response())
}

/// Tells programs where the pages before and after this one are (RFC 8288).
fn linked(mut response: Response, room: &Room, page: &Page) -> Response {
    let path = room.address.path();
    let before =
        page.messages.first().filter(|_| page.older).map(|m| format!("<{path}?before={}>; rel=\"prev\"", m.id));
    let after = page.messages.last().filter(|_| page.newer).map(|m| format!("<{path}?after={}>; rel=\"next\"", m.id));
    let links: Vec<String> = before.into_iter().chain(after).collect();
    if !links.is_empty() {
        response.headers_mut().insert(LINK, HeaderValue::try_from(links.join(", ")).expect("a path is ASCII"));
    }
    response
}

/// Which messages are wanted.
fn window(request: &Request) -> Result<Window, Problem> {
    let (before, after, around) = (number(request, "before")?, number(request, "after")?, number(request, "around")?);
    Ok(match (before, after, around) {
        (Some(id), _, _) => Window::Before(id),
        (None, Some(id), _) => Window::After(id),
        (None, None, Some(id)) => Window::Around(id),
        (None, None, None) => Window::Latest,
    })
}

/// A number of the query, as a message's id or a whole cursor.
fn number(request: &Request, name: &'static str) -> Result<Option<Seq>, Problem> {
    query(request, name).map(|text| cursor(&text, name)).transpose().map(|cursor| cursor.map(|cursor| cursor.seq))
}

/// Reads a cursor, which may be a bare number.
pub(super) fn cursor(text: &str, name: &'static str) -> Result<Cursor, Problem> {
    Cursor::parse(text).ok_or(Problem::Refused(Refusal::QueryInvalid(name)))
}

/// The first value of this name in the query.
pub(super) fn query(request: &Request, name: &str) -> Option<String> {
    let pairs = request.uri().query()?.split('&');
    let value = pairs.filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// The room's name in the path.
pub(super) fn named_in(request: &Request) -> Result<String, Refusal> {
    let segment = request.raw_path_param("room").unwrap_or("");
    percent_decode_str(segment).decode_utf8().map(|name| name.into_owned()).map_err(|_| Refusal::Nothing)
}
