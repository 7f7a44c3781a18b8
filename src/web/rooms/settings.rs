//! Room settings: name, topic, visibility and slow mode; archiving, deleting and restoring. Also the steps that every
//! change of a room shares.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, SLOW_MODE_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{Command, Permission, Refusal, Room, RoomCommand, RoomName, SingleLine, Slug, Visibility, can};
use crate::engine::now;
use crate::secrets;
use crate::store::{StoreError, VisibleRoom};
use crate::views::rooms::settings::RoomSettingsView;
use crate::views::{self, FormState};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error::{Error, error_detail};
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The fields of the settings form.
const FIELDS: [&str; 4] = ["name", "topic", "visibility", "slow_mode_s"];

/// The settings, with forms for those who may change them; as JSON, the room.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let visible_room = ctx.room()?;
    ctx.require_person()?;
    if ctx.accept() == Accept::Json {
        let room = views::json::RoomJson::from_room(&visible_room.room);
        return Ok(with_private_cache(Json(room).into_response(), &ctx.visitor));
    }
    room_settings_page(&ctx, &visible_room, &FormState::default())
}

/// Changes the settings. A field that the form does not have stays as it is.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&FIELDS).await?;
    let visible_room = ctx.room()?;
    ctx.require_permission(Permission::EditRoom, Some(&visible_room.room))?;
    match try_update(&ctx, &visible_room.room, &form).await {
        Ok(()) => respond_changed(&ctx, &visible_room.room, "/settings?done=saved"),
        Err(error) => redisplay(ctx.request, ctx.state, error, |error| {
            room_settings_page(&ctx, &visible_room, &form_state(&form, error))
        }),
    }
}

async fn try_update(ctx: &Ctx<'_>, room: &Room, form: &Form) -> Result<(), Error> {
    limit_and_execute(ctx, room, parse_update(room, form)?).await
}

/// Changes the topic of a room, and nothing else of it: the command `/topic`.
pub(crate) async fn set_topic(ctx: &Ctx<'_>, room: &Room, topic: &str) -> Result<Response, Error> {
    ctx.require_permission(Permission::EditRoom, Some(room))?;
    let command = RoomCommand::Update {
        name: RoomName::parse(&room.name)?,
        topic: SingleLine::parse_optional("topic", topic, TOPIC_CHARS_MAX)?,
        visibility: room.visibility,
        slow_mode_s: room.slow_mode_s,
        salt: secrets::new_salt()?,
    };
    limit_and_execute(ctx, room, command).await?;
    if ctx.is_htmx() {
        return Ok(StatusCode::NO_CONTENT.into());
    }
    respond_changed(ctx, room, "")
}

/// Archives a room, or takes it out of the archive.
#[handler]
pub(crate) async fn set_archived(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["archived"]).await?;
    let room = ctx.room()?.room;
    let archived = match form.get("archived").unwrap_or("yes") {
        "yes" | "true" | "on" => true,
        "no" | "false" => false,
        _ => return Err(Refusal::FieldInvalid("archived").into()),
    };
    limit_and_execute(&ctx, &room, RoomCommand::SetArchived { archived }).await?;
    respond_changed(&ctx, &room, "/settings?done=saved")
}

/// Deletes a room.
#[handler]
pub(crate) async fn delete(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    limit_and_execute(&ctx, &room, RoomCommand::Delete).await?;
    Ok(respond_left(&ctx))
}

/// Restores a deleted room.
#[handler]
pub(crate) async fn restore(ctx: Ctx<'_>) -> Result<Response, Error> {
    // Checked first, so that a stranger cannot find out which slugs were those of rooms.
    ctx.require_person()?;
    let name = query::room_name(ctx.request);
    let not_found = || Error::Refused(Refusal::room_not_found(name));
    let slug = Slug::from_name(name).map_err(|_| not_found())?;
    let room = ctx.snapshot()?.deleted_room_by_slug(&slug)?.ok_or_else(not_found)?;
    limit_and_execute(&ctx, &room, RoomCommand::Restore).await.map_err(|error| match error {
        // A room that the visitor may not see answers like one that does not exist.
        Error::Refused(Refusal::RoomNotFound(_) | Refusal::RoomNotVisible) => not_found(),
        error => error,
    })?;
    respond_changed(&ctx, &room, "")
}

/// Executes a command on a room if the rate limit allows it.
///
/// # Errors
/// As [`check_change_rate`] and [`execute_on_room`].
pub(crate) async fn limit_and_execute(ctx: &Ctx<'_>, room: &Room, command: RoomCommand) -> Result<(), Error> {
    check_change_rate(ctx)?;
    execute_on_room(ctx, room, command).await
}

