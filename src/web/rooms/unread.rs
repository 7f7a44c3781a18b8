//! Unread counts of all rooms at once, for pages without a stream and for programs.

use std::cmp::Reverse;

use poem::web::{Html, Json};
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::UNREAD_ROOMS_MAX;
use crate::domain::{Badge, Person, ReadState, Room};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::json::UnreadRoom;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;

/// The rooms that have a badge for the visitor, latest first: as JSON, and for htmx as the badges themselves.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = ctx.require_person()?;
    let snapshot = ctx.snapshot()?;
    let rooms = list_unread_rooms(&snapshot, person)?;
    let response = if ctx.is_htmx() {
        let badges = rooms.iter().map(|(room, read_state)| views::rooms::badge::update(room, read_state).into_string());
        Html(badges.collect::<String>()).into_response()
    } else {
        let rooms = with_newest_message(&snapshot, person, rooms)?;
        Json(views::json::UnreadJson::new(&rooms)).into_response()
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

fn list_unread_rooms(snapshot: &Snapshot, person: &Person) -> Result<Vec<(Room, ReadState)>, StoreError> {
    let mut read_states = snapshot.read_states(person.author.id)?;
    read_states.retain(|(_, read_state)| read_state.unread > 0 && read_state.is_in_sidebar());
    read_states.sort_unstable_by_key(|(room, read_state)| Reverse((read_state.last_message, *room)));
    let mut rooms = Vec::new();
    for (room, read_state) in read_states {
        let Some(visible_room) = snapshot.visible_room_by_id(room, Some(person), now())? else { continue };
        if read_state.badge(visible_room.room.visibility) != Badge::Nothing {
            rooms.push((visible_room.room, read_state));
        }
        if rooms.len() == UNREAD_ROOMS_MAX {
            break;
        }
    }
    Ok(rooms)
}

/// The same rooms, each with its newest message that is worth a notification.
fn with_newest_message(
    snapshot: &Snapshot,
    person: &Person,
    rooms: Vec<(Room, ReadState)>,
) -> Result<Vec<UnreadRoom>, StoreError> {
    let with_newest = |(room, read_state)| {
        let newest = snapshot.newest_notifying_message(person.author.id, &room, &read_state)?;
        Ok(UnreadRoom { room, read_state, newest })
    };
    rooms.into_iter().map(with_newest).collect()
}
