//! The message that a request is about: finding it, changing it, and answering with it. All handlers of one message use it.

use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use crate::domain::{Actor, Command, Message, MessageId, Quote, Refusal, Room, RoomCommand, Seq};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::messages::target::MessageView;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Executes the command that `command` makes for the message in the path, and answers with the changed message.
pub(crate) async fn change_message(
    ctx: &Ctx<'_>,
    actor: Result<Actor, Refusal>,
    command: impl FnOnce(&Message) -> Result<RoomCommand, Refusal>,
) -> Result<Response, Error> {
    let (room, message) = find_message(ctx, &*ctx.snapshot()?)?;
    let command = Command::Room(room.id, command(&message)?);
    ctx.execute_as(actor?, None, command).await?;
    respond_with_message(ctx, &room, message.id)
}

/// Answers with a message as it is now: a redirect for a page, the row for htmx, JSON for a program.
pub(crate) fn respond_with_message(ctx: &Ctx<'_>, room: &Room, message: MessageId) -> Result<Response, Error> {
    if ctx.wants_page() && !ctx.is_htmx() {
        let path = room.slug.path();
        return Ok(see_other(&format!("{path}?around={message}#m{message}")));
    }
    let message = ctx.snapshot()?.message(room.id, message)?.ok_or(Refusal::MessageNotFound)?;
    Ok(if ctx.is_htmx() {
        views::messages::message::update(&room.slug, &message, &[]).into_response()
    } else {
        Json(views::json::MessageJson::from_message(&room.slug, &message)).into_response()
    })
}

/// A page about the message in the path, if the visitor can see it and it is not deleted.
pub(crate) fn message_page(
    ctx: &Ctx<'_>,
    page: impl FnOnce(&Snapshot, &MessageView) -> Result<Response, Error>,
) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let (room, message) = find_message(ctx, &snapshot)?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let sidebar = sidebar.view(&ctx.visitor, Some(room.id));
    let view = MessageView { sidebar: &sidebar, room: &room, message: &message, now: now() };
    Ok(with_private_cache(page(&snapshot, &view)?, &ctx.visitor))
}

/// The message in the path, if the visitor can see its room and it is not deleted.
pub(crate) fn find_message(ctx: &Ctx<'_>, snapshot: &Snapshot) -> Result<(Room, Message), Error> {
    let room = ctx.room()?.room;
    let message = find_message_including_deleted(snapshot, ctx.request, &room)?;
    if message.is_deleted() { Err(Refusal::MessageNotFound.into()) } else { Ok((room, message)) }
}

/// The message in the path, deleted or not.
pub(crate) fn find_message_including_deleted(
    snapshot: &Snapshot,
    request: &Request,
    room: &Room,
) -> Result<Message, Error> {
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let message = id.map_or(Ok(None), |id| snapshot.message(room.id, id))?;
    Ok(message.ok_or(Refusal::MessageNotFound)?)
}

/// The message that a form replies to, if any.
pub(crate) fn parse_reply_to(form: &Form) -> Result<Option<MessageId>, Refusal> {
    match form.get("reply_to").unwrap_or("").trim() {
        "" => Ok(None),
        id => Ok(Some(Seq(id.parse().map_err(|_| Refusal::FieldInvalid("reply_to"))?))),
    }
}

/// The quote that a reply to this message would show, unless the message is deleted.
pub(crate) fn find_quote(snapshot: &Snapshot, room: &Room, id: MessageId) -> Result<Option<Quote>, StoreError> {
    Ok(snapshot.quote(room.id, id)?.filter(|quote| !quote.excerpt.is_empty()))
}
