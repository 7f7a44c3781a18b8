//! People: all of them for those who keep order, and the page of each. What is laid on them is in `sanctions.rs`.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::answers::{private, see_other, wants_page};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::limits::{LISTED_PEOPLE_MAX, LISTED_ROOMS_MAX};
use crate::domain::{Act, Kind, Person, Refusal, Room, Seq, UserName, may, may_silence, outranks};
use crate::engine::{Problem, now};
use crate::store::{Seen, Snapshot};
use crate::views;
use crate::views::person::{Listed, View};
use crate::views::sheet::Notice;

/// Everybody, or those whose name has `q` in it.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::SeePeople, None).map_err(Problem::Refused)?;
    let q = query::typed(request, "q").unwrap_or_default();
    let key = UserName::parse(&q).map(|name| name.key());
    let wanted = |person: &Person| match &key {
        Ok(key) => UserName::parse(&person.author.name).is_ok_and(|name| name.key().contains(key)),
        Err(refusal) => *refusal == Refusal::NameBlank, // what is longer than a name is in none
    };
    Ok(listed(request, house, &visitor, wanted, |places, people, counts| {
        views::person::list(places, people, counts, &q, now())
    })?)
}

/// Who is outside.
#[handler]
pub(super) fn bans(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::Ban, None).map_err(Problem::Refused)?;
    let notice = query::text(request, "done").as_deref().and_then(super::sanctions::notice);
    let is_outside = |person: &Person| person.banned.holds(now());
    Ok(listed(request, house, &visitor, is_outside, |places, people, _| {
        views::person::bans(places, people, notice.as_ref())
    })?)
}

/// The page of somebody, for whoever is in the house.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let viewer = visitor.named().map_err(Problem::Refused)?;
    if !snapshot.house().map_err(Problem::Unread)?.door.admits(Some(viewer)) {
        return Err(Problem::Refused(Refusal::DoorMembers).into());
    }
    let person = whom(&snapshot, request)?;
    if wants_page(request) && !is_called(&person, request) {
        return Ok(see_other(&person.author.path()));
    }
    if !wants_page(request) {
        let now = may(viewer, Act::SeePeople, None).then(now);
        return Ok(private(Json(views::json::Person::of(&person, now)).into_response(), &visitor));
    }
    let notice = query::text(request, "done").as_deref().and_then(super::sanctions::notice);
    Ok(page(house, &visitor, &person, notice.as_ref(), ("", None))?)
}

/// Whose name stands in a request's path.
pub(super) fn whom(snapshot: &Snapshot, request: &Request) -> Result<Person, Problem> {
    let name = UserName::parse(request.raw_path_param("name").unwrap_or(""));
    let person = name.map_or(Ok(None), |name| snapshot.person_named(&name))?;
    Ok(person.ok_or(Refusal::PersonUnknown)?)
}

/// Whether somebody is found by the name that they have, and not by one that they had.
fn is_called(person: &Person, request: &Request) -> bool {
    let key = |name: &str| UserName::parse(name).map(|name| name.key());
    key(request.raw_path_param("name").unwrap_or("")) == key(&person.author.name)
}

/// The page of somebody, with all that the visitor may do. `why` is what was typed there, and what is wrong with it.
pub(super) fn page(
    house: &House,
    visitor: &Visitor,
    person: &Person,
    notice: Option<&Notice>,
    (why, why_wrong): (&str, Option<&str>),
) -> Result<Response, Problem> {
    let (snapshot, viewer) = (house.store.snapshot()?, visitor.named()?);
    let places = Places::of(&snapshot, visitor)?;
    let seen = if may(viewer, Act::SeePeople, None) { snapshot.seen(person.author.id)? } else { None };
    let theirs = kept_rooms(&snapshot, viewer, person)?;
    let listed = seen.map(|seen| told(&snapshot, seen)).transpose()?;
    let view = View {
        places: &places.view(visitor, None),
        person,
        listed: listed.as_ref(),
        may_set_role: may(viewer, Act::SetRole, None) && person.has_account(),
        may_reset: may(viewer, Act::ResetPassword, None) && person.has_account(),
        may_put_out: may(viewer, Act::Ban, None) && outranks(viewer, person),
        rooms: &theirs.iter().collect::<Vec<_>>(),
        notice,
        why,
        why_wrong,
        now: now(),
    };
    Ok(private(views::person::page(&view).into_response(), visitor))
}

/// The rooms in which the viewer may silence this person.
fn kept_rooms(snapshot: &Snapshot, viewer: &Person, person: &Person) -> Result<Vec<Room>, Problem> {
    if !may_silence(viewer, person) {
        return Ok(Vec::new());
    }
    let open = snapshot.recent_rooms(LISTED_ROOMS_MAX, Some(viewer), now())?.into_iter().map(|recent| recent.room);
    let rooms = open.chain(snapshot.hidden_rooms(viewer, now())?);
    let is_kept = |room: &Room| room.kind != Kind::Direct && may(viewer, Act::MuteInRoom, Some(room));
    Ok(rooms.filter(is_kept).collect())
}

fn listed(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    wanted: impl Fn(&Person) -> bool,
    view: impl FnOnce(&views::sidebar::Places, &[Listed], (bool, u64)) -> maud::Markup,
) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let mut people = snapshot.people(LISTED_PEOPLE_MAX + 1, wanted)?; // one more tells whether there are more
    let are_all = people.len() <= LISTED_PEOPLE_MAX;
    people.truncate(LISTED_PEOPLE_MAX);
    if !wants_page(request) {
        let people: Vec<_> = people.iter().map(|seen| views::json::Person::of(&seen.person, Some(now()))).collect();
        return Ok(private(Json(people).into_response(), visitor));
    }
    let people = people.into_iter().map(|seen| told(&snapshot, seen)).collect::<Result<Vec<_>, _>>()?;
    let (places, count) = (Places::of(&snapshot, visitor)?, snapshot.count_people()?);
    Ok(private(view(&places.view(visitor, None), &people, (are_all, count)).into_response(), visitor))
}

fn told(snapshot: &Snapshot, seen: Seen) -> Result<Listed, Problem> {
    let Seen { person, seen_at, entered_at, invited } = seen;
    let label = |id: Seq| Ok::<_, Problem>(snapshot.invitation_by_id(id)?.map(|invitation| invitation.label));
    Ok(Listed { person, seen_at, entered_at, invited: invited.map(label).transpose()?.flatten() })
}
