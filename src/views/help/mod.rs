//! Help: keys, signs in what one writes, words behind a slash. The page and the dialog that the script opens over another
//! hold the same.

pub(crate) mod keys;

use maud::{Markup, html};

use crate::domain::{Body, SLASH_COMMANDS};
use crate::views::help::keys::Shortcut;
use crate::views::layout::page;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::text::{self, Code, Names, Shown};

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
pub fn page(places: &SidebarView) -> Markup {
    page::page("Help", places, (&[], ""), None, help_sections())
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
                p.hint { "To get onto one, click it, or press " (key_combination("Shift+Tab")) " where you write." }
                (key_list("Where you write", &keys::WRITING))
                p.hint { "On a Mac, ⌘ in place of Ctrl." }
            }
            div {
                section aria-labelledby="help-writing" {
                    h2 #help-writing { "Formatting" }
                    dl { @for written in FORMATTING_EXAMPLES { div { dt { code { (written) } } dd { (example(written)) } } } }
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
                    dt { @for (n, way) in key.keys.iter().enumerate() { @if n > 0 { " or " } (key_combination(way)) } }
                    dd { (key.action) }
                }
            }
        }
    }
}

fn key_combination(way: &str) -> Markup {
    html! { @for (n, cap) in keys::caps(way).into_iter().enumerate() { @if n > 0 { " " } kbd { (cap) } } }
}

/// As everybody would see it.
fn example(written: &str) -> Markup {
    let nobody = Names { person: &|_| None, room: &|_| None };
    let words = Body::parse(written).map(|body| text::render(body, &nobody, Code::Coloured));
    html! { @if let Ok(words) = &words { div.body { (Shown::of(words)) } } }
}
