//! Creating an account: a guest sets a password and keeps the name.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{AccountCommand, Command, Password, Refusal};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::limits::blocked_addresses;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, see_other, with_private_cache};

/// Shows the form to a guest. A person with an account is redirected to the settings.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    if ctx.require_person()?.has_account() {
        return Ok(see_other("/settings"));
    }
    register_page(&ctx, &FormState::default())
}

/// Creates the account. A new token replaces the guest's, so that a copy of the old one gains no rights.
#[handler]
pub(crate) async fn register(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["password"]).await?;
    ctx.require_person()?;
    match try_register(&ctx, &form).await {
        Ok(signed_in) => Ok(respond_signed_in(ctx.request, &signed_in, "/settings?done=registered")),
        Err(error) => redisplay_form(ctx.request, &form, &[], error, |state| register_page(&ctx, state)),
    }
}

async fn try_register(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    blocked_addresses::check_not_blocked(&*ctx.snapshot()?, ctx.request, &ctx.visitor)?;
    let person = ctx.require_person()?;
    if person.has_account() {
        return Err(Refusal::AlreadyRegistered.into());
    }
    let server_name = ctx.snapshot()?.settings()?.name;
    let password = Password::parse_new(form.get_single("password")?, &person.author.name, &server_name)?;
    let replaces = ctx.visitor.token.as_ref().ok_or(Refusal::SignInRequired)?.hash();
    ctx.check_rate(LimitedAction::SignIn)?;
    let token = secrets::new_token()?;
    let command = AccountCommand::Register {
        password: ctx.state.password_hasher.hash(password).await?,
        token: token.hash(),
        replaces,
        device: user_agent::device_from_request(ctx.request),
    };
    ctx.execute(Command::Account(command)).await?;
    Ok(SignedIn { name: person.author.name.to_string(), token })
}

fn register_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    let page = views::auth::register::page(&server_name, ctx.require_person()?, form_state);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}
