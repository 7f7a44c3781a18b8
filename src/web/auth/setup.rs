//! The link of the first start: whoever opens it owns the house. Its token lies in the data directory until then, so that
//! the link that was printed stays the same from one start to the next.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use constant_time_eq::constant_time_eq;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Password, Refusal, SingleLine, Token, UserName};
use crate::store::Store;
use crate::views::{self, FormState};
use crate::web::auth::secrets;
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, respond_signed_in, with_no_store};
use crate::web::state::AppState;

/// The file's name in the data directory.
const SETUP_LINK_FILE: &str = "owner-link";

/// The link that makes an owner, until the house has one.
pub struct SetupLink {
    token: Token,
    file: PathBuf,
}

impl SetupLink {
    /// The link of this house: the one that lies in its directory, or a new one. `None` if the house has an owner.
    ///
    /// # Errors
    /// If the file can be neither read nor written.
    pub fn load_or_create(directory: &Path, store: &Store) -> io::Result<Option<Self>> {
        let file = directory.join(SETUP_LINK_FILE);
        if store.snapshot().and_then(|snapshot| snapshot.has_owner()).map_err(io::Error::other)? {
            let _left_by_a_crash = fs::remove_file(&file);
            return Ok(None);
        }
        let kept = fs::read_to_string(&file).ok().and_then(|text| Token::parse(&text));
        let token = match kept {
            Some(token) => token,
            None => {
                let token = secrets::new_token().map_err(io::Error::other)?;
                let _unreadable = fs::remove_file(&file);
                let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
                writeln!(made, "{}", token.to_text())?;
                token
            }
        };
        Ok(Some(Self { token, file }))
    }

    /// Its address on this server.
    pub fn path(&self) -> String {
        format!("/setup/{}", self.token.to_text())
    }

    /// Whether this is it. A guess is not told how near it was.
    fn matches(&self, token: &str) -> bool {
        constant_time_eq(token.as_bytes(), self.token.to_text().as_bytes())
    }

    fn mark_used(&self) {
        if let Err(cause) = fs::remove_file(&self.file) {
            tracing::warn!(%cause, "the owner's link is used, and its file is still there");
        }
    }
}

/// The page of the link.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    find_setup_link(ctx.request, ctx.state)?;
    setup_page(&ctx, &FormState::default())
}

/// Somebody takes the house.
#[handler]
pub(crate) async fn set_up(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["server", "name", "password"]).await?;
    let link = find_setup_link(ctx.request, ctx.state)?;
    match try_set_up(&ctx, &form).await {
        Ok((name, token)) => {
            link.mark_used();
            Ok(respond_signed_in(ctx.request, &name, &token, "/"))
        }
        Err(Error::Refused(Refusal::LinkInvalid)) => Err(Error::Refused(Refusal::LinkInvalid)),
        Err(problem) => {
            redisplay_form(ctx.request, &form, &["server", "name"], problem, |form_state| setup_page(&ctx, form_state))
        }
    }
}

async fn try_set_up(ctx: &Ctx<'_>, form: &Form) -> Result<(String, Token), Error> {
    let server_name = SingleLine::parse("server", form.get_single("server")?, LABEL_CHARS_MAX)?;
    let name = UserName::parse_new(form.get_single("name")?)?;
    let password = Password::parse_new(form.get_single("password")?, name.as_str(), server_name.as_str())?;
    check(ctx.request, None, LimitedAction::SignIn)?;
    let (token, device) = (secrets::new_token()?, user_agent::device_from_request(ctx.request));
    let own = AccountCommand::SetUpServer {
        server_name,
        name: name.clone(),
        password: ctx.state.password_hasher.hash(password).await?,
        token: token.hash(),
        device,
    };
    ctx.execute(Command::Account(own)).await?;
    Ok((name.as_str().to_owned(), token))
}

/// The link, if this request shows it and the house has no owner.
fn find_setup_link<'a>(request: &Request, house: &'a AppState) -> Result<&'a SetupLink, Error> {
    let shown = request.raw_path_param("token").unwrap_or("");
    let link = house.setup_link.as_ref().filter(|link| link.matches(shown)).ok_or(Refusal::LinkInvalid)?;
    if house.store.snapshot()?.has_owner()? { Err(Refusal::LinkInvalid.into()) } else { Ok(link) }
}

fn setup_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    let link = ctx.request.raw_path_param("token").unwrap_or("");
    Ok(with_no_store(
        views::auth::account::setup(&server_name, ctx.visitor.person.as_ref(), form_state, link).into_response(),
    ))
}
