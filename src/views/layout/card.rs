//! The shell of a page with one task and no sidebar, for example signing in.

use maud::{Markup, html};

use crate::domain::Author;
use crate::views::layout::html_document::{brand, document};

/// A page with a card that has `title` as its heading.
pub(crate) fn page(server_name: &str, title: &str, viewer: Option<&Author>, body: Markup) -> Markup {
    let body = html! {
        div.door {
            header.door-top { (brand(server_name)) }
            main.panel { h1 { (title) } (body) }
        }
    };
    document(&format!("{title} · {server_name}"), viewer, body)
}
