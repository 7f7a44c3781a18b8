//! What can be done by a word behind a slash, as it is told to whoever asks.

use maud::{Markup, html};

use super::panel;
use crate::domain::COMMANDS;

/// The page.
pub fn page(house: &str) -> Markup {
    panel::page(house, "What a slash can do", None, list())
}

/// The answer to the script of a page: the list, under the composer.
pub fn told() -> Markup {
    html! { hx-partial hx-target="#say-error" hx-swap="innerHTML" { (list()) } }
}

fn list() -> Markup {
    html! {
        @for command in COMMANDS {
            span.hint { code { "/" (command.word) @if !command.takes.is_empty() { " " (command.takes) } } " " (command.does) }
            br;
        }
    }
}
