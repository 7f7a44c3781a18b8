//! Saying otherwise what one has said, and what a message said before.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::{Body as Text, Message, MessageId, Refusal, RoomCommand, text_to_edit};
use crate::engine::Error;
use crate::views::{self, FormState};
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::messages::preview;
use crate::web::messages::target::{change_message, message_page};
use crate::web::request::accept::Accept;
use crate::web::request::form::Form;
use crate::web::response::redisplay_form;

/// The form with what the message says now.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(edit_page(request, house, &visitor, &FormState::default())?)
}

/// The message says something else from now on.
#[handler]
pub(crate) async fn update(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["body"]).await.map_err(Error::Refused)?;
    match try_update(request, house, &visitor, &form).await {
        Ok(response) => Ok(response),
        Err(problem) => redisplay_form(request, &form, &["body"], problem, |form_state| {
            edit_page(request, house, &visitor, form_state)
        }),
    }
}

async fn try_update(request: &Request, house: &AppState, visitor: &Visitor, form: &Form) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    house.find_room(&snapshot, request, visitor)?; // whoever does not see it learns nothing else
    let person = visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    rate_limits::check(request, Some(person.author.id), LimitedAction::Post)?;
    blocked_addresses::check_not_blocked(&snapshot, request, visitor)?;
    let typed = if form.has_fields() { form.get_single("body")? } else { form.get_or_body("body") };
    let words = preview::render_markdown(&snapshot, person, Text::parse(&text_to_edit(typed)?)?);
    drop(snapshot);
    let otherwise = |message: &Message| {
        require_author(message, visitor).map(|message| RoomCommand::EditMessage { message, content: words })
    };
    change_message(house, request, (visitor, visitor.posting_actor()), otherwise).await
}

/// What the message said before, for whoever may read it now.
#[handler]
pub(crate) fn show_history(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let response = message_page(request, house, &visitor, |snapshot, view| {
        let versions = snapshot.versions(view.room.id, view.message.id)?;
        Ok(match Accept::from_request(request) {
            Accept::Json => Json(views::json::VersionJson::all(view.message, &versions)).into_response(),
            Accept::Text => views::plain::history(view.message, &versions).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::messages::edit::history(view, &versions).into_response()
            }
        })
    });
    Ok(response?)
}

fn edit_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    visitor.require_person()?;
    message_page(request, house, visitor, |_, view| {
        require_author(view.message, visitor)?;
        Ok(views::messages::edit::form(view, form_state).into_response())
    })
}

/// Nobody puts words into the mouth of another, whoever they are.
fn require_author(message: &Message, visitor: &Visitor) -> Result<MessageId, Refusal> {
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    if is_own { Ok(message.id) } else { Err(Refusal::NotAllowed) }
}
