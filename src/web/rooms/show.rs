//! A room: its page, and the same as text, as JSON and as a stream.

use poem::http::HeaderValue;
use poem::http::header::{CACHE_CONTROL, LINK};
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Cursor, MessageId, Quote, Room, Slug, Visibility, muted_reason};
use crate::engine::now;
use crate::store::{Page, Snapshot, StoreError, VisibleRoom, Window};
use crate::views::rooms::sidebar::DirectPartner;
use crate::views::{self, PresenceList};
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::etag::ETag;
use crate::web::response::http_error::HttpError;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::sidebar::{self, Sidebar};
use crate::web::rooms::stream;
use crate::web::settings::theme;

/// The room, in the form that was asked for.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let accept = ctx.accept();
    if accept == Accept::Stream {
        return stream::open_stream(&ctx);
    }
    let snapshot = ctx.snapshot()?;
    let visible_room = ctx.room()?;
    let room = &visible_room.room;
    if matches!(accept, Accept::Page | Accept::Anything) && is_old_slug(ctx.request, room) {
        let query = ctx.request.uri().query().map_or(String::new(), |query| format!("?{query}"));
        return Ok(see_other(&format!("{}{query}", room.slug.path())));
    }
    let (window, reply) = (parse_window(ctx.request)?, query::seq(ctx.request, "reply")?);
    let cursor = snapshot.cursor()?;
    let is_page = matches!(accept, Accept::Page | Accept::Anything);
    let arriving = ctx.visitor.person.as_ref().filter(|person| !person.presence_hidden).map(|person| &person.author);
    let presence = is_page.then(|| ctx.state.hubs.summarize_roster(room.id).with_person(arriving));
    let partners =
        is_page.then(|| sidebar::direct_partners(&snapshot, &ctx.visitor, |user| Some(ctx.state.hubs.is_online(user))));
    let partners = partners.transpose()?;
    // A page that is not sent again keeps its nonce. No message has been posted with it: that would have moved the cursor,
    // as does any post in any room. (Two windows without script may so come to share a nonce. The same words from both are
    // then one message, as they are from a page that the back button brought.)
    // Silence ends by itself, and then the page is another one.
    let muted_reason = muted_reason_here(&snapshot, &ctx.visitor, &visible_room)?;
    let look = (accept, &presence, &partners, theme::theme_from_request(ctx.request));
    let tag =
        ETag::from_sources(&(cursor, &ctx.visitor.person, &muted_reason, ctx.request.uri().path_and_query(), look));
    if tag.matches(ctx.request) {
        return Ok(with_private_cache(tag.not_modified(), &ctx.visitor));
    }
    let mut page = snapshot.message_page(room.id, window)?;
    if page.messages.is_empty() && is_page {
        page = snapshot.message_page(room.id, Window::Latest)?; // nobody wants to see past the end
    }
    let response = match accept {
        Accept::Text => views::plain::message_lines(&page.messages).into_response(),
        Accept::Json => Json(views::json::PageJson::new(room, cursor, &page.messages, page.has_older, page.has_newer))
            .into_response(),
        Accept::Page | Accept::Anything | Accept::Stream => {
            let (muted_reason, presence) = (muted_reason.as_deref(), &presence.unwrap_or_default());
            let view = RoomPageParts {
                reply,
                room,
                muted_reason,
                page: &page,
                cursor,
                presence,
                direct_partners: partners.unwrap_or_default(),
            };
            room_page(&snapshot, &ctx.visitor, view)?
        }
    };
    let response = tag.add_to(with_page_links(with_private_cache(response, &ctx.visitor), room, &page));
    Ok(if room.visibility == Visibility::Public { response } else { with_noindex(response) })
}

