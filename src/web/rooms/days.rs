//! The messages of one day in a room, and the redirect from a date to its day. Days follow UTC.

use poem::http::HeaderValue;
use poem::http::header::LINK;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Day, DayPage, Refusal, Room, Seq, Visibility};
use crate::engine::now;
use crate::store::{Snapshot, StoreError, Window};
use crate::views;
use crate::views::rooms::days::DayView;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_noindex, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Redirects to the day `?date=`; without a date, to the last day that has messages.
#[handler]
pub(crate) fn redirect_to_day(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    let day = match query::text(ctx.request, "date") {
        Some(date) => Day::parse(date.trim()).ok_or(Refusal::DayInvalid)?,
        None => ctx.snapshot()?.last_day(room.id)?.unwrap_or(Day::containing(now())),
    };
    Ok(see_other(&format!("{}/days/{day}", room.slug.path())))
}

/// The messages of the day in the path, a page at a time.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let day = ctx.request.raw_path_param("date").and_then(Day::parse).ok_or(Refusal::DayInvalid)?;
    let page = read_day(&snapshot, &room, day, parse_day_window(ctx.request)?)?;
    let response = match ctx.accept() {
        Accept::Json => Json(views::json::DayJson::new(&room, day, &page)).into_response(),
        Accept::Text => views::plain::message_lines(&page.messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
            let sidebar = sidebar.view(&ctx.visitor, Some(room.id));
            let today = Day::containing(now());
            views::rooms::days::page(&DayView { sidebar: &sidebar, room: &room, day, page: &page, today })
                .into_response()
        }
    };
    let response = with_day_links(with_private_cache(response, &ctx.visitor), &room, day, &page);
    Ok(if room.visibility == Visibility::Public { response } else { with_noindex(response) })
}

/// From the beginning of the day.
const WHOLE_DAY: Window = Window::After(Seq(0));

/// A window past the end of the day shows its beginning instead of nothing.
fn read_day(snapshot: &Snapshot, room: &Room, day: Day, window: Window) -> Result<DayPage, StoreError> {
    let page = snapshot.day_page(room.id, day, window)?;
    if page.messages.is_empty() && window != WHOLE_DAY {
        return snapshot.day_page(room.id, day, WHOLE_DAY);
    }
    Ok(page)
}

fn parse_day_window(request: &Request) -> Result<Window, Error> {
    let (before, after) = (query::seq(request, "before")?, query::seq(request, "after")?);
    Ok(before.map_or(after.map_or(WHOLE_DAY, Window::After), Window::Before))
}

/// Adds links to the pages before and after this one (RFC 8288), on the same day or on the next that has messages.
fn with_day_links(mut response: Response, room: &Room, day: Day, page: &DayPage) -> Response {
    let path = room.slug.path();
    let earlier = page.messages.first().filter(|_| page.has_older).map(|first| format!("{day}?before={}", first.id));
    let later = page.messages.last().filter(|_| page.has_newer).map(|last| format!("{day}?after={}", last.id));
    let earlier = earlier.or(page.previous_day.map(|day| day.to_string()));
    let later = later.or(page.next_day.map(|day| day.to_string()));
    let links: Vec<String> = [(earlier, "prev"), (later, "next")]
        .into_iter()
        .filter_map(|(page, rel)| Some(format!("<{path}/days/{}>; rel=\"{rel}\"", page?)))
        .collect();
    if !links.is_empty() {
        response.headers_mut().insert(LINK, HeaderValue::try_from(links.join(", ")).expect("a path is ASCII"));
    }
    response
}
