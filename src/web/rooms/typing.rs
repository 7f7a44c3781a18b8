//! Typing notices: kept in memory for a few seconds, never stored.

use poem::http::StatusCode;
use poem::{Response, Result, handler};

use crate::domain::{Refusal, muted_reason};
use crate::engine::now;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;

/// Shows the others that the visitor is typing, if they may post here. A notice over the rate limit is dropped without an
/// error: the room shows the one before it.
#[handler]
pub(crate) fn signal(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let visible_room = ctx.room()?;
    ctx.visitor.posting_actor()?;
    let person = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
    let room = &visible_room.room;
    if let Some(refusal) = muted_reason(&snapshot.settings()?, room, person, visible_room.muted_until, now()) {
        return Err(refusal.into());
    }
    // A person who hides their presence is not shown typing either.
    if !person.presence_hidden && ctx.check_rate(LimitedAction::SendTyping).is_ok() {
        ctx.state.hubs.start_typing(room.id, &person.author);
    }
    Ok(StatusCode::NO_CONTENT.into())
}
