//! Accepting an invitation: the page of its link, and the link as a QR code.

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;
use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::clock::now;
use crate::domain::{AccountCommand, Actor, Command, Invitation, JoinPolicy, Password, Refusal, Role, Token, UserName};
use crate::secrets;
use crate::store::Snapshot;
use crate::views::auth::invitation::AcceptInvitationView;
use crate::views::{self, FormState};
use crate::web::auth::visitor::session_cookie;
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::cookies::add_cookie;
use crate::web::request::form::Form;
use crate::web::request::{origin, user_agent};
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, see_other, with_no_store, with_private_cache};

/// The RGB colour of the QR code's modules, on white: the text colour of the light theme, which cameras read well.
const QR_COLOR: [u8; 3] = [37, 29, 24];

/// Shows the page of a usable invitation.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    invitation_page(&ctx, &FormState::default())
}

/// Accepts the invitation with a new name, and joins the rooms that it lists.
#[handler]
pub(crate) async fn accept(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "password"]).await?;
    match try_accept(&ctx, &form).await {
        Ok(accepted) => respond_accepted(&ctx, &accepted),
        Err(error @ Error::Refused(Refusal::LinkInvalid)) => Err(error),
        Err(error) => redisplay_form(ctx.request, &form, &["name"], error, |state| invitation_page(&ctx, state)),
    }
}

/// Shows the link as a QR code.
#[handler]
pub(crate) fn show_qr_code(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (code, _) = find_invitation(&*ctx.snapshot()?, ctx.request)?;
    let link = format!("{}/invite/{}", origin::public_origin(ctx.request), code.to_text());
    // Only a host name of thousands of letters makes a link that does not fit into a QR code.
    let qr_code = QRBuilder::new(link).build().map_err(|_| Refusal::LinkInvalid)?;
    let svg = SvgBuilder::default().module_color(QR_COLOR).to_str(&qr_code);
    let response = svg.with_content_type("image/svg+xml").with_header(CACHE_CONTROL, "private, no-store");
    Ok(response.into_response())
}

/// A person who accepted an invitation.
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
        password => Some(Password::parse_new(password, name.as_str(), &snapshot.settings()?.name)?),
    };
    // The command checks the name too. Checking it here saves hashing a password for a name that is taken.
    if snapshot.person_by_name(&name)?.is_some() {
        return Err(Refusal::NameTaken(name.as_str().to_owned()).into());
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

/// The invitation whose code is in the path, if it is usable, and the code.
fn find_invitation(snapshot: &Snapshot, request: &Request) -> Result<(Token, Invitation), Error> {
    let code = request.raw_path_param("code").and_then(Token::parse).ok_or(Refusal::LinkInvalid)?;
    let invitation = snapshot.invitation_by_code(code.hash())?.filter(|invitation| invitation.is_usable(now()));
    Ok((code, invitation.ok_or(Refusal::LinkInvalid)?))
}

fn needs_account(snapshot: &Snapshot, invitation: &Invitation) -> Result<bool, Error> {
    Ok(invitation.role > Role::Guest || snapshot.settings()?.join_policy == JoinPolicy::Members)
}

/// Redirects to the first room that the invitation lists, or to the home page if it lists none.
fn respond_accepted(ctx: &Ctx<'_>, accepted: &AcceptedInvitation) -> Result<Response, Error> {
    let AcceptedInvitation { name, token, invitation } = accepted;
    let room = invitation.rooms.first().map_or(Ok(None), |room| ctx.snapshot()?.room_by_id(*room))?;
    let path = room.as_ref().map_or("/", |room| room.slug.path());
    let mut response = if ctx.wants_page() {
        see_other(path)
    } else {
        Json(views::json::InvitationAcceptedJson::new(name.as_str(), token, path)).into_response()
    };
    add_cookie(&mut response, &session_cookie(ctx.request, token));
    Ok(with_no_store(response))
}

fn invitation_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let (code, invitation) = find_invitation(&snapshot, ctx.request)?;
    let view = AcceptInvitationView {
        server_name: &snapshot.settings()?.name,
        viewer: ctx.visitor.author(),
        path: &format!("/invite/{}", code.to_text()),
        role: invitation.role,
        needs_account: needs_account(&snapshot, &invitation)?,
        form_state,
    };
    Ok(with_private_cache(views::auth::invitation::page(&view).into_response(), &ctx.visitor))
}
