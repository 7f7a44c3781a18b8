//! How much there is that somebody has not read: all of it at once, for a page that has no stream to tell it, and for
//! programs.

use std::cmp::Reverse;

use poem::web::{Html, Json};
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::UNREAD_ROOMS_MAX;
use crate::domain::{Badge, Person, Quote, ReadState, Room};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;

/// The rooms that show somebody that there is something to read, latest first; for htmx, what they show.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let person = ctx.require_person()?;
    let snapshot = ctx.snapshot()?;
    let rooms = list_unread_rooms(&snapshot, person)?;
    let answer = if ctx.is_htmx() {
        let badges = rooms.iter().map(|(room, read_state)| views::rooms::badge::update(room, read_state).into_string());
        Html(badges.collect::<String>()).into_response()
    } else {
        let rooms = with_newest_message(&snapshot, person, rooms)?;
        Json(views::json::UnreadJson::new(&rooms)).into_response()
    };
    Ok(with_private_cache(answer, &ctx.visitor))
}

fn list_unread_rooms(snapshot: &Snapshot, person: &Person) -> Result<Vec<(Room, ReadState)>, StoreError> {
    let mut read_states = snapshot.read_states(person.author.id)?;
    read_states.retain(|(_, read_state)| read_state.unread > 0 && read_state.is_in_sidebar());
    read_states.sort_unstable_by_key(|(room, read_state)| Reverse((read_state.last_message, *room)));
    let mut rooms = Vec::new();
    for (room, reading) in read_states {
        let visible_room = snapshot.visible_room_by_id(room, Some(person), now())?;
        rooms.extend(
            visible_room
                .map(|sight| (sight.room, reading))
                .filter(|(room, _)| reading.badge(room.visibility) != Badge::Nothing),
        );
        if rooms.len() == UNREAD_ROOMS_MAX {
            break;
        }
    }
    Ok(rooms)
}

/// The same rooms, each with the newest message of which somebody is notified there.
fn with_newest_message(
    snapshot: &Snapshot,
    person: &Person,
    rooms: Vec<(Room, ReadState)>,
) -> Result<Vec<(Room, ReadState, Option<Quote>)>, StoreError> {
    let newest = |room: &Room, reading: &ReadState| snapshot.newest_notifying_message(person.author.id, room, reading);
    rooms
        .into_iter()
        .map(|(room, read_state)| newest(&room, &read_state).map(|newest| (room, read_state, newest)))
        .collect()
}
