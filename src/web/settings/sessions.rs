//! The devices on which a person is signed in. The functions at the end serve personal tokens too, which are stored as
//! sessions of another kind.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::clock::now;
use crate::domain::{AccountCommand, Command, Refusal, Session, SessionId, Token, TokenKind};
use crate::views;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, with_private_cache};
use crate::web::settings::settings_page;

/// Lists the caller's sessions, this browser's first.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (mut sessions, current) = (load_sessions(&ctx)?, current_session(&ctx.visitor));
    sessions.sort_by_key(|session| Some(session.id) != current);
    if ctx.accept() == Accept::Json {
        return Ok(sessions_json(&ctx.visitor, &sessions, |kind| matches!(kind, TokenKind::Session(_))));
    }
    settings_page(&ctx, |sidebar, notice| views::settings::sessions::page(sidebar, notice, &sessions, current, now()))
}

/// Signs one device out.
#[handler]
pub(crate) async fn revoke(ctx: Ctx<'_>) -> Result<Response, Error> {
    revoke_from_path(&ctx).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/devices?done=revoked"))
}

/// Signs out every device except this one.
#[handler]
pub(crate) async fn revoke_others(ctx: Ctx<'_>) -> Result<Response, Error> {
    ctx.check_rate(LimitedAction::MinorChange)?;
    let current = ctx.visitor.token.as_ref().map(Token::hash).ok_or(Refusal::SignInRequired)?;
    ctx.execute(Command::Account(AccountCommand::RevokeOtherSessions { current })).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/devices?done=others"))
}

/// Ends the session or personal token whose id is in the path, if it is the caller's.
pub(crate) async fn revoke_from_path(ctx: &Ctx<'_>) -> Result<(), Error> {
    ctx.require_person()?;
    ctx.check_rate(LimitedAction::MinorChange)?;
    let id = SessionId::parse(ctx.path_param("id")).ok_or(Refusal::NotFound)?;
    ctx.execute(Command::Account(AccountCommand::RevokeSession { id })).await?;
    Ok(())
}

/// The caller's sessions and personal tokens.
pub(crate) fn load_sessions(ctx: &Ctx<'_>) -> Result<Vec<Session>, Error> {
    Ok(ctx.snapshot()?.sessions(ctx.require_person()?.author.id, now())?)
}

/// The sessions of one kind, for programs.
pub(crate) fn sessions_json(visitor: &Visitor, sessions: &[Session], is_wanted: fn(&TokenKind) -> bool) -> Response {
    let current = current_session(visitor);
    let sessions = sessions.iter().filter(|session| is_wanted(&session.kind));
    let sessions: Vec<_> = sessions.map(|session| views::json::SessionJson::from_session(session, current)).collect();
    with_private_cache(Json(sessions).into_response(), visitor)
}

fn current_session(visitor: &Visitor) -> Option<SessionId> {
    visitor.token.as_ref().map(|token| SessionId::from_hash(token.hash()))
}
