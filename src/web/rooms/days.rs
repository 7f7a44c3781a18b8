//! Days: what was said in a room on one of them, and the way there by a date.

use poem::http::HeaderValue;
use poem::http::header::LINK;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Day, DayPage, Refusal, Room, Seq, Visibility};
use crate::engine::now;
use crate::store::{Snapshot, Window};
use crate::views;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::show::with_noindex;
use crate::web::rooms::sidebar::Sidebar;

/// The day that was chosen from the calendar; without a date, the last on which something was said.
#[handler]
pub(crate) fn redirect_to_day(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let day = match query::text(ctx.request, "date") {
        Some(date) => Day::parse(date.trim()).ok_or(Error::Refused(Refusal::DayInvalid))?,
        None => snapshot.last_day(room.id)?.unwrap_or(Day::containing(now())),
    };
    Ok(see_other(&format!("{}/days/{day}", room.slug.path())))
}

/// What was said on a day.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let day = ctx.request.raw_path_param("date").and_then(Day::parse).ok_or(Error::Refused(Refusal::DayInvalid))?;
    let page = read_day(&snapshot, &room, day, parse_day_window(ctx.request)?)?;
    let response = match ctx.accept() {
        Accept::Json => Json(views::json::DayJson::new(&room, day, &page)).into_response(),
        Accept::Text => views::plain::message_lines(&page.messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
            let (sidebar, room, page) = (&sidebar.view(&ctx.visitor, Some(room.id)), &room, &page);
            let view = views::rooms::days::DayView { sidebar: sidebar, room, day, page, today: Day::containing(now()) };
            views::rooms::days::page(&view).into_response()
        }
    };
    let response = with_day_links(with_private_cache(response, &ctx.visitor), &room, day, &page);
    Ok(if room.visibility == Visibility::Public { response } else { with_noindex(response) })
}

fn read_day(snapshot: &Snapshot, room: &Room, day: Day, window: Window) -> Result<DayPage, Error> {
    let said = snapshot.day_page(room.id, day, window)?;
    if !said.messages.is_empty() || window == WHOLE_DAY {
        return Ok(said);
    }
    Ok(snapshot.day_page(room.id, day, WHOLE_DAY)?) // nobody wants to see past the end
}

/// From the beginning of the day.
const WHOLE_DAY: Window = Window::After(Seq(0));

fn parse_day_window(request: &Request) -> Result<Window, Error> {
    let (before, after) = (query::seq(request, "before")?, query::seq(request, "after")?);
    Ok(before.map_or(after.map_or(WHOLE_DAY, Window::After), Window::Before))
}

/// Tells programs where what was said before and after this is (RFC 8288): on the same day, or on another.
fn with_day_links(mut response: Response, room: &Room, day: Day, page: &DayPage) -> Response {
    let path = room.slug.path();
    let earlier = page.messages.first().filter(|_| page.has_older).map(|first| format!("{day}?before={}", first.id));
    let later = page.messages.last().filter(|_| page.has_newer).map(|last| format!("{day}?after={}", last.id));
    let earlier = earlier.or(page.previous_day.map(|day| day.to_string()));
    let later = later.or(page.next_day.map(|day| day.to_string()));
    let links: Vec<String> = [(earlier, "prev"), (later, "next")]
        .into_iter()
        .filter_map(|(to, rel)| Some(format!("<{path}/days/{}>; rel=\"{rel}\"", to?)))
        .collect();
    if !links.is_empty() {
        response.headers_mut().insert(LINK, HeaderValue::try_from(links.join(", ")).expect("a path is ASCII"));
    }
    response
}
