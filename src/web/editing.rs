//! Saying otherwise what one has said, and what a message said before.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::form_again;
use super::changing::{alone, change};
use super::form::Form;
use super::pace::{self, Deed};
use super::visitor::Visitor;
use super::{House, blocks, writing};
use crate::domain::{Body as Text, Message, MessageId, Refusal, RoomCommand, reword};
use crate::engine::Problem;
use crate::views::{self, Again};

/// The form with what the message says now.
#[handler]
pub(super) fn ask(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(page(request, house, &visitor, &Again::default())?)
}

/// The message says something else from now on.
#[handler]
pub(super) async fn edit(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body"]).await.map_err(Problem::Refused)?;
    match try_edit(request, house, &visitor, &form).await {
        Ok(response) => Ok(response),
        Err(problem) => form_again(request, &form, &["body"], problem, |again| page(request, house, &visitor, again)),
    }
}

async fn try_edit(request: &Request, house: &House, visitor: &Visitor, form: &Form) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    house.room(&snapshot, request, visitor)?; // whoever does not see it learns nothing else
    let person = visitor.person.as_ref().ok_or(Refusal::NameNeeded)?;
    pace::take(request, Some(person.author.id), Deed::Post)?;
    blocks::refuse(&snapshot, request, visitor)?;
    let typed = if form.has_fields() { form.one("body")? } else { form.get_or_text("body") };
    let words = writing::rendered(&snapshot, person, Text::parse(&reword(typed)?)?);
    drop(snapshot);
    let otherwise =
        |message: &Message| own(message, visitor).map(|message| RoomCommand::EditMessage { message, words });
    change(house, request, (visitor, visitor.speaker()), otherwise).await
}

/// What the message said before, for whoever may read it now.
#[handler]
pub(super) fn history(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let response = alone(request, house, &visitor, |snapshot, view| {
        let versions = snapshot.versions(view.room.id, view.message.id)?;
        Ok(match Accept::of(request) {
            Accept::Json => Json(views::json::Said::all(view.message, &versions)).into_response(),
            Accept::Text => views::plain::history(view.message, &versions).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::editing::history(view, &versions).into_response()
            }
        })
    });
    Ok(response?)
}

fn page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    visitor.named()?;
    alone(request, house, visitor, |_, view| {
        own(view.message, visitor)?;
        Ok(views::editing::form(view, again).into_response())
    })
}

/// Nobody puts words into the mouth of another, whoever they are.
fn own(message: &Message, visitor: &Visitor) -> Result<MessageId, Refusal> {
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    if is_own { Ok(message.id) } else { Err(Refusal::NotAllowed) }
}
