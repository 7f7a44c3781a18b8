//! What is pinned in a room; pinning a message, and taking it off.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::House;
use super::accept::Accept;
use super::answers::private;
use super::changing::change;
use super::places::Places;
use super::visitor::Visitor;
use crate::domain::{Message, Room, RoomCommand, may_pin};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;

/// All that is pinned there.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let room = house.room(&snapshot, request, &visitor)?.room;
    let pins = snapshot.pins(room.id).map_err(Problem::Unread)?;
    let response = match Accept::of(request) {
        Accept::Json => Json(views::json::Messages::of(&room.address, &pins)).into_response(),
        Accept::Text => views::plain::lines(&pins).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => page(&snapshot, &visitor, &room, &pins)?,
    };
    Ok(private(response, &visitor))
}

fn page(snapshot: &Snapshot, visitor: &Visitor, room: &Room, pins: &[Message]) -> Result<Response, Problem> {
    let may = visitor.person.as_ref().is_some_and(|person| may_pin(person, room)) && !room.archived;
    let places = Places::of(snapshot, visitor)?;
    Ok(views::pins::page(&places.view(visitor, Some(room.id)), room, pins, may, now()).into_response())
}

/// It is pinned.
#[handler]
pub(super) async fn pin(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(set(request, house, &visitor, true).await?)
}

/// It no longer is.
#[handler]
pub(super) async fn unpin(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(set(request, house, &visitor, false).await?)
}

async fn set(request: &Request, house: &House, visitor: &Visitor, pinned: bool) -> Result<Response, Problem> {
    let command = |message: &Message| Ok(RoomCommand::Pin { message: message.id, pinned });
    change(house, request, (visitor, visitor.who()), command).await
}
