//! Threads: a message, and what was said in answer to it.

use std::sync::Arc;

use poem::web::{Data, Json};
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::domain::Message;
use crate::engine::Error;
use crate::views;
use crate::views::messages::thread::ThreadView;
use crate::web::AppState;
use crate::web::auth::secrets;
use crate::web::auth::visitor::Visitor;
use crate::web::messages::target::find_message_including_deleted;
use crate::web::request::accept::Accept;
use crate::web::response::with_private_cache;
use crate::web::rooms::show::muted_reason_here;
use crate::web::rooms::sidebar::Sidebar;

/// The thread to which a message belongs, or which begins with it.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(respond_with_thread(request, house, &visitor)?)
}

fn respond_with_thread(request: &Request, house: &AppState, visitor: &Visitor) -> Result<Response, Error> {
    let snapshot = house.store.snapshot()?;
    let visible_room = house.find_room(&snapshot, request, visitor)?;
    let (room, Message { id, details: more, .. }) =
        (&visible_room.room, find_message_including_deleted(&snapshot, request, &visible_room.room)?);
    let began = more.extras.thread_root.unwrap_or(id);
    let messages = snapshot.thread(room.id, began)?;
    let response = match Accept::from_request(request) {
        Accept::Json => Json(views::json::MessagesJson::new(&room.slug, &messages)).into_response(),
        Accept::Text => views::plain::lines(&messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let is_open = messages.first().is_some_and(|first| first.id == began && !first.is_removed());
            let may =
                is_open && visitor.person.is_some() && muted_reason_here(&snapshot, visitor, &visible_room)?.is_none();
            let nonce = may.then(secrets::new_nonce).transpose()?;
            let sidebar = Sidebar::load(&snapshot, visitor)?;
            let sidebar = &sidebar.view(visitor, Some(room.id));
            let view = ThreadView { places: sidebar, room, root: began, messages: &messages, nonce: nonce.as_deref() };
            views::messages::thread::page(&view).into_response()
        }
    };
    Ok(with_private_cache(response, visitor))
}
