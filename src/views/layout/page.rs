//! The shell of a page beside the sidebar: its head, tabs, a notice, and the content.

use maud::{Markup, html};

use crate::domain::Room;
use crate::views::layout::field_labels::with_labels;
use crate::views::layout::html_document::document;
use crate::views::layout::icons::{self, Icon};
use crate::views::rooms::sidebar::{self, SidebarView};

/// A tab: one of several pages that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tab {
    pub name: &'static str,
    pub href: &'static str,
}

/// A message shown once, about what has just been done or has failed.
#[derive(Clone, Debug)]
pub enum Notice {
    /// It succeeded.
    Success(String),
    /// It failed.
    Error(String),
}

/// A page with `title` in its head, beside the tabs. `tabs` has the address of the current one.
pub(crate) fn page(
    title: &str,
    sidebar: &SidebarView,
    tabs: (&[Tab], &str),
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    page_document(title, (title, sidebar), tabs, notice, body)
}

/// A page about a room, with the room's name in its head. The document's title is `title` and the room's name.
pub(crate) fn room_page(
    title: &str,
    room: &Room,
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    page_document(&format!("{title} · {}", room.name), (&room.name, sidebar), (&[], ""), notice, body)
}

/// A link back to a room, or to a message in it.
pub(crate) fn back_link(room: &Room, href: &str) -> Markup {
    html! { a.button href=(href) { span { "Back to " bdi { (room.name) } } } }
}

/// The notice as a line above the content.
pub(crate) fn flash(notice: &Notice) -> Markup {
    html! {
        @match notice {
            Notice::Success(text) => p.flash role="status" { (icons::icon(Icon::Check)) (text) },
            Notice::Error(text) => p.flash.bad role="alert" { (icons::icon(Icon::Alert)) (with_labels(text)) },
        }
    }
}

/// The button that closes a dialog.
pub(crate) fn close_button() -> Markup {
    html! {
        form.dialog-close method="dialog" { button.icon-button aria-label="Close" title="Close" { (icons::icon(Icon::Close)) } }
    }
}

/// The head of a section: its title and a description, which may be blank.
pub(crate) fn section_head(id: &str, title: &str, description: &str) -> Markup {
    html! { div.section-head { div { h2 id=(id) { (title) } @if !description.is_empty() { p { (description) } } } } }
}

fn page_document(
    title: &str,
    (heading, sidebar): (&str, &SidebarView),
    (tabs, current): (&[Tab], &str),
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    document(
        &format!("{title} · {}", sidebar.server_name),
        sidebar.viewer.map(|viewer| &viewer.author),
        html! {
            a.skip href="#content" { "Skip to content" }
            div.house {
                (sidebar::render_sidebar(sidebar))
                main.sheet {
                    header.head {
                        (sidebar::sidebar_button())
                        div.head-title { h1 dir="auto" { (heading) } }
                        @if !tabs.is_empty() { (render_tabs(tabs, current)) }
                    }
                    div.scroll { div #content .column tabindex="-1" {
                        @if let Some(notice) = notice { (flash(notice)) }
                        (body)
                    } }
                }
            }
        },
    )
}

fn render_tabs(tabs: &[Tab], current: &str) -> Markup {
    html! {
        nav.tabs aria-label="Pages" {
            @for tab in tabs {
                a href=(tab.href) aria-current=[(tab.href == current).then_some("page")] { (tab.name) }
            }
        }
    }
}
