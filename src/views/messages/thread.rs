//! A thread: its first message, the replies, and a composer for another reply.

use maud::{Markup, html};

use crate::domain::{Message, MessageId, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::autocomplete;
use crate::views::messages::message;
use crate::views::rooms::sidebar::SidebarView;

/// What the page of a thread shows.
#[derive(Debug)]
pub struct ThreadView<'a> {
    /// The sidebar, which knows the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The room of the thread.
    pub room: &'a Room,
    /// The first message of the thread.
    pub root: MessageId,
    /// The first message and the latest replies.
    pub messages: &'a [Message],
    /// The nonce of a reply, if the viewer may reply.
    pub nonce: Option<&'a str>,
}

/// The page.
pub fn page(view: &ThreadView) -> Markup {
    let (room, path) = (view.room, view.room.slug.path());
    let body = html! {
        section aria-labelledby="thread" {
            (page::section_head("thread", "Thread", ""))
            ol.thread role="list" { @for message in view.messages { (message::render_item(&room.slug, message)) } }
            @if let Some(nonce) = view.nonce { (reply_composer(view, nonce)) }
            p { (page::back_link(room, &format!("{path}?around={0}#m{0}", view.root))) }
        }
    };
    page::room_page("Thread", room, view.sidebar, None, body)
}

fn reply_composer(view: &ThreadView, nonce: &str) -> Markup {
    html! {
        form.composer method="post" action={ (view.room.slug.path()) "/messages" } enctype="multipart/form-data" {
            div.composer-box {
                label.sr for="text" { "Reply" }
                textarea #text name="body" required rows="1" placeholder="Reply" dir="auto"
                    data-completes=(autocomplete::autocomplete_href(view.room)) {}
                input type="hidden" name="reply_to" value=(view.root);
                (message::nonce_field(nonce))
                button.icon-button.send aria-label="Send" title="Send" { (icons::icon(Icon::Send)) }
            }
        }
    }
}
