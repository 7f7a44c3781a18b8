//! What is pinned in a room; pinning a message, and taking it off.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Message, Room, RoomCommand, can_pin};
use crate::engine::{Error, now};
use crate::store::Snapshot;
use crate::views;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::messages::target::change_message;
use crate::web::request::accept::Accept;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// All that is pinned there.
#[handler]
pub(crate) fn list(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    let room = house.find_room(&snapshot, request, &visitor)?.room;
    let pins = snapshot.pins(room.id).map_err(Error::Internal)?;
    let response = match Accept::from_request(request) {
        Accept::Json => Json(views::json::MessagesJson::new(&room.slug, &pins)).into_response(),
        Accept::Text => views::plain::lines(&pins).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => pins_page(&snapshot, &visitor, &room, &pins)?,
    };
    Ok(with_private_cache(response, &visitor))
}

fn pins_page(snapshot: &Snapshot, visitor: &Visitor, room: &Room, pins: &[Message]) -> Result<Response, Error> {
    let may = visitor.person.as_ref().is_some_and(|person| can_pin(person, room)) && !room.archived;
    let sidebar = Sidebar::load(snapshot, visitor)?;
    Ok(views::messages::pins::page(&sidebar.view(visitor, Some(room.id)), room, pins, may, now()).into_response())
}

/// It is pinned.
#[handler]
pub(crate) async fn pin(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(set_pinned(request, house, &visitor, true).await?)
}

/// It no longer is.
#[handler]
pub(crate) async fn unpin(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(set_pinned(request, house, &visitor, false).await?)
}

async fn set_pinned(request: &Request, house: &AppState, visitor: &Visitor, pinned: bool) -> Result<Response, Error> {
    let command = |message: &Message| Ok(RoomCommand::SetPinned { message: message.id, pinned });
    change_message(house, request, (visitor, visitor.actor()), command).await
}
