//! Pages with one thing to do: sign in, choose a password, say yes or no.

use maud::{Markup, html};

use crate::domain::Author;
use crate::views::layout;

/// The page.
pub(crate) fn page(server_name: &str, title: &str, viewer: Option<&Author>, body: Markup) -> Markup {
    let body = html! {
        div.door {
            header.door-top { (layout::brand(server_name)) }
            main.panel { h1 { (title) } (body) }
        }
    };
    layout::document(&format!("{title} · {server_name}"), viewer, body)
}
