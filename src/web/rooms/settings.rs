//! What a room is: its settings, who belongs to it, and its end.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, SLOW_MODE_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{
    Command, Permission, Refusal, Room, RoomCommand, RoomName, SingleLine, Slug, UserName, Visibility, can,
};
use crate::engine::now;
use crate::secrets;
use crate::store::{StoreError, VisibleRoom};
use crate::views;
use crate::views::rooms::settings::{RoomForm, RoomFormError, RoomSettingsView};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::list::find_people_by_name;
use crate::web::rooms::sidebar::Sidebar;

/// What the room is, and what the visitor may change of it.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let visible_room = ctx.room()?;
    ctx.require_person()?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(
            Json(views::json::RoomJson::from_room(&visible_room.room)).into_response(),
            &ctx.visitor,
        ));
    }
    room_settings_page(&ctx, &visible_room, RoomForm::from_room(&visible_room.room))
}

/// Somebody changes what the room is.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "topic", "visibility", "slow_mode_s"]).await?;
    let visible_room = ctx.room()?;
    ctx.require_permission(Permission::EditRoom, Some(&visible_room.room))?;
    let set = match parse_update(&visible_room.room, &form) {
        Ok(command) => limit_and_execute(&ctx, &visible_room.room, command).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(respond_changed(&ctx, &visible_room.room, "/settings?done=saved")?),
        Err(problem) => redisplay_settings(&ctx, &visible_room, problem, RoomForm::from_form(&form)),
    }
}

/// Somebody changes what the room is about, and nothing else of it.
pub(crate) async fn set_topic(ctx: &Ctx<'_>, room: &Room, topic: &str) -> Result<Response, Error> {
    ctx.require_permission(Permission::EditRoom, Some(room))?;
    let (name, kind, slow_s) = (RoomName::parse(&room.name)?, room.visibility, room.slow_mode_s);
    let topic = SingleLine::parse_optional("topic", topic, TOPIC_CHARS_MAX)?;
    limit_and_execute(
        ctx,
        room,
        RoomCommand::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt: secrets::new_salt()? },
    )
    .await?;
    if ctx.is_htmx() {
        return Ok(StatusCode::NO_CONTENT.into());
    }
    respond_changed(ctx, room, "")
}

/// Somebody is brought into the room.
#[handler]
pub(crate) async fn add_members(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name"]).await?;
    let visible_room = ctx.room()?;
    match try_add_members(&ctx, &visible_room.room, form.get_or_body("name")).await {
        Ok(()) => Ok(respond_changed(&ctx, &visible_room.room, "/settings?done=added#members")?),
        Err(problem) => {
            let new_members = form.get_or_body("name").to_owned();
            redisplay_settings(
                &ctx,
                &visible_room,
                problem,
                RoomForm { new_members, ..RoomForm::from_room(&visible_room.room) },
            )
        }
    }
}

async fn try_add_members(ctx: &Ctx<'_>, room: &Room, names: &str) -> Result<(), Error> {
    ctx.require_permission(Permission::ManageMembers, Some(room))?;
    check_change_rate(ctx)?;
    let users = find_people_by_name(&*ctx.snapshot()?, names)?;
    if users.is_empty() {
        return Err(Refusal::FieldBlank("name").into());
    }
    for user in users {
        execute_on_room(ctx, room, RoomCommand::AddMember { user }).await?;
    }
    Ok(())
}

/// Somebody is taken out of the room.
#[handler]
pub(crate) async fn remove_member(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let name = UserName::parse(ctx.request.raw_path_param("name").unwrap_or(""))?;
    let person = snapshot.person_by_name(&name)?;
    let user = person.ok_or(Error::Refused(Refusal::PersonNotFound))?.author.id;
    drop(snapshot);
    limit_and_execute(&ctx, &room, RoomCommand::RemoveMember { user }).await?;
    respond_changed(&ctx, &room, "/settings?done=removed#members")
}

/// The visitor goes out of the room.
#[handler]
pub(crate) async fn leave(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    limit_and_execute(&ctx, &room, RoomCommand::Leave).await?;
    Ok(respond_left(ctx.request))
}

/// The room goes into the archive, or comes out.
#[handler]
pub(crate) async fn set_archived(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["archived"]).await?;
    let room = ctx.room()?.room;
    let archived = match form.get("archived").unwrap_or("yes") {
        "yes" | "true" | "on" => true,
        "no" | "false" => false,
        _ => return Err(Error::Refused(Refusal::FieldInvalid("archived"))),
    };
    limit_and_execute(&ctx, &room, RoomCommand::SetArchived { archived }).await?;
    respond_changed(&ctx, &room, "/settings?done=saved")
}

/// The room is deleted.
#[handler]
pub(crate) async fn delete(ctx: Ctx<'_>) -> Result<Response, Error> {
    let room = ctx.room()?.room;
    limit_and_execute(&ctx, &room, RoomCommand::Delete).await?;
    Ok(respond_left(ctx.request))
}

