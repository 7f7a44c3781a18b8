//! One's own settings, for those who have a name: what they are, another password, and recovery codes.

pub(crate) mod name;
pub(crate) mod sessions;
pub(crate) mod theme;

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};
use serde_json::json;

use crate::domain::limits::RECOVERY_CODES_PER_SET;
use crate::domain::{AccountCommand, Command, Password, Person, Refusal, Token, UserId};
use crate::store::Credentials;
use crate::views;
use crate::views::FormState;
use crate::views::layout::page::Notice;
use crate::views::rooms::sidebar;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::{query, user_agent};
use crate::web::response::error::Error;
use crate::web::response::{
    redirect_or_no_content, redisplay_form, respond_signed_in, with_no_store, with_private_cache,
};
use crate::web::rooms::sidebar::Sidebar;

/// Who one is.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let viewer = ctx.require_person()?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(Json(views::json::MeJson::from_person(viewer)).into_response(), &ctx.visitor));
    }
    profile_page(&ctx, &FormState::default())
}

/// The same as a page.
pub(crate) fn profile_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let (viewer, theme) = (ctx.require_person()?, theme::theme_from_request(ctx.request));
    let former = ctx.snapshot()?.former_names(viewer.author.id)?;
    settings_page(ctx, |sidebar, notice| {
        views::settings::profile(
            sidebar,
            notice.filter(|_| form_state.error.is_none()),
            (viewer, &former),
            theme,
            form_state,
        )
    })
}

/// Somebody is shown to others when they are here, or is not.
#[handler]
pub(crate) async fn set_presence(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["shown"]).await?;
    try_set_presence(&ctx, &form).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings?done=presence"))
}

async fn try_set_presence(ctx: &Ctx<'_>, form: &Form) -> Result<(), Error> {
    let hidden = !form.is_on("shown")?;
    let _user = ctx.require_person()?.author.id;
    ctx.check_rate(LimitedAction::MinorChange)?;
    let set = Command::Account(AccountCommand::SetPresence { hidden });
    ctx.execute(set).await?;
    Ok(())
}

/// The page on which one changes one's password.
#[handler]
pub(crate) fn show_change_password(ctx: Ctx<'_>) -> Result<Response, Error> {
    require_account(&ctx.visitor)?;
    password_page(&ctx, &FormState::default())
}

/// Somebody changes their password. Their other sessions end.
#[handler]
pub(crate) async fn change_password(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["current", "password"]).await?;
    let name = &require_account(&ctx.visitor)?.author.name;
    match try_change_password(&ctx, &form).await {
        Ok(token) => Ok(respond_signed_in(ctx.request, name, &token, "/settings/password?done=password")),
        Err(problem) => redisplay_form(ctx.request, &form, &[], problem, |form_state| password_page(&ctx, form_state)),
    }
}

async fn try_change_password(ctx: &Ctx<'_>, form: &Form) -> Result<Token, Error> {
    let author = &require_account(&ctx.visitor)?.author;
    if form.get_single("current")?.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    let password = Password::parse_new(form.get_single("password")?, &author.name, &ctx.snapshot()?.settings()?.name)?;
    let kept = verify_password(ctx, author.id, form).await?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let password = ctx.state.password_hasher.hash(password).await?;
    let set = AccountCommand::SetPassword { password_seq: kept.password_seq, password, token: token.hash(), device };
    ctx.execute(Command::Account(set)).await?;
    Ok(token)
}

/// The password of somebody who has shown it in this form.
async fn verify_password(ctx: &Ctx<'_>, user: UserId, form: &Form) -> Result<Credentials, Error> {
    let current = form.get_single("current")?;
    if current.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    // Their own share, and not that of whoever says to be them: strangers who try the name do not stand in the way.
    ctx.check_rate(LimitedAction::SignIn)?;
    let kept = ctx.snapshot()?.credentials(user)?.ok_or(Refusal::AccountRequired)?;
    if !ctx.state.password_hasher.verify(Password::parse_attempt(current), Some(kept.hash.clone())).await? {
        return Err(Refusal::PasswordIncorrect.into());
    }
    Ok(kept)
}

