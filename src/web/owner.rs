//! The link of the first start: whoever opens it owns the house. Its token lies in the data directory until then, so that
//! the link that was printed stays the same from one start to the next.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use constant_time_eq::constant_time_eq;
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::answers::{form_again, no_store, signed_in};
use super::form::Form;
use super::pace::{self, Deed};
use super::visitor::Visitor;
use super::{House, device, random};
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Line, Password, Refusal, Token, UserName};
use crate::engine::Problem;
use crate::store::Store;
use crate::views::{self, Again};

/// The file's name in the data directory.
const FILE: &str = "owner-link";

/// The link that makes an owner, until the house has one.
pub struct OwnerLink {
    token: Token,
    file: PathBuf,
}

impl OwnerLink {
    /// The link of this house: the one that lies in its directory, or a new one. `None` if the house has an owner.
    ///
    /// # Errors
    /// If the file can be neither read nor written.
    pub fn prepare(directory: &Path, store: &Store) -> io::Result<Option<Self>> {
        let file = directory.join(FILE);
        if store.snapshot().and_then(|snapshot| snapshot.is_owned()).map_err(io::Error::other)? {
            let _left_by_a_crash = fs::remove_file(&file);
            return Ok(None);
        }
        let kept = fs::read_to_string(&file).ok().and_then(|text| Token::parse(&text));
        let token = match kept {
            Some(token) => token,
            None => {
                let token = random::token().map_err(io::Error::other)?;
                let _unreadable = fs::remove_file(&file);
                let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
                writeln!(made, "{}", token.text())?;
                token
            }
        };
        Ok(Some(Self { token, file }))
    }

    /// Its address on this server.
    pub fn path(&self) -> String {
        format!("/owner/{}", self.token.text())
    }

    /// Whether this is it. A guess is not told how near it was.
    fn is(&self, text: &str) -> bool {
        constant_time_eq(text.as_bytes(), self.token.text().as_bytes())
    }

    fn used(&self) {
        if let Err(cause) = fs::remove_file(&self.file) {
            tracing::warn!(%cause, "the owner's link is used, and its file is still there");
        }
    }
}

/// The page of the link.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    link(request, house)?;
    Ok(page(request, house, &visitor, &Again::default())?)
}

/// Somebody takes the house.
#[handler]
pub(super) async fn take(
    request: &Request,
    body: Body,
    Data(house): Data<&Arc<House>>,
    visitor: Visitor,
) -> Result<Response> {
    let form = Form::read(request, body, &["house", "name", "password"]).await.map_err(Problem::Refused)?;
    let link = link(request, house)?;
    match own(house, request, &visitor, &form).await {
        Ok((name, token)) => {
            link.used();
            Ok(signed_in(request, &name, &token, "/"))
        }
        Err(Problem::Refused(Refusal::LinkDead)) => Err(Problem::Refused(Refusal::LinkDead).into()),
        Err(problem) => {
            form_again(request, &form, &["house", "name"], problem, |again| page(request, house, &visitor, again))
        }
    }
}

async fn own(house: &House, request: &Request, visitor: &Visitor, form: &Form) -> Result<(String, Token), Problem> {
    let called = Line::parse("house", form.one("house")?, LABEL_CHARS_MAX)?;
    let name = UserName::choose(form.one("name")?)?;
    let password = Password::choose(form.one("password")?, name.as_str(), called.as_str())?;
    pace::take(request, None, Deed::SignIn)?;
    let (token, device) = (random::token()?, device::of(request));
    let own = AccountCommand::Own {
        house: called,
        name: name.clone(),
        password: house.passwords.hash(password).await?,
        token: token.hash(),
        device,
    };
    house.engine.execute(visitor.who()?, None, Command::Account(own)).await?;
    Ok((name.as_str().to_owned(), token))
}

/// The link, if this request shows it and the house has no owner.
fn link<'a>(request: &Request, house: &'a House) -> Result<&'a OwnerLink, Problem> {
    let shown = request.raw_path_param("token").unwrap_or("");
    let link = house.owner_link.as_ref().filter(|link| link.is(shown)).ok_or(Refusal::LinkDead)?;
    if house.store.snapshot()?.is_owned()? { Err(Refusal::LinkDead.into()) } else { Ok(link) }
}

fn page(request: &Request, house: &House, visitor: &Visitor, again: &Again) -> Result<Response, Problem> {
    let called = house.store.snapshot()?.house()?.name;
    let link = request.raw_path_param("token").unwrap_or("");
    Ok(no_store(views::account::own(&called, visitor.person.as_ref(), again, link).into_response()))
}
