//! What somebody has written as it would look, before it is said.

use maud::{Markup, html};

use super::text::Shown;
use super::{message, panel};
use crate::domain::{Author, Room};

/// The text, as it would stand in a message.
pub fn fragment(text: &Shown) -> Markup {
    html! { div.body.emoji[text.is_emoji()] dir="auto" { (text) } }
}

/// The page of it, with the form to go on writing, and to send. `typed` is what that form holds, `nonce` what makes it one
/// message however often it is sent.
pub fn page(house: &str, author: &Author, room: &Room, text: &Shown, typed: &str, nonce: &str) -> Markup {
    let path = room.address.path();
    let body = html! {
        blockquote.card { (fragment(text)) }
        form method="post" action={ (path) "/messages" } enctype="multipart/form-data" {
            div.field {
                label for="text" { "Your message in " bdi { (room.name) } }
                // HTML drops the first line break of a text area, so this one is for it to drop.
                textarea #text name="body" required rows="5" dir="auto" { "\n" (typed) }
            }
            (message::nonce(nonce))
            div.actions {
                button.button.primary { "Send" }
                button.button formaction={ (path) "/preview" } { "Preview" }
                a.button.quiet href=(path) { "Back" }
            }
        }
    };
    panel::page(house, "Preview", Some(author), body)
}
