//! What stands beside a page: the rooms that its viewer may go to.

use std::cmp::Reverse;
use std::collections::HashMap;

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{self, Cursor, Person, ReadState, Room, RoomId, UserId, Visibility};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views::rooms::sidebar::{self, DirectPartner};
use crate::web::auth::visitor::Visitor;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;

/// The list alone, for a page that is open and shows it anew: one of this room, if it says so, and if it is the one of its
/// messages.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    respond_with_room_lists(&ctx)
}

fn respond_with_room_lists(ctx: &Ctx<'_>) -> Result<Response, Error> {
    ctx.require_person()?;
    let (room, is_live) = (query::seq(ctx.request, "room")?, query::text(ctx.request, "live").is_some());
    let snapshot = ctx.snapshot()?;
    let partners = direct_partners(&snapshot, &ctx.visitor, |user| is_live.then(|| ctx.state.hubs.is_online(user)))?;
    let sidebar = Sidebar::load_with(&snapshot, &ctx.visitor, partners, is_live)?;
    let fragment = sidebar::room_lists(&sidebar.view(&ctx.visitor, room.map(|seq| RoomId(seq.0))));
    Ok(with_private_cache(fragment.into_response(), &ctx.visitor))
}

/// The rooms of a viewer, as they were in one snapshot.
pub(crate) struct Sidebar {
    /// What the owners have settled.
    pub settings: domain::ServerSettings,
    rooms: Vec<Room>,
    directs: Vec<Room>,
    direct_partners: Vec<DirectPartner>,
    read_states: HashMap<RoomId, ReadState>,
    drafts: Vec<RoomId>,
    is_live: bool,
    since: Cursor,
}

impl Sidebar {
    /// Reads them.
    pub fn load(snapshot: &Snapshot, visitor: &Visitor) -> Result<Self, StoreError> {
        Self::load_with(snapshot, visitor, direct_partners(snapshot, visitor, |_| None)?, false)
    }

    /// The same beside the messages of a room, where the talks have been read.
    pub fn load_live(snapshot: &Snapshot, visitor: &Visitor, partners: Vec<DirectPartner>) -> Result<Self, StoreError> {
        Self::load_with(snapshot, visitor, partners, true)
    }

    fn load_with(
        snapshot: &Snapshot,
        visitor: &Visitor,
        partners: Vec<DirectPartner>,
        is_live: bool,
    ) -> Result<Self, StoreError> {
        let (person, now) = (visitor.person.as_ref(), now());
        let recent = snapshot.active_rooms(LISTED_ROOMS_MAX, person, now)?;
        let hidden = person.map_or(Ok(Vec::new()), |person| snapshot.members_only_rooms(person, now))?;
        let mut rooms: Vec<Room> = recent.into_iter().map(|recent| recent.room).chain(hidden).collect();
        let (read_states, drafts) = match person {
            Some(person) => load_read_states(snapshot, person.author.id)?,
            None => <_>::default(),
        };
        if let Some(person) = person {
            rooms.extend(favorite_or_unread_rooms(snapshot, person, &rooms, &read_states)?);
        }
        let read_state = |room: &Room| read_states.get(&room.id).copied().unwrap_or_default();
        rooms.retain(|room| read_state(room).is_in_sidebar());
        let (mut directs, mut rooms): (Vec<Room>, Vec<Room>) =
            rooms.into_iter().partition(|room| room.visibility == Visibility::Direct);
        let rank = |room: &Room| read_state(room).sidebar_rank(room.visibility);
        rooms.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.slug.as_str().cmp(b.slug.as_str())));
        directs.sort_by_key(|room| Reverse((rank(room), room.id)));
        let (house, since) = (snapshot.settings()?, snapshot.cursor()?);
        Ok(Self { settings: house, rooms, directs, direct_partners: partners, read_states, drafts, is_live, since })
    }

    /// The rooms, those with single people first.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.directs.iter().chain(&self.rooms)
    }

    /// Whether the viewer talks with somebody alone.
    pub fn has_direct_with(&self, user: UserId) -> bool {
        self.direct_partners.iter().any(|talk| talk.person.id == user)
    }

    /// How the viewer reads a room, whether it is one of these or not.
    pub fn read_state(&self, room: &Room) -> ReadState {
        self.read_states.get(&room.id).copied().unwrap_or_default()
    }

    /// For a view.
    pub fn view<'a>(&'a self, visitor: &'a Visitor, current: Option<RoomId>) -> sidebar::SidebarView<'a> {
        sidebar::SidebarView {
            server_name: &self.settings.name,
            viewer: visitor.person.as_ref(),
            rooms: &self.rooms,
            direct_rooms: &self.directs,
            direct_partners: &self.direct_partners,
            read_states: &self.read_states,
            draft_rooms: &self.drafts,
            current_room: current,
            is_live: self.is_live,
            since: self.since,
        }
    }
}

/// With whom a visitor talks alone; `is_here` says whether somebody is here, if that is to be shown.
pub(crate) fn direct_partners(
    snapshot: &Snapshot,
    visitor: &Visitor,
    is_online: impl Fn(UserId) -> Option<bool>,
) -> Result<Vec<DirectPartner>, StoreError> {
    let Some(author) = visitor.author() else { return Ok(Vec::new()) };
    let partners = snapshot.direct_partners(author.id)?.into_iter();
    Ok(partners.map(|(room, with)| DirectPartner { room, is_online: is_online(with.id), person: with }).collect())
}

fn load_read_states(
    snapshot: &Snapshot,
    user: UserId,
) -> Result<(HashMap<RoomId, ReadState>, Vec<RoomId>), StoreError> {
    Ok((snapshot.read_states(user)?.into_iter().collect(), snapshot.rooms_with_drafts(user)?))
}

/// Rooms that somebody keeps on top or has not read to their end, though much happens in others.
fn favorite_or_unread_rooms(
    snapshot: &Snapshot,
    person: &Person,
    listed: &[Room],
    read_states: &HashMap<RoomId, ReadState>,
) -> Result<Vec<Room>, StoreError> {
    let is_wanted = |reading: &ReadState| reading.favorite || reading.unread > 0;
    let mut wanted: Vec<(bool, Reverse<_>, RoomId)> = read_states
        .iter()
        .filter(|(id, read_state)| is_wanted(read_state) && listed.iter().all(|room| room.id != **id))
        .map(|(id, read_state)| (!read_state.favorite, Reverse(read_state.last_message), *id))
        .collect();
    wanted.sort_unstable();
    let mut found = Vec::new();
    for (.., id) in wanted.into_iter().take(LISTED_ROOMS_MAX) {
        found.extend(snapshot.visible_room_by_id(id, Some(person), now())?.map(|visible_room| visible_room.room));
    }
    Ok(found)
}
