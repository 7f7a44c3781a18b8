//! Who is here: who listens to a room now. Volatile; it takes no viewer.

use maud::{Markup, html};

use crate::domain::Author;
use crate::domain::limits::PRESENCE_NAMES_MAX;
use crate::views::layout::avatar;

/// Who listens to a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PresenceList {
    /// People with a name, each once, in the order of their names; not more than [`NAMED_PEOPLE_MAX`].
    pub people: Vec<Author>,
    /// How many people there are, with a name or without.
    pub count: usize,
}

impl PresenceList {
    /// The same with somebody of that name who is just coming: their page is made before their stream is open.
    #[must_use]
    pub fn with_person(mut self, person: Option<&Author>) -> Self {
        if let Some(comer) = person.filter(|comer| self.people.iter().all(|person| person.id != comer.id)) {
            self.people.insert(0, comer.clone());
            self.count += 1;
        }
        self
    }
}

/// How many faces stand in the head of the room.
const FACEPILE_MAX: usize = 3;

/// The button in the head of the room, and the list that it opens.
pub(crate) fn presence_menu(presence: &PresenceList) -> Markup {
    html! {
        button.faces type="button" popovertarget="here" { span #faces { (facepile(presence)) } }
        div #here .menu.people popover { ul #here-list role="list" { (people_list(presence)) } }
    }
}

/// What the stream brings when somebody came or went.
pub fn update(presence: &PresenceList) -> Markup {
    html! {
        hx-partial hx-target="#faces" hx-swap="innerHTML" { (facepile(presence)) }
        hx-partial hx-target="#here-list" hx-swap="innerHTML" { (people_list(presence)) }
    }
}

/// Somebody in the list of talks, and whether they are here: for the eye a dot on their face, and in words.
pub(crate) fn avatar_with_presence(person: &Author, is_online: bool) -> Markup {
    let dot = html! { span .dot.here[is_online] {} };
    html! { span #{ "face-" (person.id) } .face { (avatar::small_avatar_with_marker(person, &dot)) } }
}

/// The same in words.
pub(crate) fn presence_text(is_online: bool) -> &'static str {
    if is_online { ", here now" } else { ", away" }
}

/// What the stream brings when somebody has come or is gone with whom the viewer talks.
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
        @if presence.count == 0 { li.place { span.place-name { "Nobody is listening." } } }
        @else if presence.people.is_empty() { li.place { span.place-name { (others) " listening without a name" } } }
        @else if others > 0 { li.place { span.place-name { "and " (others) " more" } } }
    }
}
