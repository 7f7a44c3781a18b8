//! What a room is: its settings, who belongs to it, and its end.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::{Accept, is_htmx};
use super::answers::{again, private, see_other};
use super::form::Form;
use super::new_room::people;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, problem, query, random};
use crate::domain::limits::{LISTED_PEOPLE_MAX, SLOW_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{Act, Address, Command, Kind, Line, Refusal, Room, RoomCommand, RoomName, UserName, may};
use crate::engine::{Problem, now};
use crate::store::{Fault, Sight};
use crate::views;
use crate::views::room_settings::{Draft, View, Wrong};

/// What the room is, and what the visitor may change of it.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let sight = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?;
    visitor.named().map_err(Problem::Refused)?;
    if Accept::of(request) == Accept::Json {
        return Ok(private(Json(views::json::Room::of(&sight.room)).into_response(), &visitor));
    }
    Ok(page(request, house, &visitor, &sight, Draft::of_room(&sight.room))?)
}

/// Somebody changes what the room is.
#[handler]
pub(super) async fn set(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "topic", "kind", "slow_s"]).await.map_err(Problem::Refused)?;
    let sight = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?;
    visitor.allowed(Act::SetRoom, Some(&sight.room)).map_err(Problem::Refused)?;
    let set = match wish(&sight.room, &form) {
        Ok(command) => carry_out(request, house, &visitor, &sight.room, command).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(changed(request, house, &visitor, &sight.room, "/settings?done=saved")?),
        Err(problem) => refused(request, house, &visitor, &sight, problem, Draft::of(&form)),
    }
}

/// Somebody changes what the room is about, and nothing else of it.
pub(super) async fn set_topic(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    room: &Room,
    topic: &str,
) -> Result<Response, Problem> {
    visitor.allowed(Act::SetRoom, Some(room))?;
    let (name, kind, slow_s) = (RoomName::parse(&room.name)?, room.kind, room.slow_s);
    let topic = Line::parse_optional("topic", topic, TOPIC_CHARS_MAX)?;
    carry_out(request, house, visitor, room, RoomCommand::Set { name, topic, kind, slow_s, salt: random::salt()? })
        .await?;
    if is_htmx(request) {
        return Ok(StatusCode::NO_CONTENT.into());
    }
    changed(request, house, visitor, room, "")
}

/// Somebody is brought into the room.
#[handler]
pub(super) async fn add(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name"]).await.map_err(Problem::Refused)?;
    let sight = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?;
    match bring_in(request, house, &visitor, &sight.room, form.get_or_text("name")).await {
        Ok(()) => Ok(changed(request, house, &visitor, &sight.room, "/settings?done=added#members")?),
        Err(problem) => {
            let member = form.get_or_text("name").to_owned();
            refused(request, house, &visitor, &sight, problem, Draft { member, ..Draft::of_room(&sight.room) })
        }
    }
}

async fn bring_in(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    room: &Room,
    names: &str,
) -> Result<(), Problem> {
    visitor.allowed(Act::PickMembers, Some(room))?;
    take_turn(request, visitor)?;
    let users = people(&house.store.snapshot()?, names)?;
    if users.is_empty() {
        return Err(Refusal::FieldBlank("name").into());
    }
    for user in users {
        execute(house, visitor, room, RoomCommand::Add { user }).await?;
    }
    Ok(())
}

/// Somebody is taken out of the room.
#[handler]
pub(super) async fn remove(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let name = UserName::parse(request.raw_path_param("name").unwrap_or("")).map_err(Problem::Refused)?;
    let person = snapshot.person_named(&name).map_err(Problem::Unread)?;
    let user = person.ok_or(Problem::Refused(Refusal::PersonUnknown))?.author.id;
    drop(snapshot);
    carry_out(request, house, &visitor, &room, RoomCommand::Remove { user }).await?;
    Ok(changed(request, house, &visitor, &room, "/settings?done=removed#members")?)
}

/// The visitor goes out of the room.
#[handler]
pub(super) async fn leave(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let room = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?.room;
    carry_out(request, house, &visitor, &room, RoomCommand::Leave).await?;
    Ok(gone(request))
}

/// The room goes into the archive, or comes out.
#[handler]
pub(super) async fn archive(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["archived"]).await.map_err(Problem::Refused)?;
    let room = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?.room;
    let archived = match form.get("archived").unwrap_or("yes") {
        "yes" | "true" | "on" => true,
        "no" | "false" => false,
        _ => return Err(Problem::Refused(Refusal::FieldInvalid("archived")).into()),
    };
    carry_out(request, house, &visitor, &room, RoomCommand::Archive { archived }).await?;
    Ok(changed(request, house, &visitor, &room, "/settings?done=saved")?)
}

/// The room is deleted.
#[handler]
pub(super) async fn delete(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let room = house.room(&house.store.snapshot().map_err(Problem::Unread)?, request, &visitor)?.room;
    carry_out(request, house, &visitor, &room, RoomCommand::Delete).await?;
    Ok(gone(request))
}

/// The room is had back.
#[handler]
pub(super) async fn undelete(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    // First, so that nobody without a name learns which addresses were those of rooms.
    visitor.named().map_err(Problem::Refused)?;
    let name = query::room_name(request);
    let unknown = || Problem::Refused(Refusal::room_unknown(name));
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let address = Address::of(name).map_err(|_| unknown())?;
    let room = snapshot.deleted_room(&address).map_err(Problem::Unread)?.ok_or_else(unknown)?;
    drop(snapshot);
    let undeleted = carry_out(request, house, &visitor, &room, RoomCommand::Undelete).await;
    undeleted.map_err(|problem| match problem {
        Problem::Refused(Refusal::RoomUnknown(_) | Refusal::RoomAbsent) => unknown(), // not theirs answers as not there
        problem => problem,
    })?;
    Ok(changed(request, house, &visitor, &room, "")?)
}

