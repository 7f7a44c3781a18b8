//! What the visitor may do with a message: a page of links, and the same as a menu.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::{Permission, can, can_pin};
use crate::engine::Error;
use crate::store::Snapshot;
use crate::views;
use crate::views::messages::actions::Action;
use crate::views::messages::delete::MessageView;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::messages::target::message_page;
use crate::web::request::query;
use crate::web::rooms::show::muted_reason_here;

/// All that they may do with it.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    let is_menu = query::text(request, "as").as_deref() == Some("menu");
    let response = message_page(request, house, &visitor, |snapshot, view| {
        let actions = list_available_actions(request, house, snapshot, &visitor, view)?;
        let shown = if is_menu {
            views::messages::actions::menu(view, &actions)
        } else {
            views::messages::actions::page(view, &actions)
        };
        Ok(shown.into_response())
    });
    Ok(response?)
}

fn list_available_actions(
    request: &Request,
    house: &AppState,
    snapshot: &Snapshot,
    visitor: &Visitor,
    view: &MessageView,
) -> Result<Vec<Action>, Error> {
    let (room, message, extras) = (view.room, view.message, &view.message.details.extras);
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    let may = |permission| visitor.person.as_ref().is_some_and(|person| can(person, permission, Some(room)));
    let visible_room = house.find_room(snapshot, request, visitor)?;
    let speaks = visitor.person.is_some() && muted_reason_here(snapshot, visitor, &visible_room)?.is_none();
    let pins = speaks && visitor.person.as_ref().is_some_and(|person| can_pin(person, room));
    let actions = [
        (Action::Reply, speaks),
        (Action::React, speaks),
        (Action::Edit, speaks && is_own),
        (Action::Thread, extras.reply_count > 0 || extras.thread_root.is_some()),
        (Action::History, extras.edited_at.is_some()),
        (Action::Pin, pins && !extras.pinned),
        (Action::Unpin, pins && extras.pinned),
        (Action::MarkUnread, visitor.person.is_some()),
        (Action::Link, true),
        (Action::Report, !is_own && may(Permission::ReportMessages)),
        (Action::Delete, is_own || may(Permission::DeleteMessages)),
    ];
    Ok(actions.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect())
}
