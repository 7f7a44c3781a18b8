//! Coming in by an invitation.

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use poem::http::HeaderValue;
use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{
    AccountCommand, Actor, Command, Invitation, JoinPolicy, Password, Refusal, Role, Token, TokenHash, UserName,
};
use crate::engine::now;
use crate::store::Snapshot;
use crate::views;
use crate::views::admin::invitations::AcceptInvitationView;
use crate::web::auth::secrets;
use crate::web::auth::visitor::session_cookie;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::{origin, user_agent};
use crate::web::response::error;
use crate::web::response::error::Error;
use crate::web::response::{add_cookie, redisplay, see_other, with_private_cache};

/// The colour of a code's dots, on white: the ink of a page by day, which cameras read well.
const QR_COLOR: [u8; 3] = [37, 29, 24];

/// The page to which an invitation leads.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    invitation_page(&ctx, "", None)
}

/// Somebody comes in.
#[handler]
pub(crate) async fn accept(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "password"]).await?;
    match try_accept(&ctx, &form).await {
        Ok(joined) => Ok(respond_accepted(&ctx, joined)?),
        Err(problem @ Error::Refused(Refusal::LinkInvalid)) => Err(problem),
        Err(error) => redisplay(ctx.request, ctx.state, error, |problem| {
            invitation_page(&ctx, form.get("name").unwrap_or(""), Some(invitation_field_error(problem)))
        }),
    }
}

/// The link as a code that a camera reads.
#[handler]
pub(crate) fn show_qr_code(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (code, _) = find_invitation(&*ctx.snapshot()?, ctx.request)?;
    let link = format!("{}/invite/{}", origin::public_origin(ctx.request), code.to_text());
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

async fn try_accept(ctx: &Ctx<'_>, form: &Form) -> Result<AcceptedInvitation, Error> {
    ctx.check_rate(LimitedAction::Join)?;
    let snapshot = ctx.snapshot()?;
    let (code, invitation) = find_invitation(&snapshot, ctx.request)?;
    blocked_addresses::check_not_blocked(&snapshot, ctx.request, &ctx.visitor)?;
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
        Some(password) => Some(ctx.state.password_hasher.hash(password).await?),
        None => None,
    };
    let token = secrets::new_token()?;
    let command = AccountCommand::AcceptInvitation {
        code: code.hash(),
        name: name.clone(),
        password,
        token: token.hash(),
        device: user_agent::device_from_request(ctx.request),
    };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(command)).await?;
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
fn respond_accepted(ctx: &Ctx<'_>, joined: AcceptedInvitation) -> Result<Response, Error> {
    let AcceptedInvitation { name, token, invitation } = joined;
    let room = invitation.rooms.first().map_or(Ok(None), |room| ctx.snapshot()?.room_by_id(*room))?;
    let path = room.as_ref().map_or("/", |room| room.slug.path());
    let mut response = if ctx.wants_page() {
        see_other(path)
    } else {
        Json(views::json::InvitationAcceptedJson::new(name.as_str(), &token, path)).into_response()
    };
    add_cookie(&mut response, &session_cookie(ctx.request, &token));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn invitation_page(ctx: &Ctx<'_>, name: &str, error: Option<(&'static str, String)>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let (code, invitation) = find_invitation(&snapshot, ctx.request)?;
    let view = AcceptInvitationView {
        server_name: &snapshot.settings()?.name,
        viewer: ctx.visitor.author(),
        path: &format!("/invite/{}", code.to_text()),
        role: invitation.role,
        needs_account: needs_account(&snapshot, &invitation)?,
        name,
        error,
    };
    Ok(with_private_cache(views::admin::invitations::page(&view).into_response(), &ctx.visitor))
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
