//! Rooms as a whole: which there are, creating one, and talking with single people.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{LISTED_ROOMS_MAX, MEMBERS_PICKED_MAX};
use crate::domain::{Command, Event, Refusal, Room, RoomName, ServerCommand, UserId, UserName, Visibility};
use crate::engine::{Error, now};
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::rooms::list::{NewRoomError, NewRoomForm, RoomsView};
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::accept::Accept;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The rooms that there are for the visitor, and the form for a new one.
#[handler]
pub(crate) fn list(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let to = query::text(request, "to").unwrap_or_default();
    Ok(rooms_page(house, &visitor, &NewRoomForm { visibility: Visibility::Open, names: to, ..NewRoomForm::default() })?)
}

/// Somebody creates a room.
#[handler]
pub(crate) async fn create(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "visibility", "members"]).await.map_err(Error::Refused)?;
    let made = try_create(request, house, &visitor, &form).await;
    respond_with_new_room(request, house, &visitor, made, NewRoomForm::from_form(&form))
}

/// Somebody talks with others alone.
#[handler]
pub(crate) async fn open_direct(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["names"]).await.map_err(Error::Refused)?;
    let made = try_open_direct(request, house, &visitor, &form).await;
    respond_with_new_room(request, house, &visitor, made, NewRoomForm::from_form(&form))
}

async fn try_create(request: &Request, house: &AppState, visitor: &Visitor, form: &Form) -> Result<Room, Error> {
    let person = visitor.require_person()?.author.id;
    rate_limits::check(request, Some(person), LimitedAction::CreateRoom)?;
    let name = RoomName::parse(form.get("name").unwrap_or(""))?;
    let kind = form.get("visibility").filter(|kind| !kind.is_empty()).map_or(Some(Visibility::Open), Visibility::parse);
    let kind = kind.ok_or(Refusal::FieldInvalid("visibility"))?;
    let members = find_people_by_name(&house.store.snapshot()?, form.get("members").unwrap_or(""))?;
    let command = ServerCommand::CreateRoom { name, visibility: kind, members, salt: secrets::new_salt()? };
    create_room(house, visitor, command).await
}

async fn try_open_direct(request: &Request, house: &AppState, visitor: &Visitor, form: &Form) -> Result<Room, Error> {
    let person = visitor.require_person()?.author.id;
    rate_limits::check(request, Some(person), LimitedAction::CreateRoom)?;
    let with = find_people_by_name(&house.store.snapshot()?, form.get_or_body("names"))?;
    create_room(house, visitor, ServerCommand::OpenDirect { others: with, salt: secrets::new_salt()? }).await
}

async fn create_room(house: &AppState, visitor: &Visitor, command: ServerCommand) -> Result<Room, Error> {
    let done = house.engine.execute(visitor.actor()?, None, Command::Server(command)).await?;
    let Event::RoomOpened { room } = done.event else { unreachable!("making a room opens it") };
    let visible_room = house.store.snapshot()?.visible_room_by_id(room, visitor.person.as_ref(), now())?;
    Ok(visible_room.ok_or(StoreError::Missing { table: "rooms" })?.room)
}

/// The people of these names, parted by commas or line ends. They are counted before any is looked for.
pub(crate) fn find_people_by_name(snapshot: &Snapshot, names: &str) -> Result<Vec<UserId>, Error> {
    let names = names.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    if names.clone().nth(MEMBERS_PICKED_MAX).is_some() {
        return Err(Refusal::LimitReached(MEMBERS_PICKED_MAX).into());
    }
    let person = |name| {
        let found = snapshot.person_by_name(&UserName::parse(name)?)?;
        Ok(found.ok_or(Refusal::PersonNotFound)?.author.id)
    };
    names.map(person).collect()
}

fn respond_with_new_room(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    outcome: Result<Room, Error>,
    form: NewRoomForm,
) -> Result<Response> {
    match outcome {
        Ok(room) if matches!(Accept::from_request(request), Accept::Page | Accept::Stream) => {
            Ok(see_other(room.slug.path()))
        }
        Ok(room) => Ok(Json(views::json::RoomJson::from_room(&room))
            .with_status(StatusCode::CREATED)
            .with_header(LOCATION, room.slug.path())
            .into_response()),
        Err(error) => redisplay(request, house, error, |problem| {
            rooms_page(house, visitor, &NewRoomForm { error: Some(new_room_error(problem, &form)), ..form })
        }),
    }
}

fn rooms_page(house: &AppState, visitor: &Visitor, form: &NewRoomForm) -> Result<Response, Error> {
    let person = visitor.require_person()?;
    let snapshot = house.store.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let recent = snapshot.active_rooms(LISTED_ROOMS_MAX, Some(person), now())?;
    let (rooms, deleted) =
        (recent.into_iter().map(|recent| recent.room).collect::<Vec<_>>(), snapshot.deleted_rooms(person, now())?);
    let may_create = person.role >= sidebar.settings.room_creation;
    let view = RoomsView { places: &sidebar.view(visitor, None), rooms: &rooms, deleted: &deleted, may_create, form };
    Ok(with_private_cache(views::rooms::list::page(&view).into_response(), visitor))
}

/// Beside which field a problem stands.
fn new_room_error(error: &Error, form: &NewRoomForm) -> NewRoomError {
    let reason = error::error_detail(error);
    match error {
        Error::Refused(Refusal::PersonNotFound | Refusal::LimitReached(_)) if form.name.is_empty() => {
            NewRoomError::Names(reason)
        }
        Error::Refused(Refusal::PersonNotFound | Refusal::LimitReached(_)) => NewRoomError::Members(reason),
        _ => NewRoomError::Name(reason),
    }
}

impl NewRoomForm {
    /// The form as it was sent.
    fn from_form(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let visibility = form.get("visibility").and_then(Visibility::parse).unwrap_or_default();
        Self { name: field("name"), visibility, members: field("members"), names: field("names"), error: None }
    }
}
