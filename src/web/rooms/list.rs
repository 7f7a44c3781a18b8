//! The page of all rooms, creating a room, and opening a direct message.

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Command, Event, Refusal, Room, RoomName, ServerCommand, Visibility};
use crate::engine::now;
use crate::secrets;
use crate::store::StoreError;
use crate::views::rooms::list::RoomsView;
use crate::views::{self, FormState};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error::{Error, error_detail};
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::find::find_people_by_name;
use crate::web::rooms::sidebar::Sidebar;

/// The rooms that the visitor may see, with forms for a new room and a new direct message. `?to=` fills in the
/// names of the latter.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let to = query::text(ctx.request, "to").unwrap_or_default();
    rooms_page(&ctx, &FormState { values: vec![("names", to)], error: None })
}

/// Creates a room.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "visibility", "members"]).await?;
    let outcome = try_create(&ctx, &form).await;
    respond_with_new_room(&ctx, &form, outcome, |error| match error {
        Error::Refused(Refusal::PersonNotFound | Refusal::LimitReached(_)) => "members",
        _ => "name",
    })
}

/// Opens the direct message room with these people; if there is one already, that one.
#[handler]
pub(crate) async fn open_direct(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["names"]).await?;
    let outcome = try_open_direct(&ctx, &form).await;
    respond_with_new_room(&ctx, &form, outcome, |_| "names")
}

async fn try_create(ctx: &Ctx<'_>, form: &Form) -> Result<Room, Error> {
    ctx.require_person()?;
    ctx.check_rate(LimitedAction::CreateRoom)?;
    let name = RoomName::parse(form.get("name").unwrap_or(""))?;
    let visibility = form.get("visibility").filter(|visibility| !visibility.is_empty());
    let visibility = visibility.map_or(Some(Visibility::Open), Visibility::parse);
    let visibility = visibility.ok_or(Refusal::FieldInvalid("visibility"))?;
    let members = find_people_by_name(&*ctx.snapshot()?, form.get("members").unwrap_or(""))?;
    create_room(ctx, ServerCommand::CreateRoom { name, visibility, members, salt: secrets::new_salt()? }).await
}

async fn try_open_direct(ctx: &Ctx<'_>, form: &Form) -> Result<Room, Error> {
    ctx.require_person()?;
    ctx.check_rate(LimitedAction::CreateRoom)?;
    let others = find_people_by_name(&*ctx.snapshot()?, form.get_or_body("names"))?;
    create_room(ctx, ServerCommand::OpenDirect { others, salt: secrets::new_salt()? }).await
}

async fn create_room(ctx: &Ctx<'_>, command: ServerCommand) -> Result<Room, Error> {
    let applied = ctx.execute(Command::Server(command)).await?;
    let Event::RoomOpened { room } = applied.event else { unreachable!("creating a room opens it") };
    let visible_room = ctx.snapshot()?.visible_room_by_id(room, ctx.visitor.person.as_ref(), now())?;
    Ok(visible_room.ok_or(StoreError::Missing { table: "rooms" })?.room)
}

/// Answers with the new room, or with the page again; `error_field` says beside which field an error is shown.
fn respond_with_new_room(
    ctx: &Ctx<'_>,
    form: &Form,
    outcome: Result<Room, Error>,
    error_field: impl FnOnce(&Error) -> &'static str,
) -> Result<Response, Error> {
    match outcome {
        Ok(room) if ctx.wants_page() => Ok(see_other(room.slug.path())),
        Ok(room) => Ok(Json(views::json::RoomJson::from_room(&room))
            .with_status(StatusCode::CREATED)
            .with_header(LOCATION, room.slug.path())
            .into_response()),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            let typed = ["name", "visibility", "members", "names"].into_iter();
            let values = typed.filter_map(|field| Some((field, form.get(field)?.to_owned()))).collect();
            rooms_page(ctx, &FormState { values, error: Some((Some(error_field(error)), error_detail(error))) })
        }),
    }
}

fn rooms_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let person = ctx.require_person()?;
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let active_rooms = snapshot.active_rooms(LISTED_ROOMS_MAX, Some(person), now())?;
    let rooms: Vec<Room> = active_rooms.into_iter().map(|active| active.room).collect();
    let view = RoomsView {
        sidebar: &sidebar.view(&ctx.visitor, None),
        rooms: &rooms,
        deleted: &snapshot.deleted_rooms(person, now())?,
        may_create: person.role >= sidebar.settings.room_creation,
        form_state,
    };
    Ok(with_private_cache(views::rooms::list::page(&view).into_response(), &ctx.visitor))
}
