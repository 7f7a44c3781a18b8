//! Recovery codes: how many are left, and making new ones.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};
use serde_json::json;

use crate::domain::limits::RECOVERY_CODES_PER_SET;
use crate::domain::{AccountCommand, Command, RecoveryCode};
use crate::secrets::{self, RandomError};
use crate::views::{self, FormState};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, with_no_store, with_private_cache};
use crate::web::settings::confirm::confirm_identity;
use crate::web::settings::{require_account, settings_page};

/// Shows how many codes are left, and the form for new ones.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let remaining = count_codes(&ctx)?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(Json(json!({ "left": remaining })).into_response(), &ctx.visitor));
    }
    recovery_codes_page(&ctx, &FormState::default())
}

/// Replaces all codes by new ones, and shows them. They are stored only as hashes, so they cannot be shown again.
#[handler]
pub(crate) async fn create(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["current"]).await?;
    if let Err(error) = confirm_identity(&ctx, &form).await {
        return redisplay_form(ctx.request, &form, &[], error, |state| recovery_codes_page(&ctx, state));
    }
    let codes: Result<Vec<_>, RandomError> =
        (0..RECOVERY_CODES_PER_SET).map(|_| secrets::new_recovery_code()).collect();
    let codes = codes?;
    let hashes = codes.iter().map(RecoveryCode::hash).collect();
    ctx.execute(Command::Account(AccountCommand::SetRecoveryCodes { codes: hashes })).await?;
    let texts = codes.iter().map(RecoveryCode::to_text);
    Ok(with_no_store(match ctx.accept() {
        Accept::Json => Json(json!({ "codes": texts.collect::<Vec<_>>() })).into_response(),
        Accept::Text => texts.map(|code| code + "\n").collect::<String>().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            settings_page(&ctx, |sidebar, _| views::settings::recovery_codes::created_page(sidebar, &codes))?
        }
    }))
}

fn count_codes(ctx: &Ctx<'_>) -> Result<usize, Error> {
    Ok(ctx.snapshot()?.count_recovery_codes(require_account(ctx)?.author.id)?)
}

fn recovery_codes_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let remaining = count_codes(ctx)?;
    let asks_password = !ctx.visitor.signed_in_recently();
    settings_page(ctx, |sidebar, notice| {
        views::settings::recovery_codes::page(sidebar, notice, remaining, asks_password, form_state)
    })
}
