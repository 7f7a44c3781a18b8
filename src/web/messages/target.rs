//! What every change of one message has in common: it is found, the change is asked for, and whoever asked is shown the
//! message as it is then; and what every page about one message alone has.

use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use crate::domain::{Actor, Command, Message, MessageId, Refusal, Room, RoomCommand, Seq};
use crate::engine::{Error, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::delete::MessageView;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::request::accept::is_htmx;
use crate::web::response::{see_other, wants_page, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Has what `command` makes of the message in the request's path carried out for `who`, and shows the outcome.
pub(crate) async fn change_message(
    house: &AppState,
    request: &Request,
    (visitor, actor): (&Visitor, Result<Actor, Refusal>),
    command: impl FnOnce(&Message) -> Result<RoomCommand, Refusal>,
) -> Result<Response, Error> {
    let (room, message) = find_message(house, &house.store.snapshot()?, request, visitor)?;
    let command = Command::Room(room.id, command(&message)?);
    house.engine.execute(actor?, None, command).await?;
    respond_with_message(house, request, &room, message.id)
}

/// A message as it is now: the way to it for a page, its row for htmx, and itself for a program.
pub(crate) fn respond_with_message(
    house: &AppState,
    request: &Request,
    room: &Room,
    message: MessageId,
) -> Result<Response, Error> {
    if wants_page(request) && !is_htmx(request) {
        let path = room.slug.path();
        return Ok(see_other(&format!("{path}?around={message}#m{message}")));
    }
    let message = house.store.snapshot()?.message(room.id, message)?.ok_or(Refusal::MessageNotFound)?;
    Ok(if is_htmx(request) {
        views::messages::message::update(&room.slug, &message, &[]).into_response()
    } else {
        Json(views::json::MessageJson::from_message(&room.slug, &message)).into_response()
    })
}

/// A page about the message of the request's path, if the visitor sees it and nobody has taken it away.
pub(crate) fn message_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    page: impl FnOnce(&Snapshot, &MessageView) -> Result<Response, Error>,
) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let (room, message) = find_message(house, &snapshot, request, visitor)?;
    let sidebar = Sidebar::load(&snapshot, visitor)?;
    let sidebar = sidebar.view(visitor, Some(room.id));
    let view = MessageView { places: &sidebar, room: &room, message: &message, now: now() };
    Ok(with_private_cache(page(&snapshot, &view)?, visitor))
}

/// The message of a request's path, in a room that the visitor sees, if nobody has taken it away.
pub(crate) fn find_message(
    house: &AppState,
    snapshot: &Snapshot,
    request: &Request,
    visitor: &Visitor,
) -> Result<(Room, Message), Error> {
    let room = house.find_room(snapshot, request, visitor)?.room;
    let message = find_message_including_deleted(snapshot, request, &room)?;
    if message.is_removed() { Err(Refusal::MessageNotFound.into()) } else { Ok((room, message)) }
}

/// The message of a request's path, also one that was taken away.
pub(crate) fn find_message_including_deleted(
    snapshot: &Snapshot,
    request: &Request,
    room: &Room,
) -> Result<Message, Error> {
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let message = id.map_or(Ok(None), |id| snapshot.message(room.id, id))?;
    Ok(message.ok_or(Refusal::MessageNotFound)?)
}
