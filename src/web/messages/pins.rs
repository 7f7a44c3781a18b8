//! The pinned messages of a room; pinning and unpinning a message.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Message, Room, RoomCommand, can_pin};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::web::auth::visitor::Visitor;
use crate::web::messages::target::change_message;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// The pinned messages, newest first.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let pins = snapshot.pins(room.id)?;
    let response = match ctx.accept() {
        Accept::Json => Json(views::json::MessagesJson::new(&room.slug, &pins)).into_response(),
        Accept::Text => views::plain::message_lines(&pins).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => pins_page(&snapshot, &ctx.visitor, &room, &pins)?,
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

fn pins_page(snapshot: &Snapshot, visitor: &Visitor, room: &Room, pins: &[Message]) -> Result<Response, Error> {
    let may_unpin = visitor.person.as_ref().is_some_and(|person| can_pin(person, room)) && !room.archived;
    let sidebar = Sidebar::load(snapshot, visitor)?;
    let page = views::messages::pins::page(&sidebar.view(visitor, Some(room.id)), room, pins, may_unpin, now());
    Ok(page.into_response())
}

/// Pins a message to its room. Pinning it twice leaves it pinned.
#[handler]
pub(crate) async fn pin(ctx: Ctx<'_>) -> Result<Response, Error> {
    set_pinned(&ctx, true).await
}

/// Unpins a message.
#[handler]
pub(crate) async fn unpin(ctx: Ctx<'_>) -> Result<Response, Error> {
    set_pinned(&ctx, false).await
}

async fn set_pinned(ctx: &Ctx<'_>, pinned: bool) -> Result<Response, Error> {
    let command = |message: &Message| Ok(RoomCommand::SetPinned { message: message.id, pinned });
    change_message(ctx, ctx.visitor.actor(), command).await
}
