//! What the visitor may do with a message: a page of links, and the same as a menu.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Permission, can, can_pin};
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::actions::MessageAction;
use crate::views::messages::delete::MessageView;
use crate::web::messages::target::message_page;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::rooms::find::muted_reason_here;

/// All that they may do with it.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let is_menu = query::text(ctx.request, "as").as_deref() == Some("menu");
    let response = message_page(&ctx, |snapshot, view| {
        let actions = list_available_actions(&ctx, snapshot, view)?;
        let shown = if is_menu {
            views::messages::actions::menu(view, &actions)
        } else {
            views::messages::actions::page(view, &actions)
        };
        Ok(shown.into_response())
    });
    response
}

fn list_available_actions(ctx: &Ctx<'_>, snapshot: &Snapshot, view: &MessageView) -> Result<Vec<MessageAction>, Error> {
    let (room, message, extras) = (view.room, view.message, &view.message.details.extras);
    let is_own = ctx.visitor.author().is_some_and(|author| author.id == message.author.id);
    let may = |permission| ctx.visitor.person.as_ref().is_some_and(|person| can(person, permission, Some(room)));
    let visible_room = ctx.room()?;
    let speaks = ctx.visitor.person.is_some() && muted_reason_here(snapshot, &ctx.visitor, &visible_room)?.is_none();
    let pins = speaks && ctx.visitor.person.as_ref().is_some_and(|person| can_pin(person, room));
    let actions = [
        (MessageAction::Reply, speaks),
        (MessageAction::React, speaks),
        (MessageAction::Edit, speaks && is_own),
        (MessageAction::Thread, extras.reply_count > 0 || extras.thread_root.is_some()),
        (MessageAction::History, extras.edited_at.is_some()),
        (MessageAction::Pin, pins && !extras.pinned),
        (MessageAction::Unpin, pins && extras.pinned),
        (MessageAction::MarkUnread, ctx.visitor.person.is_some()),
        (MessageAction::Link, true),
        (MessageAction::Report, !is_own && may(Permission::ReportMessages)),
        (MessageAction::Delete, is_own || may(Permission::DeleteMessages)),
    ];
    Ok(actions.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect())
}