async fn carry_out(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    room: &Room,
    command: RoomCommand,
) -> Result<(), Problem> {
    take_turn(request, visitor)?;
    execute(house, visitor, room, command).await
}

fn take_turn(request: &Request, visitor: &Visitor) -> Result<(), Refusal> {
    pace::take(request, visitor.author().map(|person| person.id), Deed::Change)
}

async fn execute(house: &House, visitor: &Visitor, room: &Room, command: RoomCommand) -> Result<(), Problem> {
    house.engine.execute(visitor.who()?, None, Command::Room(room.id, command)).await?;
    Ok(())
}

/// What is to become of a room: what the form does not have stays as it is.
fn wish(room: &Room, form: &Form) -> Result<RoomCommand, Problem> {
    let name = RoomName::parse(form.get("name").unwrap_or(&room.name))?;
    let topic = Line::parse_optional("topic", form.get("topic").unwrap_or(&room.topic), TOPIC_CHARS_MAX)?;
    let kind = form.get("kind").map_or(Some(room.kind), Kind::parse).ok_or(Refusal::FieldInvalid("kind"))?;
    let slow_s = match form.get("slow_s").map(str::trim) {
        None => room.slow_s,
        Some("") => 0,
        Some(seconds) => seconds.parse().ok().filter(|s| *s <= SLOW_S_MAX).ok_or(Refusal::FieldInvalid("slow_s"))?,
    };
    Ok(RoomCommand::Set { name, topic, kind, slow_s, salt: random::salt()? })
}

/// The room has changed, and perhaps its address with it.
fn changed(request: &Request, house: &House, visitor: &Visitor, room: &Room, then: &str) -> Result<Response, Problem> {
    let sight = house.store.snapshot()?.sight_by_id(room.id, visitor.person.as_ref(), now())?;
    let room = sight.ok_or(Problem::Unread(Fault::Missing { table: "rooms" }))?.room;
    Ok(match Accept::of(request) {
        Accept::Page | Accept::Stream => see_other(&format!("{}{then}", room.address.path())),
        Accept::Json | Accept::Text | Accept::Anything => Json(views::json::Room::of(&room)).into_response(),
    })
}

/// The room is no longer there for the visitor.
fn gone(request: &Request) -> Response {
    match Accept::of(request) {
        Accept::Page | Accept::Stream => see_other("/rooms"),
        Accept::Json | Accept::Text | Accept::Anything => StatusCode::NO_CONTENT.into_response(),
    }
}

fn refused(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    sight: &Sight,
    problem: Problem,
    draft: Draft,
) -> Result<Response> {
    again(request, house, problem, |problem| {
        page(request, house, visitor, sight, Draft { wrong: Some(wrong(problem, &draft)), ..draft })
    })
}

fn page(request: &Request, house: &House, visitor: &Visitor, sight: &Sight, draft: Draft) -> Result<Response, Problem> {
    let (person, room) = (visitor.named()?, &sight.room);
    let snapshot = house.store.snapshot()?;
    let places = Places::of(&snapshot, visitor)?;
    let members = if room.kind.is_hidden() { snapshot.members(room.id, LISTED_PEOPLE_MAX)? } else { Vec::new() };
    let creator = snapshot.user(room.created_by)?;
    let view = View {
        places: &places.view(visitor, Some(room.id)),
        room,
        creator: creator.as_ref(),
        members: &members,
        may_set: may(person, Act::SetRoom, Some(room)) && room.kind != Kind::Direct,
        done: query::text(request, "done").as_deref().and_then(done),
        draft: &draft,
    };
    Ok(private(views::room_settings::page(&view).into_response(), visitor))
}

fn done(word: &str) -> Option<&'static str> {
    match word {
        "saved" => Some("Saved."),
        "added" => Some("They belong to the room now."),
        "removed" => Some("They do not belong to the room any more."),
        _ => None,
    }
}

fn wrong(problem: &Problem, draft: &Draft) -> Wrong {
    let why = problem::detail(problem);
    match problem {
        Problem::Refused(Refusal::FieldTooLong(..)) => Wrong::Topic(why),
        Problem::Refused(Refusal::FieldInvalid("slow_s")) => Wrong::Slow(why),
        Problem::Refused(Refusal::PersonUnknown | Refusal::FieldBlank(_)) => Wrong::Member(why),
        _ if !draft.member.is_empty() => Wrong::Member(why),
        _ => Wrong::Name(why),
    }
}

impl Draft {
    fn of(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let kind = form.get("kind").and_then(Kind::parse).unwrap_or_default();
        let (name, topic, slow_s, member) = (field("name"), field("topic"), field("slow_s"), String::new());
        Self { name, topic, kind, slow_s, member, wrong: None }
    }

    fn of_room(room: &Room) -> Self {
        let slow_s = if room.slow_s == 0 { String::new() } else { room.slow_s.to_string() };
        let (name, topic, member) = (room.name.clone(), room.topic.clone(), String::new());
        Self { name, topic, kind: room.kind, slow_s, member, wrong: None }
    }
}
