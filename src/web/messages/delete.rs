//! Deleting a message: by its author, or by a moderator of the room.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Message, Permission, Refusal, RoomCommand, can};
use crate::views;
use crate::web::messages::target::{change_message, message_page};
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;

/// The page that asks before a message is deleted.
#[handler]
pub(crate) fn show_confirmation(ctx: Ctx<'_>) -> Result<Response, Error> {
    message_page(&ctx, |_, view| {
        let person = ctx.require_person()?;
        if view.message.author.id != person.author.id && !can(person, Permission::DeleteMessages, Some(view.room)) {
            return Err(Refusal::NotAllowed.into());
        }
        Ok(views::messages::delete::page(view).into_response())
    })
}

/// Deletes a message. Who may is judged when the command is applied.
#[handler]
pub(crate) async fn delete(ctx: Ctx<'_>) -> Result<Response, Error> {
    let command = |message: &Message| Ok(RoomCommand::DeleteMessage { message: message.id });
    change_message(&ctx, ctx.visitor.actor(), command).await
}
