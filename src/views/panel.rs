//! Pages with one thing to do: sign in, choose a password, say yes or no.

use maud::{Markup, html};

use super::layout;
use crate::domain::Author;

/// The page.
pub(super) fn page(house: &str, title: &str, viewer: Option<&Author>, body: Markup) -> Markup {
    let body = html! {
        div.door {
            header.door-top { (layout::brand(house)) }
            main.panel { h1 { (title) } (body) }
        }
    };
    layout::document(&format!("{title} · {house}"), viewer, body)
}
