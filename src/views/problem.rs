//! Something went wrong: the page, and the line in a form.

use maud::{Markup, html};

use super::icons::{self, Icon};
use super::layout;

/// The page: what it is, and what to do.
pub fn page(title: &str, detail: &str) -> Markup {
    layout::document(
        &format!("{title} · Taproom"),
        None,
        html! {
            div.door {
                header.door-top { (layout::brand()) }
                main.panel {
                    h1 { (title) }
                    p { (detail) }
                    p { a.button.big href="/" { "To the door" } }
                }
            }
        },
    )
}

/// The line that a form of a page shows.
pub fn fragment(detail: &str) -> Markup {
    html! { (icons::small(Icon::Alert)) (detail) }
}
