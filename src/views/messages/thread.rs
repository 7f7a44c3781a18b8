//! A thread: a message, the answers to it and the answers to those, and the way to answer.

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
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
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
