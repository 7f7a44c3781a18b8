//! What can be done by a word behind a slash, as it is told to whoever asks.

use maud::{Markup, html};

use super::{message, panel};
use crate::domain::COMMANDS;

/// The page.
pub fn page(house: &str) -> Markup {
    panel::page(house, "What a slash can do", None, list())
}

/// The answer to htmx: the list, under the composer.
pub fn told(next_nonce: &str) -> Markup {
    html! {
        (done(next_nonce))
        hx-partial hx-target="#say-error" hx-swap="innerHTML" { (list()) }
    }
}

/// The answer to htmx when something was done and nothing said: the nonce of the next message.
pub fn done(next_nonce: &str) -> Markup {
    html! { hx-partial hx-target="#nonce" hx-swap="outerHTML" { (message::nonce(next_nonce)) } }
}

fn list() -> Markup {
    html! {
        @for command in COMMANDS {
            span.hint { code { "/" (command.word) @if !command.takes.is_empty() { " " (command.takes) } } " " (command.does) }
            br;
        }
    }
}
