//! The ways to a name: signing in, keeping a guest's name, and the ways back to a forgotten password.
//!
//! Whoever fails is told one thing, whether the name is nobody's, a guest's or the password wrong, and is told it after
//! the same work.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::{PASSWORD_CHARS_MAX, RECOVERY_CODE_CHARS_MAX};
use crate::domain::{
    AccountCommand, Actor, Command, Password, Person, RecoveryCode, Refusal, Token, TokenHash, UserId, UserName,
};
use crate::engine::now;
use crate::views::{self, FormState};
use crate::web::auth::secrets;
use crate::web::limits::blocked_addresses;
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::{client_address, query, user_agent};
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, respond_signed_in, see_other, with_no_store, with_private_cache};

/// The number of nobody: people are named by changes, and the first change is 1.
const UNKNOWN_USER: UserId = UserId(0);

/// The page. `?next=` says where to go from there.
#[handler]
pub(crate) fn show_sign_in(ctx: Ctx<'_>) -> Result<Response, Error> {
    let next = query::text(ctx.request, "next").unwrap_or_default();
    sign_in_page(&ctx, &FormState::default(), redirect_target(&next))
}

/// Somebody signs in.
#[handler]
pub(crate) async fn sign_in(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "password", "next"]).await?;
    let next = redirect_target(form.get("next").unwrap_or(""));
    match verify_sign_in(&ctx, &form).await {
        Ok((name, token)) => {
            end_current_session(&ctx).await;
            Ok(respond_signed_in(ctx.request, &name, &token, next))
        }
        Err(problem) => {
            redisplay_form(ctx.request, &form, &["name"], problem, |form_state| sign_in_page(&ctx, form_state, next))
        }
    }
}

async fn verify_sign_in(ctx: &Ctx<'_>, form: &Form) -> Result<(String, Token), Error> {
    let (name, typed) = (UserName::parse(form.get_single("name")?)?, form.get_single("password")?);
    if typed.is_empty() {
        return Err(Refusal::FieldBlank("password").into());
    }
    if typed.chars().count() > PASSWORD_CHARS_MAX {
        return Err(Refusal::PasswordLength.into());
    }
    limit_sign_in(ctx, &name)?;
    let person = ctx.snapshot()?.person_by_name(&name)?;
    let user = person.as_ref().map_or(UNKNOWN_USER, |person| person.author.id);
    let kept = ctx.snapshot()?.credentials(user)?;
    let is_right = ctx
        .state
        .password_hasher
        .verify(Password::parse_attempt(typed), kept.as_ref().map(|kept| kept.hash.clone()))
        .await?;
    let (Some(Person { author, .. }), Some(kept), true) = (person, kept, is_right) else {
        return Err(Refusal::BadCredentials.into());
    };
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let wish = AccountCommand::SignIn { user, password_seq: kept.password_seq, token: token.hash(), device };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(wish)).await?;
    Ok((author.name.to_string(), token))
}

/// The session that this browser had ends: the browser forgets its token.
async fn end_current_session(ctx: &Ctx<'_>) {
    if let Some(token) = ctx.visitor.token.as_ref().filter(|_| ctx.visitor.refreshed_cookie().is_some()) {
        let token = token.hash();
        let _ended_already = ctx.execute_as(Actor::Anonymous, None, Command::SignOut { token }).await;
    }
}

fn sign_in_page(ctx: &Ctx<'_>, form_state: &FormState, next: &str) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    let page = views::auth::account::sign_in(&server_name, ctx.visitor.person.as_ref(), form_state, next);
    Ok(with_private_cache(page.into_response(), &ctx.visitor))
}

/// The page on which a guest keeps their name.
#[handler]
pub(crate) fn show_register(ctx: Ctx<'_>) -> Result<Response, Error> {
    if ctx.require_person()?.has_account() {
        return Ok(see_other("/settings"));
    }
    register_page(&ctx, &FormState::default())
}

/// A guest keeps their name.
#[handler]
pub(crate) async fn register(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["password"]).await?;
    ctx.require_person()?;
    match try_register(&ctx, &form).await {
        Ok((name, token)) => Ok(respond_signed_in(ctx.request, &name, &token, "/settings?done=claimed")),
        Err(problem) => redisplay_form(ctx.request, &form, &[], problem, |form_state| register_page(&ctx, form_state)),
    }
}

async fn try_register(ctx: &Ctx<'_>, form: &Form) -> Result<(String, Token), Error> {
    blocked_addresses::check_not_blocked(&*ctx.snapshot()?, ctx.request, &ctx.visitor)?;
    let person = ctx.require_person()?;
    if person.has_account() {
        return Err(Refusal::AlreadyRegistered.into());
    }
    let password =
        Password::parse_new(form.get_single("password")?, &person.author.name, &ctx.snapshot()?.settings()?.name)?;
    let replaced = ctx.visitor.token.as_ref().ok_or(Refusal::SignInRequired)?.hash();
    ctx.check_rate(LimitedAction::SignIn)?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let password = ctx.state.password_hasher.hash(password).await?;
    let wish = AccountCommand::Register { password, token: token.hash(), replaces: replaced, device };
    ctx.execute(Command::Account(wish)).await?;
    Ok((person.author.name.to_string(), token))
}

fn register_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    Ok(with_private_cache(
        views::auth::account::register(&server_name, ctx.require_person()?, form_state).into_response(),
        &ctx.visitor,
    ))
}

/// The page for whoever has a recovery code.
#[handler]
pub(crate) fn show_recover(ctx: Ctx<'_>) -> Result<Response, Error> {
    recover_page(&ctx, &FormState::default())
}

