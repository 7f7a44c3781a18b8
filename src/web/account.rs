//! The ways to a name: signing in, keeping a guest's name, and the ways back to a forgotten password.
//!
//! Whoever fails is told one thing, whether the name is nobody's, a guest's or the password wrong, and is told it after
//! the same work.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;

use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{form_again, no_store, private, see_other, signed_in};
use super::form::Form;
use super::pace::{self, Deed};
use super::visitor::Visitor;
use super::{House, blocks, client, device, query, random};
use crate::domain::limits::{PASSWORD_CHARS_MAX, RECOVERY_CODE_CHARS_MAX};
use crate::domain::{
    AccountCommand, Command, Password, Person, RecoveryCode, Refusal, Token, TokenHash, UserId, UserName, Who,
};
use crate::engine::{Problem, now};
use crate::views::{self, Again};

/// The number of nobody: people are named by changes, and the first change is 1.
const NOBODY: UserId = UserId(0);

/// The page. `?next=` says where to go from there.
#[handler]
pub(super) fn show_sign_in(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let next = query::text(request, "next").unwrap_or_default();
    Ok(sign_in_page(house, &visitor, &Again::default(), onward(&next))?)
}

/// Somebody signs in.
#[handler]
pub(super) async fn sign_in(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["name", "password", "next"]).await.map_err(Problem::Refused)?;
    let next = onward(form.get("next").unwrap_or(""));
    match try_out(house, request, &form).await {
        Ok((name, token)) => {
            give_up(house, &visitor).await;
            Ok(signed_in(request, &name, &token, next))
        }
        Err(problem) => {
            form_again(request, &form, &["name"], problem, |again| sign_in_page(house, &visitor, again, next))
        }
    }
}

async fn try_out(house: &House, request: &Request, form: &Form) -> Result<(String, Token), Problem> {
    let (name, typed) = (UserName::parse(form.one("name")?)?, form.one("password")?);
    if typed.is_empty() {
        return Err(Refusal::FieldBlank("password").into());
    }
    if typed.chars().count() > PASSWORD_CHARS_MAX {
        return Err(Refusal::PasswordLength.into());
    }
    take_a_try(request, house, &name)?;
    let person = house.store.snapshot()?.person_named(&name)?;
    let user = person.as_ref().map_or(NOBODY, |person| person.author.id);
    let kept = house.store.snapshot()?.credentials(user)?;
    let is_right = house.passwords.is(Password::try_out(typed), kept.as_ref().map(|kept| kept.hash.clone())).await?;
    let (Some(Person { author, .. }), Some(kept), true) = (person, kept, is_right) else {
        return Err(Refusal::SignInWrong.into());
    };
    let (token, device) = (random::token()?, device::of(request));
    let wish = AccountCommand::SignIn { user, proof: kept.set, token: token.hash(), device };
    house.engine.execute(Who::Nobody, None, Command::Account(wish)).await?;
    Ok((author.name.to_string(), token))
}

/// The session that this browser had ends: the browser forgets its token.
async fn give_up(house: &House, visitor: &Visitor) {
    if let Some(token) = visitor.token.as_ref().filter(|_| visitor.remembered().is_some()) {
        let token = token.hash();
        let _ended_already = house.engine.execute(Who::Nobody, None, Command::Leave { token }).await;
    }
}

fn sign_in_page(house: &House, visitor: &Visitor, again: &Again, next: &str) -> Result<Response, Problem> {
    let called = house.store.snapshot()?.house()?.name;
    let page = views::account::sign_in(&called, visitor.person.as_ref(), again, next);
    Ok(private(page.into_response(), visitor))
}

/// The page on which a guest keeps their name.
#[handler]
pub(super) fn show_claim(Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    if visitor.named().map_err(Problem::Refused)?.has_account() {
        return Ok(see_other("/settings"));
    }
    Ok(claim_page(house, &visitor, &Again::default())?)
}