/// The older messages that htmx loads on scrolling up.
#[handler]
pub(crate) fn show_older(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let before = query::seq(ctx.request, "before").and_then(|id| id.ok_or(HttpError::QueryInvalid("before")));
    let before = before?;
    let last = snapshot.last_seq()?;
    let tag = ETag::from_sources(&(ctx.state.store.epoch(), last, ctx.request.uri().path_and_query()));
    let answer = if tag.matches(ctx.request) {
        tag.not_modified()
    } else {
        let page = snapshot.message_page(room.id, Window::Before(before))?;
        tag.add_to(views::rooms::show::older_fragment(&room, &page.messages, page.has_older).into_response())
    };
    Ok(answer.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// The newer messages that htmx loads on scrolling down from the past; at the present, the stream from there on where the
/// page has begun: it tells of all that has changed meanwhile in what stands on it.
#[handler]
pub(crate) fn show_newer(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let needed = |name: &'static str| {
        let cursor = query::cursor(ctx.request, name).and_then(|found| found.ok_or(HttpError::QueryInvalid(name)));
        cursor.map_err(Error::Http)
    };
    let (after, since) = (needed("after")?.seq, needed("since")?);
    let page = snapshot.message_page(room.id, Window::After(after))?;
    let answer = views::rooms::show::newer_fragment(&room, &page.messages, page.has_newer, since).into_response();
    Ok(answer.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// Keeps search engines from listing what is for the people of the house.
pub(crate) fn with_noindex(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Whether a room was asked for by an address that it had before.
fn is_old_slug(request: &Request, room: &Room) -> bool {
    Slug::from_name(query::room_name(request)).is_ok_and(|address| address != room.slug)
}

/// Why the visitor may not say anything here, if they have a name and may not.
pub(crate) fn muted_reason_here(
    snapshot: &Snapshot,
    visitor: &Visitor,
    visible_room: &VisibleRoom,
) -> Result<Option<String>, StoreError> {
    let Some(person) = &visitor.person else { return Ok(None) };
    let refusal = muted_reason(&snapshot.settings()?, &visible_room.room, person, visible_room.muted_until, now());
    Ok(refusal.map(|refusal| refusal.to_string()))
}

/// What of a room's page is asked for.
struct RoomPageParts<'a> {
    reply: Option<MessageId>,
    room: &'a Room,
    muted_reason: Option<&'a str>,
    page: &'a Page,
    cursor: Cursor,
    presence: &'a PresenceList,
    direct_partners: Vec<DirectPartner>,
}

fn room_page(snapshot: &Snapshot, visitor: &Visitor, parts: RoomPageParts) -> Result<Response, Error> {
    let RoomPageParts { reply, room, muted_reason: silenced, page, cursor, presence: here, direct_partners: talks } =
        parts;
    let sidebar = Sidebar::load_live(snapshot, visitor, talks)?;
    let (read_state, form) = match visitor.author() {
        Some(author) => (Some(snapshot.read_state(author.id, room.id)?), snapshot.draft(author.id, room.id)?),
        None => (None, None),
    };
    let reply = reply
        .or(form.as_ref().and_then(|draft| draft.reply_to))
        .map_or(Ok(None), |id| find_quote(snapshot, room, id))?;
    let view = views::rooms::show::RoomView {
        sidebar: &sidebar.view(visitor, Some(room.id)),
        muted_reason: silenced,
        room,
        read_state: read_state.as_ref(),
        draft: form.as_ref(),
        messages: &page.messages,
        has_older: page.has_older,
        has_newer: page.has_newer,
        cursor,
        presence: here,
        pin_count: snapshot.count_pins(room.id)?,
        reply_to: reply.as_ref(),
        nonce: &secrets::new_nonce()?,
    };
    Ok(views::rooms::show::page(&view).into_response())
}

/// What an answer to this message would quote, if nobody has taken it away.
pub(crate) fn find_quote(snapshot: &Snapshot, room: &Room, id: MessageId) -> Result<Option<Quote>, StoreError> {
    Ok(snapshot.quote(room.id, id)?.filter(|quote| !quote.excerpt.is_empty()))
}

/// Tells programs where the pages before and after this one are (RFC 8288).
fn with_page_links(mut response: Response, room: &Room, page: &Page) -> Response {
    let path = room.slug.path();
    let before =
        page.messages.first().filter(|_| page.has_older).map(|m| format!("<{path}?before={}>; rel=\"prev\"", m.id));
    let after =
        page.messages.last().filter(|_| page.has_newer).map(|m| format!("<{path}?after={}>; rel=\"next\"", m.id));
    let links: Vec<String> = before.into_iter().chain(after).collect();
    if !links.is_empty() {
        response.headers_mut().insert(LINK, HeaderValue::try_from(links.join(", ")).expect("a path is ASCII"));
    }
    response
}

/// Which messages are wanted.
fn parse_window(request: &Request) -> Result<Window, Error> {
    let (before, after, around) =
        (query::seq(request, "before")?, query::seq(request, "after")?, query::seq(request, "around")?);
    Ok(match (before, after, around) {
        (Some(id), _, _) => Window::Before(id),
        (None, Some(id), _) => Window::After(id),
        (None, None, Some(id)) => Window::Around(id),
        (None, None, None) => Window::Latest,
    })
}
