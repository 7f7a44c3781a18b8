//! Taking away what was said.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::House;
use super::answers::private;
use super::changing::change;
use super::places::Places;
use super::visitor::Visitor;
use crate::domain::{Act, Message, Refusal, Room, RoomCommand, Seq, may};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::removal::View;

/// Asks once more.
#[handler]
pub(super) fn ask(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let (room, message) = found(house, &snapshot, request, &visitor)?;
    let person = visitor.named().map_err(Problem::Refused)?;
    if message.author.id != person.author.id && !may(person, Act::RemoveMessage, Some(&room)) {
        return Err(Problem::Refused(Refusal::NotAllowed).into());
    }
    let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
    let places = places.view(&visitor, Some(room.id));
    let view = View { places: &places, room: &room, message: &message, now: now() };
    Ok(private(views::removal::ask(&view).into_response(), &visitor))
}

/// It is taken away, by whoever said it or whoever keeps order there.
#[handler]
pub(super) async fn remove(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    change(house, request, (&visitor, visitor.who()), |message| Ok(RoomCommand::RemoveMessage { message: message.id }))
        .await
}

/// The message of a request's path, in a room that the visitor sees, if nobody has taken it away.
pub(super) fn found(
    house: &House,
    snapshot: &Snapshot,
    request: &Request,
    visitor: &Visitor,
) -> Result<(Room, Message), Problem> {
    let room = house.room(snapshot, request, visitor)?.room;
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let message = id.map_or(Ok(None), |id| snapshot.message(room.id, id))?;
    let message = message.filter(|message| !message.is_removed()).ok_or(Refusal::MessageUnknown)?;
    Ok((room, message))
}