/// The room is had back.
#[handler]
pub(crate) async fn restore(ctx: Ctx<'_>) -> Result<Response, Error> {
    // First, so that nobody without a name learns which addresses were those of rooms.
    ctx.require_person()?;
    let name = query::room_name(ctx.request);
    let unknown = || Error::Refused(Refusal::room_not_found(name));
    let snapshot = ctx.snapshot()?;
    let address = Slug::from_name(name).map_err(|_| unknown())?;
    let room = snapshot.deleted_room_by_slug(&address)?.ok_or_else(unknown)?;
    drop(snapshot);
    let undeleted = limit_and_execute(&ctx, &room, RoomCommand::Restore).await;
    undeleted.map_err(|error| match error {
        Error::Refused(Refusal::RoomNotFound(_) | Refusal::RoomNotVisible) => unknown(), // not theirs answers as not there
        problem => problem,
    })?;
    respond_changed(&ctx, &room, "")
}

async fn limit_and_execute(ctx: &Ctx<'_>, room: &Room, command: RoomCommand) -> Result<(), Error> {
    check_change_rate(ctx)?;
    execute_on_room(ctx, room, command).await
}

fn check_change_rate(ctx: &Ctx<'_>) -> Result<(), Error> {
    ctx.check_rate(LimitedAction::ChangeRoom)
}

async fn execute_on_room(ctx: &Ctx<'_>, room: &Room, command: RoomCommand) -> Result<(), Error> {
    ctx.execute(Command::Room(room.id, command)).await?;
    Ok(())
}

/// What is to become of a room: what the form does not have stays as it is.
fn parse_update(room: &Room, form: &Form) -> Result<RoomCommand, Error> {
    let name = RoomName::parse(form.get("name").unwrap_or(&room.name))?;
    let topic = SingleLine::parse_optional("topic", form.get("topic").unwrap_or(&room.topic), TOPIC_CHARS_MAX)?;
    let kind = form
        .get("visibility")
        .map_or(Some(room.visibility), Visibility::parse)
        .ok_or(Refusal::FieldInvalid("visibility"))?;
    let slow_s = match form.get("slow_mode_s").map(str::trim) {
        None => room.slow_mode_s,
        Some("") => 0,
        Some(seconds) => {
            seconds.parse().ok().filter(|s| *s <= SLOW_MODE_S_MAX).ok_or(Refusal::FieldInvalid("slow_mode_s"))?
        }
    };
    Ok(RoomCommand::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt: secrets::new_salt()? })
}

/// The room has changed, and perhaps its address with it.
fn respond_changed(ctx: &Ctx<'_>, room: &Room, suffix: &str) -> Result<Response, Error> {
    let visible_room = ctx.snapshot()?.visible_room_by_id(room.id, ctx.visitor.person.as_ref(), now())?;
    let room = visible_room.ok_or(Error::Internal(StoreError::Missing { table: "rooms" }))?.room;
    Ok(match ctx.accept() {
        Accept::Page | Accept::Stream => see_other(&format!("{}{suffix}", room.slug.path())),
        Accept::Json | Accept::Text | Accept::Anything => Json(views::json::RoomJson::from_room(&room)).into_response(),
    })
}

/// The room is no longer there for the visitor.
fn respond_left(request: &Request) -> Response {
    match Accept::from_request(request) {
        Accept::Page | Accept::Stream => see_other("/rooms"),
        Accept::Json | Accept::Text | Accept::Anything => StatusCode::NO_CONTENT.into_response(),
    }
}

fn redisplay_settings(
    ctx: &Ctx<'_>,
    visible_room: &VisibleRoom,
    error: Error,
    form: RoomForm,
) -> Result<Response, Error> {
    redisplay(ctx.request, ctx.state, error, |problem| {
        room_settings_page(ctx, visible_room, RoomForm { error: Some(room_form_error(problem, &form)), ..form })
    })
}

fn room_settings_page(ctx: &Ctx<'_>, visible_room: &VisibleRoom, form: RoomForm) -> Result<Response, Error> {
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
        form: &form,
    };
    Ok(with_private_cache(views::rooms::settings::page(&view).into_response(), &ctx.visitor))
}

fn notice_text(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("Saved."),
        "added" => Some("They belong to the room now."),
        "removed" => Some("They do not belong to the room any more."),
        _ => None,
    }
}

fn room_form_error(error: &Error, form: &RoomForm) -> RoomFormError {
    let reason = error::error_detail(error);
    match error {
        Error::Refused(Refusal::FieldTooLong(..)) => RoomFormError::Topic(reason),
        Error::Refused(Refusal::FieldInvalid("slow_mode_s")) => RoomFormError::SlowMode(reason),
        Error::Refused(Refusal::PersonNotFound | Refusal::FieldBlank(_)) => RoomFormError::Member(reason),
        _ if !form.new_members.is_empty() => RoomFormError::Member(reason),
        _ => RoomFormError::Name(reason),
    }
}

impl RoomForm {
    fn from_form(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let visibility = form.get("visibility").and_then(Visibility::parse).unwrap_or_default();
        let (name, topic, slow_mode_s, new_members) =
            (field("name"), field("topic"), field("slow_mode_s"), String::new());
        Self { name, topic, visibility, slow_mode_s, new_members, error: None }
    }

    fn from_room(room: &Room) -> Self {
        let slow_mode_s = if room.slow_mode_s == 0 { String::new() } else { room.slow_mode_s.to_string() };
        let (name, topic, new_members) = (room.name.clone(), room.topic.clone(), String::new());
        Self { name, topic, visibility: room.visibility, slow_mode_s, new_members, error: None }
    }
}
