//! Help: keys, formatting and slash commands.

use poem::{IntoResponse, Response, Result, handler};

use crate::views;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// The help as a page or as the content of the dialog; for a terminal the slash commands.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    respond_with_help(&ctx)
}

fn respond_with_help(ctx: &Ctx<'_>) -> Result<Response, Error> {
    if query::text(ctx.request, "as").as_deref() == Some("dialog") {
        return Ok(with_private_cache(views::help::dialog().into_response(), &ctx.visitor));
    }
    let response = match ctx.accept() {
        Accept::Json | Accept::Text => views::plain::command_list().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let sidebar = Sidebar::load(&*ctx.snapshot()?, &ctx.visitor)?;
            views::help::page(&sidebar.view(&ctx.visitor, None)).into_response()
        }
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

/// Answers the command `/help`: the list of slash commands, for htmx under the composer.
pub(crate) fn respond_with_commands(ctx: &Ctx<'_>) -> Result<Response, Error> {
    if ctx.is_htmx() {
        return Ok(views::help::commands::fragment().into_response());
    }
    Ok(match ctx.accept() {
        Accept::Page => views::help::commands::page(&ctx.snapshot()?.settings()?.name).into_response(),
        Accept::Json | Accept::Text | Accept::Stream | Accept::Anything => views::plain::command_list().into_response(),
    })
}
