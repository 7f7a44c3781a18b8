//! The actions that the visitor can take on a message: a page of links and buttons, and the same as a menu.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Permission, can, can_pin};
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::actions::MessageAction;
use crate::views::messages::target::MessageView;
use crate::web::messages::target::message_page;
use crate::web::request::context::Ctx;
use crate::web::request::query;
use crate::web::response::error::Error;
use crate::web::rooms::find::muted_reason_here;

/// The actions, as a page or with `as=menu` as a menu.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let is_menu = query::text(ctx.request, "as").as_deref() == Some("menu");

    message_page(&ctx, |snapshot, view| {
        let actions = list_available_actions(&ctx, snapshot, view)?;
        let markup = if is_menu {
            views::messages::actions::menu(view, &actions)
        } else {
            views::messages::actions::page(view, &actions)
        };
        Ok(markup.into_response())
    })
}

fn list_available_actions(ctx: &Ctx<'_>, snapshot: &Snapshot, view: &MessageView) -> Result<Vec<MessageAction>, Error> {
    let (room, message, extras) = (view.room, view.message, &view.message.details.extras);
    let person = ctx.visitor.person.as_ref();
    let is_own = person.is_some_and(|person| person.author.id == message.author.id);
    let has_permission = |permission| person.is_some_and(|person| can(person, permission, Some(room)));
    let may_post = person.is_some() && muted_reason_here(snapshot, &ctx.visitor, &ctx.room()?)?.is_none();
    let may_pin = may_post && person.is_some_and(|person| can_pin(person, room));
    let actions = [
        (MessageAction::Reply, may_post),
        (MessageAction::React, may_post),
        (MessageAction::Edit, may_post && is_own),
        (MessageAction::Thread, extras.reply_count > 0 || extras.thread_root.is_some()),
        (MessageAction::History, extras.edited_at.is_some()),
        (MessageAction::Pin, may_pin && !extras.pinned),
        (MessageAction::Unpin, may_pin && extras.pinned),
        (MessageAction::MarkUnread, person.is_some()),
        (MessageAction::Link, true),
        (MessageAction::Report, !is_own && has_permission(Permission::ReportMessages)),
        (MessageAction::Delete, is_own || has_permission(Permission::DeleteMessages)),
    ];
    Ok(actions.into_iter().filter(|(_, is_available)| *is_available).map(|(action, _)| action).collect())
}
