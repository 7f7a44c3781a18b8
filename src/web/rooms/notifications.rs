//! Notification settings of a room: which messages notify the visitor, and whether the room is a favorite.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{NotificationLevel, ReadStateCommand};
use crate::views;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::{redirect_or_no_content, with_private_cache};
use crate::web::rooms::read_state::{execute_in_order, find_read_state};
use crate::web::rooms::sidebar::Sidebar;

/// The settings as a page with a form, or the whole read state as JSON.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let (room, read_state) = find_read_state(&ctx)?;
    let response = if ctx.accept() == Accept::Json {
        Json(views::json::ReadStateJson::new(&room, &read_state)).into_response()
    } else {
        let sidebar = Sidebar::load(&*ctx.snapshot()?, &ctx.visitor)?;
        let sidebar = sidebar.view(&ctx.visitor, Some(room.id));
        views::rooms::notifications::page(&sidebar, &room, &read_state).into_response()
    };
    Ok(with_private_cache(response, &ctx.visitor))
}

/// Changes the settings. A form without `favorite` means that it is off.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["level", "favorite"]).await?;
    let (room, read_state) = find_read_state(&ctx)?;
    let level = form.require_choice("level", NotificationLevel::parse)?;
    let favorite = form.is_on("favorite")?;
    let mut commands = Vec::new();
    if level != read_state.level {
        commands.push(ReadStateCommand::SetNotificationLevel { level });
    }
    if favorite != read_state.favorite {
        commands.push(ReadStateCommand::SetFavorite { favorite });
    }
    execute_in_order(&ctx, room.id, commands).await?;
    Ok(redirect_or_no_content(ctx.request, room.slug.path()))
}
