//! What is pinned in a room: the way to it, and the page.

use maud::{Markup, html};

use super::icons::{self, Icon};
use super::removal::quoted_with;
use super::sheet;
use super::sidebar::Places;
use crate::domain::{Message, Moment, Room};

/// The way to what is pinned, in the head of the room; nothing where nothing is. The stream brings it anew.
pub(super) fn way(room: &Room, pins: usize) -> Markup {
    html! {
        span #pins {
            @if pins > 0 {
                (icons::link(&format!("{}/pins", room.address.path()), &format!("Pinned messages: {pins}"), Icon::Pin))
            }
        }
    }
}

/// What the stream brings when more or fewer are pinned.
pub fn changed(room: &Room, pins: usize) -> Markup {
    html! { hx-partial hx-target="#pins" hx-swap="outerHTML" { (way(room, pins)) } }
}

/// The page, newest first, for somebody who `may` take them off, or may not.
pub fn page(places: &Places, room: &Room, pins: &[Message], may: bool, now: Moment) -> Markup {
    let path = room.address.path();
    let body = html! {
        section aria-labelledby="pinned" {
            (sheet::section_head("pinned", "Pinned messages", ""))
            @if pins.is_empty() { p.muted { "Nothing is pinned here." } }
            @for message in pins { (quoted_with(message, now, &ways(path, message, may))) }
            p { (sheet::back(room, path)) }
        }
    };
    sheet::of_room("Pinned messages", room, places, None, body)
}

/// Where one goes from a message that is pinned.
fn ways(path: &str, message: &Message, may: bool) -> Markup {
    html! {
        div.actions {
            a.button.quiet href={ (path) "?around=" (message.id) "#m" (message.id) } { "Go to it" }
            @if may {
                form method="post" action={ (path) "/messages/" (message.id) "/unpin" } {
                    button.button.quiet { "Unpin" }
                }
            }
        }
    }
}
