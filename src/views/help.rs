//! Help: keys, signs in what one writes, words behind a slash. The page and the dialog that the script opens over another
//! hold the same.

use maud::{Markup, html};

use super::keys::{self, Key};
use super::sheet;
use super::sidebar::Places;
use super::text::{self, Code, Names, Shown};
use crate::domain::{Body, COMMANDS};

/// What can be written so that it looks like something, each shown as it comes out.
const WRITTEN: [&str; 9] = [
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
pub fn page(places: &Places) -> Markup {
    sheet::page("Help", places, (&[], ""), None, all())
}

/// What the dialog holds.
pub fn dialog() -> Markup {
    html! {
        (sheet::close())
        h2 #over-title { "Help" }
        (all())
    }
}

fn all() -> Markup {
    html! {
        div.help {
            section.no-touch aria-labelledby="help-keys" {
                h2 #help-keys { "Keys" }
                (list("Anywhere", &keys::ANYWHERE))
                (list("On a message", &keys::ON_MESSAGE))
                p.hint { "To get onto one, click it, or press " (pressed("Shift+Tab")) " where you write." }
                (list("Where you write", &keys::WRITING))
                p.hint { "On a Mac, ⌘ in place of Ctrl." }
            }
            div {
                section aria-labelledby="help-writing" {
                    h2 #help-writing { "Formatting" }
                    dl { @for written in WRITTEN { div { dt { code { (written) } } dd { (shown(written)) } } } }
                    p.hint {
                        code { "@name" } " speaks to somebody, " code { "@room" } " to everybody; " code { "#room" } " leads there."
                    }
                }
                section aria-labelledby="help-slash" {
                    h2 #help-slash { "Commands" }
                    dl { @for command in COMMANDS { div { dt { code { "/" (command.word) } } dd { (command.does) } } } }
                }
            }
        }
    }
}

fn list(title: &str, keys: &[Key]) -> Markup {
    html! {
        h3 { (title) }
        dl {
            @for key in keys {
                div {
                    dt { @for (n, way) in key.ways.iter().enumerate() { @if n > 0 { " or " } (pressed(way)) } }
                    dd { (key.does) }
                }
            }
        }
    }
}

fn pressed(way: &str) -> Markup {
    html! { @for (n, cap) in keys::caps(way).into_iter().enumerate() { @if n > 0 { " " } kbd { (cap) } } }
}

/// As everybody would see it.
fn shown(written: &str) -> Markup {
    let nobody = Names { person: &|_| None, room: &|_| None };
    let words = Body::parse(written).map(|body| text::render(body, &nobody, Code::Coloured));
    html! { @if let Ok(words) = &words { div.body { (Shown::of(words)) } } }
}
