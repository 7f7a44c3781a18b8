//! Invitations: making links by which others come in, and taking them back.

use std::sync::Arc;
use std::time::Duration;

use poem::http::header::CACHE_CONTROL;
use poem::http::{HeaderValue, StatusCode};
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{again, private, see_other, wants_page};
use super::form::Form;
use super::places::Places;
use super::visitor::Visitor;
use super::{House, origin, problem, query, random};
use crate::domain::limits::{LABEL_CHARS_MAX, LISTED_PEOPLE_MAX, PICKED_MAX};
use crate::domain::{
    Act, Address, Command, HouseCommand, Invitation, Kind, Line, Person, Refusal, Role, RoomId, Seq, Token, Until,
};
use crate::engine::{Problem, now};
use crate::store::{Fault, Snapshot};
use crate::views;
use crate::views::invitation::{Draft, Listed, View};
use crate::views::sheet::Notice;

const FIELDS: [&str; 5] = ["name", "role", "uses", "expires", "rooms"];
/// How many people the list names who came by an invitation.
const NAMED_MAX: usize = 1_000;

/// The list, and the form for a new one.
#[handler]
pub(super) fn list(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::Invite, None).map_err(Problem::Refused)?;
    if !wants_page(request) {
        let listed = listed(&house.store.snapshot().map_err(Problem::Unread)?)?;
        let listed: Vec<_> = listed.iter().map(|one| views::json::ListedInvitation::of(one, now())).collect();
        return Ok(private(Json(listed).into_response(), &visitor));
    }
    Ok(page(request, house, &visitor, &Draft::fresh())?)
}

/// A new one. Its link is shown once, and only a hash of it is kept.
#[handler]
pub(super) async fn create(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    visitor.allowed(Act::Invite, None).map_err(Problem::Refused)?;
    let form = Form::read(request, body, &FIELDS).await.map_err(Problem::Refused)?;
    match invite(house, &visitor, &form).await {
        Ok((invitation, code)) => Ok(made(request, house, &visitor, &invitation, &code)?),
        Err(problem) => again(request, house, problem, |problem| {
            page(request, house, &visitor, &Draft::of(&form, problem::beside(problem, &FIELDS)))
        }),
    }
}

/// It is taken back: nobody comes in by it any more.
#[handler]
pub(super) async fn revoke(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    visitor.allowed(Act::Invite, None).map_err(Problem::Refused)?;
    let id = request.raw_path_param("id").and_then(|id| id.parse().ok()).map(Seq);
    let command = HouseCommand::RevokeInvitation { id: id.ok_or(Problem::Refused(Refusal::Nothing))? };
    house.engine.execute(visitor.who().map_err(Problem::Refused)?, None, Command::House(command)).await?;
    Ok(if wants_page(request) {
        see_other("/house/invitations?done=revoked")
    } else {
        StatusCode::NO_CONTENT.into_response()
    })
}

async fn invite(house: &House, visitor: &Visitor, form: &Form) -> Result<(Invitation, Token), Problem> {
    let person = visitor.named()?;
    let label = Line::parse("name", form.one("name")?, LABEL_CHARS_MAX)?;
    let role = form.choice("role", |word| Role::parse(word).filter(|role| *role < Role::Owner))?;
    let uses = match form.one("uses")?.trim() {
        "" => None,
        count => Some(count.parse().ok().filter(|count| *count > 0).ok_or(Refusal::FieldInvalid("uses"))?),
    };
    let until = form.choice("expires", end)?;
    let rooms = closed_rooms(&house.store.snapshot()?, person, &form.several("rooms")?)?;
    let token = random::token()?;
    let command = HouseCommand::Invite { label, role, uses, until, rooms, code: token.hash() };
    house.engine.execute(visitor.who()?, None, Command::House(command)).await?;
    let invitation = house.store.snapshot()?.invitation(token.hash())?;
    Ok((invitation.ok_or(Fault::Missing { table: "invitations" })?, token))
}

fn closed_rooms(snapshot: &Snapshot, person: &Person, addresses: &[&str]) -> Result<Vec<RoomId>, Problem> {
    if addresses.len() > PICKED_MAX {
        return Err(Refusal::FieldInvalid("rooms").into());
    }
    let mut rooms = Vec::new();
    for address in addresses {
        let address = Address::of(address).map_err(|_| Refusal::FieldInvalid("rooms"))?;
        let room = snapshot.sight(&address, Some(person), now())?.map(|sight| sight.room);
        let room = room.filter(|room| room.kind == Kind::Closed).ok_or(Refusal::FieldInvalid("rooms"))?;
        if !rooms.contains(&room.id) {
            rooms.push(room.id);
        }
    }
    Ok(rooms)
}

/// When an invitation ends that is made now.
fn end(word: &str) -> Option<Until> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let time = match word {
        "1d" => DAY,
        "1w" => 7 * DAY,
        "1m" => 30 * DAY,
        "never" => return Some(Until::LIFTED),
        _ => return None,
    };
    Some(Until(now().after(time)))
}

fn made(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    invitation: &Invitation,
    code: &Token,
) -> Result<Response, Problem> {
    let path = format!("/join/{}", code.text());
    let link = format!("{}{path}", origin::public(request));
    let mut response = if wants_page(request) {
        let snapshot = house.store.snapshot()?;
        let places = Places::of(&snapshot, visitor)?;
        let qr = format!("{path}/qr.svg");
        private(views::invitation::made(&places.view(visitor, None), invitation, &link, &qr).into_response(), visitor)
    } else {
        Json(views::json::Invitation::of(invitation, Some(&link))).into_response()
    };
    response.set_status(StatusCode::CREATED);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The invitations, newest first, and who came by each.
fn listed(snapshot: &Snapshot) -> Result<Vec<Listed>, Problem> {
    let newcomers = snapshot.newcomers(NAMED_MAX)?;
    let listed = |invitation: Invitation| {
        let came = newcomers.iter().filter(|(id, _)| *id == invitation.id).map(|(_, author)| author.clone()).collect();
        Ok(Listed { by: snapshot.user(invitation.by)?, came, invitation })
    };
    snapshot.invitations(LISTED_PEOPLE_MAX)?.into_iter().map(listed).collect()
}

fn page(request: &Request, house: &House, visitor: &Visitor, draft: &Draft) -> Result<Response, Problem> {
    let (snapshot, person) = (house.store.snapshot()?, visitor.named()?);
    let places = Places::of(&snapshot, visitor)?;
    let invitations = listed(&snapshot)?;
    let mut rooms = snapshot.hidden_rooms(person, now())?;
    rooms.retain(|room| room.kind == Kind::Closed);
    let is_revoked = query::text(request, "done").as_deref() == Some("revoked");
    let notice = is_revoked.then(|| Notice::Done("It is taken back: nobody comes in by it any more.".to_owned()));
    let places = places.view(visitor, None);
    let view =
        View { places: &places, invitations: &invitations, rooms: &rooms, draft, notice: notice.as_ref(), now: now() };
    Ok(private(views::invitation::list(&view).into_response(), visitor))
}

impl Draft {
    fn fresh() -> Self {
        Self { role: Role::Member.word().to_owned(), expires: "1w".to_owned(), ..Self::default() }
    }

    fn of(form: &Form, wrong: (&'static str, String)) -> Self {
        let field = |name| form.get(name).unwrap_or("").to_owned();
        let rooms = form.several("rooms").unwrap_or_default().into_iter().map(str::to_owned).collect();
        let (name, role, uses, expires) = (field("name"), field("role"), field("uses"), field("expires"));
        Self { name, role, uses, expires, rooms, wrong: Some(wrong) }
    }
}
