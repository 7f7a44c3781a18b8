//! The pictures of the interface. A page carries those it uses once, and refers to them.

use maud::{Markup, PreEscaped, html};

/// A picture of the set.
#[derive(Clone, Copy)]
pub(super) enum Icon {
    Alert,
    Hash,
    Leave,
    Menu,
    Plus,
    Send,
}

use Icon::{Alert, Hash, Leave, Menu, Plus, Send};

impl Icon {
    fn name(self) -> &'static str {
        match self {
            Alert => "i-alert",
            Hash => "i-hash",
            Leave => "i-leave",
            Menu => "i-menu",
            Plus => "i-plus",
            Send => "i-send",
        }
    }

    /// Its shape on a field of 24 by 24.
    fn shape(self) -> &'static str {
        match self {
            Alert => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 8v4.5M12 15.8h.01"/>"#,
            Hash => r#"<path d="M9.5 4.5 7.5 19.5M16.5 4.5l-2 15M4.5 9.3h15.5M4 14.7h15.5"/>"#,
            Leave => {
                r#"<path d="M14 4.5H7a1.5 1.5 0 0 0-1.5 1.5v12A1.5 1.5 0 0 0 7 19.5h7M11 12h9M16.5 8.5 20 12l-3.5 3.5"/>"#
            }
            Menu => r#"<path d="M4 7h16M4 12h16M4 17h10"/>"#,
            Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Send => r#"<path d="M12 19V5.5M6 11l6-6 6 6"/>"#,
        }
    }
}

/// The shapes, once per page.
pub(super) fn sheet() -> Markup {
    html! {
        svg hidden {
            @for icon in [Alert, Hash, Leave, Menu, Plus, Send] {
                symbol id=(icon.name()) viewBox="0 0 24 24" { (PreEscaped(icon.shape())) }
            }
        }
    }
}

/// A picture that says nothing beside a word that does.
pub(super) fn icon(icon: Icon) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ "#" (icon.name()) } {} } }
}

/// The same, smaller.
pub(super) fn small(icon: Icon) -> Markup {
    html! { svg.icon.small aria-hidden="true" { use href={ "#" (icon.name()) } {} } }
}
