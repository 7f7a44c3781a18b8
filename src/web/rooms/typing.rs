//! Somebody is typing in a room.

use poem::http::StatusCode;
use poem::{Response, Result, handler};

use crate::domain::{Refusal, muted_reason};
use crate::engine::now;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;

/// Somebody who may say something in a room is about to. Nothing is kept of it, and whoever says it too often is not told
/// so: the room knows.
#[handler]
pub(crate) fn signal(ctx: Ctx<'_>) -> Result<Response, Error> {
    try_signal(&ctx)
}

fn try_signal(ctx: &Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let visible_room = ctx.room()?;
    ctx.visitor.posting_actor()?;
    let person = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
    if let Some(refusal) =
        muted_reason(&snapshot.settings()?, &visible_room.room, person, visible_room.muted_until, now())
    {
        return Err(refusal.into());
    }
    // Whoever is not to be seen here is not seen typing either.
    if !person.presence_hidden && ctx.check_rate(LimitedAction::SendTyping).is_ok() {
        ctx.state.hubs.start_typing(visible_room.room.id, &person.author);
    }
    Ok(StatusCode::NO_CONTENT.into())
}
