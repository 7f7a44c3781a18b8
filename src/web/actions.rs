//! What the visitor may do with a message: a page of links, and the same as a menu.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::answers::private;
use super::places::Places;
use super::removing::found;
use super::visitor::Visitor;
use super::{House, query};
use crate::domain::{Act, may};
use crate::engine::{Problem, now};
use crate::views;
use crate::views::actions::Action;
use crate::views::removal::View;

/// All that they may do with it.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
    let (room, message) = found(house, &snapshot, request, &visitor)?;
    let is_own = visitor.author().is_some_and(|author| author.id == message.author.id);
    let may = |act| visitor.person.as_ref().is_some_and(|person| may(person, act, Some(&room)));
    let actions = [
        (Action::Link, true),
        (Action::Report, !is_own && may(Act::Report)),
        (Action::Remove, is_own || may(Act::RemoveMessage)),
    ];
    let actions: Vec<Action> = actions.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect();
    let places = Places::of(&snapshot, &visitor).map_err(Problem::Unread)?;
    let places = places.view(&visitor, Some(room.id));
    let view = View { places: &places, room: &room, message: &message, now: now() };
    let is_menu = query::text(request, "as").as_deref() == Some("menu");
    let shown = if is_menu { views::actions::menu(&view, &actions) } else { views::actions::page(&view, &actions) };
    Ok(private(shown.into_response(), &visitor))
}
