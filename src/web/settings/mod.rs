//! One's own settings, for those who have a name: what they are, another password, and recovery codes.

pub(crate) mod name;
pub(crate) mod sessions;
pub(crate) mod theme;

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use serde_json::json;

use crate::domain::limits::RECOVERY_CODES_PER_SET;
use crate::domain::{AccountCommand, Command, Password, Person, Refusal, Token, UserId};
use crate::engine::Error;
use crate::store::Credentials;
use crate::views;
use crate::views::FormState;
use crate::views::layout::page::Notice;
use crate::views::rooms::sidebar;
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::limits::rate_limits::{self, LimitedAction};
use crate::web::request::accept::Accept;
use crate::web::request::form::Form;
use crate::web::request::{query, user_agent};
use crate::web::response::{
    redirect_or_no_content, redisplay_form, respond_signed_in, with_no_store, with_private_cache,
};
use crate::web::rooms::sidebar::Sidebar;

/// Who one is.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let viewer = visitor.require_person().map_err(Error::Refused)?;
    if Accept::from_request(request) == Accept::Json {
        return Ok(with_private_cache(Json(views::json::MeJson::from_person(viewer)).into_response(), &visitor));
    }
    Ok(profile_page(request, house, &visitor, &FormState::default())?)
}

/// The same as a page.
pub(crate) fn profile_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    let (viewer, theme) = (visitor.require_person()?, theme::theme_from_request(request));
    let former = house.store.snapshot()?.former_names(viewer.author.id)?;
    settings_page(request, house, visitor, |sidebar, notice| {
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
pub(crate) async fn set_presence(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["shown"]).await.map_err(Error::Refused)?;
    try_set_presence(house, request, &visitor, &form).await?;
    Ok(redirect_or_no_content(request, "/settings?done=presence"))
}

async fn try_set_presence(house: &AppState, request: &Request, visitor: &Visitor, form: &Form) -> Result<(), Error> {
    let hidden = !form.is_on("shown")?;
    let user = visitor.require_person()?.author.id;
    rate_limits::check(request, Some(user), LimitedAction::MinorChange)?;
    let set = Command::Account(AccountCommand::SetPresence { hidden });
    house.engine.execute(visitor.actor()?, None, set).await?;
    Ok(())
}

/// The page on which one changes one's password.
#[handler]
pub(crate) fn show_change_password(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    require_account(&visitor)?;
    Ok(password_page(request, house, &visitor, &FormState::default())?)
}

/// Somebody changes their password. Their other sessions end.
#[handler]
pub(crate) async fn change_password(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["current", "password"]).await.map_err(Error::Refused)?;
    let name = &require_account(&visitor)?.author.name;
    match try_change_password(house, request, &visitor, &form).await {
        Ok(token) => Ok(respond_signed_in(request, name, &token, "/settings/password?done=password")),
        Err(problem) => redisplay_form(request, &form, &[], problem, |form_state| {
            password_page(request, house, &visitor, form_state)
        }),
    }
}

async fn try_change_password(
    house: &AppState,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<Token, Error> {
    let author = &require_account(visitor)?.author;
    if form.get_single("current")?.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    let password =
        Password::parse_new(form.get_single("password")?, &author.name, &house.store.snapshot()?.settings()?.name)?;
    let kept = verify_password(house, request, author.id, form).await?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(request));
    let password = house.password_hasher.hash(password).await?;
    let set = AccountCommand::SetPassword { password_seq: kept.set_at, password, token: token.hash(), device };
    house.engine.execute(visitor.actor()?, None, Command::Account(set)).await?;
    Ok(token)
}

/// The password of somebody who has shown it in this form.
async fn verify_password(house: &AppState, request: &Request, user: UserId, form: &Form) -> Result<Credentials, Error> {
    let current = form.get_single("current")?;
    if current.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    // Their own share, and not that of whoever says to be them: strangers who try the name do not stand in the way.
    rate_limits::check(request, Some(user), LimitedAction::SignIn)?;
    let kept = house.store.snapshot()?.credentials(user)?.ok_or(Refusal::AccountRequired)?;
    if !house.password_hasher.verify(Password::parse_attempt(current), Some(kept.hash.clone())).await? {
        return Err(Refusal::PasswordIncorrect.into());
    }
    Ok(kept)
}

