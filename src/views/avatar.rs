//! A person's initials on one of twelve stable tints.

use maud::{Markup, html};

use super::escaped::Escaped;
use crate::domain::{Author, initials};

/// How many tints there are: `hue-0` to `hue-11` in the stylesheet.
const TINTS: u64 = 12;

/// The avatar beside a message.
pub(super) fn avatar(person: &Author) -> Markup {
    of_class(person, "avatar")
}

/// The avatar in a row of a list.
pub(super) fn small(person: &Author) -> Markup {
    of_class(person, "avatar small")
}

/// The avatar within a line.
pub(super) fn tiny(person: &Author) -> Markup {
    of_class(person, "avatar tiny")
}

/// The same, with a mark on it.
pub(super) fn small_with(person: &Author, mark: &Markup) -> Markup {
    holding(person, "avatar small", mark)
}

/// The avatar on somebody's own page.
pub(super) fn big(person: &Author) -> Markup {
    of_class(person, "avatar big")
}

fn of_class(person: &Author, class: &str) -> Markup {
    holding(person, class, &html! {})
}

fn holding(person: &Author, class: &str, mark: &Markup) -> Markup {
    html! {
        span class={ (class) " hue-" (person.id.0 % TINTS) } aria-hidden="true" { (Escaped(&initials(&person.name))) (mark) }
    }
}
