//! How much there is that somebody has not read: all of it at once, for a page that has no stream to tell it, and for
//! programs.

use std::cmp::Reverse;
use std::sync::Arc;

use poem::web::{Data, Html, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::House;
use super::accept::is_htmx;
use super::answers::private;
use super::visitor::Visitor;
use crate::domain::limits::UNREAD_ROOMS_MAX;
use crate::domain::{Badge, Message, Person, Reading, Room};
use crate::engine::{Problem, now};
use crate::store::{Fault, Snapshot};
use crate::views;

/// The rooms that show somebody that there is something to read, latest first; for htmx, what they show.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let person = visitor.named().map_err(Problem::Refused)?;
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let rooms = unread(&snapshot, person).map_err(Problem::Unread)?;
    let answer = if is_htmx(request) {
        let badges = rooms.iter().map(|(room, reading)| views::badge::changed(room, reading).into_string());
        Html(badges.collect::<String>()).into_response()
    } else {
        let rooms = with_newest(&snapshot, person, rooms).map_err(Problem::Unread)?;
        Json(views::json::Unread::of(&rooms)).into_response()
    };
    Ok(private(answer, &visitor))
}

fn unread(snapshot: &Snapshot, person: &Person) -> Result<Vec<(Room, Reading)>, Fault> {
    let mut readings = snapshot.readings(person.author.id)?;
    readings.retain(|(_, reading)| reading.unread > 0 && reading.is_listed());
    readings.sort_unstable_by_key(|(room, reading)| Reverse((reading.last, *room)));
    let mut rooms = Vec::new();
    for (room, reading) in readings {
        let sight = snapshot.sight_by_id(room, Some(person), now())?;
        rooms.extend(
            sight.map(|sight| (sight.room, reading)).filter(|(room, _)| reading.badge(room.kind) != Badge::Nothing),
        );
        if rooms.len() == UNREAD_ROOMS_MAX {
            break;
        }
    }
    Ok(rooms)
}

/// The same rooms, each with the newest message of which somebody is notified there.
fn with_newest(
    snapshot: &Snapshot,
    person: &Person,
    rooms: Vec<(Room, Reading)>,
) -> Result<Vec<(Room, Reading, Option<Message>)>, Fault> {
    let newest = |room: &Room, reading: &Reading| snapshot.notifying(person.author.id, room, reading);
    rooms.into_iter().map(|(room, reading)| newest(&room, &reading).map(|newest| (room, reading, newest))).collect()
}
