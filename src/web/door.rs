//! The door: coming in, and leaving.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::{Accept, is_htmx};
use super::answers::{add_cookie, private, see_other};
use super::form::Form;
use super::pace::{self, Deed};
use super::visitor::{self, Visitor};
use super::{House, blocks, device, origin, problem, query, random};
use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Command, Event, Refusal, Room, RoomId, RoomName, Token, UserName};
use crate::engine::{self, Problem};
use crate::store::Recent;
use crate::views;
use crate::views::door::{Door, Listed, Wrong};

/// The page. `?room=` fills in the room.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let room = query::text(request, "room").unwrap_or_else(|| "lobby".to_owned());
    Ok(page(request, house, &visitor, &views::door::Form { room, ..Default::default() })?)
}

/// Somebody comes in: a new name, or one they have. It takes no nonce: the token of the first answer is kept nowhere,
/// so it could not be given again.
#[handler]
pub(super) async fn enter(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["room", "name"]).await.map_err(Problem::Refused)?;
    match come_in(house, request, &visitor, &form).await {
        Ok(entered) => Ok(welcome(request, entered)),
        Err(problem) if Accept::of(request) == Accept::Page && !is_htmx(request) => {
            problem::note(&problem, &house.meters);
            let status = poem::error::ResponseError::status(&problem);
            let shown = Form::again(&form, wrong(&problem));
            let mut response = page(request, house, &visitor, &shown)?.with_status(status).into_response();
            problem::tell_when(&problem, response.headers_mut());
            Ok(response)
        }
        Err(problem) => Err(problem.into()),
    }
}

/// This browser forgets its name.
#[handler]
pub(super) async fn leave(Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    if let Some(token) = &visitor.token {
        let given_up = house
            .engine
            .execute(visitor.who().map_err(Problem::Refused)?, None, Command::Leave { token: token.hash() })
            .await;
        match given_up {
            Ok(_) | Err(Problem::Refused(Refusal::TokenUnknown)) => {}
            Err(problem) => return Err(problem.into()),
        }
    }
    let mut response = see_other("/");
    for cookie in visitor::forget() {
        add_cookie(&mut response, &cookie);
    }
    Ok(response)
}

/// Somebody who has come in.
struct Entered {
    room: Room,
    name: String,
    token: Token,
}

async fn come_in(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<Entered, Problem> {
    let person = visitor.author().map(|person| person.id);
    pace::take(request, person, Deed::Enter)?;
    blocks::refuse(&house.store.snapshot()?, request, visitor)?;
    let room = RoomName::parse(form.get("room").unwrap_or(""))?;
    // A room that is not for everybody in the house is as if there were none: one is opened in its place.
    let there = house.store.snapshot()?.room(room.address())?;
    if !there.is_some_and(|room| !room.kind.is_hidden() && room.deleted_at.is_none()) {
        pace::take(request, person, Deed::Open)?;
    }
    let (name, token, command) = match known(visitor, form.get("name"))? {
        Known::Yes(name, token) => (name, token, Command::Open { room }),
        Known::No(name) => {
            let token = random::token()?;
            (
                name.as_str().to_owned(),
                token.clone(),
                Command::Enter { room, name, token: token.hash(), device: device::of(request) },
            )
        }
    };
    let done = house.engine.execute(visitor.who()?, None, command).await?;
    let room = match done.event {
        Event::Entered { room, .. } | Event::Opened { room } => found(house, room)?,
        event => unreachable!("coming in does not lead to {event:?}"),
    };
    Ok(Entered { room, name, token })
}

/// Whether somebody comes in with the name they have shown, or wants a new one.
enum Known {
    Yes(String, Token),
    No(UserName),
}

fn known(visitor: &Visitor, name: Option<&str>) -> Result<Known, Refusal> {
    let wanted = name.filter(|name| !name.trim().is_empty()).map(UserName::choose);
    match (visitor.author(), &visitor.token, wanted) {
        (Some(person), Some(token), None) => Ok(Known::Yes(person.name.to_string(), token.clone())),
        (Some(person), Some(token), Some(wanted)) => {
            let wanted = wanted?;
            let same = UserName::parse(&person.name).is_ok_and(|name| name.key() == wanted.key());
            if same { Ok(Known::Yes(person.name.to_string(), token.clone())) } else { Ok(Known::No(wanted)) }
        }
        (_, _, Some(wanted)) => wanted.map(Known::No),
        (_, _, None) => Err(Refusal::NameBlank),
    }
}

fn found(house: &House, room: RoomId) -> Result<Room, Problem> {
    let room = house.store.snapshot()?.room_by_id(room)?;
    room.ok_or(Problem::Unread(crate::store::Fault::Missing { table: "rooms" }))
}

fn welcome(request: &Request, entered: Entered) -> Response {
    let Entered { room, name, token } = entered;
    let mut response = match Accept::of(request) {
        Accept::Text => views::plain::welcome(&origin::public(request), &room, &token).into_response(),
        Accept::Json => Json(views::json::Welcome::of(&room, &name, &token)).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(room.address.path()),
    };
    add_cookie(&mut response, &visitor::remember(request, &token));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// It has no tag: how many listen and how long ago something was said make it another page every minute.
fn page(request: &Request, house: &House, visitor: &Visitor, form: &views::door::Form) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let rooms = snapshot.recent_rooms(LISTED_ROOMS_MAX, visitor.person.as_ref(), engine::now())?.into_iter();
    let listed = |Recent { room, at, .. }| Listed { listeners: house.hubs.listeners(room.id), room, at };
    let rooms: Vec<Listed> = rooms.map(listed).collect();
    let door = Door {
        viewer: visitor.person.as_ref(),
        house: &snapshot.house()?,
        form,
        rooms: &rooms,
        count: snapshot.count_rooms()?,
        now: engine::now(),
        since: snapshot.cursor()?,
        origin: &origin::public(request),
    };
    Ok(private(views::door::page(&door).into_response(), visitor))
}

impl Form {
    /// The form of the door, as it was sent.
    fn again(&self, wrong: Wrong) -> views::door::Form {
        let field = |name| self.get(name).unwrap_or("").to_owned();
        views::door::Form { room: field("room"), name: field("name"), wrong: Some(wrong) }
    }
}

/// Beside which field of the form a problem stands.
fn wrong(problem: &Problem) -> Wrong {
    let why = problem::detail(problem);
    match problem {
        Problem::Refused(
            Refusal::NameBlank
            | Refusal::NameTooLong
            | Refusal::NameTaken(_)
            | Refusal::NameMixed
            | Refusal::NameAlike(_),
        ) => Wrong::Name(why),
        Problem::Refused(Refusal::RoomBlank | Refusal::RoomTooLong) => Wrong::Room(why),
        _ => Wrong::All(why),
    }
}
