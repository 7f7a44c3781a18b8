//! People: the lists of all and of banned people for moderators, and the page of each person.

use poem::web::Json;
use poem::{IntoResponse, Response, handler};

use crate::domain::limits::{ADMIN_LIST_ROWS_MAX, LISTED_ROOMS_MAX};
use crate::domain::{Permission, Person, Refusal, Room, UserName, Visibility, can, can_mute, outranks};
use crate::engine::now;
use crate::store::{PersonListing, Snapshot};
use crate::views;
use crate::views::admin::listed_person::ListedPerson;
use crate::views::admin::people::PeopleView;
use crate::views::admin::person::PersonView;
use crate::views::layout::page::Notice;
use crate::web::admin::notices::moderation_notice;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};
use crate::web::rooms::sidebar::Sidebar;

/// The first people of a list.
struct PeopleList {
    people: Vec<PersonListing>,
    /// Whether these are all of them.
    is_complete: bool,
}

/// Lists all people, or those whose names contain `q`.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::ViewPeople, None)?;
    let query = query::form_text(ctx.request, "q").unwrap_or_default();
    let key = UserName::parse(&query).map(|name| name.key());
    let snapshot = ctx.snapshot()?;
    let people_list = load_people(&snapshot, |person| match &key {
        Ok(key) => UserName::parse(&person.author.name).is_ok_and(|name| name.key().contains(key)),
        Err(refusal) => *refusal == Refusal::NameBlank, // no name contains a text that is longer than a name
    })?;
    if !ctx.wants_page() {
        return Ok(respond_with_list(&ctx, &people_list));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let page = views::admin::people::page(&PeopleView {
        sidebar: &sidebar.view(&ctx.visitor, None),
        people: &load_listed_people(&snapshot, people_list.people)?,
        is_complete: people_list.is_complete,
        total: snapshot.count_people()?,
        query: &query,
        now: now(),
    });
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// Lists the banned people.
#[handler]
pub(crate) fn list_bans(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.require_permission(Permission::Ban, None)?;
    let snapshot = ctx.snapshot()?;
    let people_list = load_people(&snapshot, |person| person.banned_until.is_active(now()))?;
    if !ctx.wants_page() {
        return Ok(respond_with_list(&ctx, &people_list));
    }
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let (people, notice) = (load_listed_people(&snapshot, people_list.people)?, find_notice(&ctx));
    let page = views::admin::bans::page(&sidebar.view(&ctx.visitor, None), &people, notice.as_ref());
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// Shows the page of a person, to all who may use the server.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let viewer = ctx.require_person()?;
    if !snapshot.settings()?.join_policy.admits(Some(viewer)) {
        return Err(Error::Refused(Refusal::MembersOnly));
    }
    let person = find_person(&ctx, &snapshot)?;
    if !ctx.wants_page() {
        let now = can(viewer, Permission::ViewPeople, None).then(now);
        let json = Json(views::json::PersonJson::from_person(&person, now));
        return Ok(with_private_cache(json.into_response(), &ctx.visitor));
    }
    if !is_current_name(&person, ctx.path_param("name")) {
        return Ok(see_other(&person.author.path()));
    }
    person_page(&ctx, &person, find_notice(&ctx).as_ref(), ("", None))
}

/// The person whose name is in the path.
///
/// # Errors
/// [`Refusal::PersonNotFound`].
pub(crate) fn find_person(ctx: &Ctx<'_>, snapshot: &Snapshot) -> Result<Person, Error> {
    let name = UserName::parse(ctx.path_param("name"));
    let person = name.map_or(Ok(None), |name| snapshot.person_by_name(&name))?;
    Ok(person.ok_or(Refusal::PersonNotFound)?)
}

/// Whether this is the person's current name, and not a former one.
fn is_current_name(person: &Person, name: &str) -> bool {
    let key = |name: &str| UserName::parse(name).map(|name| name.key());
    key(name) == key(&person.author.name)
}

/// The page of a person, with all that the visitor may do. `reason` is what was typed there, and what is wrong with it.
pub(crate) fn person_page(
    ctx: &Ctx<'_>,
    person: &Person,
    notice: Option<&Notice>,
    (reason, reason_error): (&str, Option<&str>),
) -> Result<Response, Error> {
    let (snapshot, viewer) = (ctx.snapshot()?, ctx.require_person()?);
    let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
    let listing =
        if can(viewer, Permission::ViewPeople, None) { snapshot.person_listing(person.author.id)? } else { None };
    let details = listing.map(|listing| load_listed_person(&snapshot, listing)).transpose()?;
    let rooms = find_rooms_to_mute_in(&snapshot, viewer, person)?;
    let view = PersonView {
        sidebar: &sidebar.view(&ctx.visitor, None),
        person,
        details: details.as_ref(),
        may_set_role: can(viewer, Permission::ChangeRoles, None) && person.has_account(),
        may_reset: can(viewer, Permission::CreateResetLinks, None) && person.has_account(),
        may_ban: can(viewer, Permission::Ban, None) && outranks(viewer, person),
        rooms: &rooms.iter().collect::<Vec<_>>(),
        notice,
        reason,
        reason_error,
        now: now(),
    };
    Ok(with_private_cache(views::admin::person::page(&view).into_response(), &ctx.visitor))
}

/// The rooms in which the viewer may mute this person.
fn find_rooms_to_mute_in(snapshot: &Snapshot, viewer: &Person, person: &Person) -> Result<Vec<Room>, Error> {
    if !can_mute(viewer, person) {
        return Ok(Vec::new());
    }
    let open = snapshot.active_rooms(LISTED_ROOMS_MAX, Some(viewer), now())?.into_iter().map(|recent| recent.room);
    let rooms = open.chain(snapshot.members_only_rooms(viewer, now())?);
    let may_mute_in =
        |room: &Room| room.visibility != Visibility::Direct && can(viewer, Permission::MuteInRoom, Some(room));
    Ok(rooms.filter(may_mute_in).collect())
}

fn find_notice(ctx: &Ctx<'_>) -> Option<Notice> {
    moderation_notice(query::text(ctx.request, "done")?.as_str())
}

fn load_people(snapshot: &Snapshot, is_wanted: impl Fn(&Person) -> bool) -> Result<PeopleList, Error> {
    let mut people = snapshot.people(ADMIN_LIST_ROWS_MAX + 1, is_wanted)?; // one more shows whether there are more
    let is_complete = people.len() <= ADMIN_LIST_ROWS_MAX;
    people.truncate(ADMIN_LIST_ROWS_MAX);
    Ok(PeopleList { people, is_complete })
}

fn respond_with_list(ctx: &Ctx<'_>, people_list: &PeopleList) -> Response {
    let people = people_list.people.iter().map(|listing| &listing.person);
    let people: Vec<_> = people.map(|person| views::json::PersonJson::from_person(person, Some(now()))).collect();
    with_private_cache(Json(people).into_response(), &ctx.visitor)
}

fn load_listed_people(snapshot: &Snapshot, people: Vec<PersonListing>) -> Result<Vec<ListedPerson>, Error> {
    people.into_iter().map(|listing| load_listed_person(snapshot, listing)).collect()
}

fn load_listed_person(snapshot: &Snapshot, listing: PersonListing) -> Result<ListedPerson, Error> {
    let PersonListing { person, last_seen_at, joined_at, invitation } = listing;
    let invitation = invitation.map_or(Ok(None), |id| snapshot.invitation_by_id(id))?;
    let invitation_label = invitation.map(|invitation| invitation.label);
    Ok(ListedPerson { person, seen_at: last_seen_at, joined_at, invitation_label })
}
