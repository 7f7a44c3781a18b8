//! Rooms as a whole: which there are, creating one, and talking with single people.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::http::header::LOCATION;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::{again, private, see_other};
use super::form::Form;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, problem, query, random};
use crate::domain::limits::{LISTED_ROOMS_MAX, PICKED_MAX};
use crate::domain::{Command, Event, HouseCommand, Kind, Refusal, Room, RoomName, UserId, UserName};
use crate::engine::{Problem, now};
use crate::store::{Fault, Snapshot};
use crate::views;
use crate::views::new_room::{Draft, View, Wrong};

/// The rooms that there are for the visitor, and the form for a new one.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let to = query::text(request, "to").unwrap_or_default();
    Ok(page(house, &visitor, &Draft { kind: Kind::Open, names: to, ..Draft::default() })?)
}

/// Somebody creates a room.
#[handler]
pub(super) async fn create(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "kind", "members"]).await.map_err(Problem::Refused)?;
    let made = try_create(request, house, &visitor, &form).await;
    answer(request, house, &visitor, made, Draft::of(&form))
}

/// Somebody talks with others alone.
#[handler]
pub(super) async fn direct(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["names"]).await.map_err(Problem::Refused)?;
    let made = try_direct(request, house, &visitor, &form).await;
    answer(request, house, &visitor, made, Draft::of(&form))
}

async fn try_create(request: &Request, house: &House, visitor: &Visitor, form: &Form) -> Result<Room, Problem> {
    let person = visitor.named()?.author.id;
    pace::take(request, Some(person), Deed::Open)?;
    let name = RoomName::parse(form.get("name").unwrap_or(""))?;
    let kind = form.get("kind").filter(|kind| !kind.is_empty()).map_or(Some(Kind::Open), Kind::parse);
    let kind = kind.ok_or(Refusal::FieldInvalid("kind"))?;
    let members = people(&house.store.snapshot()?, form.get("members").unwrap_or(""))?;
    let command = HouseCommand::CreateRoom { name, kind, members, salt: random::salt()? };
    made(house, visitor, command).await
}

async fn try_direct(request: &Request, house: &House, visitor: &Visitor, form: &Form) -> Result<Room, Problem> {
    let person = visitor.named()?.author.id;
    pace::take(request, Some(person), Deed::Open)?;
    let with = people(&house.store.snapshot()?, form.get_or_text("names"))?;
    made(house, visitor, HouseCommand::Direct { with, salt: random::salt()? }).await
}

async fn made(house: &House, visitor: &Visitor, command: HouseCommand) -> Result<Room, Problem> {
    let done = house.engine.execute(visitor.who()?, None, Command::House(command)).await?;
    let Event::Opened { room } = done.event else { unreachable!("making a room opens it") };
    let sight = house.store.snapshot()?.sight_by_id(room, visitor.person.as_ref(), now())?;
    Ok(sight.ok_or(Fault::Missing { table: "rooms" })?.room)
}

/// The people of these names, parted by commas or line ends. They are counted before any is looked for.
pub(super) fn people(snapshot: &Snapshot, names: &str) -> Result<Vec<UserId>, Problem> {
    let names = names.split([',', '\n']).map(str::trim).filter(|name| !name.is_empty());
    if names.clone().nth(PICKED_MAX).is_some() {
        return Err(Refusal::TooMany(PICKED_MAX).into());
    }
    let person = |name| {
        let found = snapshot.person_named(&UserName::parse(name)?)?;
        Ok(found.ok_or(Refusal::PersonUnknown)?.author.id)
    };
    names.map(person).collect()
}

fn answer(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    made: Result<Room, Problem>,
    draft: Draft,
) -> Result<Response> {
    match made {
        Ok(room) if matches!(Accept::of(request), Accept::Page | Accept::Stream) => Ok(see_other(room.address.path())),
        Ok(room) => Ok(Json(views::json::Room::of(&room))
            .with_status(StatusCode::CREATED)
            .with_header(LOCATION, room.address.path())
            .into_response()),
        Err(problem) => again(request, house, problem, |problem| {
            page(house, visitor, &Draft { wrong: Some(wrong(problem, &draft)), ..draft })
        }),
    }
}

fn page(house: &House, visitor: &Visitor, draft: &Draft) -> Result<Response, Problem> {
    let person = visitor.named()?;
    let snapshot = house.store.snapshot()?;
    let places = Places::of(&snapshot, visitor)?;
    let recent = snapshot.recent_rooms(LISTED_ROOMS_MAX, Some(person), now())?;
    let (rooms, deleted) =
        (recent.into_iter().map(|recent| recent.room).collect::<Vec<_>>(), snapshot.deleted_rooms(person, now())?);
    let may_create = person.role >= places.house.rooms_by;
    let view = View { places: &places.view(visitor, None), rooms: &rooms, deleted: &deleted, may_create, draft };
    Ok(private(views::new_room::page(&view).into_response(), visitor))
}

/// Beside which field a problem stands.
fn wrong(problem: &Problem, draft: &Draft) -> Wrong {
    let why = problem::detail(problem);
    match problem {
        Problem::Refused(Refusal::PersonUnknown | Refusal::TooMany(_)) if draft.name.is_empty() => Wrong::Names(why),
        Problem::Refused(Refusal::PersonUnknown | Refusal::TooMany(_)) => Wrong::Members(why),
        _ => Wrong::Name(why),
    }
}

impl Draft {
    /// The form as it was sent.
    fn of(form: &Form) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let kind = form.get("kind").and_then(Kind::parse).unwrap_or_default();
        Self { name: field("name"), kind, members: field("members"), names: field("names"), wrong: None }
    }
}
