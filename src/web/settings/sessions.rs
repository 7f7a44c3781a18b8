//! Where somebody is signed in, and the tokens that they have made for scripts.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Refusal, Scopes, Session, SessionId, SingleLine, Token, TokenKind};
use crate::engine::{Error, now};
use crate::views::{self, FormState};
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::accept::Accept;
use crate::web::request::form::Form;
use crate::web::request::origin;
use crate::web::response::{redirect_or_no_content, redisplay_form, with_no_store, with_private_cache};
use crate::web::settings::{confirm_identity, require_account, settings_page};

/// Where one is signed in.
#[handler]
pub(crate) fn list(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let (mut sessions, current) = (load_sessions(house, &visitor)?, current_session(&visitor));
    sessions.sort_by_key(|session| Some(session.id) != current); // this one first
    if Accept::from_request(request) == Accept::Json {
        return Ok(sessions_json(&visitor, &sessions, |kind| matches!(kind, TokenKind::Session(_))));
    }
    Ok(settings_page(request, house, &visitor, |sidebar, notice| {
        views::settings::sessions(sidebar, notice, &sessions, current, now())
    })?)
}

/// One device is signed out.
#[handler]
pub(crate) async fn revoke(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    revoke_from_path(request, house, &visitor).await?;
    Ok(redirect_or_no_content(request, "/settings/devices?done=revoked"))
}

/// All devices but this are signed out.
#[handler]
pub(crate) async fn revoke_others(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    rate_limits::check(request, visitor.author().map(|person| person.id), LimitedAction::MinorChange)
        .map_err(Error::Refused)?;
    let current = visitor.token.as_ref().map(Token::hash).ok_or(Error::Refused(Refusal::SignInRequired))?;
    let wish = Command::Account(AccountCommand::RevokeOtherSessions { current });
    house.engine.execute(visitor.actor().map_err(Error::Refused)?, None, wish).await?;
    Ok(redirect_or_no_content(request, "/settings/devices?done=others"))
}

/// The tokens for scripts.
#[handler]
pub(crate) fn list_tokens(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    require_account(&visitor)?;
    if Accept::from_request(request) == Accept::Json {
        let sessions = load_sessions(house, &visitor)?;
        return Ok(sessions_json(&visitor, &sessions, |kind| matches!(kind, TokenKind::Personal { .. })));
    }
    Ok(tokens_page(request, house, &visitor, &FormState::default())?)
}

/// Somebody makes a token for a script. It is shown this once.
#[handler]
pub(crate) async fn create_token(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "scopes", "current"]).await.map_err(Error::Refused)?;
    require_account(&visitor)?;
    match try_create_token(house, request, &visitor, &form).await {
        Ok((label, scopes, token)) => Ok(respond_token_created(request, house, &visitor, (&label, scopes, &token))?),
        Err(problem) => redisplay_form(request, &form, &["name", "scopes"], problem, |form_state| {
            tokens_page(request, house, &visitor, form_state)
        }),
    }
}

/// One token is no longer good.
#[handler]
pub(crate) async fn revoke_token(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    revoke_from_path(request, house, &visitor).await?;
    Ok(redirect_or_no_content(request, "/settings/tokens?done=revoked"))
}

async fn revoke_from_path(request: &Request, house: &AppState, visitor: &Visitor) -> Result<(), Error> {
    rate_limits::check(request, Some(visitor.require_person()?.author.id), LimitedAction::MinorChange)?;
    let id = request.raw_path_param("id").and_then(SessionId::parse).ok_or(Refusal::NotFound)?;
    house.engine.execute(visitor.actor()?, None, Command::Account(AccountCommand::RevokeSession { id })).await?;
    Ok(())
}

async fn try_create_token(
    house: &AppState,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<(SingleLine, Scopes, Token), Error> {
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let (scopes, token) = (parse_scopes(form)?, secrets::new_token()?);
    confirm_identity(house, request, visitor, form).await?;
    let make = AccountCommand::CreateToken { label: label.clone(), scopes, token: token.hash() };
    house.engine.execute(visitor.actor()?, None, Command::Account(make)).await?;
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
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    (label, scopes, token): (&SingleLine, Scopes, &Token),
) -> Result<Response, Error> {
    let response = match Accept::from_request(request) {
        Accept::Json => {
            let (kind, at) = (TokenKind::Personal { label: label.as_str().to_owned(), scopes }, now());
            let session = Session { id: SessionId::from_hash(token.hash()), kind, created_at: at, last_used_at: at };
            Json(views::json::SessionJson::from_session(&session, None).with_token(token)).into_response()
        }
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => settings_page(request, house, visitor, |sidebar, _| {
            let line = views::plain::token_usage(&origin::public_origin(request), sidebar.rooms.first(), scopes, token);
            views::settings::token_created(sidebar, label.as_str(), token, &line)
        })?,
    };
    Ok(with_no_store(response.with_status(StatusCode::CREATED).into_response()))
}

fn tokens_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    let sessions = load_sessions(house, visitor)?;
    settings_page(request, house, visitor, |sidebar, notice| {
        let notice = notice.filter(|_| form_state.error.is_none());
        views::settings::tokens(sidebar, notice, &sessions, (!visitor.signed_in_recently(), form_state), now())
    })
}

fn load_sessions(house: &AppState, visitor: &Visitor) -> Result<Vec<Session>, Error> {
    Ok(house.store.snapshot()?.sessions(visitor.require_person()?.author.id, now())?)
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
