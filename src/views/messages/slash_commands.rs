//! What can be done by a word behind a slash, as it is told to whoever asks.

use maud::{Markup, html};

use crate::domain::SLASH_COMMANDS;
use crate::views::layout::card;

/// The page.
pub fn page(server_name: &str) -> Markup {
    card::page(server_name, "What a slash can do", None, command_list())
}

/// The answer to the script of a page: the list, under the composer.
pub fn fragment() -> Markup {
    html! { hx-partial hx-target="#say-error" hx-swap="innerHTML" { (command_list()) } }
}

fn command_list() -> Markup {
    html! {
        @for command in SLASH_COMMANDS {
            span.hint { code { "/" (command.name) @if !command.argument.is_empty() { " " (command.argument) } } " " (command.effect) }
            br;
        }
    }
}
