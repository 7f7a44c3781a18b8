//! What a room is: its settings, who belongs to it, and its end.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, SLOW_MODE_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{
    Command, Permission, Refusal, Room, RoomCommand, RoomName, SingleLine, Slug, UserName, Visibility, can,
};
use crate::engine::{Error, now};
use crate::store::{StoreError, VisibleRoom};
use crate::views;
use crate::views::rooms::settings::{RoomForm, RoomFormError, RoomSettingsView};
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error;
use crate::web::response::{redisplay, see_other, with_private_cache};
use crate::web::rooms::list::find_people_by_name;
use crate::web::rooms::sidebar::Sidebar;

/// What the room is, and what the visitor may change of it.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let visible_room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?;
    visitor.require_person().map_err(Error::Refused)?;
    if Accept::from_request(request) == Accept::Json {
        return Ok(with_private_cache(
            Json(views::json::RoomJson::from_room(&visible_room.room)).into_response(),
            &visitor,
        ));
    }
    Ok(room_settings_page(request, house, &visitor, &visible_room, RoomForm::from_room(&visible_room.room))?)
}

/// Somebody changes what the room is.
#[handler]
pub(crate) async fn update(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form =
        Form::read(request, body, &["name", "topic", "visibility", "slow_mode_s"]).await.map_err(Error::Refused)?;
    let visible_room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?;
    visitor.require_permission(Permission::EditRoom, Some(&visible_room.room)).map_err(Error::Refused)?;
    let set = match parse_update(&visible_room.room, &form) {
        Ok(command) => limit_and_execute(request, house, &visitor, &visible_room.room, command).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(respond_changed(request, house, &visitor, &visible_room.room, "/settings?done=saved")?),
        Err(problem) => {
            redisplay_settings(request, house, &visitor, &visible_room, problem, RoomForm::from_form(&form))
        }
    }
}

/// Somebody changes what the room is about, and nothing else of it.
pub(crate) async fn set_topic(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    room: &Room,
    topic: &str,
) -> Result<Response, Error> {
    visitor.require_permission(Permission::EditRoom, Some(room))?;
    let (name, kind, slow_s) = (RoomName::parse(&room.name)?, room.visibility, room.slow_mode_s);
    let topic = SingleLine::parse_optional("topic", topic, TOPIC_CHARS_MAX)?;
    limit_and_execute(
        request,
        house,
        visitor,
        room,
        RoomCommand::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt: secrets::new_salt()? },
    )
    .await?;
    if is_htmx(request) {
        return Ok(StatusCode::NO_CONTENT.into());
    }
    respond_changed(request, house, visitor, room, "")
}

/// Somebody is brought into the room.
#[handler]
pub(crate) async fn add_members(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name"]).await.map_err(Error::Refused)?;
    let visible_room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?;
    match try_add_members(request, house, &visitor, &visible_room.room, form.get_or_body("name")).await {
        Ok(()) => Ok(respond_changed(request, house, &visitor, &visible_room.room, "/settings?done=added#members")?),
        Err(problem) => {
            let member = form.get_or_body("name").to_owned();
            redisplay_settings(
                request,
                house,
                &visitor,
                &visible_room,
                problem,
                RoomForm { member, ..RoomForm::from_room(&visible_room.room) },
            )
        }
    }
}

async fn try_add_members(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    room: &Room,
    names: &str,
) -> Result<(), Error> {
    visitor.require_permission(Permission::ManageMembers, Some(room))?;
    check_change_rate(request, visitor)?;
    let users = find_people_by_name(&house.store.snapshot()?, names)?;
    if users.is_empty() {
        return Err(Refusal::FieldBlank("name").into());
    }
    for user in users {
        execute_on_room(house, visitor, room, RoomCommand::AddMember { user }).await?;
    }
    Ok(())
}

/// Somebody is taken out of the room.
#[handler]
pub(crate) async fn remove_member(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    let room = house.find_room(&snapshot, request, &visitor)?.room;
    let name = UserName::parse(request.raw_path_param("name").unwrap_or("")).map_err(Error::Refused)?;
    let person = snapshot.person_by_name(&name).map_err(Error::Internal)?;
    let user = person.ok_or(Error::Refused(Refusal::PersonNotFound))?.author.id;
    drop(snapshot);
    limit_and_execute(request, house, &visitor, &room, RoomCommand::RemoveMember { user }).await?;
    Ok(respond_changed(request, house, &visitor, &room, "/settings?done=removed#members")?)
}

/// The visitor goes out of the room.
#[handler]
pub(crate) async fn leave(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?.room;
    limit_and_execute(request, house, &visitor, &room, RoomCommand::Leave).await?;
    Ok(respond_left(request))
}

