//! The switcher: search for a room to go to, or a person to message, by a part of the name.

use std::cmp::Reverse;

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::{COMPLETIONS_MAX, LISTED_ROOMS_MAX, SEARCH_CHARS_MAX};
use crate::domain::{Author, Badge, Room, RoomId, Slug, UserName};
use crate::engine::now;
use crate::store::{Snapshot, StoreError};
use crate::views;
use crate::views::rooms::switcher::SwitcherView;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// The rooms and people that `?q=` finds, most likely first: as a page, as a dialog or its list (`?as=`), or as JSON or
/// text. Without `q`, the rooms of the sidebar.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let query = query::form_text(ctx.request, "q").unwrap_or_default();
    let query = query.trim();
    if !query.is_empty() {
        ctx.check_rate(LimitedAction::SearchRooms)?;
    }
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let rooms = search_rooms(&snapshot, &ctx.visitor, &sidebar, query)?;
    let people = search_people(&snapshot, &ctx.visitor, &sidebar, query)?;
    let view = SwitcherView { sidebar: &sidebar.view(&ctx.visitor, None), rooms: &rooms, people: &people, query };
    let response = match (query::text(ctx.request, "as").as_deref(), ctx.accept()) {
        (Some("dialog"), _) => views::rooms::switcher::dialog(&view).into_response(),
        (Some("list"), _) => views::rooms::switcher::results(&view).into_response(),
        (_, Accept::Json) => {
            let rooms = rooms.iter().map(|room| views::json::SidebarRoomJson::new(room, &sidebar.read_state(room)));
            Json(rooms.collect::<Vec<_>>()).into_response()
        }
        (_, Accept::Text) => views::plain::room_list(&rooms).into_response(),
        (_, Accept::Page | Accept::Stream | Accept::Anything) => views::rooms::switcher::page(&view).into_response(),
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

/// The rooms that match, in this order: the room of exactly this name or slug; names that begin with the query; rooms with
/// mentions, then with unread messages; favorites. Among equals, direct rooms come first, then the most recently active
/// ones; without a query the order is that of the sidebar.
fn search_rooms(
    snapshot: &Snapshot,
    visitor: &Visitor,
    sidebar: &Sidebar,
    query: &str,
) -> Result<Vec<Room>, StoreError> {
    let terms = SearchTerms::parse(query);
    let exact_room = match &terms {
        None => None,
        Some(_) => find_exact_room(snapshot, visitor, query)?,
    };
    let exact: Option<RoomId> = exact_room.as_ref().map(|room| room.id);
    let mut rooms: Vec<Room> = match &terms {
        None => sidebar.rooms().cloned().collect(),
        Some(terms) => {
            list_matching_rooms(snapshot, visitor, |room| Some(room.id) != exact && terms.matches(&room.name))?
        }
    };
    rooms.extend(exact_room);
    rooms.sort_by_cached_key(|room| {
        let read_state = sidebar.read_state(room);
        let has_prefix = terms.as_ref().is_some_and(|terms| terms.is_prefix_of(&room.name));
        let badge = match read_state.badge(room.visibility) {
            Badge::Mentioned(_) => 2,
            Badge::Unread(_) => 1,
            Badge::Nothing => 0,
        };
        Reverse((Some(room.id) == exact, has_prefix, badge, read_state.favorite))
    });
    rooms.truncate(LISTED_ROOMS_MAX);
    Ok(rooms)
}

/// The room of exactly this name or slug, also if it is not among the active rooms.
fn find_exact_room(snapshot: &Snapshot, visitor: &Visitor, name: &str) -> Result<Option<Room>, StoreError> {
    let Ok(slug) = Slug::from_name(name) else { return Ok(None) };
    Ok(snapshot.visible_room_by_slug(&slug, visitor.person.as_ref(), now())?.map(|visible_room| visible_room.room))
}

/// The wanted rooms that the visitor may see, also those that the sidebar does not have: private and direct rooms, then the
/// most recently active of the others.
fn list_matching_rooms(
    snapshot: &Snapshot,
    visitor: &Visitor,
    is_wanted: impl Fn(&Room) -> bool,
) -> Result<Vec<Room>, StoreError> {
    let (person, now) = (visitor.person.as_ref(), now());
    let mut rooms = person.map_or(Ok(Vec::new()), |person| snapshot.members_only_rooms(person, now))?;
    rooms.retain(&is_wanted);
    let active_rooms = snapshot.matching_active_rooms(LISTED_ROOMS_MAX, person, now, is_wanted)?;
    rooms.extend(active_rooms.into_iter().map(|active| active.room));
    Ok(rooms)
}

/// The people whose name matches, best first, with whom the visitor has no direct room yet. Only those who may join see
/// people. A former name matches as a whole only.
fn search_people(
    snapshot: &Snapshot,
    visitor: &Visitor,
    sidebar: &Sidebar,
    query: &str,
) -> Result<Vec<Author>, StoreError> {
    let (Some(viewer), Ok(name)) = (&visitor.person, UserName::parse(query)) else { return Ok(Vec::new()) };
    if !sidebar.settings.join_policy.admits(Some(viewer)) {
        return Ok(Vec::new());
    }
    let people = snapshot.matching_people_anywhere(&name, now())?.into_iter().map(|person| person.author);
    let is_new = |author: &Author| author.id != viewer.author.id && !sidebar.has_direct_with(author.id);
    Ok(people.filter(is_new).take(COMPLETIONS_MAX).collect())
}

/// The words of a query. A name matches if it contains each of them, in any case.
struct SearchTerms(Vec<String>);

impl SearchTerms {
    /// `None` for a blank query. A query that is longer than any name is one word, which no name contains.
    fn parse(query: &str) -> Option<Self> {
        let query = query.to_lowercase();
        let words: Vec<String> = if query.chars().count() > SEARCH_CHARS_MAX {
            vec![query]
        } else {
            query.split_whitespace().map(str::to_owned).collect()
        };
        (!words.is_empty()).then_some(Self(words))
    }

    fn matches(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.0.iter().all(|word| name.contains(word))
    }

    fn is_prefix_of(&self, name: &str) -> bool {
        name.to_lowercase().starts_with(&self.0[0])
    }
}
