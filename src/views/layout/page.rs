//! Pages that scroll inside the sheet beside the places: settings, people, and whatever else is kept in order.

use maud::{Markup, html};

use crate::domain::Room;
use crate::views::layout;
use crate::views::layout::field_labels::with_labels;
use crate::views::layout::icons::{self, Icon};
use crate::views::rooms::sidebar::{self, SidebarView};

/// A page of several that belong together, as its tab shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tab {
    pub name: &'static str,
    pub href: &'static str,
}

/// What a page says once about what has just been done, or could not be.
#[derive(Clone, Debug)]
pub enum Notice {
    /// It was done.
    Success(String),
    /// It was not done.
    Error(String),
}

/// The page: `title` in its head, beside the tabs of which `current` is the one that is open.
pub(crate) fn page(
    title: &str,
    sidebar: &SidebarView,
    tabs: (&[Tab], &str),
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    page_document(title, (title, sidebar), tabs, notice, body)
}

/// A page of a room beside that of its messages: the room's name in its head, and `what` it is before that in its title.
pub(crate) fn room_page(
    title: &str,
    room: &Room,
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    page_document(&format!("{title} · {}", room.name), (&room.name, sidebar), (&[], ""), notice, body)
}

/// The way back to a room, or to a place in it.
pub(crate) fn back_link(room: &Room, href: &str) -> Markup {
    html! { a.button href=(href) { span { "Back to " bdi { (room.name) } } } }
}

/// What has just been done, or could not be.
pub(crate) fn flash(notice: &Notice) -> Markup {
    html! {
        @match notice {
            Notice::Success(words) => p.flash role="status" { (icons::icon(Icon::Check)) (words) },
            Notice::Error(words) => p.flash.bad role="alert" { (icons::icon(Icon::Alert)) (with_labels(words)) },
        }
    }
}

/// The button by which one leaves a dialog that stands over a page.
pub(crate) fn close_button() -> Markup {
    html! {
        form.dialog-close method="dialog" { button.icon-button aria-label="Close" title="Close" { (icons::icon(Icon::Close)) } }
    }
}

/// The head of a section of the page.
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
    layout::document(
        &format!("{title} · {}", sidebar.server_name),
        sidebar.viewer.map(|viewer| &viewer.author),
        html! {
            a.skip href="#content" { "To the content" }
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
