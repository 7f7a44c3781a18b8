//! Days: what was said in a room on one of them, and the way there by a date.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::LINK;
use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::{private, see_other};
use super::places::Places;
use super::rooms::unlisted;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::{Day, Kind, OfDay, Refusal, Room, Seq};
use crate::engine::{Problem, now};
use crate::store::{Snapshot, Window};
use crate::views;

/// The day that was chosen from the calendar; without a date, the last on which something was said.
#[handler]
pub(super) fn choose(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let day = match query::text(request, "date") {
        Some(date) => Day::parse(date.trim()).ok_or(Problem::Refused(Refusal::DayUnknown))?,
        None => snapshot.last_day(room.id).map_err(Problem::Unread)?.unwrap_or(Day::of(now())),
    };
    Ok(see_other(&format!("{}/days/{day}", room.address.path())))
}

/// What was said on a day.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let day = request.raw_path_param("date").and_then(Day::parse).ok_or(Problem::Refused(Refusal::DayUnknown))?;
    let said = said(&snapshot, &room, day, window(request).map_err(Problem::Refused)?)?;
    let response = match Accept::of(request) {
        Accept::Json => Json(views::json::Day::of(&room, day, &said)).into_response(),
        Accept::Text => views::plain::lines(&said.messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
            let (places, room, said) = (&places.view(&visitor, Some(room.id)), &room, &said);
            let view = views::days::View { places, room, day, said, today: Day::of(now()) };
            views::days::page(&view).into_response()
        }
    };
    let response = linked(private(response, &visitor), &room, day, &said);
    Ok(if room.kind == Kind::Public { response } else { unlisted(response) })
}

fn said(snapshot: &Snapshot, room: &Room, day: Day, window: Window) -> Result<OfDay, Problem> {
    let said = snapshot.day(room.id, day, window)?;
    if !said.messages.is_empty() || window == WHOLE {
        return Ok(said);
    }
    Ok(snapshot.day(room.id, day, WHOLE)?) // nobody wants to see past the end
}

/// From the beginning of the day.
const WHOLE: Window = Window::After(Seq(0));

fn window(request: &Request) -> Result<Window, Refusal> {
    let (before, after) = (query::number(request, "before")?, query::number(request, "after")?);
    Ok(before.map_or(after.map_or(WHOLE, Window::After), Window::Before))
}

/// Tells programs where what was said before and after this is (RFC 8288): on the same day, or on another.
fn linked(mut response: Response, room: &Room, day: Day, said: &OfDay) -> Response {
    let path = room.address.path();
    let earlier = said.messages.first().filter(|_| said.older).map(|first| format!("{day}?before={}", first.id));
    let later = said.messages.last().filter(|_| said.newer).map(|last| format!("{day}?after={}", last.id));
    let earlier = earlier.or(said.before.map(|day| day.to_string()));
    let later = later.or(said.after.map(|day| day.to_string()));
    let links: Vec<String> = [(earlier, "prev"), (later, "next")]
        .into_iter()
        .filter_map(|(to, rel)| Some(format!("<{path}/days/{}>; rel=\"{rel}\"", to?)))
        .collect();
    if !links.is_empty() {
        response.headers_mut().insert(LINK, HeaderValue::try_from(links.join(", ")).expect("a path is ASCII"));
    }
    response
}
