//! How far a person has read each room. Every change waits for the disk, so a handler that would change nothing sends no
//! command.

use std::sync::Arc;

use poem::{Response, Result, handler};
use tokio::task::JoinSet;

use crate::domain::limits::MARK_READ_ROOMS_MAX;
use crate::domain::{Command, ReadState, ReadStateCommand, Refusal, Room, RoomId, Seq};
use crate::engine::EngineError;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::redirect_target::redirect_target;
use crate::web::response::error::Error;
use crate::web::response::redirect_or_no_content;

/// Marks a room as read up to and including `seq`. The mark never moves back here.
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

/// Marks a message and all after it as unread. `unread` in the address of the next page keeps its script from marking
/// them as read at once.
#[handler]
pub(crate) async fn mark_unread(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["message"]).await?;
    let (room, _) = find_read_state(&ctx)?;
    let message = require_seq(&form, "message")?;
    execute_in_order(&ctx, room.id, vec![ReadStateCommand::MarkUnread { message }]).await?;
    Ok(redirect_or_no_content(ctx.request, &format!("{}?around={message}&unread=#new", room.slug.path())))
}

/// Marks all rooms as read, at most [`MARK_READ_ROOMS_MAX`] at once.
#[handler]
pub(crate) async fn mark_all_read(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["next"]).await?;
    let user = ctx.require_person()?.author.id;
    let read_states = ctx.snapshot()?.read_states(user)?;
    let unread = read_states.into_iter().filter(|(_, read_state)| read_state.unread > 0).take(MARK_READ_ROOMS_MAX);
    let commands: Vec<_> =
        unread.map(|(room, read_state)| (room, ReadStateCommand::MarkRead { seq: read_state.last_message })).collect();
    if !commands.is_empty() {
        ctx.check_rate(LimitedAction::UpdateReadState)?;
        execute_concurrently(&ctx, commands).await?;
    }
    Ok(redirect_or_no_content(ctx.request, redirect_target(form.get("next").unwrap_or(""))))
}

/// The room of the request's path, and the visitor's read state there.
///
/// # Errors
/// [`Error::Refused`] if the visitor may not see the room, or is not signed in.
pub(crate) fn find_read_state(ctx: &Ctx<'_>) -> Result<(Room, ReadState), Error> {
    let room = ctx.room()?.room;
    let read_state = ctx.snapshot()?.read_state(ctx.require_person()?.author.id, room.id)?;
    Ok((room, read_state))
}

fn require_seq(form: &Form, field: &'static str) -> Result<Seq, Refusal> {
    match form.get_single(field)?.trim() {
        "" => Err(Refusal::FieldBlank(field)),
        number => number.parse().map(Seq).map_err(|_| Refusal::FieldInvalid(field)),
    }
}

/// Executes the commands for the visitor one after the other. All of them count once against the rate limit.
///
/// # Errors
/// The first that occurs; the commands before it stay done.
pub(crate) async fn execute_in_order(
    ctx: &Ctx<'_>,
    room: RoomId,
    commands: Vec<ReadStateCommand>,
) -> Result<(), Error> {
    let actor = ctx.visitor.actor()?;
    if !commands.is_empty() {
        ctx.check_rate(LimitedAction::UpdateReadState)?;
    }
    for command in commands {
        ctx.execute_as(actor, None, Command::ReadState(room, command)).await?;
    }
    Ok(())
}

/// Executes many commands at once, so that they share a transaction or a few. A refused command, for example because the
/// room was made private meanwhile, does not stop the others.
///
/// # Errors
/// What the engine reports other than a refusal.
pub(crate) async fn execute_concurrently(
    ctx: &Ctx<'_>,
    commands: Vec<(RoomId, ReadStateCommand)>,
) -> Result<(), Error> {
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
