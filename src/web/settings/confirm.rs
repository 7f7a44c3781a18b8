//! Asking for the password again before a change that could lock a person out of their account.

use crate::domain::{Password, Refusal, UserId};
use crate::store::Credentials;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::settings::require_account;

/// Verifies the password in the form's `current` field, and returns the user's credentials.
///
/// # Errors
/// [`Refusal::FieldBlank`], [`Refusal::PasswordIncorrect`], [`Refusal::AccountRequired`] for a user without a password, and
/// [`Error::Http`] at the rate limit.
pub(crate) async fn verify_password(ctx: &Ctx<'_>, user: UserId, form: &Form) -> Result<Credentials, Error> {
    let current = form.get_single("current")?;
    if current.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    // This counts against the signed-in user, not against the name: strangers who try the name cannot lock its owner out.
    ctx.check_rate(LimitedAction::SignIn)?;
    let credentials = ctx.snapshot()?.credentials(user)?.ok_or(Refusal::AccountRequired)?;
    let hash = Some(credentials.hash.clone());
    if !ctx.state.password_hasher.verify(Password::parse_attempt(current), hash).await? {
        return Err(Refusal::PasswordIncorrect.into());
    }
    Ok(credentials)
}

/// Checks that the account's owner is present before something is made that outlives the session: a token or recovery
/// codes. An old session needs the password again, because it may be a browser that was left open.
///
/// # Errors
/// As [`require_account`] and [`verify_password`].
pub(crate) async fn confirm_identity(ctx: &Ctx<'_>, form: &Form) -> Result<(), Error> {
    let user = require_account(ctx)?.author.id;
    ctx.check_rate(LimitedAction::MinorChange)?;
    if !ctx.visitor.signed_in_recently() {
        verify_password(ctx, user, form).await?;
    }
    Ok(())
}
