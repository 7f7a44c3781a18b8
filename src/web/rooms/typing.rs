//! Somebody is typing in a room.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, Result, handler};

use crate::domain::{Refusal, muted_reason};
use crate::engine::{Error, now};
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::{self, LimitedAction};

/// Somebody who may say something in a room is about to. Nothing is kept of it, and whoever says it too often is not told
/// so: the room knows.
#[handler]
pub(crate) fn signal(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(try_signal(request, house, &visitor)?)
}

fn try_signal(request: &Request, house: &AppState, visitor: &Visitor) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let visible_room = house.find_room(&snapshot, request, visitor)?;
    visitor.posting_actor()?;
    let person = visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    blocked_addresses::check_not_blocked(&snapshot, request, visitor)?;
    if let Some(refusal) = muted_reason(&snapshot.settings()?, &visible_room.room, person, visible_room.muted, now()) {
        return Err(refusal.into());
    }
    // Whoever is not to be seen here is not seen typing either.
    if !person.presence_hidden && rate_limits::check(request, Some(person.author.id), LimitedAction::SendTyping).is_ok()
    {
        house.hubs.start_typing(visible_room.room.id, &person.author);
    }
    Ok(StatusCode::NO_CONTENT.into())
}