/// A guest keeps their name.
#[handler]
pub(super) async fn claim(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["password"]).await.map_err(Problem::Refused)?;
    visitor.named().map_err(Problem::Refused)?;
    match keep(house, request, &visitor, &form).await {
        Ok((name, token)) => Ok(signed_in(request, &name, &token, "/settings?done=claimed")),
        Err(problem) => form_again(request, &form, &[], problem, |again| claim_page(house, &visitor, again)),
    }
}

async fn keep(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<(String, Token), Problem> {
    blocks::refuse(&house.store.snapshot()?, request, visitor)?;
    let person = visitor.named()?;
    if person.has_account() {
        return Err(Refusal::AccountThere.into());
    }
    let password =
        Password::choose(form.one("password")?, &person.author.name, &house.store.snapshot()?.house()?.name)?;
    let instead = visitor.token.as_ref().ok_or(Refusal::NameNeeded)?.hash();
    pace::take(request, Some(person.author.id), Deed::SignIn)?;
    let (token, device) = (random::token()?, device::of(request));
    let password = house.passwords.hash(password).await?;
    let wish = AccountCommand::Claim { password, token: token.hash(), instead, device };
    house.engine.execute(visitor.who()?, None, Command::Account(wish)).await?;
    Ok((person.author.name.to_string(), token))
}

fn claim_page(house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let called = house.store.snapshot()?.house()?.name;
    Ok(private(views::account::claim(&called, visitor.named()?, again).into_response(), visitor))
}

/// The page for whoever has a recovery code.
#[handler]
pub(super) fn show_recover(Data(house): Data<&Arc<House>>) -> Result<Response> {
    Ok(recover_page(house, &Again::default())?)
}

/// Somebody comes back with a recovery code.
#[handler]
pub(super) async fn recover(request: &Request, body: Body, Data(house): Data<&Arc<House>>) -> Result<Response> {
    let form = Form::read(request, body, &["name", "code", "password"]).await.map_err(Problem::Refused)?;
    match come_back(house, request, &form).await {
        Ok((name, token)) => Ok(signed_in(request, &name, &token, "/settings/recovery-codes?done=recovered")),
        Err(problem) => form_again(request, &form, &["name", "code"], problem, |again| recover_page(house, again)),
    }
}

async fn come_back(house: &House, request: &Request, form: &Form) -> Result<(String, Token), Problem> {
    let (name, typed) = (UserName::parse(form.one("name")?)?, form.one("code")?);
    match typed.chars().count() {
        0 => return Err(Refusal::FieldBlank("code").into()),
        n if n > RECOVERY_CODE_CHARS_MAX => {
            return Err(Refusal::FieldTooLong("code", RECOVERY_CODE_CHARS_MAX).into());
        }
        _ => {}
    }
    let password = Password::choose(form.one("password")?, name.as_str(), &house.store.snapshot()?.house()?.name)?;
    let code = RecoveryCode::parse(typed).ok_or(Refusal::SignInWrong)?;
    take_a_try(request, house, &name)?;
    let (token, device) = (random::token()?, device::of(request));
    let password = house.passwords.hash(password).await?;
    let person = house.store.snapshot()?.person_named(&name)?;
    // A name that is nobody's is judged like any other, and takes as long.
    let user = person.as_ref().map_or(NOBODY, |person| person.author.id);
    let wish = AccountCommand::Recover { user, code: code.hash(), password, token: token.hash(), device };
    house.engine.execute(Who::Nobody, None, Command::Account(wish)).await?;
    Ok((person.map_or(name.to_string(), |person| person.author.name.to_string()), token))
}

fn recover_page(house: &House, again: &Again) -> Result<Response, Problem> {
    let called = house.store.snapshot()?.house()?.name;
    Ok(no_store(views::account::recover(&called, again).into_response()))
}

/// The page to which a link from an owner leads.
#[handler]
pub(super) fn show_reset(request: &Request, Data(house): Data<&Arc<House>>) -> Result<Response> {
    Ok(reset_page(request, house, &Again::default())?)
}

/// Somebody chooses a new password by such a link.
#[handler]
pub(super) async fn reset(request: &Request, body: Body, Data(house): Data<&Arc<House>>) -> Result<Response> {
    let form = Form::read(request, body, &["password"]).await.map_err(Problem::Refused)?;
    let (person, _) = link(request, house)?;
    match choose_anew(house, request, &form).await {
        Ok(token) => Ok(signed_in(request, &person.author.name, &token, "/settings?done=recovered")),
        Err(Problem::Refused(Refusal::LinkDead)) => Err(Problem::Refused(Refusal::LinkDead).into()),
        Err(problem) => form_again(request, &form, &[], problem, |again| reset_page(request, house, again)),
    }
}

async fn choose_anew(house: &House, request: &Request, form: &Form) -> Result<Token, Problem> {
    let (person, link) = link(request, house)?;
    let password =
        Password::choose(form.one("password")?, &person.author.name, &house.store.snapshot()?.house()?.name)?;
    pace::take(request, Some(person.author.id), Deed::SignIn)?;
    let (token, device) = (random::token()?, device::of(request));
    let password = house.passwords.hash(password).await?;
    let wish = AccountCommand::Reset { link, password, token: token.hash(), device };
    house.engine.execute(Who::Nobody, None, Command::Account(wish)).await?;
    Ok(token)
}

/// For whom the link of this request is, if it is good.
fn link(request: &Request, house: &House) -> Result<(Person, TokenHash), Problem> {
    let shown = request.raw_path_param("token").and_then(Token::parse).ok_or(Refusal::LinkDead)?.hash();
    let person = house.store.snapshot()?.reset(shown, now())?;
    Ok((person.ok_or(Refusal::LinkDead)?, shown))
}

fn reset_page(request: &Request, house: &House, again: &Again) -> Result<Response, Problem> {
    let (person, _) = link(request, house)?;
    let called = house.store.snapshot()?.house()?.name;
    let token = request.raw_path_param("token").unwrap_or("");
    Ok(no_store(views::account::reset(&called, &person.author.name, again, token).into_response()))
}

/// Takes what a try at a name costs: a share of this name as tried from this address, and one of the name wherever it is
/// tried. It is the same for every name, whether or not it is anybody's. From one address each name is tried for itself, or the
/// answers would say which two names are one person's. Of all addresses a name that somebody had is tried as the one that they
/// have: nobody's password is guessed more often for having had more names.
fn take_a_try(request: &Request, house: &House, name: &UserName) -> Result<(), Problem> {
    pace::take(request, Some(said_to_be(name, client::share(request))), Deed::SignIn)?;
    let person = house.store.snapshot()?.person_named(name)?;
    let present = person.and_then(|person| UserName::parse(&person.author.name).ok());
    Ok(pace::take(request, Some(said_to_be(present.as_ref().unwrap_or(name), None)), Deed::Guess)?)
}

fn said_to_be(name: &UserName, from: Option<IpAddr>) -> UserId {
    let mut hasher = DefaultHasher::new();
    (name.key(), from).hash(&mut hasher);
    UserId(hasher.finish())
}

/// Where somebody goes on to: a path on this server, and whatever else was wished for is the door.
pub(super) fn onward(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_signs_in_stays_on_this_origin() {
        for path in ["/", "/rooms/caf%C3%A9?around=3#m3", "/settings"] {
            assert_eq!(onward(path), path);
        }
        let elsewhere = ["", "rooms", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"];
        for path in elsewhere.into_iter().chain(["/a\r\nset-cookie: x", "/é", "javascript:alert(1)", "/a b"]) {
            assert_eq!(onward(path), "/", "{path:?}");
        }
    }
}
