//! The pinned messages of a room: the link to them in the room's header, and their page.

use maud::{Markup, html};

use crate::domain::{Message, Room, Timestamp};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page;
use crate::views::messages::quoted::quoted_message_with;
use crate::views::rooms::sidebar::SidebarView;

/// The link in the room's header, empty if nothing is pinned. The stream replaces it when the count changes.
pub(crate) fn pins_link(room: &Room, pin_count: usize) -> Markup {
    html! {
        span #pins {
            @if pin_count > 0 {
                (icons::icon_link(&format!("{}/pins", room.slug.path()), &format!("Pinned messages: {pin_count}"), Icon::Pin))
            }
        }
    }
}

/// The link for the stream, when the number of pins has changed.
pub fn update(room: &Room, pin_count: usize) -> Markup {
    html! { hx-partial hx-target="#pins" hx-swap="outerHTML" { (pins_link(room, pin_count)) } }
}

/// The page, newest first; with buttons to unpin if the viewer may.
pub fn page(sidebar: &SidebarView, room: &Room, pins: &[Message], may_unpin: bool, now: Timestamp) -> Markup {
    let path = room.slug.path();
    let body = html! {
        section aria-labelledby="pinned" {
            (page::section_head("pinned", "Pinned messages", ""))
            @if pins.is_empty() { p.muted { "No pinned messages." } }
            @for message in pins { (quoted_message_with(message, now, &pin_actions(path, message, may_unpin))) }
            p { (page::back_link(room, path)) }
        }
    };
    page::room_page("Pinned messages", room, sidebar, None, body)
}

fn pin_actions(path: &str, message: &Message, may_unpin: bool) -> Markup {
    html! {
        div.actions {
            a.button.quiet href={ (path) "?around=" (message.id) "#m" (message.id) } { "Jump to message" }
            @if may_unpin {
                form method="post" action={ (path) "/messages/" (message.id) "/unpin" } {
                    button.button.quiet { "Unpin" }
                }
            }
        }
    }
}
