//! A thread: a message, the answers to it and the answers to those, and the way to answer.

use maud::{Markup, html};

use super::completing;
use super::icons::{self, Icon};
use super::message;
use super::sheet;
use super::sidebar::SidebarView;
use crate::domain::{Message, MessageId, Room};

/// What the page of a thread shows.
#[derive(Debug)]
pub struct ThreadView<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// With which message it began.
    pub root: MessageId,
    /// That message, and the last of those that belong to the thread.
    pub messages: &'a [Message],
    /// The nonce of an answer, if the viewer may write one.
    pub nonce: Option<&'a str>,
}

/// The page.
pub fn page(view: &ThreadView) -> Markup {
    let (room, path) = (view.room, view.room.slug.path());
    let body = html! {
        section aria-labelledby="thread" {
            (sheet::section_head("thread", "Thread", ""))
            ol.thread role="list" { @for said in view.messages { (message::render_item(&room.slug, said)) } }
            @if let Some(nonce) = view.nonce { (composer(view, nonce)) }
            p { (sheet::back(room, &format!("{path}?around={0}#m{0}", view.root))) }
        }
    };
    sheet::room_page("Thread", room, view.places, None, body)
}

fn composer(view: &ThreadView, nonce: &str) -> Markup {
    html! {
        form.composer method="post" action={ (view.room.slug.path()) "/messages" } enctype="multipart/form-data" {
            div.composer-box {
                label.sr for="text" { "Reply" }
                textarea #text name="body" required rows="1" placeholder="Reply" dir="auto"
                    data-completes=(completing::room_insertion(view.room)) {}
                input type="hidden" name="reply_to" value=(view.root);
                (message::nonce_marker(nonce))
                button.icon-button.send aria-label="Send" title="Send" { (icons::icon(Icon::Send)) }
            }
        }
    }
}
