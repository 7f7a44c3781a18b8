//! Coming in by an invitation.

use std::sync::Arc;

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::{
    AccountCommand, Actor, Command, Invitation, JoinPolicy, Password, Refusal, Role, Token, TokenHash, UserName,
};
use crate::engine::{Error, now};
use crate::store::Snapshot;
use crate::views;
use crate::views::admin::invitations::WelcomeView;
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::{self, Visitor};
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::form::Form;
use crate::web::request::{origin, user_agent};
use crate::web::response::error;
use crate::web::response::{add_cookie, redisplay, see_other, wants_page, with_private_cache};

/// The colour of a code's dots, on white: the ink of a page by day, which cameras read well.
const QR_COLOR: [u8; 3] = [37, 29, 24];

/// The page to which an invitation leads.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(invitation_page(request, house, &visitor, "", None)?)
}

/// Somebody comes in.
#[handler]
pub(crate) async fn accept(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "password"]).await.map_err(Error::Refused)?;
    match try_accept(house, request, &visitor, &form).await {
        Ok(joined) => Ok(respond_accepted(request, house, joined)?),
        Err(problem @ Error::Refused(Refusal::LinkInvalid)) => Err(problem.into()),
        Err(error) => redisplay(request, house, error, |problem| {
            invitation_page(
                request,
                house,
                &visitor,
                form.get("name").unwrap_or(""),
                Some(invitation_field_error(problem)),
            )
        }),
    }
}

/// The link as a code that a camera reads.
#[handler]
pub(crate) fn show_qr_code(request: &Request, Data(house): Data<&Arc<AppState>>) -> Result<Response> {
    let (code, _) = find_invitation(&house.store.snapshot().map_err(Error::Internal)?, request)?;
    let link = format!("{}/invite/{}", origin::public_origin(request), code.to_text());
    let code = QRBuilder::new(link).build().map_err(|_| Error::Refused(Refusal::LinkInvalid))?; // a host of thousands of letters
    let svg = SvgBuilder::default().module_color(QR_COLOR).to_str(&code);
    let response = svg.with_content_type("image/svg+xml").with_header(CACHE_CONTROL, "private, no-store");
    Ok(response.into_response())
}

/// Somebody who has come in.
struct AcceptedInvitation {
    name: UserName,
    token: Token,
    invitation: Invitation,
}

async fn try_accept(
    house: &AppState,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<AcceptedInvitation, Error> {
    rate_limits::check(request, visitor.author().map(|person| person.id), LimitedAction::Join)?;
    let snapshot = house.store.snapshot()?;
    let (code, invitation) = find_invitation(&snapshot, request)?;
    blocked_addresses::check_not_blocked(&snapshot, request, visitor)?;
    let name = UserName::parse_new(form.get_single("name")?)?;
    let password = match form.get_single("password")? {
        "" if needs_account(&snapshot, &invitation)? => return Err(Refusal::FieldBlank("password").into()),
        "" => None,
        typed => Some(Password::parse_new(typed, name.as_str(), &snapshot.settings()?.name)?),
    };
    if snapshot.person_by_name(&name)?.is_some() {
        return Err(Refusal::NameTaken(name.as_str().to_owned()).into()); // no need to hash a password first
    }
    drop(snapshot);
    let password = match password {
        Some(password) => Some(house.password_hasher.hash(password).await?),
        None => None,
    };
    let token = secrets::new_token()?;
    let command = AccountCommand::AcceptInvitation {
        code: code.hash(),
        name: name.clone(),
        password,
        token: token.hash(),
        device: user_agent::device_from_request(request),
    };
    house.engine.execute(Actor::Anonymous, None, Command::Account(command)).await?;
    Ok(AcceptedInvitation { name, token, invitation })
}

/// The invitation whose code stands in the path, if it is good.
fn find_invitation(snapshot: &Snapshot, request: &Request) -> Result<(Token, Invitation), Error> {
    let code = request.raw_path_param("code").and_then(Token::parse).ok_or(Refusal::LinkInvalid)?;
    let hash: TokenHash = code.hash();
    let invitation = snapshot.invitation_by_code(hash)?.filter(|invitation| invitation.is_usable(now()));
    Ok((code, invitation.ok_or(Refusal::LinkInvalid)?))
}

fn needs_account(snapshot: &Snapshot, invitation: &Invitation) -> Result<bool, Error> {
    Ok(invitation.role > Role::Guest || snapshot.settings()?.join_policy == JoinPolicy::Members)
}

/// Into the first room to which the invitation leads, or to the door.
fn respond_accepted(request: &Request, house: &AppState, joined: AcceptedInvitation) -> Result<Response, Error> {
    let AcceptedInvitation { name, token, invitation } = joined;
    let room = invitation.rooms.first().map_or(Ok(None), |room| house.store.snapshot()?.room_by_id(*room))?;
    let path = room.as_ref().map_or("/", |room| room.slug.path());
    let mut response = if wants_page(request) {
        see_other(path)
    } else {
        Json(views::json::InvitationAcceptedJson::new(name.as_str(), &token, path)).into_response()
    };
    add_cookie(&mut response, &visitor::session_cookie(request, &token));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn invitation_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    name: &str,
    error: Option<(&'static str, String)>,
) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let (code, invitation) = find_invitation(&snapshot, request)?;
    let view = WelcomeView {
        server_name: &snapshot.settings()?.name,
        viewer: visitor.author(),
        path: &format!("/invite/{}", code.to_text()),
        role: invitation.role,
        needs_account: needs_account(&snapshot, &invitation)?,
        name,
        error,
    };
    Ok(with_private_cache(views::admin::invitations::welcome(&view).into_response(), visitor))
}

/// Beside which field a problem stands.
fn invitation_field_error(error: &Error) -> (&'static str, String) {
    match error {
        Error::Refused(
            Refusal::NameBlank
            | Refusal::NameTooLong
            | Refusal::NameTaken(_)
            | Refusal::NameMixesScripts
            | Refusal::NameConfusable(_),
        ) => ("name", error::error_detail(error)),
        Error::Refused(Refusal::PasswordLength | Refusal::PasswordWeak) => ("password", error::error_detail(error)),
        _ => error::field_error(error, &["name", "password"]),
    }
}
