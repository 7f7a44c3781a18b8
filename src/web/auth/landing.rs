//! The landing page, and joining a room from it.

use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::clock::now;
use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Command, Event, Refusal, Room, RoomId, RoomName, Token, UserName};
use crate::secrets;
use crate::store::{ActiveRoom, StoreError};
use crate::views::auth::landing::{LandingRoom, LandingView};
use crate::views::{self, FormState};
use crate::web::auth::visitor::{Visitor, session_cookie};
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::cookies::add_cookie;
use crate::web::request::form::Form;
use crate::web::request::{origin, query, user_agent};
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, see_other, with_no_store, with_private_cache};

/// The room that the form suggests.
const DEFAULT_ROOM: &str = "lobby";

/// Shows the page. `?room=` fills in the room.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = query::text(ctx.request, "room").unwrap_or_else(|| DEFAULT_ROOM.to_owned());
    landing_page(&ctx, &FormState { values: vec![("room", room)], error: None })
}

/// Joins a room, with a new name or the caller's own. It takes no nonce: the token is stored only as a hash, so a repeated
/// request could not be answered with it.
#[handler]
pub(crate) async fn join(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["room", "name"]).await?;
    match try_join(&ctx, &form).await {
        Ok(joined) => Ok(respond_joined(ctx.request, &joined)),
        Err(error) => redisplay_form(ctx.request, &form, &["room", "name"], error, |state| landing_page(&ctx, state)),
    }
}

/// A person who joined a room.
struct Joined {
    room: Room,
    name: String,
    token: Token,
}

async fn try_join(ctx: &Ctx<'_>, form: &Form) -> Result<Joined, Error> {
    ctx.check_rate(LimitedAction::Join)?;
    blocked_addresses::check_not_blocked(&*ctx.snapshot()?, ctx.request, &ctx.visitor)?;
    let room = RoomName::parse(form.get("room").unwrap_or(""))?;
    // A deleted or members-only room counts as missing: joining opens a new room in its place.
    let existing = ctx.snapshot()?.room_by_slug(room.slug())?;
    if !existing.is_some_and(|room| !room.visibility.is_members_only() && room.deleted_at.is_none()) {
        ctx.check_rate(LimitedAction::CreateRoom)?;
    }
    let (name, token, command) = match parse_join_name(&ctx.visitor, form.get("name"))? {
        JoinName::Existing { name, token } => (name, token, Command::OpenRoom { room }),
        JoinName::New(name) => {
            let token = secrets::new_token()?;
            let device = user_agent::device_from_request(ctx.request);
            (name.as_str().to_owned(), token.clone(), Command::Join { room, name, token: token.hash(), device })
        }
    };
    let applied = ctx.execute(command).await?;
    let room = match applied.event {
        Event::PersonJoined { room, .. } | Event::RoomOpened { room } => find_joined_room(ctx, room)?,
        event => unreachable!("joining does not lead to {event:?}"),
    };
    Ok(Joined { room, name, token })
}

/// The name to join with.
enum JoinName {
    /// The caller's own name, with the token that proved it.
    Existing { name: String, token: Token },
    /// A name that nobody has yet.
    New(UserName),
}

fn parse_join_name(visitor: &Visitor, name: Option<&str>) -> Result<JoinName, Refusal> {
    let wanted = name.filter(|name| !name.trim().is_empty()).map(UserName::parse_new).transpose()?;
    let own = visitor.author().zip(visitor.token.as_ref());
    let is_own = |own_name: &str, wanted: &UserName| {
        UserName::parse(own_name).is_ok_and(|own_name| own_name.key() == wanted.key())
    };
    match (own, wanted) {
        (Some((author, _)), Some(wanted)) if !is_own(&author.name, &wanted) => Ok(JoinName::New(wanted)),
        (Some((author, token)), _) => Ok(JoinName::Existing { name: author.name.to_string(), token: token.clone() }),
        (None, Some(wanted)) => Ok(JoinName::New(wanted)),
        (None, None) => Err(Refusal::NameBlank),
    }
}

fn find_joined_room(ctx: &Ctx<'_>, room: RoomId) -> Result<Room, Error> {
    Ok(ctx.snapshot()?.room_by_id(room)?.ok_or(StoreError::Missing { table: "rooms" })?)
}

fn respond_joined(request: &Request, Joined { room, name, token }: &Joined) -> Response {
    let mut response = match Accept::from_request(request) {
        Accept::Text => views::plain::join_instructions(&origin::public_origin(request), room, token).into_response(),
        Accept::Json => Json(views::json::JoinedRoomJson::new(room, name, token)).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(room.slug.path()),
    };
    add_cookie(&mut response, &session_cookie(request, token));
    with_no_store(response)
}

/// The page has no entity tag: the numbers of listeners and the ages of rooms change every minute.
fn landing_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let rooms = snapshot.active_rooms(LISTED_ROOMS_MAX, ctx.visitor.person.as_ref(), now())?.into_iter();
    let to_listed = |ActiveRoom { room, last_changed_at, .. }| LandingRoom {
        listeners: ctx.state.hubs.listener_count(room.id),
        room,
        active_at: last_changed_at,
    };
    let rooms: Vec<LandingRoom> = rooms.map(to_listed).collect();
    let view = LandingView {
        viewer: ctx.visitor.person.as_ref(),
        settings: &snapshot.settings()?,
        form_state,
        rooms: &rooms,
        room_count: snapshot.count_rooms()?,
        now: now(),
        since: snapshot.cursor()?,
        origin: &origin::public_origin(ctx.request),
    };
    Ok(with_private_cache(views::auth::landing::page(&view).into_response(), &ctx.visitor))
}
