//! The switch that shows or hides being online and typing.

use poem::{Response, Result, handler};

use crate::domain::{AccountCommand, Command};
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::redirect_or_no_content;

/// Shows or hides the caller's presence.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["shown"]).await?;
    let hidden = !form.is_on("shown")?;
    ctx.require_person()?;
    ctx.check_rate(LimitedAction::MinorChange)?;
    ctx.execute(Command::Account(AccountCommand::SetPresence { hidden })).await?;
    Ok(redirect_or_no_content(ctx.request, "/settings?done=presence"))
}
