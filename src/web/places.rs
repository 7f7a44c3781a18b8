//! What stands beside a page: the rooms that its viewer may go to.

use super::visitor::Visitor;
use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{House, Kind, Room, RoomId, UserId};
use crate::engine::now;
use crate::store::{Fault, Snapshot};
use crate::views::sidebar::{self, Talk};

/// The rooms of a viewer, as they were in one snapshot.
pub(super) struct Places {
    /// What the owners have settled.
    pub house: House,
    rooms: Vec<Room>,
    directs: Vec<Room>,
    talks: Vec<Talk>,
}

impl Places {
    /// Reads them.
    pub fn of(snapshot: &Snapshot, visitor: &Visitor) -> Result<Self, Fault> {
        Self::with_talks(snapshot, visitor, talks(snapshot, visitor, |_| None)?)
    }

    /// The same, where the talks have been read.
    pub fn with_talks(snapshot: &Snapshot, visitor: &Visitor, talks: Vec<Talk>) -> Result<Self, Fault> {
        let (person, now) = (visitor.person.as_ref(), now());
        let recent = snapshot.recent_rooms(LISTED_ROOMS_MAX, person, now)?;
        let hidden = person.map_or(Ok(Vec::new()), |person| snapshot.hidden_rooms(person, now))?;
        let (directs, closed): (Vec<Room>, Vec<Room>) = hidden.into_iter().partition(|room| room.kind == Kind::Direct);
        let mut rooms: Vec<Room> = recent.into_iter().map(|recent| recent.room).chain(closed).collect();
        rooms.sort_by(|a, b| a.address.as_str().cmp(b.address.as_str()));
        Ok(Self { house: snapshot.house()?, rooms, directs, talks })
    }

    /// For a view.
    pub fn view<'a>(&'a self, visitor: &'a Visitor, current: Option<RoomId>) -> sidebar::Places<'a> {
        sidebar::Places {
            house: &self.house.name,
            viewer: visitor.person.as_ref(),
            rooms: &self.rooms,
            directs: &self.directs,
            talks: &self.talks,
            current,
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
