//! Choosing a new password with a reset link, which an owner or the server's operator makes.

use poem::{IntoResponse, Response, Result, handler};

use crate::clock::now;
use crate::domain::{AccountCommand, Actor, Command, Password, Person, Refusal, Token, TokenHash};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, with_no_store};

/// Shows the form of a valid link.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    reset_page(&ctx, &FormState::default())
}

/// Sets the new password, uses up the link, and ends every other session.
#[handler]
pub(crate) async fn reset_password(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["password"]).await?;
    match try_reset_password(&ctx, &form).await {
        Ok(signed_in) => Ok(respond_signed_in(ctx.request, &signed_in, "/settings?done=recovered")),
        Err(error @ Error::Refused(Refusal::LinkInvalid)) => Err(error),
        Err(error) => redisplay_form(ctx.request, &form, &[], error, |state| reset_page(&ctx, state)),
    }
}

async fn try_reset_password(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    let (person, link) = find_reset_link(ctx)?;
    let name = person.author.name.to_string();
    let password = Password::parse_new(form.get_single("password")?, &name, &ctx.snapshot()?.settings()?.name)?;
    ctx.check_rate(LimitedAction::SignIn)?;
    let token = secrets::new_token()?;
    let password = ctx.state.password_hasher.hash(password).await?;
    let device = user_agent::device_from_request(ctx.request);
    let command = AccountCommand::ResetPassword { link, password, token: token.hash(), device };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(command)).await?;
    Ok(SignedIn { name, token })
}

/// The person whose password the link of this request resets, and the link's hash.
fn find_reset_link(ctx: &Ctx<'_>) -> Result<(Person, TokenHash), Error> {
    let link = Token::parse(ctx.path_param("token")).ok_or(Refusal::LinkInvalid)?.hash();
    let person = ctx.snapshot()?.person_by_reset_link(link, now())?;
    Ok((person.ok_or(Refusal::LinkInvalid)?, link))
}

fn reset_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let (person, _) = find_reset_link(ctx)?;
    let server_name = ctx.snapshot()?.settings()?.name;
    let page =
        views::auth::password_reset::page(&server_name, &person.author.name, form_state, ctx.path_param("token"));
    Ok(with_no_store(page.into_response()))
}
