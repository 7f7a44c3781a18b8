//! A person's initials on one of twelve stable tints.

use maud::{Markup, html};

use crate::domain::{Author, initials};
use crate::views::text::escaped::Escaped;

/// How many tints there are: `hue-0` to `hue-11` in the stylesheet.
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

/// The same, with a mark on it.
pub(crate) fn small_avatar_with_marker(person: &Author, marker: &Markup) -> Markup {
    avatar_with_marker(person, "avatar small", marker)
}

/// The avatar on somebody's own page.
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
