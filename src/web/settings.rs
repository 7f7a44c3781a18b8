//! One's own settings, for those who have a name: what they are, another password, and recovery codes.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{Body, IntoResponse, Request, Response, Result, handler};
use serde_json::json;

use super::accept::Accept;
use super::answers::{done, form_again, no_store, private, signed_in};
use super::form::Form;
use super::pace::{self, Deed};
use super::places::Places;
use super::visitor::Visitor;
use super::{House, device, query, random, theme};
use crate::domain::limits::RECOVERY_CODES;
use crate::domain::{AccountCommand, Command, Password, Person, Refusal, Token, UserId};
use crate::engine::Problem;
use crate::store::Credentials;
use crate::views;
use crate::views::Again;
use crate::views::sheet::Notice;
use crate::views::sidebar;

/// Who one is.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let viewer = visitor.named().map_err(Problem::Refused)?;
    if Accept::of(request) == Accept::Json {
        return Ok(private(Json(views::json::Me::of(viewer)).into_response(), &visitor));
    }
    Ok(me(request, house, &visitor, &Again::default())?)
}

/// The same as a page.
pub(super) fn me(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let (viewer, theme) = (visitor.named()?, theme::of(request));
    let former = house.store.snapshot()?.former_names(viewer.author.id)?;
    page(request, house, visitor, |places, notice| {
        views::settings::me(places, notice.filter(|_| again.wrong.is_none()), (viewer, &former), theme, again)
    })
}

/// Somebody is shown to others when they are here, or is not.
#[handler]
pub(super) async fn set_presence(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["shown"]).await.map_err(Problem::Refused)?;
    show_or_hide(house, request, &visitor, &form).await?;
    Ok(done(request, "/settings?done=presence"))
}

async fn show_or_hide(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<(), Problem> {
    let hidden = !form.is_on("shown")?;
    let user = visitor.named()?.author.id;
    pace::take(request, Some(user), Deed::Note)?;
    let set = Command::Account(AccountCommand::SetPresence { hidden });
    house.engine.execute(visitor.who()?, None, set).await?;
    Ok(())
}

/// The page on which one changes one's password.
#[handler]
pub(super) fn show_password(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    account(&visitor)?;
    Ok(password_page(request, house, &visitor, &Again::default())?)
}

/// Somebody changes their password. Their other sessions end.
#[handler]
pub(super) async fn change_password(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["current", "password"]).await.map_err(Problem::Refused)?;
    let name = &account(&visitor)?.author.name;
    match change(house, request, &visitor, &form).await {
        Ok(token) => Ok(signed_in(request, name, &token, "/settings/password?done=password")),
        Err(problem) => {
            form_again(request, &form, &[], problem, |again| password_page(request, house, &visitor, again))
        }
    }
}

async fn change(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<Token, Problem> {
    let author = &account(visitor)?.author;
    if form.one("current")?.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    let password = Password::choose(form.one("password")?, &author.name, &house.store.snapshot()?.house()?.name)?;
    let kept = proven(house, request, author.id, form).await?;
    let (token, device) = (random::token()?, device::of(request));
    let password = house.passwords.hash(password).await?;
    let set = AccountCommand::SetPassword { proof: kept.set, password, token: token.hash(), device };
    house.engine.execute(visitor.who()?, None, Command::Account(set)).await?;
    Ok(token)
}

/// The password of somebody who has shown it in this form.
async fn proven(house: &House, request: &Request, user: UserId, form: &Form) -> Result<Credentials, Problem> {
    let current = form.one("current")?;
    if current.is_empty() {
        return Err(Refusal::FieldBlank("current").into());
    }
    // Their own share, and not that of whoever says to be them: strangers who try the name do not stand in the way.
    pace::take(request, Some(user), Deed::SignIn)?;
    let kept = house.store.snapshot()?.credentials(user)?.ok_or(Refusal::AccountNeeded)?;
    if !house.passwords.is(Password::try_out(current), Some(kept.hash.clone())).await? {
        return Err(Refusal::PasswordWrong.into());
    }
    Ok(kept)
}

/// Lets somebody make what would outlive their session, a token or recovery codes: if they have come in just now, or show
/// the password once more, and have not made very many. A browser that somebody left open is not enough.
pub(super) async fn is_certain(
    house: &House,
    request: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Result<(), Problem> {
    let user = account(visitor)?.author.id;
    pace::take(request, Some(user), Deed::Note)?;
    if !visitor.is_fresh() {
        proven(house, request, user, form).await?;
    }
    Ok(())
}

fn password_page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let viewer = account(visitor)?;
    page(request, house, visitor, |places, notice| {
        views::settings::change_password(places, notice.filter(|_| again.wrong.is_none()), viewer, again)
    })
}

/// How many recovery codes are left.
#[handler]
pub(super) fn show_codes(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let user = account(&visitor)?.author.id;
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let left = snapshot.recovery_codes(user).map_err(Problem::Unread)?;
    if Accept::of(request) == Accept::Json {
        return Ok(private(Json(json!({ "left": left })).into_response(), &visitor));
    }
    Ok(codes_page(request, house, &visitor, &Again::default())?)
}

fn codes_page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let left = house.store.snapshot()?.recovery_codes(account(visitor)?.author.id)?;
    let asks = !visitor.is_fresh();
    page(request, house, visitor, |places, notice| views::settings::codes(places, notice, left, (asks, again)))
}

/// Somebody takes new recovery codes. They are shown this once.
#[handler]
pub(super) async fn make_codes(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["current"]).await.map_err(Problem::Refused)?;
    if let Err(problem) = is_certain(house, request, &visitor, &form).await {
        return form_again(request, &form, &[], problem, |again| codes_page(request, house, &visitor, again));
    }
    let drawn: Result<Vec<_>, Problem> = (0..RECOVERY_CODES).map(|_| random::recovery_code()).collect();
    let drawn = drawn?;
    let codes = drawn.iter().map(|code| code.hash()).collect();
    let set = Command::Account(AccountCommand::SetRecoveryCodes { codes });
    house.engine.execute(visitor.who().map_err(Problem::Refused)?, None, set).await?;
    let texts = || drawn.iter().map(|code| code.text());
    Ok(no_store(match Accept::of(request) {
        Accept::Json => Json(json!({ "codes": texts().collect::<Vec<_>>() })).into_response(),
        Accept::Text => texts().map(|code| code + "\n").collect::<String>().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            page(request, house, &visitor, |places, _| views::settings::codes_made(places, &drawn))?
        }
    }))
}

/// Whoever asks, if they have an account.
pub(super) fn account(visitor: &Visitor) -> Result<&Person, Problem> {
    let person = visitor.named()?;
    if person.has_account() { Ok(person) } else { Err(Refusal::AccountNeeded.into()) }
}

/// A page of the settings, for one visitor.
pub(super) fn page(
    request: &Request,
    house: &House,
    visitor: &Visitor,
    view: impl FnOnce(&sidebar::Places, Option<&Notice>) -> maud::Markup,
) -> Result<Response, Problem> {
    let places = Places::of(&house.store.snapshot()?, visitor)?;
    let notice = query::text(request, "done").and_then(|word| notice(&word));
    Ok(private(view(&places.view(visitor, None), notice.as_ref()).into_response(), visitor))
}

/// What was done, by the word that a redirect has brought.
fn notice(done: &str) -> Option<Notice> {
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
