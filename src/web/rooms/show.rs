//! The messages of a room, in the form that the caller asks for: a page, text, JSON, or a stream. Also the fragments that
//! a page loads when its reader scrolls.

use poem::http::HeaderValue;
use poem::http::header::{CACHE_CONTROL, LINK};
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Cursor, MessageId, Room, Slug, Visibility};
use crate::secrets;
use crate::store::{Page, Snapshot, StoreError, Window};
use crate::views::rooms::show::RoomView;
use crate::views::rooms::sidebar::DirectPartner;
use crate::views::{self, PresenceList};
use crate::web::messages::target::find_quote;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::{query, theme};
use crate::web::response::error::Error;
use crate::web::response::etag::ETag;
use crate::web::response::http_error::HttpError;
use crate::web::response::{see_other, with_noindex, with_private_cache};
use crate::web::rooms::find::muted_reason_here;
use crate::web::rooms::sidebar::{self, Sidebar};
use crate::web::rooms::stream;

/// The messages of a room, newest page first.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let format = match ctx.accept() {
        Accept::Stream => return stream::open_stream(&ctx),
        Accept::Text => RoomFormat::Text,
        Accept::Json => RoomFormat::Json,
        Accept::Page | Accept::Anything => RoomFormat::Page,
    };
    let room = RoomToShow::load(&ctx, format)?;
    if let (RoomFormat::Page, Some(path)) = (format, new_path(ctx.request, &room.room)) {
        return Ok(see_other(&path));
    }
    let (window, reply_to) = (parse_window(ctx.request)?, query::seq(ctx.request, "reply")?);
    let etag = room.etag(&ctx);
    if etag.matches(ctx.request) {
        return Ok(with_private_cache(etag.not_modified(), &ctx.visitor));
    }
    let messages = room.load_messages(&*ctx.snapshot()?, window)?;
    let response = room.render(&ctx, &messages, reply_to)?;
    let response = etag.add_to(with_page_links(with_private_cache(response, &ctx.visitor), &room.room, &messages));
    Ok(if room.room.visibility == Visibility::Public { response } else { with_noindex(response) })
}

/// A form in which the messages of a room are sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum RoomFormat {
    Page,
    Text,
    Json,
}

/// All that the answer depends on except the messages: what the entity tag is made of.
struct RoomToShow {
    format: RoomFormat,
    room: Room,
    cursor: Cursor,
    /// Why the visitor may not post. A mute ends by itself, and the page changes then.
    muted_reason: Option<String>,
    /// Only a page shows presence.
    presence: Option<PagePresence>,
}

/// Who is here now, as far as a page shows it. It is kept in memory, so no cursor covers it.
#[derive(Hash)]
struct PagePresence {
    in_room: PresenceList,
    direct_partners: Vec<DirectPartner>,
}

impl RoomToShow {
    fn load(ctx: &Ctx<'_>, format: RoomFormat) -> Result<Self, Error> {
        let snapshot = ctx.snapshot()?;
        let visible_room = ctx.room()?;
        let muted_reason = muted_reason_here(&snapshot, &ctx.visitor, &visible_room)?;
        let room = visible_room.room;
        let presence = match format {
            RoomFormat::Page => Some(PagePresence::load(ctx, &snapshot, &room)?),
            RoomFormat::Text | RoomFormat::Json => None,
        };
        Ok(Self { format, cursor: snapshot.cursor()?, muted_reason, presence, room })
    }

    /// A page that is not sent again keeps its nonce. No message has been posted with that nonce, because a post in any
    /// room moves the cursor. Two windows without a script may share a nonce: equal texts from both become one message,
    /// as they do from a page that the back button shows again.
    fn etag(&self, ctx: &Ctx<'_>) -> ETag {
        let Self { format, room: _, cursor, muted_reason, presence } = self;
        let address = ctx.request.uri().path_and_query();
        let theme = theme::theme_from_request(ctx.request);
        ETag::from_sources(&(cursor, &ctx.visitor.person, muted_reason, address, format, presence, theme))
    }

    /// A page past the end shows the latest messages instead of none.
    fn load_messages(&self, snapshot: &Snapshot, window: Window) -> Result<Page, StoreError> {
        let page = snapshot.message_page(self.room.id, window)?;
        if page.messages.is_empty() && self.format == RoomFormat::Page {
            return snapshot.message_page(self.room.id, Window::Latest);
        }
        Ok(page)
    }

