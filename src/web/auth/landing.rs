//! The door: coming in, and leaving.

use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Command, Event, Refusal, Room, RoomId, RoomName, Token, UserName};
use crate::engine;
use crate::store::ActiveRoom;
use crate::views;
use crate::views::auth::landing::{LandingError, LandingRoom, LandingView};
use crate::web::auth::secrets;
use crate::web::auth::visitor::{self, Visitor};
use crate::web::limits::blocked_addresses;
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::{origin, query, user_agent};
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{add_cookie, see_other, with_private_cache};

/// The page. `?room=` fills in the room.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = query::text(ctx.request, "room").unwrap_or_else(|| "lobby".to_owned());
    landing_page(&ctx, &views::auth::landing::LandingForm { room, ..Default::default() })
}

/// Somebody comes in: a new name, or one they have. It takes no nonce: the token of the first answer is kept nowhere,
/// so it could not be given again.
#[handler]
pub(crate) async fn join(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["room", "name"]).await?;
    match try_join(&ctx, &form).await {
        Ok(entered) => Ok(respond_joined(ctx.request, entered)),
        Err(problem) if ctx.accept() == Accept::Page && !ctx.is_htmx() => {
            error::record_error(&problem, &ctx.state.metrics);
            let status = poem::error::ResponseError::status(&problem);
            let shown = Form::to_landing_form(&form, landing_error(&problem));
            let mut response = landing_page(&ctx, &shown)?.with_status(status).into_response();
            error::add_retry_after(&problem, response.headers_mut());
            Ok(response)
        }
        Err(problem) => Err(problem),
    }
}

/// This browser forgets its name.
#[handler]
pub(crate) async fn sign_out(ctx: Ctx<'_>) -> Result<Response, Error> {
    if let Some(token) = &ctx.visitor.token {
        let outcome = ctx.execute(Command::SignOut { token: token.hash() }).await;
        match outcome {
            Ok(_) | Err(Error::Refused(Refusal::TokenInvalid)) => {}
            Err(problem) => return Err(problem),
        }
    }
    let mut response = see_other("/");
    for cookie in visitor::expired_cookies() {
        add_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// Somebody who has come in.
struct Joined {
    room: Room,
    name: String,
    token: Token,
}

async fn try_join(ctx: &Ctx<'_>, form: &Form) -> Result<Joined, Error> {
    let person = ctx.visitor.author().map(|person| person.id);
    check(ctx.request, person, LimitedAction::Join)?;
    blocked_addresses::check_not_blocked(&*ctx.snapshot()?, ctx.request, &ctx.visitor)?;
    let room = RoomName::parse(form.get("room").unwrap_or(""))?;
    // A room that is not for everybody in the ctx.state is as if there were none: one is opened in its place.
    let there = ctx.snapshot()?.room_by_slug(room.slug())?;
    if !there.is_some_and(|room| !room.visibility.is_members_only() && room.deleted_at.is_none()) {
        check(ctx.request, person, LimitedAction::CreateRoom)?;
    }
    let (name, token, command) = match parse_join_name(&ctx.visitor, form.get("name"))? {
        JoinName::Existing(name, token) => (name, token, Command::OpenRoom { room }),
        JoinName::New(name) => {
            let token = secrets::new_token()?;
            (
                name.as_str().to_owned(),
                token.clone(),
                Command::Join { room, name, token: token.hash(), device: user_agent::device_from_request(ctx.request) },
            )
        }
    };
    let done = ctx.execute(command).await?;
    let room = match done.event {
        Event::PersonJoined { room, .. } | Event::RoomOpened { room } => find_joined_room(ctx, room)?,
        event => unreachable!("coming in does not lead to {event:?}"),
    };
    Ok(Joined { room, name, token })
}

/// Whether somebody comes in with the name they have shown, or wants a new one.
enum JoinName {
    Existing(String, Token),
    New(UserName),
}

fn parse_join_name(visitor: &Visitor, name: Option<&str>) -> Result<JoinName, Refusal> {
    let wanted = name.filter(|name| !name.trim().is_empty()).map(UserName::parse_new);
    match (visitor.author(), &visitor.token, wanted) {
        (Some(person), Some(token), None) => Ok(JoinName::Existing(person.name.to_string(), token.clone())),
        (Some(person), Some(token), Some(wanted)) => {
            let wanted = wanted?;
            let same = UserName::parse(&person.name).is_ok_and(|name| name.key() == wanted.key());
            if same {
                Ok(JoinName::Existing(person.name.to_string(), token.clone()))
            } else {
                Ok(JoinName::New(wanted))
            }
        }
        (_, _, Some(wanted)) => wanted.map(JoinName::New),
        (_, _, None) => Err(Refusal::NameBlank),
    }
}

fn find_joined_room(ctx: &Ctx<'_>, room: RoomId) -> Result<Room, Error> {
    let room = ctx.snapshot()?.room_by_id(room)?;
    room.ok_or(Error::Internal(crate::store::StoreError::Missing { table: "rooms" }))
}

fn respond_joined(request: &Request, joined: Joined) -> Response {
    let Joined { room, name, token } = joined;
    let mut response = match Accept::from_request(request) {
        Accept::Text => views::plain::join_instructions(&origin::public_origin(request), &room, &token).into_response(),
        Accept::Json => Json(views::json::JoinedRoomJson::new(&room, &name, &token)).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(room.slug.path()),
    };
    add_cookie(&mut response, &visitor::session_cookie(request, &token));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// It has no tag: how many listen and how long ago something was said make it another page every minute.
fn landing_page(ctx: &Ctx<'_>, form: &views::auth::landing::LandingForm) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let rooms = snapshot.active_rooms(LISTED_ROOMS_MAX, ctx.visitor.person.as_ref(), engine::now())?.into_iter();
    let listed = |ActiveRoom { room, last_changed_at: at, .. }| LandingRoom {
        listeners: ctx.state.hubs.listener_count(room.id),
        room,
        active_at: at,
    };
    let rooms: Vec<LandingRoom> = rooms.map(listed).collect();
    let door = LandingView {
        viewer: ctx.visitor.person.as_ref(),
        settings: &snapshot.settings()?,
        form,
        rooms: &rooms,
        room_count: snapshot.count_rooms()?,
        now: engine::now(),
        since: snapshot.cursor()?,
        origin: &origin::public_origin(ctx.request),
    };
    Ok(with_private_cache(views::auth::landing::page(&door).into_response(), &ctx.visitor))
}

impl Form {
    /// The form of the door, as it was sent.
    fn to_landing_form(&self, error: LandingError) -> views::auth::landing::LandingForm {
        let field = |name| self.get(name).unwrap_or("").to_owned();
        views::auth::landing::LandingForm { room: field("room"), name: field("name"), error: Some(error) }
    }
}

/// Beside which field of the form a problem stands.
fn landing_error(error: &Error) -> LandingError {
    let reason = error::error_detail(error);
    match error {
        Error::Refused(
            Refusal::NameBlank
            | Refusal::NameTooLong
            | Refusal::NameTaken(_)
            | Refusal::NameMixesScripts
            | Refusal::NameConfusable(_),
        ) => LandingError::Name(reason),
        Error::Refused(Refusal::RoomNameBlank | Refusal::RoomNameTooLong) => LandingError::Room(reason),
        _ => LandingError::General(reason),
    }
}
