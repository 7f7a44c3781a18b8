//! Help: keys, signs in what one writes, words behind a slash. The page and the dialog that the script opens over another
//! hold the same.

pub mod commands;
pub(crate) mod keys;

use maud::{Markup, html};

use crate::domain::{Body, SLASH_COMMANDS};
use crate::views::help::keys::Shortcut;
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::text::{self, CodeStyle, NameResolver, RenderedText};

/// What can be written so that it looks like something, each shown as it comes out.
const FORMATTING_EXAMPLES: [&str; 9] = [
    "**bold**",
    "*slanted*",
    "~~struck~~",
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

/// What the dialog holds.
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
                p.hint { "To get onto one, click it, or press " (render_combination("Shift+Tab")) " where you write." }
                (key_list("Where you write", &keys::IN_COMPOSER))
                p.hint { "On a Mac, ⌘ in place of Ctrl." }
            }
            div {
                section aria-labelledby="help-writing" {
                    h2 #help-writing { "Formatting" }
                    dl { @for example in FORMATTING_EXAMPLES { div { dt { code { (example) } } dd { (formatting_example(example)) } } } }
                    p.hint {
                        code { "@name" } " speaks to somebody, " code { "@room" } " to everybody; " code { "#room" } " leads there."
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
                    dt { @for (n, way) in key.keys.iter().enumerate() { @if n > 0 { " or " } (render_combination(way)) } }
                    dd { (key.action) }
                }
            }
        }
    }
}

fn render_combination(combination: &str) -> Markup {
    html! { @for (n, cap) in keys::key_labels(combination).into_iter().enumerate() { @if n > 0 { " " } kbd { (cap) } } }
}

/// As everybody would see it.
fn formatting_example(source: &str) -> Markup {
    let resolver = NameResolver { find_person: &|_| None, find_room: &|_| None };
    let content = Body::parse(source).map(|body| text::render(body, &resolver, CodeStyle::Highlighted));
    html! { @if let Ok(words) = &content { div.body { (RenderedText::from_content(words)) } } }
}
