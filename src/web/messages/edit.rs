//! Editing one's own message, and the edit history that everyone in the room can read.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Body, Message, MessageId, Refusal, RoomCommand, text_to_edit};
use crate::views::{self, FormState};
use crate::web::auth::visitor::Visitor;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::render::render_markdown;
use crate::web::messages::target::{change_message, message_page};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::redisplay_form;

/// The form with the present text.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    edit_page(&ctx, &FormState::default())
}

/// Replaces the text of a message.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["body"]).await?;
    match try_update(&ctx, &form).await {
        Ok(response) => Ok(response),
        Err(error) => redisplay_form(ctx.request, &form, &["body"], error, |form_state| edit_page(&ctx, form_state)),
    }
}

async fn try_update(ctx: &Ctx<'_>, form: &Form) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    ctx.room()?; // before all other checks: who can't see the room learns nothing else
    let person = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    ctx.check_rate(LimitedAction::Post)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
    let typed = if form.has_fields() { form.get_single("body")? } else { form.get_or_body("body") };
    let content = render_markdown(&snapshot, person, Body::parse(&text_to_edit(typed)?)?);
    drop(snapshot);
    let command = |message: &Message| {
        require_author(message, &ctx.visitor).map(|message| RoomCommand::EditMessage { message, content })
    };
    change_message(ctx, ctx.visitor.posting_actor(), command).await
}

/// All versions of a message.
#[handler]
pub(crate) fn show_history(ctx: Ctx<'_>) -> Result<Response, Error> {
    message_page(&ctx, |snapshot, view| {
        let versions = snapshot.versions(view.room.id, view.message.id)?;
        Ok(match ctx.accept() {
            Accept::Json => Json(views::json::VersionJson::from_versions(view.message, &versions)).into_response(),
            Accept::Text => views::plain::history(view.message, &versions).into_response(),
            Accept::Page | Accept::Stream | Accept::Anything => {
                views::messages::history::page(view, &versions).into_response()
            }
        })
    })
}

fn edit_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    ctx.require_person()?;
    message_page(ctx, |_, view| {
        require_author(view.message, &ctx.visitor)?;
        Ok(views::messages::edit::page(view, form_state).into_response())
    })
}

/// Only the author edits a message. No role may edit the message of another person.
fn require_author(message: &Message, visitor: &Visitor) -> Result<MessageId, Refusal> {
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    if is_own { Ok(message.id) } else { Err(Refusal::NotAllowed) }
}
