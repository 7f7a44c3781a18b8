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
    pub insertion: String,
    /// What it is.
    pub target: SuggestionTarget,
}

/// What somebody takes.
#[derive(Clone, Debug)]
pub enum SuggestionTarget {
    /// Somebody.
    Person(Author),
    /// Everybody, by this word.
    Everyone(&'static str),
    /// An emoji, and the name by which it was found.
    Emoji(&'static str, &'static str),
    /// A room.
    Room(Room),
    /// A command: its word, what it takes, and what comes of it.
    Command(&'static str, &'static str, &'static str),
}

impl Suggestion {
    /// The word for what it is.
    pub fn kind(&self) -> &'static str {
        match self.target {
            SuggestionTarget::Person(_) => "person",
            SuggestionTarget::Everyone(_) => "all",
            SuggestionTarget::Emoji(..) => "emoji",
            SuggestionTarget::Room(_) => "room",
            SuggestionTarget::Command(..) => "command",
        }
    }

    /// The name by which it is known.
    pub fn name(&self) -> &str {
        match &self.target {
            SuggestionTarget::Person(author) => &author.name,
            SuggestionTarget::Everyone(word) | SuggestionTarget::Command(word, ..) => word,
            SuggestionTarget::Emoji(_, name) => name,
            SuggestionTarget::Room(room) => &room.name,
        }
    }
}

/// Where a page's script asks, for somebody who writes in this room; what was begun comes behind it.
pub(crate) fn autocomplete_href(room: &Room) -> String {
    format!("/autocomplete?room={}&q=", utf8_percent_encode(room.slug.as_str(), NON_ALPHANUMERIC))
}

/// The options.
pub fn options(suggestions: &[Suggestion]) -> Markup {
    html! {
        @for (n, suggestion) in suggestions.iter().enumerate() {
            li #{ "choice-" (n) } role="option" aria-selected=(n == 0) data-insert=(suggestion.insertion) { (render_suggestion(suggestion)) }
        }
    }
}

fn render_suggestion(suggestion: &Suggestion) -> Markup {
    html! {
        @match &suggestion.target {
            SuggestionTarget::Person(author) => {
                (avatar::small_avatar(author)) span.place-name dir="auto" { (author.name) }
            }
            SuggestionTarget::Everyone(word) => {
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
            SuggestionTarget::Command(word, argument, effect) => {
                span.command { code { "/" (word) } @if !argument.is_empty() { " " span.muted { (argument) } } }
                " " span.muted { (effect) }
            }
        }
    }
}
