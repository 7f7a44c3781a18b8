//! Changing the password.

use poem::{Response, Result, handler};

use crate::domain::{AccountCommand, Command, Password, Refusal};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::redisplay_form;
use crate::web::settings::confirm::verify_password;
use crate::web::settings::{require_account, settings_page};

/// Shows the form.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    password_page(&ctx, &FormState::default())
}

/// Changes the password. The caller's other sessions end, and this one gets a new token. Personal tokens stay valid.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["current", "password"]).await?;
    require_account(&ctx)?;
    match try_update(&ctx, &form).await {
        Ok(signed_in) => Ok(respond_signed_in(ctx.request, &signed_in, "/settings/password?done=password")),
        Err(error) => redisplay_form(ctx.request, &form, &[], error, |state| password_page(&ctx, state)),
    }
}

async fn try_update(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    let author = &require_account(ctx)?.author;
    if form.get_single("current")?.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    let password = Password::parse_new(form.get_single("password")?, &author.name, &ctx.snapshot()?.settings()?.name)?;
    let credentials = verify_password(ctx, author.id, form).await?;
    let token = secrets::new_token()?;
    let command = AccountCommand::SetPassword {
        password_seq: credentials.password_seq,
        password: ctx.state.password_hasher.hash(password).await?,
        token: token.hash(),
        device: user_agent::device_from_request(ctx.request),
    };
    ctx.execute(Command::Account(command)).await?;
    Ok(SignedIn { name: author.name.to_string(), token })
}

fn password_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let viewer = require_account(ctx)?;
    settings_page(ctx, |sidebar, notice| {
        let notice = notice.filter(|_| form_state.error.is_none());
        views::settings::password::page(sidebar, notice, viewer, form_state)
    })
}
