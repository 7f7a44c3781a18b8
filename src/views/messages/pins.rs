//! What is pinned in a room: the way to it, and the page.

use maud::{Markup, html};

use crate::domain::{Message, Room, Timestamp};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::delete::quoted_message_with;
use crate::views::rooms::sidebar::SidebarView;

/// The way to what is pinned, in the head of the room; nothing where nothing is. The stream brings it anew.
pub(crate) fn pins_link(room: &Room, pins: usize) -> Markup {
    html! {
        span #pins {
            @if pins > 0 {
                (icons::icon_link(&format!("{}/pins", room.slug.path()), &format!("Pinned messages: {pins}"), Icon::Pin))
            }
        }
    }
}

/// What the stream brings when more or fewer are pinned.
pub fn update(room: &Room, pins: usize) -> Markup {
    html! { hx-partial hx-target="#pins" hx-swap="outerHTML" { (pins_link(room, pins)) } }
}

/// The page, newest first, for somebody who `may` take them off, or may not.
pub fn page(sidebar: &SidebarView, room: &Room, pins: &[Message], may_unpin: bool, now: Timestamp) -> Markup {
    let path = room.slug.path();
    let body = html! {
        section aria-labelledby="pinned" {
            (page::section_head("pinned", "Pinned messages", ""))
            @if pins.is_empty() { p.muted { "Nothing is pinned here." } }
            @for message in pins { (quoted_message_with(message, now, &pin_actions(path, message, may_unpin))) }
            p { (page::back_link(room, path)) }
        }
    };
    page::room_page("Pinned messages", room, sidebar, None, body)
}

/// Where one goes from a message that is pinned.
fn pin_actions(path: &str, message: &Message, may_unpin: bool) -> Markup {
    html! {
        div.actions {
            a.button.quiet href={ (path) "?around=" (message.id) "#m" (message.id) } { "Go to it" }
            @if may_unpin {
                form method="post" action={ (path) "/messages/" (message.id) "/unpin" } {
                    button.button.quiet { "Unpin" }
                }
            }
        }
    }
}
