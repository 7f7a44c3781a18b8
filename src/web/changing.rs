//! What every change of one message has in common: it is found, the change is asked for, and whoever asked is shown the
//! message as it is then; and what every page about one message alone has.

use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use super::House;
use super::accept::is_htmx;
use super::answers::{private, see_other, wants_page};
use super::places::Places;
use super::visitor::Visitor;
use crate::domain::{Command, Message, MessageId, Refusal, Room, RoomCommand, Seq, Who};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::removal::View;

/// Has what `command` makes of the message in the request's path carried out for `who`, and shows the outcome.
pub(super) async fn change(
    house: &House,
    request: &Request,
    (visitor, who): (&Visitor, Result<Who, Refusal>),
    command: impl FnOnce(&Message) -> Result<RoomCommand, Refusal>,
) -> Result<Response, Problem> {
    let (room, message) = found(house, &house.store.snapshot()?, request, visitor)?;
    let command = Command::Room(room.id, command(&message)?);
    house.engine.execute(who?, None, command).await?;
    shown(house, request, &room, message.id)
}

/// A message as it is now: the way to it for a page, its row for htmx, and itself for a program.
pub(super) fn shown(house: &House, request: &Request, room: &Room, message: MessageId) -> Result<Response, Problem> {
    if wants_page(request) && !is_htmx(request) {
        let path = room.address.path();
        return Ok(see_other(&format!("{path}?around={message}#m{message}")));
    }
    let message = house.store.snapshot()?.message(room.id, message)?.ok_or(Refusal::MessageUnknown)?;
    Ok(if is_htmx(request) {
        views::message::changed(&room.address, &message, &[]).into_response()
    } else {
        Json(views::json::Message::of(&room.address, &message)).into_response()
    })
}

/// A page about the message of the request's path, if the visitor sees it and nobody has taken it away.
pub(super) fn alone(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    page: impl FnOnce(&Snapshot, &View) -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let (room, message) = found(house, &snapshot, request, visitor)?;
    let places = Places::of(&snapshot, visitor)?;
    let places = places.view(visitor, Some(room.id));
    let view = View { places: &places, room: &room, message: &message, now: now() };
    Ok(private(page(&snapshot, &view)?, visitor))
}

/// The message of a request's path, in a room that the visitor sees, if nobody has taken it away.
pub(super) fn found(
    house: &House,
    snapshot: &Snapshot,
    request: &Request,
    visitor: &Visitor,
) -> Result<(Room, Message), Problem> {
    let room = house.room(snapshot, request, visitor)?.room;
    let message = named(snapshot, request, &room)?;
    if message.is_removed() { Err(Refusal::MessageUnknown.into()) } else { Ok((room, message)) }
}

/// The message of a request's path, also one that was taken away.
pub(super) fn named(snapshot: &Snapshot, request: &Request, room: &Room) -> Result<Message, Problem> {
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let message = id.map_or(Ok(None), |id| snapshot.message(room.id, id))?;
    Ok(message.ok_or(Refusal::MessageUnknown)?)
}