/// Lets somebody make what would outlive their session, a token or recovery codes: if they have come in just now, or show
/// the password once more, and have not made very many. A browser that somebody left open is not enough.
pub(crate) async fn confirm_identity(ctx: &Ctx<'_>, form: &Form) -> Result<(), Error> {
    let user = require_account(&ctx.visitor)?.author.id;
    ctx.check_rate(LimitedAction::MinorChange)?;
    if !ctx.visitor.signed_in_recently() {
        verify_password(ctx, user, form).await?;
    }
    Ok(())
}

fn password_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let viewer = require_account(&ctx.visitor)?;
    settings_page(ctx, |sidebar, notice| {
        views::settings::password(sidebar, notice.filter(|_| form_state.error.is_none()), viewer, form_state)
    })
}

/// How many recovery codes are left.
#[handler]
pub(crate) fn show_recovery_codes(ctx: Ctx<'_>) -> Result<Response, Error> {
    let user = require_account(&ctx.visitor)?.author.id;
    let snapshot = ctx.snapshot()?;
    let left = snapshot.count_recovery_codes(user)?;
    if ctx.accept() == Accept::Json {
        return Ok(with_private_cache(Json(json!({ "left": left })).into_response(), &ctx.visitor));
    }
    recovery_codes_page(&ctx, &FormState::default())
}

fn recovery_codes_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let left = ctx.snapshot()?.count_recovery_codes(require_account(&ctx.visitor)?.author.id)?;
    let asks = !ctx.visitor.signed_in_recently();
    settings_page(ctx, |sidebar, notice| views::settings::recovery_codes(sidebar, notice, left, (asks, form_state)))
}

/// Somebody takes new recovery codes. They are shown this once.
#[handler]
pub(crate) async fn create_recovery_codes(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["current"]).await?;
    if let Err(problem) = confirm_identity(&ctx, &form).await {
        return redisplay_form(ctx.request, &form, &[], problem, |form_state| recovery_codes_page(&ctx, form_state));
    }
    let codes: Result<Vec<_>, Error> = (0..RECOVERY_CODES_PER_SET).map(|_| secrets::new_recovery_code()).collect();
    let codes = codes?;
    let hashes = codes.iter().map(|code| code.hash()).collect();
    let set = Command::Account(AccountCommand::SetRecoveryCodes { codes: hashes });
    ctx.execute(set).await?;
    let texts = || codes.iter().map(|code| code.to_text());
    Ok(with_no_store(match ctx.accept() {
        Accept::Json => Json(json!({ "codes": texts().collect::<Vec<_>>() })).into_response(),
        Accept::Text => texts().map(|code| code + "\n").collect::<String>().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            settings_page(&ctx, |sidebar, _| views::settings::recovery_codes_created_page(sidebar, &codes))?
        }
    }))
}

/// Whoever asks, if they have an account.
pub(crate) fn require_account(visitor: &Visitor) -> Result<&Person, Error> {
    let person = visitor.require_person()?;
    if person.has_account() { Ok(person) } else { Err(Refusal::AccountRequired.into()) }
}

/// A page of the settings, for one visitor.
pub(crate) fn settings_page(
    ctx: &Ctx<'_>,
    view: impl FnOnce(&sidebar::SidebarView, Option<&Notice>) -> maud::Markup,
) -> Result<Response, Error> {
    let sidebar = Sidebar::load(&*ctx.snapshot()?, &ctx.visitor)?;
    let notice = query::text(ctx.request, "done").and_then(|word| settings_notice(&word));
    Ok(with_private_cache(view(&sidebar.view(&ctx.visitor, None), notice.as_ref()).into_response(), &ctx.visitor))
}

/// What was done, by the word that a redirect has brought.
fn settings_notice(done: &str) -> Option<Notice> {
    let words = match done {
        "claimed" => "The name is yours. Recovery codes are the way back if you forget the password.",
        "recovered" => "You have a new password. All other devices are signed out.",
        "password" => "Your password is changed. All other devices are signed out.",
        "name" => "Everybody sees your new name, also where you wrote before.",
        "presence" => "It is settled who sees that you are here.",
        "theme" => "This browser looks like that from now on.",
        "revoked" => "It is no longer good.",
        "others" => "All other devices are signed out.",
        _ => return None,
    };
    Some(Notice::Success(words.to_owned()))
}
