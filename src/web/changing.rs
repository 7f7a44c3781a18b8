//! What every change of one message has in common: it is found, the change is asked for, and whoever asked is shown the
//! message as it is then.

use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result};

use super::House;
use super::accept::is_htmx;
use super::answers::{see_other, wants_page};
use super::removing::found;
use super::visitor::Visitor;
use crate::domain::{Command, Message, MessageId, Refusal, Room, RoomCommand, Who};
use crate::engine::Problem;
use crate::views;

/// Has what `command` makes of the message in the request's path carried out for `who`, and shows the outcome.
pub(super) async fn change(
    house: &House,
    request: &Request,
    (visitor, who): (&Visitor, Result<Who, Refusal>),
    command: impl FnOnce(&Message) -> Result<RoomCommand, Refusal>,
) -> Result<Response> {
    let (room, message) = found(house, &house.store.snapshot().map_err(Problem::Unread)?, request, visitor)?;
    let command = Command::Room(room.id, command(&message).map_err(Problem::Refused)?);
    house.engine.execute(who.map_err(Problem::Refused)?, None, command).await?;
    Ok(shown(house, request, &room, message.id)?)
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
