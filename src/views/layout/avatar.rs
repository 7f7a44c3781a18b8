//! The avatar of a person: initials on one of twelve tints, always the same for one person.

use maud::{Markup, html};

use crate::domain::{Author, initials};
use crate::views::text::escaped::Escaped;

/// The number of tints: `hue-0` to `hue-11` in the stylesheet.
const TINTS: u64 = 12;

/// The avatar beside a message.
pub(crate) fn avatar(person: &Author) -> Markup {
    avatar_with_class(person, "avatar")
}

/// The avatar in a row of a list.
pub(crate) fn small_avatar(person: &Author) -> Markup {
    avatar_with_class(person, "avatar small")
}

/// The avatar within a line.
pub(crate) fn tiny_avatar(person: &Author) -> Markup {
    avatar_with_class(person, "avatar tiny")
}

/// The avatar in a row of a list, with a marker on it.
pub(crate) fn small_avatar_with_marker(person: &Author, marker: &Markup) -> Markup {
    avatar_with_marker(person, "avatar small", marker)
}

/// The avatar on the page of a person.
pub(crate) fn big_avatar(person: &Author) -> Markup {
    avatar_with_class(person, "avatar big")
}

fn avatar_with_class(person: &Author, class: &str) -> Markup {
    avatar_with_marker(person, class, &html! {})
}

fn avatar_with_marker(person: &Author, class: &str, marker: &Markup) -> Markup {
    html! {
        span class={ (class) " hue-" (person.id.0 % TINTS) } aria-hidden="true" { (Escaped(&initials(&person.name))) (marker) }
    }
}
