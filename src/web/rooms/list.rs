//! Rooms as a whole: which there are, creating one, and talking with single people.

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::{LISTED_ROOMS_MAX, MEMBERS_PICKED_MAX};
use crate::domain::{Command, Event, Refusal, Room, RoomName, ServerCommand, UserId, UserName, Visibility};
use crate::engine::now;
use crate::secrets;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::rooms::list::{NewRoomError, NewRoomForm, RoomsView};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The rooms that there are for the visitor, and the form for a new one.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let to = query::text(ctx.request, "to").unwrap_or_default();
    rooms_page(&ctx, &NewRoomForm { visibility: Visibility::Open, direct_names: to, ..NewRoomForm::default() })
}

/// Somebody creates a room.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "visibility", "members"]).await?;
    let made = try_create(&ctx, &form).await;
    respond_with_new_room(&ctx, made, NewRoomForm::from_form(&form))
}

/// Somebody talks with others alone.
#[handler]
pub(crate) async fn open_direct(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["names"]).await?;
    let made = try_open_direct(&ctx, &form).await;
    respond_with_new_room(&ctx, made, NewRoomForm::from_form(&form))
}

async fn try_create(ctx: &Ctx<'_>, form: &Form) -> Result<Room, Error> {
    let _person = ctx.require_person()?.author.id;
    ctx.check_rate(LimitedAction::CreateRoom)?;
    let name = RoomName::parse(form.get("name").unwrap_or(""))?;
    let kind = form.get("visibility").filter(|kind| !kind.is_empty()).map_or(Some(Visibility::Open), Visibility::parse);
    let kind = kind.ok_or(Refusal::FieldInvalid("visibility"))?;
    let members = find_people_by_name(&*ctx.snapshot()?, form.get("members").unwrap_or(""))?;
    let command = ServerCommand::CreateRoom { name, visibility: kind, members, salt: secrets::new_salt()? };
    create_room(ctx, command).await
}

async fn try_open_direct(ctx: &Ctx<'_>, form: &Form) -> Result<Room, Error> {
    let _person = ctx.require_person()?.author.id;
    ctx.check_rate(LimitedAction::CreateRoom)?;
    let with = find_people_by_name(&*ctx.snapshot()?, form.get_or_body("names"))?;
    create_room(ctx, ServerCommand::OpenDirect { others: with, salt: secrets::new_salt()? }).await
}

async fn create_room(ctx: &Ctx<'_>, command: ServerCommand) -> Result<Room, Error> {
    let done = ctx.execute(Command::Server(command)).await?;
    let Event::RoomOpened { room } = done.event else { unreachable!("making a room opens it") };
    let visible_room = ctx.snapshot()?.visible_room_by_id(room, ctx.visitor.person.as_ref(), now())?;
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

fn respond_with_new_room(ctx: &Ctx<'_>, outcome: Result<Room, Error>, form: NewRoomForm) -> Result<Response, Error> {
    match outcome {
        Ok(room) if matches!(ctx.accept(), Accept::Page | Accept::Stream) => Ok(see_other(room.slug.path())),
        Ok(room) => Ok(Json(views::json::RoomJson::from_room(&room))
            .with_status(StatusCode::CREATED)
            .with_header(LOCATION, room.slug.path())
            .into_response()),
        Err(error) => redisplay(ctx.request, ctx.state, error, |problem| {
            rooms_page(ctx, &NewRoomForm { error: Some(new_room_error(problem, &form)), ..form })
        }),
    }
}

fn rooms_page(ctx: &Ctx<'_>, form: &NewRoomForm) -> Result<Response, Error> {
    let person = ctx.require_person()?;
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let recent = snapshot.active_rooms(LISTED_ROOMS_MAX, Some(person), now())?;
    let (rooms, deleted) =
        (recent.into_iter().map(|recent| recent.room).collect::<Vec<_>>(), snapshot.deleted_rooms(person, now())?);
    let may_create = person.role >= sidebar.settings.room_creation;
    let view =
        RoomsView { sidebar: &sidebar.view(&ctx.visitor, None), rooms: &rooms, deleted: &deleted, may_create, form };
    Ok(with_private_cache(views::rooms::list::page(&view).into_response(), &ctx.visitor))
}

/// Beside which field a problem stands.
fn new_room_error(error: &Error, form: &NewRoomForm) -> NewRoomError {
    let reason = error::error_detail(error);
    match error {
        Error::Refused(Refusal::PersonNotFound | Refusal::LimitReached(_)) if form.name.is_empty() => {
            NewRoomError::DirectNames(reason)
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
        Self { name: field("name"), visibility, members: field("members"), direct_names: field("names"), error: None }
    }
}
