//! Threads: a message, and what was said in answer to it.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::private;
use super::changing::named;
use super::places::Places;
use super::rooms::silenced_here;
use super::visitor::Visitor;
use super::{House, random};
use crate::domain::Message;
use crate::engine::Problem;
use crate::views;
use crate::views::thread::View;

/// The thread to which a message belongs, or which begins with it.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(page(request, house, &visitor)?)
}

fn page(request: &Request, house: &House, visitor: &Visitor) -> Result<Response, Problem> {
    let snapshot = house.store.snapshot()?;
    let sight = house.room(&snapshot, request, visitor)?;
    let (room, Message { id, more, .. }) = (&sight.room, named(&snapshot, request, &sight.room)?);
    let began = more.extras.thread.unwrap_or(id);
    let messages = snapshot.thread(room.id, began)?;
    let response = match Accept::of(request) {
        Accept::Json => Json(views::json::Messages::of(&room.address, &messages)).into_response(),
        Accept::Text => views::plain::lines(&messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let is_open = messages.first().is_some_and(|first| first.id == began && !first.is_removed());
            let may = is_open && visitor.person.is_some() && silenced_here(&snapshot, visitor, &sight)?.is_none();
            let nonce = may.then(random::nonce).transpose()?;
            let places = Places::of(&snapshot, visitor)?;
            let places = &places.view(visitor, Some(room.id));
            let view = View { places, room, began, messages: &messages, nonce: nonce.as_deref() };
            views::thread::page(&view).into_response()
        }
    };
    Ok(private(response, visitor))
}
