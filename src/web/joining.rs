//! Coming in by an invitation.

use std::sync::Arc;

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{add_cookie, again, private, see_other, wants_page};
use super::form::Form;
use super::pace::{self, Deed};
use super::visitor::{self, Visitor};
use super::{House, blocks, device, origin, problem, random};
use crate::domain::{
    AccountCommand, Command, Door, Invitation, Password, Refusal, Role, Token, TokenHash, UserName, Who,
};
use crate::engine::{Problem, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::invitation::Welcome;

/// The colour of a code's dots, on white: the ink of a page by day, which cameras read well.
const INK: [u8; 3] = [37, 29, 24];

/// The page to which an invitation leads.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(page(request, house, &visitor, "", None)?)
}

/// Somebody comes in.
#[handler]
pub(super) async fn join(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "password"]).await.map_err(Problem::Refused)?;
    match come_in(house, request, &visitor, &form).await {
        Ok(joined) => Ok(welcome(request, house, joined)?),
        Err(problem @ Problem::Refused(Refusal::LinkDead)) => Err(problem.into()),
        Err(problem) => again(request, house, problem, |problem| {
            page(request, house, &visitor, form.get("name").unwrap_or(""), Some(beside(problem)))
        }),
    }
}

/// The link as a code that a camera reads.
#[handler]
pub(super) fn qr(request: &Request, Data(house): Data<&Arc<House>>) -> Result<Response> {
    let (code, _) = invitation(&house.store.snapshot().map_err(Problem::Unread)?, request)?;
    let link = format!("{}/join/{}", origin::public(request), code.text());
    let code = QRBuilder::new(link).build().map_err(|_| Problem::Refused(Refusal::LinkDead))?; // a host of thousands of letters
    let svg = SvgBuilder::default().module_color(INK).to_str(&code);
    let response = svg.with_content_type("image/svg+xml").with_header(CACHE_CONTROL, "private, no-store");
    Ok(response.into_response())
}

/// Somebody who has come in.
struct Joined {
    name: UserName,
    token: Token,
    invitation: Invitation,
}

async fn come_in(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<Joined, Problem> {
    pace::take(request, visitor.author().map(|person| person.id), Deed::Enter)?;
    let snapshot = house.store.snapshot()?;
    let (code, invitation) = invitation(&snapshot, request)?;
    blocks::refuse(&snapshot, request, visitor)?;
    let name = UserName::choose(form.one("name")?)?;
    let password = match form.one("password")? {
        "" if needs_account(&snapshot, &invitation)? => return Err(Refusal::FieldBlank("password").into()),
        "" => None,
        typed => Some(Password::choose(typed, name.as_str(), &snapshot.house()?.name)?),
    };
    if snapshot.person_named(&name)?.is_some() {
        return Err(Refusal::NameTaken(name.as_str().to_owned()).into()); // no need to hash a password first
    }
    drop(snapshot);
    let password = match password {
        Some(password) => Some(house.passwords.hash(password).await?),
        None => None,
    };
    let token = random::token()?;
    let command = AccountCommand::Join {
        code: code.hash(),
        name: name.clone(),
        password,
        token: token.hash(),
        device: device::of(request),
    };
    house.engine.execute(Who::Nobody, None, Command::Account(command)).await?;
    Ok(Joined { name, token, invitation })
}

/// The invitation whose code stands in the path, if it is good.
fn invitation(snapshot: &Snapshot, request: &Request) -> Result<(Token, Invitation), Problem> {
    let code = request.raw_path_param("code").and_then(Token::parse).ok_or(Refusal::LinkDead)?;
    let hash: TokenHash = code.hash();
    let invitation = snapshot.invitation(hash)?.filter(|invitation| invitation.is_good(now()));
    Ok((code, invitation.ok_or(Refusal::LinkDead)?))
}

fn needs_account(snapshot: &Snapshot, invitation: &Invitation) -> Result<bool, Problem> {
    Ok(invitation.role > Role::Guest || snapshot.house()?.door == Door::Members)
}

/// Into the first room to which the invitation leads, or to the door.
fn welcome(request: &Request, house: &House, joined: Joined) -> Result<Response, Problem> {
    let Joined { name, token, invitation } = joined;
    let room = invitation.rooms.first().map_or(Ok(None), |room| house.store.snapshot()?.room_by_id(*room))?;
    let path = room.as_ref().map_or("/", |room| room.address.path());
    let mut response = if wants_page(request) {
        see_other(path)
    } else {
        Json(views::json::Joined::of(name.as_str(), &token, path)).into_response()
    };
    add_cookie(&mut response, &visitor::remember(request, &token));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn page(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    name: &str,
    wrong: Option<(&'static str, String)>,
) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let (code, invitation) = invitation(&snapshot, request)?;
    let view = Welcome {
        house: &snapshot.house()?.name,
        viewer: visitor.author(),
        path: &format!("/join/{}", code.text()),
        role: invitation.role,
        needs_account: needs_account(&snapshot, &invitation)?,
        name,
        wrong,
    };
    Ok(private(views::invitation::welcome(&view).into_response(), visitor))
}

/// Beside which field a problem stands.
fn beside(problem: &Problem) -> (&'static str, String) {
    match problem {
        Problem::Refused(
            Refusal::NameBlank
            | Refusal::NameTooLong
            | Refusal::NameTaken(_)
            | Refusal::NameMixed
            | Refusal::NameAlike(_),
        ) => ("name", problem::detail(problem)),
        Problem::Refused(Refusal::PasswordLength | Refusal::PasswordWeak) => ("password", problem::detail(problem)),
        _ => problem::beside(problem, &["name", "password"]),
    }
}
