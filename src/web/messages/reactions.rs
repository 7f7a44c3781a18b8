//! Reacting to what was said, and who did.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::ADMIN_LIST_ROWS_MAX;
use crate::domain::{Message, Reaction, Refusal, RoomCommand};
use crate::engine::Error;
use crate::store::{Snapshot, StoreError};
use crate::views::messages::reactions::ListedReaction;
use crate::views::{self, FormState};
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::messages::target::{change_message, message_page};
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::{redisplay_form, wants_page};
use crate::web::rooms::show::muted_reason_here;

/// Who reacted, and how; and the ways to do so.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(reactions_page(request, house, &visitor, &FormState::default())?)
}

/// Somebody reacts. The button of a page that has it already takes it back; a program says which it means by the address.
#[handler]
pub(crate) async fn add(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let is_button = wants_page(request) || is_htmx(request);
    let me = visitor.author().map(|author| author.id);
    let is_on = |message: &Message, reaction: &Reaction| {
        let mut same = message.details.extras.reactions.iter().filter(|reacted| reacted.reaction == reaction.as_str());
        !is_button || !same.any(|reacted| me.is_some_and(|me| reacted.users.contains(&me)))
    };
    set_from_form(request, body, house, &visitor, is_on).await
}

/// Somebody takes it back.
#[handler]
pub(crate) async fn remove(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    set_from_form(request, body, house, &visitor, |_, _| false).await
}

async fn set_from_form(
    request: &Request,
    body: Body,
    house: &AppState,
    visitor: &Visitor,
    is_on: impl FnOnce(&Message, &Reaction) -> bool,
) -> Result<Response> {
    let form = Form::read(request, body, &[Reaction::FIELD]).await.map_err(Error::Refused)?;
    let done = try_set_from_form(request, house, visitor, &form, is_on).await;
    match done {
        Ok(response) => Ok(response),
        Err(problem) => redisplay_form(request, &form, &[Reaction::FIELD], problem, |form_state| {
            reactions_page(request, house, visitor, form_state)
        }),
    }
}

async fn try_set_from_form(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form: &Form,
    is_on: impl FnOnce(&Message, &Reaction) -> bool,
) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    house.find_room(&snapshot, request, visitor)?; // whoever does not see it learns nothing else
    let person = visitor.author().ok_or(Refusal::SignInRequired)?;
    rate_limits::check(request, Some(person.id), LimitedAction::Post)?;
    blocked_addresses::check_not_blocked(&snapshot, request, visitor)?;
    drop(snapshot);
    let field = Reaction::FIELD;
    let reaction = Reaction::parse(if form.has_fields() { form.get_single(field)? } else { form.get_or_body(field) })?;
    let command = |message: &Message| {
        let on = is_on(message, &reaction);
        Ok(RoomCommand::SetReaction { message: message.id, reaction, present: on })
    };
    change_message(house, request, (visitor, visitor.posting_actor()), command).await
}

fn reactions_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    message_page(request, house, visitor, |snapshot, view| {
        if query::text(request, "as").as_deref() == Some("menu") {
            return Ok(views::messages::reactions::picker(view).into_response());
        }
        let listed = load_reactions(snapshot, view.message)?;
        let visible_room = house.find_room(snapshot, request, visitor)?;
        let may = visitor.person.is_some() && muted_reason_here(snapshot, visitor, &visible_room)?.is_none();
        Ok(match Accept::from_request(request) {
            Accept::Json => {
                Json(listed.iter().map(views::json::ReactionJson::from_listed).collect::<Vec<_>>()).into_response()
            }
            Accept::Text => views::plain::reactions(&listed).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::messages::reactions::page(view, &listed, may, form_state).into_response()
            }
        })
    })
}

fn load_reactions(snapshot: &Snapshot, message: &Message) -> Result<Vec<ListedReaction>, StoreError> {
    let mut all = Vec::new();
    for reacted in &message.details.extras.reactions {
        let mut people = Vec::new();
        for id in reacted.users.iter().take(ADMIN_LIST_ROWS_MAX) {
            people.push(snapshot.author(*id)?.ok_or(StoreError::Missing { table: "users" })?);
        }
        all.push(ListedReaction { reaction: reacted.reaction.clone(), people, count: reacted.users.len() });
    }
    Ok(all)
}
