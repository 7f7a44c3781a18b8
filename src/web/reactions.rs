//! Reacting to what was said, and who did.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::{Accept, is_htmx};
use super::answers::{form_again, wants_page};
use super::changing::{alone, change};
use super::form::Form;
use super::pace::{self, Deed};
use super::rooms::silenced_here;
use super::visitor::Visitor;
use super::{House, blocks, query};
use crate::domain::limits::LISTED_PEOPLE_MAX;
use crate::domain::{Message, Reaction, Refusal, RoomCommand};
use crate::engine::Problem;
use crate::store::{Fault, Snapshot};
use crate::views::reactions::Listed;
use crate::views::{self, Again};

/// Who reacted, and how; and the ways to do so.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(page(request, house, &visitor, &Again::default())?)
}

/// Somebody reacts. The button of a page that has it already takes it back; a program says which it means by the address.
#[handler]
pub(super) async fn react(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let is_button = wants_page(request) || is_htmx(request);
    let me = visitor.author().map(|author| author.id);
    let is_on = |message: &Message, reaction: &Reaction| {
        let mut same = message.more.extras.reactions.iter().filter(|reacted| reacted.with == reaction.as_str());
        !is_button || !same.any(|reacted| me.is_some_and(|me| reacted.by.contains(&me)))
    };
    answer(request, body, house, &visitor, is_on).await
}

/// Somebody takes it back.
#[handler]
pub(super) async fn take_back(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    answer(request, body, house, &visitor, |_, _| false).await
}

async fn answer(
    request: &Request,
    body: Body,
    house: &House,
    visitor: &Visitor,
    is_on: impl FnOnce(&Message, &Reaction) -> bool,
) -> Result<Response> {
    let form = Form::read(request, body, &[Reaction::FIELD]).await.map_err(Problem::Refused)?;
    let done = try_react(request, house, visitor, &form, is_on).await;
    match done {
        Ok(response) => Ok(response),
        Err(problem) => {
            form_again(request, &form, &[Reaction::FIELD], problem, |again| page(request, house, visitor, again))
        }
    }
}

async fn try_react(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    form: &Form,
    is_on: impl FnOnce(&Message, &Reaction) -> bool,
) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    house.room(&snapshot, request, visitor)?; // whoever does not see it learns nothing else
    let person = visitor.author().ok_or(Refusal::NameNeeded)?;
    pace::take(request, Some(person.id), Deed::Post)?;
    blocks::refuse(&snapshot, request, visitor)?;
    drop(snapshot);
    let field = Reaction::FIELD;
    let reaction = Reaction::parse(if form.has_fields() { form.one(field)? } else { form.get_or_text(field) })?;
    let command = |message: &Message| {
        let on = is_on(message, &reaction);
        Ok(RoomCommand::React { message: message.id, reaction, on })
    };
    change(house, request, (visitor, visitor.speaker()), command).await
}

fn page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    alone(request, house, visitor, |snapshot, view| {
        if query::text(request, "as").as_deref() == Some("menu") {
            return Ok(views::reactions::picker(view).into_response());
        }
        let listed = listed(snapshot, view.message)?;
        let sight = house.room(snapshot, request, visitor)?;
        let may = visitor.person.is_some() && silenced_here(snapshot, visitor, &sight)?.is_none();
        Ok(match Accept::of(request) {
            Accept::Json => Json(listed.iter().map(views::json::ReactedSo::of).collect::<Vec<_>>()).into_response(),
            Accept::Text => views::plain::reactions(&listed).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::reactions::page(view, &listed, may, again).into_response()
            }
        })
    })
}

fn listed(snapshot: &Snapshot, message: &Message) -> Result<Vec<Listed>, Fault> {
    let mut all = Vec::new();
    for reacted in &message.more.extras.reactions {
        let mut people = Vec::new();
        for id in reacted.by.iter().take(LISTED_PEOPLE_MAX) {
            people.push(snapshot.user(*id)?.ok_or(Fault::Missing { table: "users" })?);
        }
        all.push(Listed { with: reacted.with.clone(), people, count: reacted.by.len() });
    }
    Ok(all)
}
