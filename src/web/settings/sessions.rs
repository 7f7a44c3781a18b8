//! Where somebody is signed in, and the tokens that they have made for scripts.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Refusal, Scopes, Session, SessionId, SingleLine, Token, TokenKind};
use crate::engine::now;
use crate::views::{self, FormState};
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, redisplay_form, with_no_store, with_private_cache};
use crate::web::settings::{confirm_identity, require_account, settings_page};

/// Where one is signed in.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (mut sessions, current) = (load_sessions(&ctx)?, current_session(&ctx.visitor));
    sessions.sort_by_key(|session| Some(session.id) != current); // this one first
    if ctx.accept() == Accept::Json {
        return Ok(sessions_json(&ctx.visitor, &sessions, |kind| matches!(kind, TokenKind::Session(_))));
    }
    settings_page(&ctx, |sidebar, notice| views::settings::sessions(sidebar, notice, &sessions, current, now()))
}

/// One device is signed out.
#[handler]
pub(crate) async fn revoke(ctx: Ctx<'_>) -> Result<Response, Error> {
    revoke_from_path(&ctx).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/devices?done=revoked"))
}

/// All devices but this are signed out.
#[handler]
pub(crate) async fn revoke_others(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.check_rate(LimitedAction::MinorChange)?;
    let current = ctx.visitor.token.as_ref().map(Token::hash).ok_or(Error::Refused(Refusal::SignInRequired))?;
    let wish = Command::Account(AccountCommand::RevokeOtherSessions { current });
    ctx.execute(wish).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/devices?done=others"))
}

/// The tokens for scripts.
#[handler]
pub(crate) fn list_tokens(ctx: Ctx<'_>) -> Result<Response, Error> {
    require_account(&ctx.visitor)?;
    if ctx.accept() == Accept::Json {
        let sessions = load_sessions(&ctx)?;
        return Ok(sessions_json(&ctx.visitor, &sessions, |kind| matches!(kind, TokenKind::Personal { .. })));
    }
    tokens_page(&ctx, &FormState::default())
}

/// Somebody makes a token for a script. It is shown this once.
#[handler]
pub(crate) async fn create_token(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "scopes", "current"]).await?;
    require_account(&ctx.visitor)?;
    match try_create_token(&ctx, &form).await {
        Ok((label, scopes, token)) => Ok(respond_token_created(&ctx, (&label, scopes, &token))?),
        Err(problem) => {
            redisplay_form(ctx.request, &form, &["name", "scopes"], problem, |form_state| tokens_page(&ctx, form_state))
        }
    }
}

/// One token is no longer good.
#[handler]
pub(crate) async fn revoke_token(ctx: Ctx<'_>) -> Result<Response, Error> {
    revoke_from_path(&ctx).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/tokens?done=revoked"))
}

async fn revoke_from_path(ctx: &Ctx<'_>) -> Result<(), Error> {
    check(ctx.request, Some(ctx.require_person()?.author.id), LimitedAction::MinorChange)?;
    let id = ctx.request.raw_path_param("id").and_then(SessionId::parse).ok_or(Refusal::NotFound)?;
    ctx.execute(Command::Account(AccountCommand::RevokeSession { id })).await?;
    Ok(())
}

async fn try_create_token(ctx: &Ctx<'_>, form: &Form) -> Result<(SingleLine, Scopes, Token), Error> {
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let (scopes, token) = (parse_scopes(form)?, secrets::new_token()?);
    confirm_identity(ctx, form).await?;
    let make = AccountCommand::CreateToken { label: label.clone(), scopes, token: token.hash() };
    ctx.execute(Command::Account(make)).await?;
    Ok((label, scopes, token))
}

/// What a token is to be for: a field for each scope, or one with all of them, parted by commas or blanks.
fn parse_scopes(form: &Form) -> Result<Scopes, Refusal> {
    let mut scopes = Scopes { read: false, post: false };
    for word in
        form.get_all("scopes")?.into_iter().flat_map(|field| field.split([',', ' '])).filter(|word| !word.is_empty())
    {
        match word {
            "read" => scopes.read = true,
            "post" => scopes.post = true,
            _ => return Err(Refusal::FieldInvalid("scopes")),
        }
    }
    if scopes.read || scopes.post { Ok(scopes) } else { Err(Refusal::FieldBlank("scopes")) }
}

fn respond_token_created(
    ctx: &Ctx<'_>,
    (label, scopes, token): (&SingleLine, Scopes, &Token),
) -> Result<Response, Error> {
    let response = match ctx.accept() {
        Accept::Json => {
            let (kind, at) = (TokenKind::Personal { label: label.as_str().to_owned(), scopes }, now());
            let session = Session { id: SessionId::from_hash(token.hash()), kind, created_at: at, last_used_at: at };
            Json(views::json::SessionJson::from_session(&session, None).with_token(token)).into_response()
        }
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => settings_page(ctx, |sidebar, _| {
            let line =
                views::plain::token_usage(&origin::public_origin(ctx.request), sidebar.rooms.first(), scopes, token);
            views::settings::token_created_page(sidebar, label.as_str(), token, &line)
        })?,
    };
    Ok(with_no_store(response.with_status(StatusCode::CREATED).into_response()))
}

fn tokens_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let sessions = load_sessions(ctx)?;
    settings_page(ctx, |sidebar, notice| {
        let notice = notice.filter(|_| form_state.error.is_none());
        views::settings::tokens(sidebar, notice, &sessions, (!ctx.visitor.signed_in_recently(), form_state), now())
    })
}

fn load_sessions(ctx: &Ctx<'_>) -> Result<Vec<Session>, Error> {
    Ok(ctx.snapshot()?.sessions(ctx.require_person()?.author.id, now())?)
}

fn sessions_json(visitor: &Visitor, sessions: &[Session], wanted: fn(&TokenKind) -> bool) -> Response {
    let current = current_session(visitor);
    let sessions = sessions.iter().filter(|session| wanted(&session.kind));
    let sessions: Vec<_> = sessions.map(|session| views::json::SessionJson::from_session(session, current)).collect();
    with_private_cache(Json(sessions).into_response(), visitor)
}

fn current_session(visitor: &Visitor) -> Option<SessionId> {
    visitor.token.as_ref().map(|token| SessionId::from_hash(token.hash()))
}
