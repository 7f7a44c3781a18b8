//! Taking away what was said.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Message, Permission, Refusal, RoomCommand, can};
use crate::views;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::messages::target::{change_message, message_page};

/// Asks once more.
#[handler]
pub(crate) fn show_confirmation(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let page = message_page(request, house, &visitor, |_, view| {
        let person = visitor.require_person()?;
        if view.message.author.id != person.author.id && !can(person, Permission::DeleteMessages, Some(view.room)) {
            return Err(Refusal::NotAllowed.into());
        }
        Ok(views::messages::delete::confirm_page(view).into_response())
    });
    Ok(page?)
}

/// It is taken away, by whoever said it or whoever keeps order there.
#[handler]
pub(crate) async fn delete(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let command = |message: &Message| Ok(RoomCommand::DeleteMessage { message: message.id });
    Ok(change_message(house, request, (&visitor, visitor.actor()), command).await?)
}
