//! Going to another room: those that the visitor may go to, or those with some letters in their names.

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
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// The rooms, in the order in which one is likely to want them; as a page, as what stands on it, or as a list.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let q = query::form_text(ctx.request, "q").unwrap_or_default();
    let q = q.trim();
    if !q.is_empty() {
        check(ctx.request, ctx.visitor.author().map(|author| author.id), LimitedAction::SearchRooms)?;
    }
    respond_with_results(&ctx, q)
}

fn respond_with_results(ctx: &Ctx<'_>, q: &str) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let rooms = search_rooms(&snapshot, &ctx.visitor, &sidebar, q)?;
    let people = search_people(&snapshot, &ctx.visitor, &sidebar, q)?;
    let view = SwitcherView { sidebar: &sidebar.view(&ctx.visitor, None), rooms: &rooms, people: &people, query: q };
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

/// First the one that is called what is sought, then those whose name begins with it, then those with something to read, then those on top; of equals those
/// with single people, then the others, by name if nothing is sought and else the latest first.
fn search_rooms(snapshot: &Snapshot, visitor: &Visitor, sidebar: &Sidebar, q: &str) -> Result<Vec<Room>, StoreError> {
    let search = SearchTerms::parse(q);
    let server_name = match &search {
        None => None,
        Some(_) => find_exact_room(snapshot, visitor, q)?,
    };
    let exact: Option<RoomId> = server_name.as_ref().map(|room| room.id);
    let mut rooms: Vec<Room> = match &search {
        None => sidebar.rooms().cloned().collect(),
        Some(sought) => {
            list_matching_rooms(snapshot, visitor, |room| Some(room.id) != exact && sought.matches(&room.name))?
        }
    };
    rooms.extend(server_name);
    rooms.sort_by_cached_key(|room| {
        let (read_state, begins) =
            (sidebar.read_state(room), search.as_ref().is_some_and(|sought| sought.is_prefix_of(&room.name)));
        let badge = match read_state.badge(room.visibility) {
            Badge::Mentioned(_) => 2,
            Badge::Unread(_) => 1,
            Badge::Nothing => 0,
        };
        Reverse((Some(room.id) == exact, begins, badge, read_state.favorite))
    });
    rooms.truncate(LISTED_ROOMS_MAX);
    Ok(rooms)
}

/// The room of this very name or address, wherever it stands.
fn find_exact_room(snapshot: &Snapshot, visitor: &Visitor, q: &str) -> Result<Option<Room>, StoreError> {
    let Ok(address) = Slug::from_name(q) else { return Ok(None) };
    Ok(snapshot.visible_room_by_slug(&address, visitor.person.as_ref(), now())?.map(|visible_room| visible_room.room))
}

/// The rooms that the visitor may see and wants, those that do not stand in their list too; of those for everybody, the ones
/// in which something happened last.
fn list_matching_rooms(
    snapshot: &Snapshot,
    visitor: &Visitor,
    is_wanted: impl Fn(&Room) -> bool,
) -> Result<Vec<Room>, StoreError> {
    let (person, now) = (visitor.person.as_ref(), now());
    let mut rooms = person.map_or(Ok(Vec::new()), |person| snapshot.members_only_rooms(person, now))?;
    rooms.retain(&is_wanted);
    let recent = snapshot.matching_active_rooms(LISTED_ROOMS_MAX, person, now, is_wanted)?;
    rooms.extend(recent.into_iter().map(|recent| recent.room));
    Ok(rooms)
}

/// Those who have this very name, or one that goes on with it, for whoever is in the house and does not talk with them yet;
/// best first. A name that somebody had leads to them as a whole, and not by a part.
fn search_people(
    snapshot: &Snapshot,
    visitor: &Visitor,
    sidebar: &Sidebar,
    q: &str,
) -> Result<Vec<Author>, StoreError> {
    let (Some(viewer), Ok(name)) = (&visitor.person, UserName::parse(q)) else { return Ok(Vec::new()) };
    if !sidebar.settings.join_policy.admits(Some(viewer)) {
        return Ok(Vec::new());
    }
    let found = snapshot.matching_people_anywhere(&name, now())?.into_iter().map(|person| person.author);
    let is_new = |author: &Author| author.id != viewer.author.id && !sidebar.has_direct_with(author.id);
    Ok(found.filter(is_new).take(COMPLETIONS_MAX).collect())
}

/// What is sought: words, each of which is somewhere in a name, in letters of whatever size.
struct SearchTerms(Vec<String>);

impl SearchTerms {
    /// Nothing if it is blank. What is longer than any name is one word, which is in none.
    fn parse(q: &str) -> Option<Self> {
        let q = q.to_lowercase();
        let words: Vec<String> = if q.chars().count() > SEARCH_CHARS_MAX {
            vec![q]
        } else {
            q.split_whitespace().map(str::to_owned).collect()
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
