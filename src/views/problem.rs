//! Something went wrong: the page, and the line in a form.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::icons::{self, Icon};
use super::layout;

/// The page: what it is, and what to do. `unopened` is the name of a room that one could open.
pub fn page(house: &str, title: &str, detail: &str, unopened: Option<&str>) -> Markup {
    let body = html! {
        div.door {
            header.door-top { (layout::brand(house)) }
            main.panel {
                h1 { (title) }
                p { (detail) }
                @match unopened {
                    Some(room) => {
                        @let room = utf8_percent_encode(room, NON_ALPHANUMERIC);
                        a.button.primary.big href={ "/?room=" (room) } { "Open it" }
                    }
                    None => a.button.big href="/" { "To the door" },
                }
            }
        }
    };
    layout::document(&format!("{title} · {house}"), None, body)
}

/// The line that a form of a page shows.
pub fn fragment(detail: &str) -> Markup {
    html! { (icons::small(Icon::Alert)) (detail) }
}
