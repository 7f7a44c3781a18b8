//! Recovering an account with a recovery code.
//!
//! Like signing in, a failed attempt does not reveal whether the name has a person.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::RECOVERY_CODE_CHARS_MAX;
use crate::domain::{AccountCommand, Actor, Command, Password, RecoveryCode, Refusal, UserName};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::attempts::{UNKNOWN_USER, limit_sign_in};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, with_no_store};

/// Shows the form.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    recover_page(&ctx, &FormState::default())
}

/// Uses up the code, sets the new password, and ends every other session.
#[handler]
pub(crate) async fn recover(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "code", "password"]).await?;
    match try_recover(&ctx, &form).await {
        Ok(signed_in) => Ok(respond_signed_in(ctx.request, &signed_in, "/settings/recovery-codes?done=recovered")),
        Err(error) => redisplay_form(ctx.request, &form, &["name", "code"], error, |state| recover_page(&ctx, state)),
    }
}

async fn try_recover(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    let (name, code) = (UserName::parse(form.get_single("name")?)?, form.get_single("code")?);
    match code.chars().count() {
        0 => return Err(Refusal::FieldBlank("code").into()),
        n if n > RECOVERY_CODE_CHARS_MAX => {
            return Err(Refusal::FieldTooLong("code", RECOVERY_CODE_CHARS_MAX).into());
        }
        _ => {}
    }
    let password = Password::parse_new(form.get_single("password")?, name.as_str(), &ctx.snapshot()?.settings()?.name)?;
    let code = RecoveryCode::parse(code).ok_or(Refusal::BadRecoveryCode)?;
    limit_sign_in(ctx, &name)?;
    let token = secrets::new_token()?;
    let password = ctx.state.password_hasher.hash(password).await?;
    let person = ctx.snapshot()?.person_by_name(&name)?;
    // A name without a person is judged like any other, and takes as long.
    let user = person.as_ref().map_or(UNKNOWN_USER, |person| person.author.id);
    let device = user_agent::device_from_request(ctx.request);
    let command = AccountCommand::Recover { user, code: code.hash(), password, token: token.hash(), device };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(command)).await?;
    let name = person.map_or_else(|| name.to_string(), |person| person.author.name.to_string());
    Ok(SignedIn { name, token })
}

fn recover_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    Ok(with_no_store(views::auth::recover::page(&server_name, form_state).into_response()))
}