    fn render(&self, ctx: &Ctx<'_>, page: &Page, reply_to: Option<MessageId>) -> Result<Response, Error> {
        let Page { messages, has_older, has_newer } = page;
        Ok(match self.format {
            RoomFormat::Text => views::plain::message_lines(messages).into_response(),
            RoomFormat::Json => {
                let json = views::json::PageJson::new(&self.room, self.cursor, messages, *has_older, *has_newer);
                Json(json).into_response()
            }
            RoomFormat::Page => self.render_page(ctx, page, reply_to)?,
        })
    }

    fn render_page(&self, ctx: &Ctx<'_>, page: &Page, reply_to: Option<MessageId>) -> Result<Response, Error> {
        let (snapshot, visitor, room) = (ctx.snapshot()?, &ctx.visitor, &self.room);
        let PagePresence { in_room, direct_partners } = self.presence.as_ref().expect("a page loads it");
        let sidebar = Sidebar::load_live(&snapshot, visitor, direct_partners.clone())?;
        let (read_state, draft) = match visitor.author() {
            Some(author) => (Some(snapshot.read_state(author.id, room.id)?), snapshot.draft(author.id, room.id)?),
            None => (None, None),
        };
        let reply_to = reply_to.or(draft.as_ref().and_then(|draft| draft.reply_to));
        let quote = reply_to.map_or(Ok(None), |id| find_quote(&snapshot, room, id))?;
        let view = RoomView {
            sidebar: &sidebar.view(visitor, Some(room.id)),
            muted_reason: self.muted_reason.as_deref(),
            room,
            read_state: read_state.as_ref(),
            draft: draft.as_ref(),
            messages: &page.messages,
            has_older: page.has_older,
            has_newer: page.has_newer,
            cursor: self.cursor,
            presence: in_room,
            pin_count: snapshot.count_pins(room.id)?,
            reply_to: quote.as_ref(),
            nonce: &secrets::new_nonce()?,
        };
        Ok(views::rooms::show::page(&view).into_response())
    }
}

impl PagePresence {
    /// The visitor is counted as present, unless they hide it: their page is made before its stream is open.
    fn load(ctx: &Ctx<'_>, snapshot: &Snapshot, room: &Room) -> Result<Self, StoreError> {
        let person = ctx.visitor.person.as_ref().filter(|person| !person.presence_hidden);
        let in_room = ctx.state.hubs.summarize_roster(room.id).with_person(person.map(|person| &person.author));
        let is_online = |user| Some(ctx.state.hubs.is_online(user));
        Ok(Self { in_room, direct_partners: sidebar::direct_partners(snapshot, &ctx.visitor, is_online)? })
    }
}

/// The older messages that htmx loads when the reader scrolls up.
#[handler]
pub(crate) fn show_older(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let before = query::seq(ctx.request, "before")?.ok_or(HttpError::QueryInvalid("before"))?;
    let last = snapshot.last_seq()?;
    let etag = ETag::from_sources(&(ctx.state.store.epoch(), last, ctx.request.uri().path_and_query()));
    let response = if etag.matches(ctx.request) {
        etag.not_modified()
    } else {
        let page = snapshot.message_page(room.id, Window::Before(before))?;
        etag.add_to(views::rooms::timeline::older_fragment(&room, &page.messages, page.has_older).into_response())
    };
    Ok(response.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// The newer messages that htmx loads when the reader scrolls down from the past. The last of these fragments has the
/// stream, which starts where the page was made (`since`): it brings all changes to the messages on the page.
#[handler]
pub(crate) fn show_newer(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let require_cursor = |name: &'static str| query::cursor(ctx.request, name)?.ok_or(HttpError::QueryInvalid(name));
    let (after, since) = (require_cursor("after")?.seq, require_cursor("since")?);
    let page = snapshot.message_page(room.id, Window::After(after))?;
    let fragment = views::rooms::timeline::newer_fragment(&room, &page.messages, page.has_newer, since);
    Ok(fragment.with_header(CACHE_CONTROL, "private, no-cache").into_response())
}

/// The room's present path with the request's query, if the request has an earlier slug of the room.
fn new_path(request: &Request, room: &Room) -> Option<String> {
    Slug::from_name(query::room_name(request)).ok().filter(|slug| *slug != room.slug)?;
    let query = request.uri().query().map_or(String::new(), |query| format!("?{query}"));
    Some(format!("{}{query}", room.slug.path()))
}

/// Adds links to the pages before and after this one (RFC 8288).
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

/// The part of the history that the query asks for.
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
