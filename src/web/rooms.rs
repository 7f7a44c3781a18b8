//! A room: its page, and the same as text, as JSON and as a stream.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::{CACHE_CONTROL, LINK};
use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::{private, see_other};
use super::etag::Tag;
use super::places::{self, Places};
use super::visitor::Visitor;
use super::{House, live, query, random, theme};
use crate::domain::{Address, Cursor, Kind, MessageId, Quote, Refusal, Room, silenced};
use crate::engine::{Problem, now};
use crate::store::{Fault, Page, Sight, Snapshot, Window};
use crate::views::sidebar::Talk;
use crate::views::{self, Here};

/// The room, in the form that was asked for.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let accept = Accept::of(request);
    if accept == Accept::Stream {
        return Ok(live::stream(request, house, &visitor)?);
    }
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let sight = house.room(&snapshot, request, &visitor)?;
    let room = &sight.room;
    if matches!(accept, Accept::Page | Accept::Anything) && is_old_address(request, room) {
        let query = request.uri().query().map_or(String::new(), |query| format!("?{query}"));
        return Ok(see_other(&format!("{}{query}", room.address.path())));
    }
    let (window, reply) = (window(request)?, query::number(request, "reply").map_err(Problem::Refused)?);
    let cursor = snapshot.cursor().map_err(Problem::Unread)?;
    let is_page = matches!(accept, Accept::Page | Accept::Anything);
    let comer = visitor.person.as_ref().filter(|person| !person.hidden).map(|person| &person.author);
    let here = is_page.then(|| house.hubs.here(room.id).with(comer));
    let talks = is_page.then(|| places::talks(&snapshot, &visitor, |user| Some(house.hubs.is_here(user))));
    let talks = talks.transpose().map_err(Problem::Unread)?;
    // A page that is not sent again keeps its nonce. No message has been posted with it: that would have moved the cursor,
    // as does any post in any room. (Two windows without script may so come to share a nonce. The same words from both are
    // then one message, as they are from a page that the back button brought.)
    // Silence ends by itself, and then the page is another one.
    let silenced = silenced_here(&snapshot, &visitor, &sight).map_err(Problem::Unread)?;
    let look = (accept, &here, &talks, theme::of(request));
    let tag = Tag::of(&(cursor, &visitor.person, &silenced, request.uri().path_and_query(), look));
    if tag.is_held(request) {
        return Ok(private(tag.unchanged(), &visitor));
    }
    let mut page = snapshot.page(room.id, window).map_err(Problem::Unread)?;
    if page.messages.is_empty() && is_page {
        page = snapshot.page(room.id, Window::Latest).map_err(Problem::Unread)?; // nobody wants to see past the end
    }
    let response = match accept {
        Accept::Text => views::plain::lines(&page.messages).into_response(),
        Accept::Json => {
            Json(views::json::Page::of(room, cursor, &page.messages, page.older, page.newer)).into_response()
        }
        Accept::Page | Accept::Anything | Accept::Stream => {
            let (silenced, here) = (silenced.as_deref(), &here.unwrap_or_default());
            let view = Shown { reply, room, silenced, page: &page, cursor, here, talks: talks.unwrap_or_default() };
            html(&snapshot, &visitor, view)?
        }
    };
    let response = tag.on(linked(private(response, &visitor), room, &page));
    Ok(if room.kind == Kind::Public { response } else { unlisted(response) })
}

/// The older messages that htmx loads on scrolling up.
#[handler]
pub(super) fn older(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let before = query::number(request, "before").and_then(|id| id.ok_or(Refusal::QueryInvalid("before")));
    let before = before.map_err(Problem::Refused)?;
    let last = snapshot.last().map_err(Problem::Unread)?;
    let tag = Tag::of(&(house.store.epoch(), last, request.uri().path_and_query()));
    let answer = if tag.is_held(request) {
        tag.unchanged()
    } else {
        let page = snapshot.page(room.id, Window::Before(before)).map_err(Problem::Unread)?;
        tag.on(views::room::older(&room, &page.messages, page.older).into_response())
    };
    Ok(answer.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// The newer messages that htmx loads on scrolling down from the past; at the present, the stream from there on where the
/// page has begun: it tells of all that has changed meanwhile in what stands on it.
#[handler]
pub(super) fn newer(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let needed = |name: &'static str| {
        let cursor = query::cursor(request, name).and_then(|found| found.ok_or(Refusal::QueryInvalid(name)));
        cursor.map_err(Problem::Refused)
    };
    let (after, since) = (needed("after")?.seq, needed("since")?);
    let page = snapshot.page(room.id, Window::After(after)).map_err(Problem::Unread)?;
    let answer = views::room::newer(&room, &page.messages, page.newer, since).into_response();
    Ok(answer.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// Keeps search engines from listing what is for the people of the house.
pub(super) fn unlisted(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Whether a room was asked for by an address that it had before.
fn is_old_address(request: &Request, room: &Room) -> bool {
    Address::of(query::room_name(request)).is_ok_and(|address| address != room.address)
}

/// Why the visitor may not say anything here, if they have a name and may not.
pub(super) fn silenced_here(snapshot: &Snapshot, visitor: &Visitor, sight: &Sight) -> Result<Option<String>, Fault> {
    let Some(person) = &visitor.person else { return Ok(None) };
    let refusal = silenced(&snapshot.house()?, &sight.room, person, sight.muted, now());
    Ok(refusal.map(|refusal| refusal.to_string()))
}

/// What of a room's page is asked for.
struct Shown<'a> {
    reply: Option<MessageId>,
    room: &'a Room,
    silenced: Option<&'a str>,
    page: &'a Page,
    cursor: Cursor,
    here: &'a Here,
    talks: Vec<Talk>,
}

fn html(snapshot: &Snapshot, visitor: &Visitor, shown: Shown) -> Result<Response, Problem> {
    let Shown { reply, room, silenced, page, cursor, here, talks } = shown;
    let places = Places::live(snapshot, visitor, talks)?;
    let (reading, draft) = match visitor.author() {
        Some(author) => (Some(snapshot.reading(author.id, room.id)?), snapshot.draft(author.id, room.id)?),
        None => (None, None),
    };
    let reply =
        reply.or(draft.as_ref().and_then(|draft| draft.reply_to)).map_or(Ok(None), |id| quote(snapshot, room, id))?;
    let view = views::room::View {
        places: &places.view(visitor, Some(room.id)),
        silenced,
        room,
        reading: reading.as_ref(),
        draft: draft.as_ref(),
        messages: &page.messages,
        older: page.older,
        newer: page.newer,
        cursor,
        here,
        pins: snapshot.pin_count(room.id)?,
        reply: reply.as_ref(),
        nonce: &random::nonce()?,
    };
    Ok(views::room::page(&view).into_response())
}

/// What an answer to this message would quote, if nobody has taken it away.
pub(super) fn quote(snapshot: &Snapshot, room: &Room, id: MessageId) -> Result<Option<Quote>, Fault> {
    let message = snapshot.message(room.id, id)?.filter(|message| !message.is_removed());
    Ok(message.as_ref().map(Quote::of_message))
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
    let (before, after, around) =
        (query::number(request, "before")?, query::number(request, "after")?, query::number(request, "around")?);
    Ok(match (before, after, around) {
        (Some(id), _, _) => Window::Before(id),
        (None, Some(id), _) => Window::After(id),
        (None, None, Some(id)) => Window::Around(id),
        (None, None, None) => Window::Latest,
    })
}
