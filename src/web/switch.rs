//! Going to another room: those that the visitor may go to, or those with some letters in their names.

use std::cmp::Reverse;
use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::private;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::limits::{COMPLETIONS_MAX, LISTED_ROOMS_MAX, SOUGHT_CHARS_MAX};
use crate::domain::{Address, Author, Badge, Room, RoomId, UserName};
use crate::engine::{Problem, now};
use crate::store::{Fault, Snapshot};
use crate::views;
use crate::views::switch::View;

/// The rooms, in the order in which one is likely to want them; as a page, as what stands on it, or as a list.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let q = query::typed(request, "q").unwrap_or_default();
    let q = q.trim();
    if !q.is_empty() {
        pace::take(request, visitor.author().map(|author| author.id), Deed::Seek).map_err(Problem::Refused)?;
    }
    Ok(found(request, house, &visitor, q)?)
}

fn found(request: &Request, house: &House, visitor: &Visitor, q: &str) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let places = Places::of(&snapshot, visitor)?;
    let rooms = rooms(&snapshot, visitor, &places, q)?;
    let people = people(&snapshot, visitor, &places, q)?;
    let view = View { places: &places.view(visitor, None), rooms: &rooms, people: &people, q };
    let response = match (query::text(request, "as").as_deref(), Accept::of(request)) {
        (Some("dialog"), _) => views::switch::dialog(&view).into_response(),
        (Some("list"), _) => views::switch::list(&view).into_response(),
        (_, Accept::Json) => {
            let rooms = rooms.iter().map(|room| views::json::Place::of(room, &places.reading(room)));
            Json(rooms.collect::<Vec<_>>()).into_response()
        }
        (_, Accept::Text) => views::plain::places(&rooms).into_response(),
        (_, Accept::Page | Accept::Stream | Accept::Anything) => views::switch::page(&view).into_response(),
    };
    Ok(private(response, visitor))
}

/// First the one that is called what is sought, then those whose name begins with it, then those with something to read, then those on top; of equals those
/// with single people, then the others, by name if nothing is sought and else the latest first.
fn rooms(snapshot: &Snapshot, visitor: &Visitor, places: &Places, q: &str) -> Result<Vec<Room>, Fault> {
    let sought = Sought::of(q);
    let called = match &sought {
        None => None,
        Some(_) => called(snapshot, visitor, q)?,
    };
    let exact: Option<RoomId> = called.as_ref().map(|room| room.id);
    let mut rooms: Vec<Room> = match &sought {
        None => places.rooms().cloned().collect(),
        Some(sought) => all_rooms(snapshot, visitor, |room| Some(room.id) != exact && sought.is_in(&room.name))?,
    };
    rooms.extend(called);
    rooms.sort_by_cached_key(|room| {
        let (reading, begins) = (places.reading(room), sought.as_ref().is_some_and(|sought| sought.begins(&room.name)));
        let badge = match reading.badge(room.kind) {
            Badge::ForThem(_) => 2,
            Badge::Unread(_) => 1,
            Badge::Nothing => 0,
        };
        Reverse((Some(room.id) == exact, begins, badge, reading.on_top))
    });
    rooms.truncate(LISTED_ROOMS_MAX);
    Ok(rooms)
}

/// The room of this very name or address, wherever it stands.
fn called(snapshot: &Snapshot, visitor: &Visitor, q: &str) -> Result<Option<Room>, Fault> {
    let Ok(address) = Address::of(q) else { return Ok(None) };
    Ok(snapshot.sight(&address, visitor.person.as_ref(), now())?.map(|sight| sight.room))
}

/// The rooms that the visitor may see and wants, those that do not stand in their list too; of those for everybody, the ones
/// in which something happened last.
fn all_rooms(snapshot: &Snapshot, visitor: &Visitor, is_wanted: impl Fn(&Room) -> bool) -> Result<Vec<Room>, Fault> {
    let (person, now) = (visitor.person.as_ref(), now());
    let mut rooms = person.map_or(Ok(Vec::new()), |person| snapshot.hidden_rooms(person, now))?;
    rooms.retain(&is_wanted);
    let recent = snapshot.recent_rooms_like(LISTED_ROOMS_MAX, person, now, is_wanted)?;
    rooms.extend(recent.into_iter().map(|recent| recent.room));
    Ok(rooms)
}

/// Those who have this very name, or one that goes on with it, for whoever is in the house and does not talk with them yet;
/// best first. A name that somebody had leads to them as a whole, and not by a part.
fn people(snapshot: &Snapshot, visitor: &Visitor, places: &Places, q: &str) -> Result<Vec<Author>, Fault> {
    let (Some(viewer), Ok(name)) = (&visitor.person, UserName::parse(q)) else { return Ok(Vec::new()) };
    if !places.house.door.admits(Some(viewer)) {
        return Ok(Vec::new());
    }
    let found = snapshot.people_in_house_like(&name, now())?.into_iter().map(|person| person.author);
    let is_new = |author: &Author| author.id != viewer.author.id && !places.talks_with(author.id);
    Ok(found.filter(is_new).take(COMPLETIONS_MAX).collect())
}

/// What is sought: words, each of which is somewhere in a name, in letters of whatever size.
struct Sought(Vec<String>);

impl Sought {
    /// Nothing if it is blank. What is longer than any name is one word, which is in none.
    fn of(q: &str) -> Option<Self> {
        let q = q.to_lowercase();
        let words: Vec<String> = if q.chars().count() > SOUGHT_CHARS_MAX {
            vec![q]
        } else {
            q.split_whitespace().map(str::to_owned).collect()
        };
        (!words.is_empty()).then_some(Self(words))
    }

    fn is_in(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.0.iter().all(|word| name.contains(word))
    }

    fn begins(&self, name: &str) -> bool {
        name.to_lowercase().starts_with(&self.0[0])
    }
}