/// Lets somebody make what would outlive their session, a token or recovery codes: if they have come in just now, or show
/// the password once more, and have not made very many. A browser that somebody left open is not enough.
pub(crate) async fn confirm_identity(
    house: &AppState,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<(), Error> {
    let user = require_account(visitor)?.author.id;
    rate_limits::check(request, Some(user), LimitedAction::MinorChange)?;
    if !visitor.signed_in_recently() {
        verify_password(house, request, user, form).await?;
    }
    Ok(())
}

fn password_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    let viewer = require_account(visitor)?;
    settings_page(request, house, visitor, |sidebar, notice| {
        views::settings::change_password(sidebar, notice.filter(|_| form_state.error.is_none()), viewer, form_state)
    })
}

/// How many recovery codes are left.
#[handler]
pub(crate) fn show_recovery_codes(
    request: &Request,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let user = require_account(&visitor)?.author.id;
    let snapshot = house.store.snapshot().map_err(Error::Internal)?;
    let left = snapshot.recovery_codes(user).map_err(Error::Internal)?;
    if Accept::from_request(request) == Accept::Json {
        return Ok(with_private_cache(Json(json!({ "left": left })).into_response(), &visitor));
    }
    Ok(recovery_codes_page(request, house, &visitor, &FormState::default())?)
}

fn recovery_codes_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    form_state: &FormState,
) -> Result<Response, Error> {
    let left = house.store.snapshot()?.recovery_codes(require_account(visitor)?.author.id)?;
    let asks = !visitor.signed_in_recently();
    settings_page(request, house, visitor, |sidebar, notice| {
        views::settings::recovery_codes(sidebar, notice, left, (asks, form_state))
    })
}

/// Somebody takes new recovery codes. They are shown this once.
#[handler]
pub(crate) async fn create_recovery_codes(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<AppState>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["current"]).await.map_err(Error::Refused)?;
    if let Err(problem) = confirm_identity(house, request, &visitor, &form).await {
        return redisplay_form(request, &form, &[], problem, |form_state| {
            recovery_codes_page(request, house, &visitor, form_state)
        });
    }
    let codes: Result<Vec<_>, Error> = (0..RECOVERY_CODES_PER_SET).map(|_| secrets::new_recovery_code()).collect();
    let codes = codes?;
    let hashes = codes.iter().map(|code| code.hash()).collect();
    let set = Command::Account(AccountCommand::SetRecoveryCodes { codes: hashes });
    house.engine.execute(visitor.actor().map_err(Error::Refused)?, None, set).await?;
    let texts = || codes.iter().map(|code| code.to_text());
    Ok(with_no_store(match Accept::from_request(request) {
        Accept::Json => Json(json!({ "codes": texts().collect::<Vec<_>>() })).into_response(),
        Accept::Text => texts().map(|code| code + "\n").collect::<String>().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => settings_page(request, house, &visitor, |sidebar, _| {
            views::settings::recovery_codes_created(sidebar, &codes)
        })?,
    }))
}

/// Whoever asks, if they have an account.
pub(crate) fn require_account(visitor: &Visitor) -> Result<&Person, Error> {
    let person = visitor.require_person()?;
    if person.has_account() { Ok(person) } else { Err(Refusal::AccountRequired.into()) }
}

/// A page of the settings, for one visitor.
pub(crate) fn settings_page(
    request: &Request,
    house: &AppState,
    visitor: &Visitor,
    view: impl FnOnce(&sidebar::SidebarView, Option<&Notice>) -> maud::Markup,
) -> Result<Response, Error> {
    let sidebar = Sidebar::load(&house.store.snapshot()?, visitor)?;
    let notice = query::text(request, "done").and_then(|word| settings_notice(&word));
    Ok(with_private_cache(view(&sidebar.view(visitor, None), notice.as_ref()).into_response(), visitor))
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
    Some(Notice::Done(words.to_owned()))
}
