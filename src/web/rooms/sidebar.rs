//! The sidebar of a page: the rooms of its viewer, with their unread counts and drafts.

use std::cmp::Reverse;
use std::collections::HashMap;

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::LISTED_ROOMS_MAX;
use crate::domain::{Cursor, Person, ReadState, Room, RoomId, ServerSettings, UserId, Visibility};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views::rooms::sidebar::{self, DirectPartner, SidebarView};
use crate::web::auth::visitor::Visitor;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;

/// The room lists alone, which an open page fetches when they change. `?room=` is the number of the page's room, and
/// `live` says that the page shows the messages of that room.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
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
    /// The settings of the server.
    pub settings: ServerSettings,
    rooms: Vec<Room>,
    direct_rooms: Vec<Room>,
    direct_partners: Vec<DirectPartner>,
    read_states: HashMap<RoomId, ReadState>,
    draft_rooms: Vec<RoomId>,
    is_live: bool,
    since: Cursor,
}

impl Sidebar {
    /// Reads the sidebar of a page that does not show the messages of a room.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn load(snapshot: &Snapshot, visitor: &Visitor) -> Result<Self, StoreError> {
        Self::load_with(snapshot, visitor, direct_partners(snapshot, visitor, |_| None)?, false)
    }

    /// Reads the sidebar of a page that shows the messages of a room, with the presence of direct partners.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn load_live(snapshot: &Snapshot, visitor: &Visitor, partners: Vec<DirectPartner>) -> Result<Self, StoreError> {
        Self::load_with(snapshot, visitor, partners, true)
    }

    fn load_with(
        snapshot: &Snapshot,
        visitor: &Visitor,
        direct_partners: Vec<DirectPartner>,
        is_live: bool,
    ) -> Result<Self, StoreError> {
        let (person, now) = (visitor.person.as_ref(), now());
        let active_rooms = snapshot.active_rooms(LISTED_ROOMS_MAX, person, now)?;
        let members_only = person.map_or(Ok(Vec::new()), |person| snapshot.members_only_rooms(person, now))?;
        let mut rooms: Vec<Room> = active_rooms.into_iter().map(|active| active.room).chain(members_only).collect();
        let (mut read_states, mut draft_rooms) = (HashMap::new(), Vec::new());
        if let Some(person) = person {
            read_states = snapshot.read_states(person.author.id)?.into_iter().collect();
            draft_rooms = snapshot.rooms_with_drafts(person.author.id)?;
            rooms.extend(favorite_or_unread_rooms(snapshot, person, &rooms, &read_states)?);
        }
        let read_state = |room: &Room| read_states.get(&room.id).copied().unwrap_or_default();
        rooms.retain(|room| read_state(room).is_in_sidebar());
        let (mut direct_rooms, mut rooms): (Vec<Room>, Vec<Room>) =
            rooms.into_iter().partition(|room| room.visibility == Visibility::Direct);
        let rank = |room: &Room| read_state(room).sidebar_rank(room.visibility);
        rooms.sort_by(|a, b| rank(b).cmp(&rank(a)).then_with(|| a.slug.as_str().cmp(b.slug.as_str())));
        direct_rooms.sort_by_key(|room| Reverse((rank(room), room.id)));
        let (settings, since) = (snapshot.settings()?, snapshot.cursor()?);
        Ok(Self { settings, rooms, direct_rooms, direct_partners, read_states, draft_rooms, is_live, since })
    }

    /// All rooms, direct rooms first.
    pub fn rooms(&self) -> impl Iterator<Item = &Room> {
        self.direct_rooms.iter().chain(&self.rooms)
    }

    /// Whether the viewer has a direct room with this person alone.
    pub fn has_direct_with(&self, user: UserId) -> bool {
        self.direct_partners.iter().any(|partner| partner.person.id == user)
    }

    /// The viewer's read state of a room, whether the sidebar has the room or not.
    pub fn read_state(&self, room: &Room) -> ReadState {
        self.read_states.get(&room.id).copied().unwrap_or_default()
    }

    /// The sidebar for a view. `current_room` is the room that the page is about.
    pub fn view<'a>(&'a self, visitor: &'a Visitor, current_room: Option<RoomId>) -> SidebarView<'a> {
        SidebarView {
            server_name: &self.settings.name,
            viewer: visitor.person.as_ref(),
            rooms: &self.rooms,
            direct_rooms: &self.direct_rooms,
            direct_partners: &self.direct_partners,
            read_states: &self.read_states,
            draft_rooms: &self.draft_rooms,
            current_room,
            is_live: self.is_live,
            since: self.since,
        }
    }
}

/// The direct rooms of the visitor that have two people, with the other of the two. `is_online` gives the presence of a
/// person, or `None` where the page does not show it.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub(crate) fn direct_partners(
    snapshot: &Snapshot,
    visitor: &Visitor,
    is_online: impl Fn(UserId) -> Option<bool>,
) -> Result<Vec<DirectPartner>, StoreError> {
    let Some(author) = visitor.author() else { return Ok(Vec::new()) };
    let partners = snapshot.direct_partners(author.id)?.into_iter();
    Ok(partners.map(|(room, person)| DirectPartner { room, is_online: is_online(person.id), person }).collect())
}

/// Favorite rooms and rooms with unread messages that `listed` does not have, because other rooms are more active.
fn favorite_or_unread_rooms(
    snapshot: &Snapshot,
    person: &Person,
    listed: &[Room],
    read_states: &HashMap<RoomId, ReadState>,
) -> Result<Vec<Room>, StoreError> {
    let is_wanted = |read_state: &ReadState| read_state.favorite || read_state.unread > 0;
    let mut wanted: Vec<(bool, Reverse<_>, RoomId)> = read_states
        .iter()
        .filter(|(id, read_state)| is_wanted(read_state) && listed.iter().all(|room| room.id != **id))
        .map(|(id, read_state)| (!read_state.favorite, Reverse(read_state.last_message), *id))
        .collect();
    wanted.sort_unstable();
    let mut rooms = Vec::new();
    for (.., id) in wanted.into_iter().take(LISTED_ROOMS_MAX) {
        rooms.extend(snapshot.visible_room_by_id(id, Some(person), now())?.map(|visible_room| visible_room.room));
    }
    Ok(rooms)
}
