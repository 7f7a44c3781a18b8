//! How somebody reads a room: how far they have come, of what they want to hear, what they have begun to write. Every change
//! waits for the disk, so what would change nothing is not asked for.

use std::sync::Arc;

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};
use tokio::task::JoinSet;

use crate::domain::limits::MARK_READ_ROOMS_MAX;
use crate::domain::{
    Body as Text, Command, Draft, NotificationLevel, ReadState, ReadStateCommand, Refusal, Room, RoomId, Seq,
};
use crate::engine::EngineError;
use crate::views;
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::post;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::redirect_target::redirect_target;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Somebody has read up to here.
#[handler]
pub(crate) async fn mark_read(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["seq"]).await?;
    let (room, read_state) = find_read_state(&ctx)?;
    let seq = require_seq(&form, "seq")?;
    if read_state.would_advance_to(seq) {
        execute_in_order(&ctx, room.id, vec![ReadStateCommand::MarkRead { seq }]).await?;
    }
    Ok(redirect_or_no_content(ctx.request, room.slug.path()))
}

/// Somebody wants to read this message again, and what came after it. The page to which this leads does not say by itself
/// that they have: see `assets/page/marks.js`.
#[handler]
pub(crate) async fn mark_unread(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["message"]).await?;
    let (room, _) = find_read_state(&ctx)?;
    let message = require_seq(&form, "message")?;
    execute_in_order(&ctx, room.id, vec![ReadStateCommand::MarkUnread { message }]).await?;
    Ok(redirect_or_no_content(ctx.request, &format!("{}?around={message}&unread=#new", room.slug.path())))
}

/// What somebody has begun to write is kept; if it is blank, thrown away.
#[handler]
pub(crate) async fn save_draft(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["body", "reply_to", "nonce"]).await?;
    let (room, _) = find_read_state(&ctx)?;
    try_save_draft(&ctx, &room, &form).await?;
    Ok(redirect_or_no_content(ctx.request, room.slug.path()))
}

async fn try_save_draft(ctx: &Ctx<'_>, room: &Room, form: &Form) -> Result<(), Error> {
    let typed = form.get_or_body("body");
    let body = if typed.trim().is_empty() { None } else { Some(Text::parse(typed)?) };
    let reply_to = post::parse_reply_to(form)?;
    let snapshot = ctx.snapshot()?;
    if let Some(id) = reply_to {
        snapshot.message(room.id, id)?.ok_or(Refusal::MessageNotFound)?;
    }
    let kept = snapshot.draft(ctx.require_person()?.author.id, room.id)?;
    drop(snapshot);
    let words = body.as_ref().map_or("", Text::as_str).to_owned();
    let new = (body.is_some() || reply_to.is_some()).then_some(Draft { body: words, reply_to });
    if new == kept {
        return Ok(());
    }
    execute_in_order(ctx, room.id, vec![ReadStateCommand::SaveDraft { body, reply_to }]).await
}

/// Of what somebody hears in a room, and what they may choose.
#[handler]
pub(crate) fn show_notifications(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (room, read_state) = find_read_state(&ctx)?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(
            Json(views::json::ReadStateJson::new(&room, &read_state)).into_response(),
            &ctx.visitor,
        ));
    }
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let page = views::rooms::notifications::page(&sidebar.view(&ctx.visitor, Some(room.id)), &room, &read_state);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// They choose, and whether the room stands above the others.
#[handler]
pub(crate) async fn set_notifications(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["level", "favorite"]).await?;
    let (room, read_state) = find_read_state(&ctx)?;
    let level = form.require_choice("level", NotificationLevel::parse)?;
    let favorite = form.is_on("favorite")?;
    let mut commands = Vec::new();
    if level != read_state.level {
        commands.push(ReadStateCommand::SetNotificationLevel { level });
    }
    if favorite != read_state.favorite {
        commands.push(ReadStateCommand::SetFavorite { favorite });
    }
    execute_in_order(&ctx, room.id, commands).await?;
    Ok(redirect_or_no_content(ctx.request, room.slug.path()))
}

/// Somebody has read everything everywhere.
#[handler]
pub(crate) async fn mark_all_read(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["next"]).await?;
    let user = ctx.require_person()?.author.id;
    let snapshot = ctx.snapshot()?;
    let read_states = snapshot.read_states(user)?;
    drop(snapshot);
    let unread = read_states.into_iter().filter(|(_, read_state)| read_state.unread > 0).take(MARK_READ_ROOMS_MAX);
    let unread: Vec<_> =
        unread.map(|(room, read_state)| (room, ReadStateCommand::MarkRead { seq: read_state.last_message })).collect();
    if !unread.is_empty() {
        ctx.check_rate(LimitedAction::UpdateReadState)?;
        execute_concurrently(&ctx, unread).await?;
    }
    Ok(redirect_or_no_content(ctx.request, redirect_target(form.get("next").unwrap_or(""))))
}

/// The room of a request's path, and how the visitor reads it.
fn find_read_state(ctx: &Ctx<'_>) -> Result<(Room, ReadState), Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let read_state = snapshot.read_state(ctx.require_person()?.author.id, room.id)?;
    Ok((room, read_state))
}

fn require_seq(form: &Form, field: &'static str) -> Result<Seq, Refusal> {
    match form.get_single(field)?.trim() {
        "" => Err(Refusal::FieldBlank(field)),
        number => number.parse().map(Seq).map_err(|_| Refusal::FieldInvalid(field)),
    }
}

async fn execute_in_order(ctx: &Ctx<'_>, room: RoomId, commands: Vec<ReadStateCommand>) -> Result<(), Error> {
    let actor = ctx.visitor.actor()?;
    if !commands.is_empty() {
        check(ctx.request, ctx.visitor.author().map(|author| author.id), LimitedAction::UpdateReadState)?;
    }
    for command in commands {
        ctx.execute_as(actor, None, Command::ReadState(room, command)).await?;
    }
    Ok(())
}

/// Has many commands carried out at once: they share a transaction, or a few. A room that was closed to them meanwhile holds
/// up none of the others.
async fn execute_concurrently(ctx: &Ctx<'_>, commands: Vec<(RoomId, ReadStateCommand)>) -> Result<(), Error> {
    let (actor, mut tasks) = (ctx.visitor.any_actor(), JoinSet::new());
    for (room, command) in commands {
        let state = Arc::clone(ctx.state);
        tasks.spawn(async move { state.engine.execute(actor, None, Command::ReadState(room, command)).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        match outcome.unwrap_or(Err(EngineError::Stopping)) {
            Ok(_) | Err(EngineError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
