//! What the visitor may do with a message: a page of links, and the same as a menu.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::changing::alone;
use super::rooms::silenced_here;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::{Act, may, may_pin};
use crate::engine::Problem;
use crate::store::Snapshot;
use crate::views;
use crate::views::actions::Action;
use crate::views::removal::View;

/// All that they may do with it.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let is_menu = query::text(request, "as").as_deref() == Some("menu");
    let response = alone(request, house, &visitor, |snapshot, view| {
        let actions = offered(request, house, snapshot, &visitor, view)?;
        let shown = if is_menu { views::actions::menu(view, &actions) } else { views::actions::page(view, &actions) };
        Ok(shown.into_response())
    });
    Ok(response?)
}

fn offered(
    request: &Request,
    house: &House,
    snapshot: &Snapshot,
    visitor: &Visitor,
    view: &View,
) -> Result<Vec<Action>, Problem> {
    let (room, message, extras) = (view.room, view.message, &view.message.more.extras);
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    let may = |act| visitor.person.as_ref().is_some_and(|person| may(person, act, Some(room)));
    let sight = house.room(snapshot, request, visitor)?;
    let speaks = visitor.person.is_some() && silenced_here(snapshot, visitor, &sight)?.is_none();
    let pins = speaks && visitor.person.as_ref().is_some_and(|person| may_pin(person, room));
    let actions = [
        (Action::Reply, speaks),
        (Action::React, speaks),
        (Action::Edit, speaks && is_own),
        (Action::Thread, extras.replies > 0 || extras.thread.is_some()),
        (Action::History, extras.edited_at.is_some()),
        (Action::Pin, pins && !extras.pinned),
        (Action::Unpin, pins && extras.pinned),
        (Action::Unread, visitor.person.is_some()),
        (Action::Link, true),
        (Action::Report, !is_own && may(Act::Report)),
        (Action::Remove, is_own || may(Act::RemoveMessage)),
    ];
    Ok(actions.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect())
}
