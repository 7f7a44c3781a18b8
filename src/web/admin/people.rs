//! People: all of them for those who keep order, and the page of each. What is laid on them is in `sanctions.rs`.

use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, LISTED_ROOMS_MAX};
use crate::domain::{Permission, Person, Refusal, Room, Seq, UserName, Visibility, can, can_mute, outranks};
use crate::engine::now;
use crate::store::{PersonListing, Snapshot};
use crate::views;
use crate::views::admin::people::{ListedPerson, PersonView};
use crate::views::layout::page::Notice;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// Everybody, or those whose name has `q` in it.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::ViewPeople, None)?;
    let q = query::form_text(ctx.request, "q").unwrap_or_default();
    let key = UserName::parse(&q).map(|name| name.key());
    let wanted = |person: &Person| match &key {
        Ok(key) => UserName::parse(&person.author.name).is_ok_and(|name| name.key().contains(key)),
        Err(refusal) => *refusal == Refusal::NameBlank, // what is longer than a name is in none
    };
    respond_with_people(&ctx, wanted, |sidebar, people, counts| {
        views::admin::people::list(sidebar, people, counts, &q, now())
    })
}

/// Who is outside.
#[handler]
pub(crate) fn list_bans(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Ban, None)?;
    let notice = query::text(ctx.request, "done").as_deref().and_then(crate::web::admin::moderation::moderation_notice);
    let is_outside = |person: &Person| person.banned_until.is_active(now());
    respond_with_people(&ctx, is_outside, |sidebar, people, _| {
        views::admin::people::bans_page(sidebar, people, notice.as_ref())
    })
}

/// The page of somebody, for whoever is in the house.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let viewer = ctx.require_person()?;
    if !snapshot.settings()?.join_policy.admits(Some(viewer)) {
        return Err(Error::Refused(Refusal::MembersOnly));
    }
    let person = find_person(&snapshot, ctx.request)?;
    if ctx.wants_page() && !is_current_name(&person, ctx.request) {
        return Ok(see_other(&person.author.path()));
    }
    if !ctx.wants_page() {
        let now = can(viewer, Permission::ViewPeople, None).then(now);
        return Ok(with_private_cache(
            Json(views::json::PersonJson::from_person(&person, now)).into_response(),
            &ctx.visitor,
        ));
    }
    let notice = query::text(ctx.request, "done").as_deref().and_then(crate::web::admin::moderation::moderation_notice);
    person_page(&ctx, &person, notice.as_ref(), ("", None))
}

/// Whose name stands in a request's path.
pub(crate) fn find_person(snapshot: &Snapshot, request: &Request) -> Result<Person, Error> {
    let name = UserName::parse(request.raw_path_param("name").unwrap_or(""));
    let person = name.map_or(Ok(None), |name| snapshot.person_by_name(&name))?;
    Ok(person.ok_or(Refusal::PersonNotFound)?)
}

/// Whether somebody is found by the name that they have, and not by one that they had.
fn is_current_name(person: &Person, request: &Request) -> bool {
    let key = |name: &str| UserName::parse(name).map(|name| name.key());
    key(request.raw_path_param("name").unwrap_or("")) == key(&person.author.name)
}

/// The page of somebody, with all that the visitor may do. `why` is what was typed there, and what is wrong with it.
pub(crate) fn person_page(
    ctx: &Ctx<'_>,
    person: &Person,
    notice: Option<&Notice>,
    (reason, reason_error): (&str, Option<&str>),
) -> Result<Response, Error> {
    let (snapshot, viewer) = (ctx.snapshot()?, ctx.require_person()?);
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let seen =
        if can(viewer, Permission::ViewPeople, None) { snapshot.person_listing(person.author.id)? } else { None };
    let theirs = rooms_to_mute_in(&snapshot, viewer, person)?;
    let listed = seen.map(|seen| load_person_row(&snapshot, seen)).transpose()?;
    let view = PersonView {
        sidebar: &sidebar.view(&ctx.visitor, None),
        person,
        details: listed.as_ref(),
        may_set_role: can(viewer, Permission::ChangeRoles, None) && person.has_account(),
        may_reset: can(viewer, Permission::CreateResetLinks, None) && person.has_account(),
        may_ban: can(viewer, Permission::Ban, None) && outranks(viewer, person),
        rooms: &theirs.iter().collect::<Vec<_>>(),
        notice,
        reason,
        reason_error,
        now: now(),
    };
    Ok(with_private_cache(views::admin::people::page(&view).into_response(), &ctx.visitor))
}

/// The rooms in which the viewer may silence this person.
fn rooms_to_mute_in(snapshot: &Snapshot, viewer: &Person, person: &Person) -> Result<Vec<Room>, Error> {
    if !can_mute(viewer, person) {
        return Ok(Vec::new());
    }
    let open = snapshot.active_rooms(LISTED_ROOMS_MAX, Some(viewer), now())?.into_iter().map(|recent| recent.room);
    let rooms = open.chain(snapshot.members_only_rooms(viewer, now())?);
    let is_kept =
        |room: &Room| room.visibility != Visibility::Direct && can(viewer, Permission::MuteInRoom, Some(room));
    Ok(rooms.filter(is_kept).collect())
}

fn respond_with_people(
    ctx: &Ctx<'_>,
    wanted: impl Fn(&Person) -> bool,
    view: impl FnOnce(&views::rooms::sidebar::SidebarView, &[ListedPerson], (bool, u64)) -> maud::Markup,
) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let mut people = snapshot.people(ADMIN_LIST_ROWS_MAX + 1, wanted)?; // one more tells whether there are more
    let are_all = people.len() <= ADMIN_LIST_ROWS_MAX;
    people.truncate(ADMIN_LIST_ROWS_MAX);
    if !ctx.wants_page() {
        let people: Vec<_> =
            people.iter().map(|seen| views::json::PersonJson::from_person(&seen.person, Some(now()))).collect();
        return Ok(with_private_cache(Json(people).into_response(), &ctx.visitor));
    }
    let people = people.into_iter().map(|seen| load_person_row(&snapshot, seen)).collect::<Result<Vec<_>, _>>()?;
    let (sidebar, count) = (Sidebar::load(&snapshot, &ctx.visitor)?, snapshot.count_people()?);
    Ok(with_private_cache(
        view(&sidebar.view(&ctx.visitor, None), &people, (are_all, count)).into_response(),
        &ctx.visitor,
    ))
}

fn load_person_row(snapshot: &Snapshot, listing: PersonListing) -> Result<ListedPerson, Error> {
    let PersonListing { person, last_seen_at: seen_at, joined_at: entered_at, invitation: invited } = listing;
    let label = |id: Seq| Ok::<_, Error>(snapshot.invitation_by_id(id)?.map(|invitation| invitation.label));
    Ok(ListedPerson {
        person,
        seen_at,
        joined_at: entered_at,
        invitation_label: invited.map(label).transpose()?.flatten(),
    })
}
