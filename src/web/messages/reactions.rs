//! Reactions to a message: adding and removing one's own, and the list of who reacted.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::ADMIN_LIST_ROWS_MAX;
use crate::domain::{Message, Reaction, Refusal, RoomCommand};
use crate::store::{Snapshot, StoreError};
use crate::views::messages::reactions::ListedReaction;
use crate::views::{self, FormState};
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::target::{change_message, message_page};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::redisplay_form;
use crate::web::rooms::find::muted_reason_here;

/// Who reacted and how, with the forms to react. With `as=menu` only the picker.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    reactions_page(&ctx, &FormState::default())
}

/// Adds a reaction. Adding it twice leaves it there, so a retry is safe.
#[handler]
pub(crate) async fn add(ctx: Ctx<'_>) -> Result<Response, Error> {
    set_from_form(&ctx, true).await
}

/// Removes a reaction. Removing it twice is no error.
#[handler]
pub(crate) async fn remove(ctx: Ctx<'_>) -> Result<Response, Error> {
    set_from_form(&ctx, false).await
}

async fn set_from_form(ctx: &Ctx<'_>, present: bool) -> Result<Response, Error> {
    let form = ctx.form(&[Reaction::FIELD]).await?;
    match try_set_from_form(ctx, &form, present).await {
        Ok(response) => Ok(response),
        Err(error) => {
            redisplay_form(ctx.request, &form, &[Reaction::FIELD], error, |form_state| reactions_page(ctx, form_state))
        }
    }
}

async fn try_set_from_form(ctx: &Ctx<'_>, form: &Form, present: bool) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    ctx.room()?; // before all other checks: who can't see the room learns nothing else
    ctx.visitor.author().ok_or(Refusal::SignInRequired)?;
    ctx.check_rate(LimitedAction::Post)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
    drop(snapshot);
    let field = Reaction::FIELD;
    let reaction = Reaction::parse(if form.has_fields() { form.get_single(field)? } else { form.get_or_body(field) })?;
    let command = |message: &Message| Ok(RoomCommand::SetReaction { message: message.id, reaction, present });
    change_message(ctx, ctx.visitor.posting_actor(), command).await
}

fn reactions_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    message_page(ctx, |snapshot, view| {
        if query::text(ctx.request, "as").as_deref() == Some("menu") {
            return Ok(views::messages::reactions::reaction_picker(view).into_response());
        }
        let reactions = load_reactions(snapshot, view.message)?;
        let may_react =
            ctx.visitor.person.is_some() && muted_reason_here(snapshot, &ctx.visitor, &ctx.room()?)?.is_none();
        Ok(match ctx.accept() {
            Accept::Json => {
                Json(reactions.iter().map(views::json::ReactionJson::from_listed).collect::<Vec<_>>()).into_response()
            }
            Accept::Text => views::plain::reaction_list(&reactions).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::messages::reactions::page(view, &reactions, may_react, form_state).into_response()
            }
        })
    })
}

fn load_reactions(snapshot: &Snapshot, message: &Message) -> Result<Vec<ListedReaction>, StoreError> {
    let mut reactions = Vec::new();
    for group in &message.details.extras.reactions {
        let mut people = Vec::new();
        for id in group.users.iter().take(ADMIN_LIST_ROWS_MAX) {
            people.push(snapshot.author_by_id(*id)?.ok_or(StoreError::Missing { table: "users" })?);
        }
        reactions.push(ListedReaction { reaction: group.reaction.clone(), people, count: group.users.len() });
    }
    Ok(reactions)
}
