//! What somebody may do with a message: the page of it, the same as a menu, and the tools that the script of a room's page
//! brings to the message one looks at. Every action is a link to a page of its own.

use maud::{Markup, html};

use super::icons::{self, Icon};
use super::removal::{View, quoted};
use super::sheet;

/// Something that may be done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See it in its place, by an address that can be passed on.
    Link,
    /// Tell those who keep order of it.
    Report,
    /// Take it away.
    Remove,
}

impl Action {
    /// What it is called.
    fn name(self) -> &'static str {
        match self {
            Self::Link => "Link to this message",
            Self::Report => "Report…",
            Self::Remove => "Remove…",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Link => Icon::Link,
            Self::Report => Icon::Alert,
            Self::Remove => Icon::Trash,
        }
    }

    /// Its page, below the message's own address.
    fn page(self) -> &'static str {
        match self {
            Self::Link => "",
            Self::Report => "/report",
            Self::Remove => "/delete",
        }
    }
}

/// All that somebody may do, as a page.
pub fn page(view: &View, actions: &[Action]) -> Markup {
    let body = html! {
        section aria-labelledby="what" {
            h2 #what { "What to do with this message" }
            (quoted(view.message, view.now))
            ul.rows role="list" {
                @for action in actions {
                    li { a.button.quiet.danger[*action == Action::Remove] href={ (view.path()) (action.page()) } {
                        (icons::icon(action.icon())) (action.name())
                    } }
                }
            }
            p { (view.back()) }
        }
    };
    sheet::page(&view.room.name, view.places, (&[], ""), None, body)
}

/// The same, as the menu that the script opens.
pub fn menu(view: &View, actions: &[Action]) -> Markup {
    html! {
        @for action in actions {
            a.danger[*action == Action::Remove] href={ (view.path()) (action.page()) } {
                (icons::icon(action.icon())) (action.name())
            }
        }
    }
}

/// The tools, which the script brings to one message at a time, and the menu behind them. A keyboard reaches the same by
/// the link that every message has, so Tab does not stop here as well.
pub(super) fn tools() -> Markup {
    html! {
        div #tools .message-tools role="group" aria-label="Do with this message" hidden {
            a.icon-button href="" tabindex="-1" aria-label="More" data-page="/actions" { (icons::icon(Icon::More)) }
        }
        div #menu .menu popover {}
    }
}
