//! Threads: a message, and what was said in answer to it.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

use crate::domain::Message;
use crate::secrets;
use crate::views;
use crate::views::messages::thread::ThreadView;
use crate::web::messages::target::find_message_including_deleted;
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::response::with_private_cache;
use crate::web::rooms::find::muted_reason_here;
use crate::web::rooms::sidebar::Sidebar;

/// The thread to which a message belongs, or which begins with it.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    respond_with_thread(&ctx)
}

fn respond_with_thread(ctx: &Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let visible_room = ctx.room()?;
    let (room, Message { id, details: more, .. }) =
        (&visible_room.room, find_message_including_deleted(&snapshot, ctx.request, &visible_room.room)?);
    let began = more.extras.thread_root.unwrap_or(id);
    let messages = snapshot.thread(room.id, began)?;
    let response = match ctx.accept() {
        Accept::Json => Json(views::json::MessagesJson::new(&room.slug, &messages)).into_response(),
        Accept::Text => views::plain::message_lines(&messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let is_open = messages.first().is_some_and(|first| first.id == began && !first.is_removed());
            let may = is_open
                && ctx.visitor.person.is_some()
                && muted_reason_here(&snapshot, &ctx.visitor, &visible_room)?.is_none();
            let nonce = may.then(secrets::new_nonce).transpose()?;
            let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
            let sidebar = &sidebar.view(&ctx.visitor, Some(room.id));
            let view = ThreadView { sidebar, room, root: began, messages: &messages, nonce: nonce.as_deref() };
            views::messages::thread::page(&view).into_response()
        }
    };
    Ok(with_private_cache(response, &ctx.visitor))
}
