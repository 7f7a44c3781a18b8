//! Who is here: the people with an open stream of a room. Kept in memory only; it takes no viewer.

use maud::{Markup, html};

use crate::domain::Author;
use crate::domain::limits::PRESENCE_NAMES_MAX;
use crate::views::layout::avatar;

/// The people who are in a room now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PresenceList {
    /// Signed-in people, each once, by name; at most [`PRESENCE_NAMES_MAX`].
    pub people: Vec<Author>,
    /// The number of all people, signed in or not.
    pub count: usize,
}

impl PresenceList {
    /// Adds a person whose page is being made, because their stream opens only after that.
    #[must_use]
    pub fn with_person(mut self, person: Option<&Author>) -> Self {
        if let Some(person) = person.filter(|person| self.people.iter().all(|other| other.id != person.id)) {
            self.people.insert(0, person.clone());
            self.count += 1;
        }
        self
    }
}

/// The number of avatars in the head of the room.
const FACEPILE_MAX: usize = 3;

/// The button in the head of the room, and the list of people that it opens.
pub(crate) fn presence_menu(presence: &PresenceList) -> Markup {
    html! {
        button.faces type="button" popovertarget="here" { span #faces { (facepile(presence)) } }
        div #here .menu.people popover { ul #here-list role="list" { (people_list(presence)) } }
    }
}

/// What the stream brings when someone comes or goes.
pub fn update(presence: &PresenceList) -> Markup {
    html! {
        hx-partial hx-target="#faces" hx-swap="innerHTML" { (facepile(presence)) }
        hx-partial hx-target="#here-list" hx-swap="innerHTML" { (people_list(presence)) }
    }
}

/// A person in the list of direct messages, with a dot on the avatar that shows whether they are here.
pub(crate) fn avatar_with_presence(person: &Author, is_online: bool) -> Markup {
    let dot = html! { span .dot.here[is_online] {} };
    html! { span #{ "face-" (person.id) } .face { (avatar::small_avatar_with_marker(person, &dot)) } }
}

/// The meaning of that dot for screen readers.
pub(crate) fn presence_text(is_online: bool) -> &'static str {
    if is_online { ", here now" } else { ", away" }
}

/// What the stream brings when a direct partner of the viewer comes or goes.
pub fn update_person(person: &Author, is_online: bool) -> Markup {
    html! {
        hx-partial hx-target={ "#face-" (person.id) } hx-swap="outerHTML" { (avatar_with_presence(person, is_online)) }
        hx-partial hx-target={ "#dot-words-" (person.id) } hx-swap="innerHTML" { (presence_text(is_online)) }
    }
}

fn facepile(presence: &PresenceList) -> Markup {
    html! {
        @for person in presence.people.iter().take(FACEPILE_MAX) { (avatar::small_avatar(person)) }
        span { (presence.count) " " span.sr { @if presence.count == 1 { "person " } @else { "people " } } "here" }
    }
}

fn people_list(presence: &PresenceList) -> Markup {
    let others = presence.count.saturating_sub(presence.people.len());
    html! {
        @for person in presence.people.iter().take(PRESENCE_NAMES_MAX) {
            li.place data-author=(person.id) {
                (avatar::small_avatar(person))
                span.place-name dir="auto" { (person.name) }
                span.tag.own-only { "you" }
            }
        }
        @if presence.count == 0 { li.place { span.place-name { "Nobody is here." } } }
        @else if presence.people.is_empty() { li.place { span.place-name { (others) " without a name" } } }
        @else if others > 0 { li.place { span.place-name { "and " (others) " more" } } }
    }
}
