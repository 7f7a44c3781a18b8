//! Setting up a server that has no owner yet, with the setup link.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{AccountCommand, Command, Password, Refusal, SingleLine, UserName};
use crate::secrets;
use crate::views::{self, FormState};
use crate::web::auth::signed_in::{SignedIn, respond_signed_in};
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::request::user_agent;
use crate::web::response::error::Error;
use crate::web::response::{redisplay_form, with_no_store};
use crate::web::state::setup_link::SetupLink;

/// Shows the form of the setup link.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    find_setup_link(&ctx)?;
    setup_page(&ctx, &FormState::default())
}

/// Names the server and creates the owner's account. The link works once: of two requests at the same time, one wins.
#[handler]
pub(crate) async fn set_up(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["server", "name", "password"]).await?;
    let link = find_setup_link(&ctx)?;
    match try_set_up(&ctx, &form).await {
        Ok(signed_in) => {
            link.mark_used();
            Ok(respond_signed_in(ctx.request, &signed_in, "/"))
        }
        Err(error @ Error::Refused(Refusal::LinkInvalid)) => Err(error),
        Err(error) => redisplay_form(ctx.request, &form, &["server", "name"], error, |state| setup_page(&ctx, state)),
    }
}

async fn try_set_up(ctx: &Ctx<'_>, form: &Form) -> Result<SignedIn, Error> {
    let server_name = SingleLine::parse("server", form.get_single("server")?, LABEL_CHARS_MAX)?;
    let name = UserName::parse_new(form.get_single("name")?)?;
    let password = Password::parse_new(form.get_single("password")?, name.as_str(), server_name.as_str())?;
    check(ctx.request, None, LimitedAction::SignIn)?;
    let token = secrets::new_token()?;
    let command = AccountCommand::SetUpServer {
        server_name,
        name: name.clone(),
        password: ctx.state.password_hasher.hash(password).await?,
        token: token.hash(),
        device: user_agent::device_from_request(ctx.request),
    };
    ctx.execute(Command::Account(command)).await?;
    Ok(SignedIn { name: name.as_str().to_owned(), token })
}

/// The setup link, if the path of this request has its token and the server has no owner.
fn find_setup_link<'a>(ctx: &Ctx<'a>) -> Result<&'a SetupLink, Error> {
    let token = ctx.path_param("token");
    let link = ctx.state.setup_link.as_ref().filter(|link| link.matches(token)).ok_or(Refusal::LinkInvalid)?;
    if ctx.snapshot()?.has_owner()? { Err(Refusal::LinkInvalid.into()) } else { Ok(link) }
}

fn setup_page(ctx: &Ctx<'_>, form_state: &FormState) -> Result<Response, Error> {
    let server_name = ctx.snapshot()?.settings()?.name;
    let viewer = ctx.visitor.person.as_ref();
    let page = views::auth::setup::page(&server_name, viewer, form_state, ctx.path_param("token"));
    Ok(with_no_store(page.into_response()))
}
