//! The slash commands: the answer to `/help`, as a page or under the composer.

use maud::{Markup, html};

use crate::domain::SLASH_COMMANDS;
use crate::views::layout::card;

/// The list as a page.
pub fn page(server_name: &str) -> Markup {
    card::page(server_name, "Slash commands", None, command_list())
}

/// The list for htmx, under the composer.
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
