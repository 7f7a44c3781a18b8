//! What stands beside a page: the rooms that its viewer may go to.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::answers::private;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{self, Cursor, Kind, Person, Reading, Room, RoomId, UserId};
use crate::engine::{Problem, now};
use crate::store::{Fault, Snapshot};
use crate::views::sidebar::{self, Talk};

/// The list alone, for a page that is open and shows it anew: one of this room, if it says so, and if it is the one of its
/// messages.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(listed(request, house, &visitor)?)
}

fn listed(request: &Request, house: &House, visitor: &Visitor) -> Result<Response, Problem> {
    visitor.named()?;
    let (room, is_live) = (query::number(request, "room")?, query::text(request, "live").is_some());
    let snapshot = house.store.snapshot()?;
    let talks = talks(&snapshot, visitor, |user| is_live.then(|| house.hubs.is_here(user)))?;
    let places = Places::read(&snapshot, visitor, talks, is_live)?;
    let fragment = sidebar::list(&places.view(visitor, room.map(|seq| RoomId(seq.0))));
    Ok(private(fragment.into_response(), visitor))
}

/// The rooms of a viewer, as they were in one snapshot.
pub(super) struct Places {
    /// What the owners have settled.
    pub house: domain::House,
    rooms: Vec<Room>,
    directs: Vec<Room>,
    talks: Vec<Talk>,
    readings: HashMap<RoomId, Reading>,
    drafts: Vec<RoomId>,
    is_live: bool,
    since: Cursor,
}

impl Places {
    /// Reads them.
    pub fn of(snapshot: &Snapshot, visitor: &Visitor) -> Result<Self, Fault> {
        Self::read(snapshot, visitor, talks(snapshot, visitor, |_| None)?, false)
    }

    /// The same beside the messages of a room, where the talks have been read.
    pub fn live(snapshot: &Snapshot, visitor: &Visitor, talks: Vec<Talk>) -> Result<Self, Fault> {
        Self::read(snapshot, visitor, talks, true)
    }

    fn read(snapshot: &Snapshot, visitor: &Visitor, talks: Vec<Talk>, is_live: bool) -> Result<Self, Fault> {
        let (person, now) = (visitor.person.as_ref(), now());
        let recent = snapshot.recent_rooms(LISTED_ROOMS_MAX, person, now)?;
        let hidden = person.map_or(Ok(Vec::new()), |person| snapshot.hidden_rooms(person, now))?;
        let mut rooms: Vec<Room> = recent.into_iter().map(|recent| recent.room).chain(hidden).collect();
        let (readings, drafts) = match person {
            Some(person) => read_by(snapshot, person.author.id)?,
            None => <_>::default(),
        };
        if let Some(person) = person {
            rooms.extend(other_rooms(snapshot, person, &rooms, &readings)?);
        }
        let reading = |room: &Room| readings.get(&room.id).copied().unwrap_or_default();
        rooms.retain(|room| reading(room).is_listed());
        let (mut directs, mut rooms): (Vec<Room>, Vec<Room>) =
            rooms.into_iter().partition(|room| room.kind == Kind::Direct);
        let rank = |room: &Room| reading(room).rank(room.kind);
        rooms.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.address.as_str().cmp(b.address.as_str())));
        directs.sort_by_key(|room| Reverse((rank(room), room.id)));
        let (house, since) = (snapshot.house()?, snapshot.cursor()?);
        Ok(Self { house, rooms, directs, talks, readings, drafts, is_live, since })
    }

    /// The rooms, those with single people first.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.directs.iter().chain(&self.rooms)
    }

    /// Whether the viewer talks with somebody alone.
    pub fn talks_with(&self, user: UserId) -> bool {
        self.talks.iter().any(|talk| talk.with.id == user)
    }

    /// How the viewer reads a room, whether it is one of these or not.
    pub fn reading(&self, room: &Room) -> Reading {
        self.readings.get(&room.id).copied().unwrap_or_default()
    }

    /// For a view.
    pub fn view<'a>(&'a self, visitor: &'a Visitor, current: Option<RoomId>) -> sidebar::Places<'a> {
        sidebar::Places {
            house: &self.house.name,
            viewer: visitor.person.as_ref(),
            rooms: &self.rooms,
            directs: &self.directs,
            talks: &self.talks,
            readings: &self.readings,
            drafts: &self.drafts,
            current,
            is_live: self.is_live,
            since: self.since,
        }
    }
}

/// With whom a visitor talks alone; `is_here` says whether somebody is here, if that is to be shown.
pub(super) fn talks(
    snapshot: &Snapshot,
    visitor: &Visitor,
    is_here: impl Fn(UserId) -> Option<bool>,
) -> Result<Vec<Talk>, Fault> {
    let Some(author) = visitor.author() else { return Ok(Vec::new()) };
    let talks = snapshot.talks_of(author.id)?.into_iter();
    Ok(talks.map(|(room, with)| Talk { room, is_here: is_here(with.id), with }).collect())
}

fn read_by(snapshot: &Snapshot, user: UserId) -> Result<(HashMap<RoomId, Reading>, Vec<RoomId>), Fault> {
    Ok((snapshot.readings(user)?.into_iter().collect(), snapshot.drafts(user)?))
}

/// Rooms that somebody keeps on top or has not read to their end, though much happens in others.
fn other_rooms(
    snapshot: &Snapshot,
    person: &Person,
    listed: &[Room],
    readings: &HashMap<RoomId, Reading>,
) -> Result<Vec<Room>, Fault> {
    let is_wanted = |reading: &Reading| reading.on_top || reading.unread > 0;
    let mut wanted: Vec<(bool, Reverse<_>, RoomId)> = readings
        .iter()
        .filter(|(id, reading)| is_wanted(reading) && listed.iter().all(|room| room.id != **id))
        .map(|(id, reading)| (!reading.on_top, Reverse(reading.last), *id))
        .collect();
    wanted.sort_unstable();
    let mut found = Vec::new();
    for (.., id) in wanted.into_iter().take(LISTED_ROOMS_MAX) {
        found.extend(snapshot.sight_by_id(id, Some(person), now())?.map(|sight| sight.room));
    }
    Ok(found)
}
