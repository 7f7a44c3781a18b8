//! What is laid on people, and lifted: their role, silence, the way out; and the link to a new password.

use std::sync::Arc;
use std::time::Duration;

use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{again, private, see_other, wants_page};
use super::form::Form;
use super::people::{page, whom};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, blocks, erasing, origin, problem, random};
use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Act, Address, Command, Line, Person, PersonCommand, Refusal, Role, RoomCommand, Until, UserId};
use crate::engine::{Problem, now};
use crate::views;
use crate::views::sheet::Notice;

/// The fields of all these forms.
const FIELDS: [&str; 6] = ["role", "until", "room", "why", "addresses", "erase"];

/// What a page says after one of these, by the word in its address.
pub(super) fn notice(word: &str) -> Option<Notice> {
    let words = match word {
        "role" => "Their role has changed.",
        "mute" => "They are silenced.",
        "unmute" => "They may speak again.",
        "ban" => "They are outside.",
        "erase" => "They are outside, and what they said is being taken away.",
        "unban" => "They may come in again.",
        _ => return None,
    };
    Some(Notice::Done(words.to_owned()))
}

/// An owner makes somebody something else.
#[handler]
pub(super) async fn role(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &FIELDS).await.map_err(Problem::Refused)?;
    let person = found(house, request, &visitor, Some(Act::SetRole))?;
    let set = async {
        let role = form.choice("role", Role::parse)?;
        lay_on(house, &visitor, person.author.id, PersonCommand::SetRole(role)).await
    };
    answer(request, house, &visitor, &person, &form, set.await, "role")
}

/// Somebody is silenced, in the house or in one room.
#[handler]
pub(super) async fn mute(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &FIELDS).await.map_err(Problem::Refused)?;
    let person = found(house, request, &visitor, in_house(&form))?;
    let muted = async { silence(house, &visitor, &person, &form, form.choice("until", end)?).await };
    answer(request, house, &visitor, &person, &form, muted.await, "mute")
}

/// They may speak again.
#[handler]
pub(super) async fn unmute(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &FIELDS).await.map_err(Problem::Refused)?;
    let person = found(house, request, &visitor, in_house(&form))?;
    let unmuted = silence(house, &visitor, &person, &form, Until::OVER).await;
    answer(request, house, &visitor, &person, &form, unmuted, "unmute")
}

/// Somebody is put outside.
#[handler]
pub(super) async fn ban(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &FIELDS).await.map_err(Problem::Refused)?;
    let person = found(house, request, &visitor, Some(Act::Ban))?;
    let user = person.author.id;
    let banned = async {
        let until = form.choice("until", end)?;
        let why = Line::parse_optional("why", form.one("why")?, REASON_CHARS_MAX)?;
        let erase = form.is_on("erase")?;
        let addresses = if form.is_on("addresses")? { blocks::of_person(house, user)? } else { Vec::new() };
        lay_on(house, &visitor, user, PersonCommand::Ban { until, why, addresses, erase }).await?;
        if erase {
            erasing::begin(house, visitor.who()?, user);
        }
        Ok(erase)
    };
    let banned = banned.await;
    let word = if matches!(banned, Ok(true)) { "erase" } else { "ban" };
    answer(request, house, &visitor, &person, &form, banned.map(|_| ()), word)
}

/// They may come in again.
#[handler]
pub(super) async fn unban(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let person = found(house, request, &visitor, Some(Act::Ban))?;
    lay_on(house, &visitor, person.author.id, PersonCommand::Unban).await?;
    Ok(if wants_page(request) { see_other("/house/bans?done=unban") } else { told(house, person.author.id)? })
}

/// An owner makes a link by which somebody may choose a new password. It is shown once, and only its hash is kept.
#[handler]
pub(super) async fn reset_link(
    request: &Request,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let person = found(house, request, &visitor, Some(Act::ResetPassword))?;
    let token = random::token()?;
    lay_on(house, &visitor, person.author.id, PersonCommand::ResetLink { link: token.hash() }).await?;
    let link = format!("{}/reset/{}", origin::public(request), token.text());
    let mut response = if wants_page(request) {
        let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
        let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
        let page = views::person::reset_link(&places.view(&visitor, None), &person, &link);
        private(page.into_response(), &visitor)
    } else {
        Json(views::json::Link::of(&link)).into_response()
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Whose name stands in the path, once the visitor may do such things at all.
fn found(house: &House, request: &Request, visitor: &Visitor, act: Option<Act>) -> Result<Person, Problem> {
    match act {
        Some(act) => visitor.allowed(act, None)?,
        None => visitor.named()?,
    };
    whom(&house.store.snapshot()?, request)
}

/// What whoever silences somebody must be allowed. In a room that depends on the room.
fn in_house(form: &Form) -> Option<Act> {
    form.get("room").is_none_or(|room| room.trim().is_empty()).then_some(Act::Mute)
}

async fn silence(house: &House, visitor: &Visitor, person: &Person, form: &Form, until: Until) -> Result<(), Problem> {
    let (user, room) = (person.author.id, form.one("room")?);
    if room.trim().is_empty() {
        return lay_on(house, visitor, user, PersonCommand::Mute { until }).await;
    }
    let address = Address::of(room).map_err(|_| Refusal::FieldInvalid("room"))?;
    let sight = house.store.snapshot()?.sight(&address, visitor.person.as_ref(), now())?;
    let room = sight.ok_or_else(|| Refusal::room_unknown(room))?.room.id;
    let command = Command::Room(room, RoomCommand::Mute { user, until });
    house.engine.execute(visitor.who()?, None, command).await?;
    Ok(())
}

async fn lay_on(house: &House, visitor: &Visitor, user: UserId, command: PersonCommand) -> Result<(), Problem> {
    house.engine.execute(visitor.who()?, None, Command::Person(user, command)).await?;
    Ok(())
}

/// When something ends that begins now.
fn end(word: &str) -> Option<Until> {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let time = match word {
        "1h" => HOUR,
        "1d" => 24 * HOUR,
        "1w" => 7 * 24 * HOUR,
        "forever" => return Some(Until::LIFTED),
        _ => return None,
    };
    Some(Until(now().after(time)))
}

fn answer(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    person: &Person,
    form: &Form,
    outcome: Result<(), Problem>,
    word: &str,
) -> Result<Response> {
    match outcome {
        Ok(()) if wants_page(request) => Ok(see_other(&format!("{}?done={word}", person.author.path()))),
        Ok(()) => Ok(told(house, person.author.id)?),
        Err(problem) => again(request, house, problem, |problem| {
            let (field, wrong) = problem::beside(problem, &["why"]);
            let why = form.get("why").unwrap_or("");
            match field {
                "why" => page(house, visitor, person, None, (why, Some(&wrong))),
                _ => page(house, visitor, person, Some(&Notice::Wrong(wrong)), (why, None)),
            }
        }),
    }
}

/// How somebody stands now, for a program.
fn told(house: &House, user: UserId) -> Result<Response, Problem> {
    let person = house.store.snapshot()?.person(user)?.ok_or(Refusal::PersonUnknown)?;
    Ok(Json(views::json::Person::of(&person, Some(now()))).into_response())
}
