//! Signing in and out.
//!
//! A failed attempt gets one answer, whether the name has no person, belongs to a guest, or the password is wrong, and
//! gets it after the same amount of work.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::PASSWORD_CHARS_MAX;
use crate::domain::{AccountCommand, Actor, Command, Password, Person, Refusal, UserName};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::attempts::{UNKNOWN_USER, limit_sign_in};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::auth::visitor;
use crate::web::request::context::Ctx;
use crate::web::request::cookies::add_cookie;
use crate::web::request::form::Form;
use crate::web::request::redirect_target::redirect_target;
use crate::web::request::{query, user_agent};
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, see_other, with_private_cache};

/// Shows the form. `?next=` names the page to go to after signing in.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let next = query::text(ctx.request, "next").unwrap_or_default();
    sign_in_page(&ctx, &FormState::default(), redirect_target(&next))
}

/// Signs in, and ends the session that this browser had.
#[handler]
pub(crate) async fn sign_in(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "password", "next"]).await?;
    let next = redirect_target(form.get("next").unwrap_or(""));
    match try_sign_in(&ctx, &form).await {
        Ok(signed_in) => {
            end_current_session(&ctx).await;
            Ok(respond_signed_in(ctx.request, &signed_in, next))
        }
        Err(error) => redisplay_form(ctx.request, &form, &["name"], error, |state| sign_in_page(&ctx, state, next)),
    }
}

async fn try_sign_in(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    let (name, password) = (UserName::parse(form.get_single("name")?)?, form.get_single("password")?);
    if password.is_empty() {
        return Err(Refusal::FieldBlank("password").into());
    }
    if password.chars().count() > PASSWORD_CHARS_MAX {
        return Err(Refusal::PasswordLength.into());
    }
    limit_sign_in(ctx, &name)?;
    let person = ctx.snapshot()?.person_by_name(&name)?;
    let user = person.as_ref().map_or(UNKNOWN_USER, |person| person.author.id);
    let credentials = ctx.snapshot()?.credentials(user)?;
    let hash = credentials.as_ref().map(|credentials| credentials.hash.clone());
    let is_right = ctx.state.password_hasher.verify(Password::parse_attempt(password), hash).await?;
    let (Some(Person { author, .. }), Some(credentials), true) = (person, credentials, is_right) else {
        return Err(Refusal::BadCredentials.into());
    };
    let token = secrets::new_token()?;
    let command = AccountCommand::SignIn {
        user,
        password_seq: credentials.password_seq,
        token: token.hash(),
        device: user_agent::device_from_request(ctx.request),
    };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(command)).await?;
    Ok(SignedIn { name: author.name.to_string(), token })
}

/// Ends the session that came in this browser's cookie: the new cookie replaces its token.
async fn end_current_session(ctx: &Ctx<'_>) {
    if let Some(token) = ctx.visitor.token.as_ref().filter(|_| ctx.visitor.refreshed_cookie().is_some()) {
        let token = token.hash();
        let _ended_already = ctx.execute_as(Actor::Anonymous, None, Command::SignOut { token }).await;
    }
}

fn sign_in_page(ctx: &Ctx<'_>, form_state: &FormState, next: &str) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    let page = views::auth::sign_in::page(&server_name, ctx.visitor.person.as_ref(), form_state, next);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// Ends the session and deletes its cookies. It succeeds without a session too. A guest loses the name with it.
#[handler]
pub(crate) async fn sign_out(ctx: Ctx<'_>) -> Result<Response, Error> {
    if let Some(token) = &ctx.visitor.token {
        match ctx.execute(Command::SignOut { token: token.hash() }).await {
            Ok(_) | Err(Error::Refused(Refusal::TokenInvalid)) => {}
            Err(error) => return Err(error),
        }
    }
    let mut response = see_other("/");
    for cookie in visitor::expired_cookies() {
        add_cookie(&mut response, &cookie);
    }
    Ok(response)
}
