//! Who is here: who listens to a room now. Volatile; it takes no viewer.

use maud::{Markup, html};

use super::avatar;
use crate::domain::Author;
use crate::domain::limits::NAMED_PEOPLE_MAX;

/// Who listens to a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Here {
    /// People with a name, each once, in the order of their names; not more than [`NAMED_PEOPLE_MAX`].
    pub named: Vec<Author>,
    /// How many people there are, with a name or without.
    pub count: usize,
}

impl Here {
    /// The same with somebody of that name who is just coming: their page is made before their stream is open.
    #[must_use]
    pub fn with(mut self, comer: Option<&Author>) -> Self {
        if let Some(comer) = comer.filter(|comer| self.named.iter().all(|person| person.id != comer.id)) {
            self.named.insert(0, comer.clone());
            self.count += 1;
        }
        self
    }
}

/// How many faces stand in the head of the room.
const FACES: usize = 3;

/// The button in the head of the room, and the list that it opens.
pub(super) fn here(here: &Here) -> Markup {
    html! {
        button.faces type="button" popovertarget="here" { span #faces { (faces(here)) } }
        div #here .menu.people popover { ul #here-list role="list" { (list(here)) } }
    }
}

/// What the stream brings when somebody came or went.
pub fn changed(here: &Here) -> Markup {
    html! {
        hx-partial hx-target="#faces" hx-swap="innerHTML" { (faces(here)) }
        hx-partial hx-target="#here-list" hx-swap="innerHTML" { (list(here)) }
    }
}

/// Somebody in the list of talks, and whether they are here: for the eye a dot on their face, and in words.
pub(super) fn face(person: &Author, is_here: bool) -> Markup {
    let dot = html! { span .dot.here[is_here] {} };
    html! { span #{ "face-" (person.id) } .face { (avatar::small_with(person, &dot)) } }
}

/// The same in words.
pub(super) fn dot_words(is_here: bool) -> &'static str {
    if is_here { ", here now" } else { ", away" }
}

/// What the stream brings when somebody has come or is gone with whom the viewer talks.
pub fn presence(person: &Author, is_here: bool) -> Markup {
    html! {
        hx-partial hx-target={ "#face-" (person.id) } hx-swap="outerHTML" { (face(person, is_here)) }
        hx-partial hx-target={ "#dot-words-" (person.id) } hx-swap="innerHTML" { (dot_words(is_here)) }
    }
}

fn faces(here: &Here) -> Markup {
    html! {
        @for person in here.named.iter().take(FACES) { (avatar::small(person)) }
        span { (here.count) " " span.sr { @if here.count == 1 { "person " } @else { "people " } } "here" }
    }
}

fn list(here: &Here) -> Markup {
    let others = here.count.saturating_sub(here.named.len());
    html! {
        @for person in here.named.iter().take(NAMED_PEOPLE_MAX) {
            li.place data-author=(person.id) {
                (avatar::small(person))
                span.place-name dir="auto" { (person.name) }
                span.tag.own-only { "you" }
            }
        }
        @if here.count == 0 { li.place { span.place-name { "Nobody is listening." } } }
        @else if here.named.is_empty() { li.place { span.place-name { (others) " listening without a name" } } }
        @else if others > 0 { li.place { span.place-name { "and " (others) " more" } } }
    }
}
