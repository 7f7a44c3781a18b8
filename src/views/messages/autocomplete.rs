//! Suggestions that complete a mention, a room, an emoji or a command, as the options of a list. The page's script makes the
//! list itself.

use maud::{Markup, html};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Room};
use crate::views::layout::avatar;
use crate::views::layout::icons::{self, Icon};

/// A suggestion.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// The text that replaces what was typed.
    pub insertion: String,
    /// What is suggested.
    pub target: SuggestionTarget,
}

/// What a suggestion stands for.
#[derive(Clone, Debug)]
pub enum SuggestionTarget {
    /// A person.
    Person(Author),
    /// Everyone in the room, by this word.
    Everyone(&'static str),
    /// An emoji, and the shortcode that matched.
    Emoji(&'static str, &'static str),
    /// A room.
    Room(Room),
    /// A slash command: its name, argument and effect.
    Command(&'static str, &'static str, &'static str),
}

impl Suggestion {
    /// The kind, as JSON names it.
    pub fn kind(&self) -> &'static str {
        match self.target {
            SuggestionTarget::Person(_) => "person",
            SuggestionTarget::Everyone(_) => "all",
            SuggestionTarget::Emoji(..) => "emoji",
            SuggestionTarget::Room(_) => "room",
            SuggestionTarget::Command(..) => "command",
        }
    }

    /// The name, as JSON gives it.
    pub fn name(&self) -> &str {
        match &self.target {
            SuggestionTarget::Person(author) => &author.name,
            SuggestionTarget::Everyone(word) | SuggestionTarget::Command(word, ..) => word,
            SuggestionTarget::Emoji(_, name) => name,
            SuggestionTarget::Room(room) => &room.name,
        }
    }
}

/// The address that the page's script asks for suggestions in this room. The typed text is appended.
pub(crate) fn autocomplete_href(room: &Room) -> String {
    format!("/autocomplete?room={}&q=", utf8_percent_encode(room.slug.as_str(), NON_ALPHANUMERIC))
}

/// The options of the list.
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
                span.muted { "everyone in this room" }
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