/// The room goes into the archive, or comes out.
#[handler]
pub(crate) async fn set_archived(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["archived"]).await.map_err(Error::Refused)?;
    let room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?.room;
    let archived = match form.get("archived").unwrap_or("yes") {
        "yes" | "true" | "on" => true,
        "no" | "false" => false,
        _ => return Err(Error::Refused(Refusal::FieldInvalid("archived")).into()),
    };
    limit_and_execute(request, house, &visitor, &room, RoomCommand::SetArchived { archived }).await?;
    Ok(respond_changed(request, house, &visitor, &room, "/settings?done=saved")?)
}

/// The room is deleted.
#[handler]
pub(crate) async fn delete(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let room = house.find_room(&house.store.snapshot().map_err(Error::Internal)?, request, &visitor)?.room;
    limit_and_execute(request, house, &visitor, &room, RoomCommand::Delete).await?;
    Ok(respond_left(request))
}

/// The room is had back.
#[handler]
pub(crate) async fn restore(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    // First, so that nobody without a name learns which addresses were those of rooms.
    visitor.require_person().map_err(Error::Refused)?;
    let name = query::room_name(request);
    let unknown = || Error::Refused(Refusal::room_not_found(name));
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    let address = Slug::from_name(name).map_err(|_| unknown())?;
    let room = snapshot.deleted_room(&address).map_err(Error::Internal)?.ok_or_else(unknown)?;
    drop(snapshot);
    let undeleted = limit_and_execute(request, house, &visitor, &room, RoomCommand::Restore).await;
    undeleted.map_err(|error| match error {
        Error::Refused(Refusal::RoomNotFound(_) | Refusal::RoomNotVisible) => unknown(), // not theirs answers as not there
        problem => problem,
    })?;
    Ok(respond_changed(request, house, &visitor, &room, "")?)
}

async fn limit_and_execute(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    room: &Room,
    command: RoomCommand,
) -> Result<(), Error> {
    check_change_rate(request, visitor)?;
    execute_on_room(house, visitor, room, command).await
}

fn check_change_rate(request: &Request, visitor: &Visitor) -> Result<(), Refusal> {
    rate_limits::check(request, visitor.author().map(|person| person.id), LimitedAction::ChangeRoom)
}

async fn execute_on_room(house: &AppState, visitor: &Visitor, room: &Room, command: RoomCommand) -> Result<(), Error> {
    house.engine.execute(visitor.actor()?, None, Command::Room(room.id, command)).await?;
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
fn respond_changed(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    room: &Room,
    suffix: &str,
) -> Result<Response, Error> {
    let visible_room = house.store.snapshot()?.visible_room_by_id(room.id, visitor.person.as_ref(), now())?;
    let room = visible_room.ok_or(Error::Internal(StoreError::Missing { table: "rooms" }))?.room;
    Ok(match Accept::from_request(request) {
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
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    visible_room: &VisibleRoom,
    error: Error,
    form: RoomForm,
) -> Result<Response> {
    redisplay(request, house, error, |problem| {
        room_settings_page(
            request,
            house,
            visitor,
            visible_room,
            RoomForm { error: Some(room_form_error(problem, &form)), ..form },
        )
    })
}

fn room_settings_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    visible_room: &VisibleRoom,
    form: RoomForm,
) -> Result<Response, Error> {
    let (person, room) = (visitor.require_person()?, &visible_room.room);
    let snapshot = house.store.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let members =
        if room.visibility.is_members_only() { snapshot.members(room.id, ADMIN_LIST_ROWS_MAX)? } else { Vec::new() };
    let creator = snapshot.author(room.created_by)?;
    let view = RoomSettingsView {
        places: &sidebar.view(visitor, Some(room.id)),
        room,
        creator: creator.as_ref(),
        members: &members,
        may_edit: can(person, Permission::EditRoom, Some(room)) && room.visibility != Visibility::Direct,
        done: query::text(request, "done").as_deref().and_then(notice_text),
        form: &form,
    };
    Ok(with_private_cache(views::rooms::settings::page(&view).into_response(), visitor))
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
        _ if !form.member.is_empty() => RoomFormError::Member(reason),
        _ => RoomFormError::Name(reason),
    }
}

impl RoomForm {
    fn from_form(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let visibility = form.get("visibility").and_then(Visibility::parse).unwrap_or_default();
        let (name, topic, slow_mode_s, member) = (field("name"), field("topic"), field("slow_mode_s"), String::new());
        Self { name, topic, visibility, slow_mode_s, member, error: None }
    }

    fn from_room(room: &Room) -> Self {
        let slow_mode_s = if room.slow_mode_s == 0 { String::new() } else { room.slow_mode_s.to_string() };
        let (name, topic, member) = (room.name.clone(), room.topic.clone(), String::new());
        Self { name, topic, visibility: room.visibility, slow_mode_s, member, error: None }
    }
}
