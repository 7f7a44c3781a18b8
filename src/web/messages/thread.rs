//! Threads: a message and its replies.

use poem::web::Json;
use poem::{IntoResponse, Response, Result, handler};

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

/// The thread of a message: the one it replies in, or the one it starts.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let visible_room = ctx.room()?;
    let room = &visible_room.room;
    let message = find_message_including_deleted(&snapshot, ctx.request, room)?;
    let root = message.details.extras.thread_root.unwrap_or(message.id);
    let messages = snapshot.thread(room.id, root)?;
    let response = match ctx.accept() {
        Accept::Json => Json(views::json::MessagesJson::new(&room.slug, &messages)).into_response(),
        Accept::Text => views::plain::message_lines(&messages).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let is_open = messages.first().is_some_and(|first| first.id == root && !first.is_deleted());
            let may_reply = is_open
                && ctx.visitor.person.is_some()
                && muted_reason_here(&snapshot, &ctx.visitor, &visible_room)?.is_none();
            let nonce = may_reply.then(secrets::new_nonce).transpose()?;
            let sidebar = Sidebar::load(&snapshot, &ctx.visitor)?;
            let sidebar = &sidebar.view(&ctx.visitor, Some(room.id));
            let view = ThreadView { sidebar, room, root, messages: &messages, nonce: nonce.as_deref() };
            views::messages::thread::page(&view).into_response()
        }
    };
    Ok(with_private_cache(response, &ctx.visitor))
}