/// Somebody comes back with a recovery code.
#[handler]
pub(crate) async fn recover(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["name", "code", "password"]).await?;
    match try_recover(&ctx, &form).await {
        Ok((name, token)) => {
            Ok(respond_signed_in(ctx.request, &name, &token, "/settings/recovery-codes?done=recovered"))
        }
        Err(problem) => {
            redisplay_form(ctx.request, &form, &["name", "code"], problem, |form_state| recover_page(&ctx, form_state))
        }
    }
}

async fn try_recover(ctx: &Ctx<'_>, form: &Form) -> Result<(String, Token), Error> {
    let (name, typed) = (UserName::parse(form.get_single("name")?)?, form.get_single("code")?);
    match typed.chars().count() {
        0 => return Err(Refusal::FieldBlank("code").into()),
        n if n > RECOVERY_CODE_CHARS_MAX => {
            return Err(Refusal::FieldTooLong("code", RECOVERY_CODE_CHARS_MAX).into());
        }
        _ => {}
    }
    let password = Password::parse_new(form.get_single("password")?, name.as_str(), &ctx.snapshot()?.settings()?.name)?;
    let code = RecoveryCode::parse(typed).ok_or(Refusal::BadRecoveryCode)?;
    limit_sign_in(ctx, &name)?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let password = ctx.state.password_hasher.hash(password).await?;
    let person = ctx.snapshot()?.person_by_name(&name)?;
    // A name that is nobody's is judged like any other, and takes as long.
    let user = person.as_ref().map_or(UNKNOWN_USER, |person| person.author.id);
    let wish = AccountCommand::Recover { user, code: code.hash(), password, token: token.hash(), device };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(wish)).await?;
    Ok((person.map_or(name.to_string(), |person| person.author.name.to_string()), token))
}

fn recover_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    Ok(with_no_store(views::auth::account::recover(&server_name, form_state).into_response()))
}

/// The page to which a link from an owner leads.
#[handler]
pub(crate) fn show_reset(ctx: Ctx<'_>) -> Result<Response, Error> {
    reset_page(&ctx, &FormState::default())
}

/// Somebody chooses a new password by such a link.
#[handler]
pub(crate) async fn reset_password(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["password"]).await?;
    let (person, _) = find_reset_link(&ctx)?;
    match try_reset_password(&ctx, &form).await {
        Ok(token) => Ok(respond_signed_in(ctx.request, &person.author.name, &token, "/settings?done=recovered")),
        Err(Error::Refused(Refusal::LinkInvalid)) => Err(Error::Refused(Refusal::LinkInvalid)),
        Err(problem) => redisplay_form(ctx.request, &form, &[], problem, |form_state| reset_page(&ctx, form_state)),
    }
}

async fn try_reset_password(ctx: &Ctx<'_>, form: &Form) -> Result<Token, Error> {
    let (person, link) = find_reset_link(ctx)?;
    let password =
        Password::parse_new(form.get_single("password")?, &person.author.name, &ctx.snapshot()?.settings()?.name)?;
    ctx.check_rate(LimitedAction::SignIn)?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let password = ctx.state.password_hasher.hash(password).await?;
    let wish = AccountCommand::ResetPassword { link, password, token: token.hash(), device };
    ctx.execute_as(Actor::Anonymous, None, Command::Account(wish)).await?;
    Ok(token)
}

/// For whom the link of this request is, if it is good.
fn find_reset_link(ctx: &Ctx<'_>) -> Result<(Person, TokenHash), Error> {
    let shown = ctx.request.raw_path_param("token").and_then(Token::parse).ok_or(Refusal::LinkInvalid)?.hash();
    let person = ctx.snapshot()?.person_by_reset_link(shown, now())?;
    Ok((person.ok_or(Refusal::LinkInvalid)?, shown))
}

fn reset_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let (person, _) = find_reset_link(ctx)?;
    let server_name = ctx.snapshot()?.settings()?.name;
    let token = ctx.request.raw_path_param("token").unwrap_or("");
    Ok(with_no_store(
        views::auth::account::password_reset(&server_name, &person.author.name, form_state, token).into_response(),
    ))
}

/// Takes what a try at a name costs: a share of this name as tried from this address, and one of the name wherever it is
/// tried. It is the same for every name, whether or not it is anybody's. From one address each name is tried for itself, or the
/// answers would say which two names are one person's. Of all addresses a name that somebody had is tried as the one that they
/// have: nobody's password is guessed more often for having had more names.
fn limit_sign_in(ctx: &Ctx<'_>, name: &UserName) -> Result<(), Error> {
    check(
        ctx.request,
        Some(rate_limit_key(name, client_address::rate_limit_address(ctx.request))),
        LimitedAction::SignIn,
    )?;
    let person = ctx.snapshot()?.person_by_name(name)?;
    let present = person.and_then(|person| UserName::parse(&person.author.name).ok());
    check(ctx.request, Some(rate_limit_key(present.as_ref().unwrap_or(name), None)), LimitedAction::TryPassword)
}

fn rate_limit_key(name: &UserName, from: Option<IpAddr>) -> UserId {
    let mut hasher = DefaultHasher::new();
    (name.key(), from).hash(&mut hasher);
    UserId(hasher.finish())
}

/// Where somebody goes on to: a path on this server, and whatever else was wished for is the door.
pub(crate) fn redirect_target(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use crate::web::auth::account::*;

    #[test]
    fn whoever_signs_in_stays_on_this_origin() {
        for path in ["/", "/rooms/caf%C3%A9?around=3#m3", "/settings"] {
            assert_eq!(redirect_target(path), path);
        }
        let elsewhere = ["", "rooms", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"];
        for path in elsewhere.into_iter().chain(["/a\r\nset-cookie: x", "/é", "javascript:alert(1)", "/a b"]) {
            assert_eq!(redirect_target(path), "/", "{path:?}");
        }
    }
}
