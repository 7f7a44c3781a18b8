//! Taking away what was said.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::House;
use super::changing::{alone, change};
use super::visitor::Visitor;
use crate::domain::{Act, Message, Refusal, Room, RoomCommand, Seq, may};
use crate::engine::Problem;
use crate::store::Snapshot;
use crate::views;

/// Asks once more.
#[handler]
pub(super) fn ask(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let page = alone(request, house, &visitor, |_, view| {
        let person = visitor.named()?;
        if view.message.author.id != person.author.id && !may(person, Act::RemoveMessage, Some(view.room)) {
            return Err(Refusal::NotAllowed.into());
        }
        Ok(views::removal::ask(view).into_response())
    });
    Ok(page?)
}

/// It is taken away, by whoever said it or whoever keeps order there.
#[handler]
pub(super) async fn remove(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let command = |message: &Message| Ok(RoomCommand::RemoveMessage { message: message.id });
    Ok(change(house, request, (&visitor, visitor.who()), command).await?)
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
