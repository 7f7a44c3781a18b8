//! Where somebody is signed in, and the tokens that they have made for scripts.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::{done, form_again, no_store, private};
use super::form::Form;
use super::pace::{self, Deed};
use super::settings::{account, is_certain, page};
use super::visitor::Visitor;
use super::{House, origin, random};
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Line, Refusal, Scopes, Session, SessionId, Token, TokenKind};
use crate::engine::{Problem, now};
use crate::views::{self, Again};

/// Where one is signed in.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let (mut sessions, current) = (sessions(house, &visitor)?, current(&visitor));
    sessions.sort_by_key(|session| Some(session.id) != current); // this one first
    if Accept::of(request) == Accept::Json {
        return Ok(listed(&visitor, &sessions, |kind| matches!(kind, TokenKind::Session(_))));
    }
    Ok(page(request, house, &visitor, |places, notice| {
        views::settings::devices(places, notice, &sessions, current, now())
    })?)
}

/// One device is signed out.
#[handler]
pub(super) async fn revoke(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    end(request, house, &visitor).await?;
    Ok(done(request, "/settings/devices?done=revoked"))
}

/// All devices but this are signed out.
#[handler]
pub(super) async fn revoke_others(
    request: &Request,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    pace::take(request, visitor.author().map(|person| person.id), Deed::Note).map_err(Problem::Refused)?;
    let keep = visitor.token.as_ref().map(Token::hash).ok_or(Problem::Refused(Refusal::NameNeeded))?;
    let wish = Command::Account(AccountCommand::RevokeOthers { keep });
    house.engine.execute(visitor.who().map_err(Problem::Refused)?, None, wish).await?;
    Ok(done(request, "/settings/devices?done=others"))
}

/// The tokens for scripts.
#[handler]
pub(super) fn show_tokens(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    account(&visitor)?;
    if Accept::of(request) == Accept::Json {
        let sessions = sessions(house, &visitor)?;
        return Ok(listed(&visitor, &sessions, |kind| matches!(kind, TokenKind::Personal { .. })));
    }
    Ok(tokens_page(request, house, &visitor, &Again::default())?)
}

/// Somebody makes a token for a script. It is shown this once.
#[handler]
pub(super) async fn make_token(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "scopes", "current"]).await.map_err(Problem::Refused)?;
    account(&visitor)?;
    match make(house, request, &visitor, &form).await {
        Ok((label, scopes, token)) => Ok(made(request, house, &visitor, (&label, scopes, &token))?),
        Err(problem) => form_again(request, &form, &["name", "scopes"], problem, |again| {
            tokens_page(request, house, &visitor, again)
        }),
    }
}

/// One token is no longer good.
#[handler]
pub(super) async fn revoke_token(
    request: &Request,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    end(request, house, &visitor).await?;
    Ok(done(request, "/settings/tokens?done=revoked"))
}

async fn end(request: &Request, house: &House, visitor: &Visitor) -> Result<(), Problem> {
    pace::take(request, Some(visitor.named()?.author.id), Deed::Note)?;
    let id = request.raw_path_param("id").and_then(SessionId::parse).ok_or(Refusal::Nothing)?;
    house.engine.execute(visitor.who()?, None, Command::Account(AccountCommand::Revoke { id })).await?;
    Ok(())
}

async fn make(
    house: &House,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<(Line, Scopes, Token), Problem> {
    let label = Line::parse("name", form.one("name")?, LABEL_CHARS_MAX)?;
    let (scopes, token) = (scopes(form)?, random::token()?);
    is_certain(house, request, visitor, form).await?;
    let make = AccountCommand::MakeToken { label: label.clone(), scopes, token: token.hash() };
    house.engine.execute(visitor.who()?, None, Command::Account(make)).await?;
    Ok((label, scopes, token))
}

/// What a token is to be for: a field for each scope, or one with all of them, parted by commas or blanks.
fn scopes(form: &Form) -> Result<Scopes, Refusal> {
    let mut scopes = Scopes { read: false, post: false };
    for word in
        form.several("scopes")?.into_iter().flat_map(|field| field.split([',', ' '])).filter(|word| !word.is_empty())
    {
        match word {
            "read" => scopes.read = true,
            "post" => scopes.post = true,
            _ => return Err(Refusal::FieldInvalid("scopes")),
        }
    }
    if scopes.read || scopes.post { Ok(scopes) } else { Err(Refusal::FieldBlank("scopes")) }
}

fn made(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    (label, scopes, token): (&Line, Scopes, &Token),
) -> Result<Response, Problem> {
    let response = match Accept::of(request) {
        Accept::Json => {
            let (kind, at) = (TokenKind::Personal { label: label.as_str().to_owned(), scopes }, now());
            let session = Session { id: SessionId::of(token.hash()), kind, made_at: at, seen_at: at };
            Json(views::json::Session::of(&session, None).with(token)).into_response()
        }
        Accept::Text => format!("{}\n", token.text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => page(request, house, visitor, |places, _| {
            let line = views::plain::token_in_use(&origin::public(request), places.rooms.first(), scopes, token);
            views::settings::token_made(places, label.as_str(), token, &line)
        })?,
    };
    Ok(no_store(response.with_status(StatusCode::CREATED).into_response()))
}

fn tokens_page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let sessions = sessions(house, visitor)?;
    page(request, house, visitor, |places, notice| {
        let notice = notice.filter(|_| again.wrong.is_none());
        views::settings::tokens(places, notice, &sessions, (!visitor.is_fresh(), again), now())
    })
}

fn sessions(house: &House, visitor: &Visitor) -> Result<Vec<Session>, Problem> {
    Ok(house.store.snapshot()?.sessions(visitor.named()?.author.id, now())?)
}

fn listed(visitor: &Visitor, sessions: &[Session], wanted: fn(&TokenKind) -> bool) -> Response {
    let current = current(visitor);
    let sessions = sessions.iter().filter(|session| wanted(&session.kind));
    let sessions: Vec<_> = sessions.map(|session| views::json::Session::of(session, current)).collect();
    private(Json(sessions).into_response(), visitor)
}

fn current(visitor: &Visitor) -> Option<SessionId> {
    visitor.token.as_ref().map(|token| SessionId::of(token.hash()))
}
