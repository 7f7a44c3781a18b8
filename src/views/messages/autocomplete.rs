//! What completes what somebody has begun to write, as the options of a list. The list itself is made by the page's script
//! (`assets/page/completing.js`), which is the only one to ask.

use maud::{Markup, html};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Room};
use crate::views::layout::avatar;
use crate::views::layout::icons::{self, Icon};

/// Something that can be taken.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// What stands in the text instead of what was begun.
    pub insert: String,
    /// What it is.
    pub target: SuggestionTarget,
}

/// What somebody takes.
#[derive(Clone, Debug)]
pub enum SuggestionTarget {
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

impl Suggestion {
    /// The word for what it is.
    pub fn kind(&self) -> &'static str {
        match self.target {
            SuggestionTarget::Person(_) => "person",
            SuggestionTarget::All(_) => "all",
            SuggestionTarget::Emoji(..) => "emoji",
            SuggestionTarget::Room(_) => "room",
            SuggestionTarget::Slash(..) => "command",
        }
    }

    /// The name by which it is known.
    pub fn name(&self) -> &str {
        match &self.target {
            SuggestionTarget::Person(author) => &author.name,
            SuggestionTarget::All(word) | SuggestionTarget::Slash(word, ..) => word,
            SuggestionTarget::Emoji(_, name) => name,
            SuggestionTarget::Room(room) => &room.name,
        }
    }
}

/// Where a page's script asks, for somebody who writes in this room; what was begun comes behind it.
pub(crate) fn room_insertion(room: &Room) -> String {
    format!("/autocomplete?room={}&q=", utf8_percent_encode(room.slug.as_str(), NON_ALPHANUMERIC))
}

/// The options.
pub fn options(choices: &[Suggestion]) -> Markup {
    html! {
        @for (n, choice) in choices.iter().enumerate() {
            li #{ "choice-" (n) } role="option" aria-selected=(n == 0) data-insert=(choice.insert) { (render_suggestion(choice)) }
        }
    }
}

fn render_suggestion(choice: &Suggestion) -> Markup {
    html! {
        @match &choice.target {
            SuggestionTarget::Person(author) => {
                (avatar::small(author)) span.place-name dir="auto" { (author.name) }
            }
            SuggestionTarget::All(word) => {
                (icons::icon(Icon::People)) span.place-name { "@" (word) }
                span.muted { "everybody here" }
            }
            SuggestionTarget::Emoji(emoji, name) => {
                span.emoji-char aria-hidden="true" { (emoji) } span.place-name { ":" (name) ":" }
            }
            SuggestionTarget::Room(room) => {
                (icons::icon(if room.visibility.is_members_only() { Icon::Lock } else { Icon::Hash }))
                span.place-name dir="auto" { (room.name) }
            }
            SuggestionTarget::Slash(word, takes, does) => {
                span.command { code { "/" (word) } @if !takes.is_empty() { " " span.muted { (takes) } } }
                " " span.muted { (does) }
            }
        }
    }
}
