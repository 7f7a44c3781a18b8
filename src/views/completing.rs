//! What completes what somebody has begun to write, as the options of a list. The list itself is made by the page's script
//! (`assets/page/completing.js`), which is the only one to ask.

use maud::{Markup, html};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::avatar;
use super::icons::{self, Icon};
use crate::domain::{Author, Room};

/// Something that can be taken.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What stands in the text instead of what was begun.
    pub insert: String,
    /// What it is.
    pub what: What,
}

/// What somebody takes.
#[derive(Clone, Debug)]
pub enum What {
    /// Somebody.
    Person(Author),
    /// Everybody, by this word.
    All(&'static str),
    /// An emoji, and the name by which it was found.
    Emoji(&'static str, &'static str),
    /// A room.
    Room(Room),
    /// A command: its word, what it takes, and what comes of it.
    Slash(&'static str, &'static str, &'static str),
}

impl Choice {
    /// The word for what it is.
    pub fn kind(&self) -> &'static str {
        match self.what {
            What::Person(_) => "person",
            What::All(_) => "all",
            What::Emoji(..) => "emoji",
            What::Room(_) => "room",
            What::Slash(..) => "command",
        }
    }

    /// The name by which it is known.
    pub fn name(&self) -> &str {
        match &self.what {
            What::Person(author) => &author.name,
            What::All(word) | What::Slash(word, ..) => word,
            What::Emoji(_, name) => name,
            What::Room(room) => &room.name,
        }
    }
}

/// Where a page's script asks, for somebody who writes in this room; what was begun comes behind it.
pub(super) fn address(room: &Room) -> String {
    format!("/complete?room={}&q=", utf8_percent_encode(room.address.as_str(), NON_ALPHANUMERIC))
}

/// The options.
pub fn options(choices: &[Choice]) -> Markup {
    html! {
        @for (n, choice) in choices.iter().enumerate() {
            li #{ "choice-" (n) } role="option" aria-selected=(n == 0) data-insert=(choice.insert) { (shown(choice)) }
        }
    }
}

fn shown(choice: &Choice) -> Markup {
    html! {
        @match &choice.what {
            What::Person(author) => {
                (avatar::small(author)) span.place-name dir="auto" { (author.name) }
            }
            What::All(word) => {
                (icons::icon(Icon::People)) span.place-name { "@" (word) }
                span.muted { "everybody here" }
            }
            What::Emoji(emoji, name) => {
                span.emoji-char aria-hidden="true" { (emoji) } span.place-name { ":" (name) ":" }
            }
            What::Room(room) => {
                (icons::icon(if room.kind.is_hidden() { Icon::Lock } else { Icon::Hash }))
                span.place-name dir="auto" { (room.name) }
            }
            What::Slash(word, takes, does) => {
                span.command { code { "/" (word) } @if !takes.is_empty() { " " span.muted { (takes) } } }
                " " span.muted { (does) }
            }
        }
    }
}
