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
    pub fn including(mut self, comer: Option<&Author>) -> Self {
        if let Some(comer) = comer.filter(|comer| self.people.iter().all(|person| person.id != comer.id)) {
            self.people.insert(0, comer.clone());
            self.count += 1;
        }
        self
    }
}

/// How many faces stand in the head of the room.
const FACES: usize = 3;

/// The button in the head of the room, and the list that it opens.
pub(crate) fn presence_list(here: &PresenceList) -> Markup {
    html! {
        button.faces type="button" popovertarget="here" { span #faces { (faces(here)) } }
        div #here .menu.people popover { ul #here-list role="list" { (people_list(here)) } }
    }
}

/// What the stream brings when somebody came or went.
pub fn update(here: &PresenceList) -> Markup {
    html! {
        hx-partial hx-target="#faces" hx-swap="innerHTML" { (faces(here)) }
        hx-partial hx-target="#here-list" hx-swap="innerHTML" { (people_list(here)) }
    }
}

/// Somebody in the list of talks, and whether they are here: for the eye a dot on their face, and in words.
pub(crate) fn face(person: &Author, is_here: bool) -> Markup {
    let dot = html! { span .dot.here[is_here] {} };
    html! { span #{ "face-" (person.id) } .face { (avatar::small_with_marker(person, &dot)) } }
}

/// The same in words.
pub(crate) fn presence_text(is_here: bool) -> &'static str {
    if is_here { ", here now" } else { ", away" }
}

/// What the stream brings when somebody has come or is gone with whom the viewer talks.
pub fn update_person(person: &Author, is_here: bool) -> Markup {
    html! {
        hx-partial hx-target={ "#face-" (person.id) } hx-swap="outerHTML" { (face(person, is_here)) }
        hx-partial hx-target={ "#dot-words-" (person.id) } hx-swap="innerHTML" { (presence_text(is_here)) }
    }
}

fn faces(here: &PresenceList) -> Markup {
    html! {
        @for person in here.people.iter().take(FACES) { (avatar::small(person)) }
        span { (here.count) " " span.sr { @if here.count == 1 { "person " } @else { "people " } } "here" }
    }
}

fn people_list(here: &PresenceList) -> Markup {
    let others = here.count.saturating_sub(here.people.len());
    html! {
        @for person in here.people.iter().take(PRESENCE_NAMES_MAX) {
            li.place data-author=(person.id) {
                (avatar::small(person))
                span.place-name dir="auto" { (person.name) }
                span.tag.own-only { "you" }
            }
        }
        @if here.count == 0 { li.place { span.place-name { "Nobody is listening." } } }
        @else if here.people.is_empty() { li.place { span.place-name { (others) " listening without a name" } } }
        @else if others > 0 { li.place { span.place-name { "and " (others) " more" } } }
    }
}
