//! Drafts: one unsent text per person and room, stored so that every device of the person shows it.

use poem::{Response, Result, handler};

use crate::domain::{Body as Text, Draft, ReadStateCommand, Refusal, Room};
use crate::web::messages::target::parse_reply_to;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::redirect_or_no_content;
use crate::web::rooms::read_state::{execute_in_order, find_read_state};

/// Saves the visitor's draft. A blank text without a reply deletes it.
#[handler]
pub(crate) async fn save(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["body", "reply_to", "nonce"]).await?;
    let (room, _) = find_read_state(&ctx)?;
    try_save(&ctx, &room, &form).await?;
    Ok(redirect_or_no_content(ctx.request, room.slug.path()))
}

async fn try_save(ctx: &Ctx<'_>, room: &Room, form: &Form) -> Result<(), Error> {
    let typed = form.get_or_body("body");
    let body = if typed.trim().is_empty() { None } else { Some(Text::parse(typed)?) };
    let reply_to = parse_reply_to(form)?;
    let snapshot = ctx.snapshot()?;
    if let Some(id) = reply_to {
        snapshot.message(room.id, id)?.ok_or(Refusal::MessageNotFound)?;
    }
    let stored = snapshot.draft(ctx.require_person()?.author.id, room.id)?;
    drop(snapshot);
    let text = body.as_ref().map_or("", Text::as_str).to_owned();
    let draft = (body.is_some() || reply_to.is_some()).then_some(Draft { body: text, reply_to });
    if draft == stored {
        return Ok(());
    }
    execute_in_order(ctx, room.id, vec![ReadStateCommand::SaveDraft { body, reply_to }]).await
}