/// Checks and counts one change of a room by the visitor.
///
/// # Errors
/// As [`Ctx::check_rate`].
pub(crate) fn check_change_rate(ctx: &Ctx<'_>) -> Result<(), Error> {
    ctx.check_rate(LimitedAction::ChangeRoom)
}

/// Executes a command on a room for the visitor.
///
/// # Errors
/// As [`Ctx::execute`].
pub(crate) async fn execute_on_room(ctx: &Ctx<'_>, room: &Room, command: RoomCommand) -> Result<(), Error> {
    ctx.execute(Command::Room(room.id, command)).await?;
    Ok(())
}

/// Answers a change of a room, whose slug may have changed with it: redirects a page to the room's path and `suffix`,
/// and sends a program the room.
///
/// # Errors
/// [`Error::Internal`] if the room cannot be read.
pub(crate) fn respond_changed(ctx: &Ctx<'_>, room: &Room, suffix: &str) -> Result<Response, Error> {
    let visible_room = ctx.snapshot()?.visible_room_by_id(room.id, ctx.visitor.person.as_ref(), now())?;
    let room = visible_room.ok_or(StoreError::Missing { table: "rooms" })?.room;
    Ok(if ctx.wants_page() {
        see_other(&format!("{}{suffix}", room.slug.path()))
    } else {
        Json(views::json::RoomJson::from_room(&room)).into_response()
    })
}

/// Answers a change after which the visitor no longer sees the room.
pub(crate) fn respond_left(ctx: &Ctx<'_>) -> Response {
    if ctx.wants_page() { see_other("/rooms") } else { StatusCode::NO_CONTENT.into() }
}

/// The settings page; with `form_state`, what was typed and what is wrong with it.
///
/// # Errors
/// [`Error::Refused`] if the visitor is not signed in, [`Error::Internal`] if the file cannot be read.
pub(crate) fn room_settings_page(
    ctx: &Ctx<'_>,
    visible_room: &VisibleRoom,
    form_state: &FormState,
) -> Result<Response, Error> {
    let (person, room) = (ctx.require_person()?, &visible_room.room);
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let members =
        if room.visibility.is_members_only() { snapshot.members(room.id, ADMIN_LIST_ROWS_MAX)? } else { Vec::new() };
    let creator = snapshot.author_by_id(room.created_by)?;
    let view = RoomSettingsView {
        sidebar: &sidebar.view(&ctx.visitor, Some(room.id)),
        room,
        creator: creator.as_ref(),
        members: &members,
        may_edit: can(person, Permission::EditRoom, Some(room)) && room.visibility != Visibility::Direct,
        notice_text: query::text(ctx.request, "done").as_deref().and_then(notice_text),
        form_state,
    };
    Ok(with_private_cache(views::rooms::settings::page(&view).into_response(), &ctx.visitor))
}

fn parse_update(room: &Room, form: &Form) -> Result<RoomCommand, Error> {
    let name = RoomName::parse(form.get("name").unwrap_or(&room.name))?;
    let topic = SingleLine::parse_optional("topic", form.get("topic").unwrap_or(&room.topic), TOPIC_CHARS_MAX)?;
    let visibility = form.get("visibility").map_or(Some(room.visibility), Visibility::parse);
    let visibility = visibility.ok_or(Refusal::FieldInvalid("visibility"))?;
    let slow_mode_s = match form.get("slow_mode_s").map(str::trim) {
        None => room.slow_mode_s,
        Some("") => 0,
        Some(seconds) => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds <= SLOW_MODE_S_MAX);
            seconds.ok_or(Refusal::FieldInvalid("slow_mode_s"))?
        }
    };
    Ok(RoomCommand::Update { name, topic, visibility, slow_mode_s, salt: secrets::new_salt()? })
}

fn form_state(form: &Form, error: &Error) -> FormState {
    let field = match error {
        Error::Refused(Refusal::FieldTooLong(..)) => "topic",
        Error::Refused(Refusal::FieldInvalid("slow_mode_s")) => "slow_mode_s",
        _ => "name",
    };
    let typed = FIELDS.iter().filter_map(|field| Some((*field, form.get(field)?.to_owned())));
    FormState { values: typed.collect(), error: Some((Some(field), error_detail(error))) }
}

/// The text of a notice, by the word in the page's address.
fn notice_text(done: &str) -> Option<&'static str> {
    match done {
        "saved" => Some("Saved."),
        "added" => Some("People added."),
        "removed" => Some("Person removed."),
        _ => None,
    }
}
