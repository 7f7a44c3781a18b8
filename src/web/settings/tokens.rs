//! Personal tokens, with which scripts read or post as a person.

use poem::http::StatusCode;
use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::clock::now;
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Refusal, Scopes, Session, SessionId, SingleLine, Token, TokenKind};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, redisplay_form, with_no_store};
use crate::web::settings::confirm::confirm_identity;
use crate::web::settings::sessions::{load_sessions, revoke_from_path, sessions_json};
use crate::web::settings::{require_account, settings_page};

/// Lists the caller's tokens, with the form for a new one.
#[handler]
pub(crate) fn list(ctx: Ctx<'_>) -> Result<Response, Error> {
    require_account(&ctx)?;
    if ctx.accept() == Accept::Json {
        let sessions = load_sessions(&ctx)?;
        return Ok(sessions_json(&ctx.visitor, &sessions, |kind| matches!(kind, TokenKind::Personal { .. })));
    }
    tokens_page(&ctx, &FormState::default())
}

/// Creates a token and shows it. It is stored only as a hash, so it cannot be shown again.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "scopes", "current"]).await?;
    require_account(&ctx)?;
    match try_create(&ctx, &form).await {
        Ok(created) => respond_token_created(&ctx, &created),
        Err(error) => redisplay_form(ctx.request, &form, &["name", "scopes"], error, |state| tokens_page(&ctx, state)),
    }
}

/// Revokes a token.
#[handler]
pub(crate) async fn revoke(ctx: Ctx<'_>) -> Result<Response, Error> {
    revoke_from_path(&ctx).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings/tokens?done=revoked"))
}

/// A token that was just created.
struct CreatedToken {
    label: SingleLine,
    scopes: Scopes,
    token: Token,
}

async fn try_create(ctx: &Ctx<'_>, form: &Form) -> Result<CreatedToken, Error> {
    let label = SingleLine::parse("name", form.get_single("name")?, LABEL_CHARS_MAX)?;
    let (scopes, token) = (parse_scopes(form)?, secrets::new_token()?);
    confirm_identity(ctx, form).await?;
    let command = AccountCommand::CreateToken { label: label.clone(), scopes, token: token.hash() };
    ctx.execute(Command::Account(command)).await?;
    Ok(CreatedToken { label, scopes, token })
}

/// Reads the scopes: one field for each, or one field with all of them, separated by commas or spaces.
fn parse_scopes(form: &Form) -> Result<Scopes, Refusal> {
    let mut scopes = Scopes { read: false, post: false };
    let fields = form.get_all("scopes")?;
    for word in fields.into_iter().flat_map(|field| field.split([',', ' '])).filter(|word| !word.is_empty()) {
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
    CreatedToken { label, scopes, token }: &CreatedToken,
) -> Result<Response, Error> {
    let response = match ctx.accept() {
        Accept::Json => {
            let kind = TokenKind::Personal { label: label.as_str().to_owned(), scopes: *scopes };
            let created_at = now();
            let session =
                Session { id: SessionId::from_hash(token.hash()), kind, created_at, last_used_at: created_at };
            Json(views::json::SessionJson::from_session(&session, None).with_token(token)).into_response()
        }
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => settings_page(ctx, |sidebar, _| {
            let origin = origin::public_origin(ctx.request);
            let usage_line = views::plain::token_usage(&origin, sidebar.rooms.first(), *scopes, token);
            views::settings::tokens::created_page(sidebar, label.as_str(), token, &usage_line)
        })?,
    };
    Ok(with_no_store(response.with_status(StatusCode::CREATED).into_response()))
}

fn tokens_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let sessions = load_sessions(ctx)?;
    let asks_password = !ctx.visitor.signed_in_recently();
    settings_page(ctx, |sidebar, notice| {
        let notice = notice.filter(|_| form_state.error.is_none());
        views::settings::tokens::page(sidebar, notice, &sessions, asks_password, form_state, now())
    })
}
