//! Taking away what was said.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::House;
use super::changing::{alone, change};
use super::visitor::Visitor;
use crate::domain::{Act, Message, Refusal, RoomCommand, may};
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
