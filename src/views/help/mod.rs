//! Help: keys, formatting and slash commands. The page and the dialog of the script have the same content.

pub mod commands;
pub(crate) mod keys;

use maud::{Markup, html};

use crate::domain::{Body, SLASH_COMMANDS};
use crate::views::help::keys::Shortcut;
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::text::{self, CodeStyle, NameResolver, RenderedText};

/// Examples of formatting. Each is shown with its result.
const FORMATTING_EXAMPLES: [&str; 9] = [
    "**bold**",
    "*italic*",
    "~~strikethrough~~",
    "`code`",
    "> a quote",
    "- a list",
    "[link](https://a.test)",
    "```rust\nlet code = 1;\n```",
    ":tada:",
];

/// The page.
pub fn page(sidebar: &SidebarView) -> Markup {
    page::page("Help", sidebar, (&[], ""), None, help_sections())
}

/// The content of the dialog.
pub fn dialog() -> Markup {
    html! {
        (page::close_button())
        h2 #over-title { "Help" }
        (help_sections())
    }
}

fn help_sections() -> Markup {
    html! {
        div.help {
            section.no-touch aria-labelledby="help-keys" {
                h2 #help-keys { "Keys" }
                (key_list("Anywhere", &keys::ANYWHERE))
                (key_list("On a message", &keys::ON_MESSAGE))
                p.hint { "To focus a message, click it, or press " (render_combination("Shift+Tab")) " in the message field." }
                (key_list("In the message field", &keys::IN_COMPOSER))
                p.hint { "On a Mac, use ⌘ instead of Ctrl." }
            }
            div {
                section aria-labelledby="help-writing" {
                    h2 #help-writing { "Formatting" }
                    dl { @for example in FORMATTING_EXAMPLES { div { dt { code { (example) } } dd { (formatting_example(example)) } } } }
                    p.hint {
                        code { "@name" } " mentions a person, " code { "@room" } " everyone in the room. " code { "#room" } " links to a room."
                    }
                }
                section aria-labelledby="help-slash" {
                    h2 #help-slash { "Commands" }
                    dl { @for command in SLASH_COMMANDS { div { dt { code { "/" (command.name) } } dd { (command.effect) } } } }
                }
            }
        }
    }
}

fn key_list(title: &str, keys: &[Shortcut]) -> Markup {
    html! {
        h3 { (title) }
        dl {
            @for key in keys {
                div {
                    dt { @for (n, keys) in key.keys.iter().enumerate() { @if n > 0 { " or " } (render_combination(keys)) } }
                    dd { (key.action) }
                }
            }
        }
    }
}

fn render_combination(combination: &str) -> Markup {
    html! { @for (n, label) in keys::key_labels(combination).into_iter().enumerate() { @if n > 0 { " " } kbd { (label) } } }
}

/// The example as a message shows it.
fn formatting_example(source: &str) -> Markup {
    let resolver = NameResolver { find_person: &|_| None, find_room: &|_| None };
    let content = Body::parse(source).map(|body| text::render(body, &resolver, CodeStyle::Highlighted));
    html! { @if let Ok(content) = &content { div.body { (RenderedText::from_content(content)) } } }
}
