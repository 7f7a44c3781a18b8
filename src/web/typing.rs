//! Somebody is typing in a room.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, Result, handler};

use super::pace::{self, Deed};
use super::visitor::Visitor;
use super::{House, blocks};
use crate::domain::{Refusal, silenced};
use crate::engine::{Problem, now};

/// Somebody who may say something in a room is about to. Nothing is kept of it, and whoever says it too often is not told
/// so: the room knows.
#[handler]
pub(super) fn tell(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(typed(request, house, &visitor)?)
}

fn typed(request: &Request, house: &House, visitor: &Visitor) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let sight = house.room(&snapshot, request, visitor)?;
    visitor.speaker()?;
    let person = visitor.person.as_ref().ok_or(Refusal::NameNeeded)?;
    blocks::refuse(&snapshot, request, visitor)?;
    if let Some(refusal) = silenced(&snapshot.house()?, &sight.room, person, sight.muted, now()) {
        return Err(refusal.into());
    }
    // Whoever is not to be seen here is not seen typing either.
    if !person.hidden && pace::take(request, Some(person.author.id), Deed::Type).is_ok() {
        house.hubs.types(sight.room.id, &person.author);
    }
    Ok(StatusCode::NO_CONTENT.into())
}
