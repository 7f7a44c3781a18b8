//! The icons. A page has the shape of each once, in a sprite, and refers to it.

use std::sync::LazyLock;

use maud::{Markup, PreEscaped, html};

/// An icon.
#[derive(Clone, Copy)]
pub(crate) enum Icon {
    Alert,
    Bell,
    BellOff,
    Check,
    Close,
    Dot,
    Edit,
    Eye,
    Gear,
    Hash,
    Help,
    Leave,
    Link,
    Lock,
    Menu,
    More,
    People,
    Pin,
    Plus,
    Reply,
    Search,
    Send,
    Smile,
    Thread,
    Trash,
}

use Icon::{
    Alert, Bell, BellOff, Check, Close, Dot, Edit, Eye, Gear, Hash, Help, Leave, Link, Lock, Menu, More, People, Pin,
    Plus, Reply, Search, Send, Smile, Thread, Trash,
};

/// All icons, in the order of their declaration, so that `icon as usize` is an index into this array.
const ALL: [Icon; 25] = [
    Alert, Bell, BellOff, Check, Close, Dot, Edit, Eye, Gear, Hash, Help, Leave, Link, Lock, Menu, More, People, Pin,
    Plus, Reply, Search, Send, Smile, Thread, Trash,
];

impl Icon {
    fn name(self) -> &'static str {
        match self {
            Alert => "i-alert",
            Bell => "i-bell",
            BellOff => "i-bell-off",
            Check => "i-check",
            Close => "i-close",
            Dot => "i-dot",
            Edit => "i-edit",
            Eye => "i-eye",
            Gear => "i-gear",
            Hash => "i-hash",
            Help => "i-help",
            Leave => "i-leave",
            Link => "i-link",
            Lock => "i-lock",
            Menu => "i-menu",
            More => "i-more",
            People => "i-people",
            Pin => "i-pin",
            Plus => "i-plus",
            Reply => "i-reply",
            Search => "i-search",
            Send => "i-send",
            Smile => "i-smile",
            Thread => "i-thread",
            Trash => "i-trash",
        }
    }

    /// The SVG elements of its shape, on a canvas of 24 by 24.
    fn path(self) -> &'static str {
        match self {
            Alert => r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 8v4.5M12 15.8h.01"/>"#,
            Bell => r#"<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5h4"/>"#,
            BellOff => r#"<path d="M6 16.5V11a6 6 0 0 1 9.5-4.9M18 9.5v7l1.5 1.5H8M10 20.5h4M4 20 20 4"/>"#,
            Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
            Close => r#"<path d="m6.5 6.5 11 11M17.5 6.5l-11 11"/>"#,
            Dot => r#"<circle cx="12" cy="12" r="4" fill="currentColor"/>"#,
            Edit => {
                r#"<path d="m4.5 19.5.8-4L16 4.8a1.9 1.9 0 0 1 2.7 0l.5.5a1.9 1.9 0 0 1 0 2.7L8.5 18.7ZM14 7l3 3"/>"#
            }
            Eye => {
                r#"<path d="M2.5 12S6 5.8 12 5.8s9.5 6.2 9.5 6.2-3.5 6.2-9.5 6.2S2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="2.7"/>"#
            }
            Gear => {
                r#"<circle cx="12" cy="12" r="3"/><path d="M12 3.5v2.2M12 18.3v2.2M3.5 12h2.2M18.3 12h2.2M6 6l1.5 1.5M16.5 16.5 18 18M18 6l-1.5 1.5M7.5 16.5 6 18"/>"#
            }
            Hash => r#"<path d="M9.5 4.5 7.5 19.5M16.5 4.5l-2 15M4.5 9.3h15.5M4 14.7h15.5"/>"#,
            Help => {
                r#"<circle cx="12" cy="12" r="8.5"/><path d="M9.4 9.6a2.6 2.6 0 1 1 3.7 2.3c-.8.4-1.1.9-1.1 1.7M12 16.5h.01"/>"#
            }
            Leave => {
                r#"<path d="M14 4.5H7a1.5 1.5 0 0 0-1.5 1.5v12A1.5 1.5 0 0 0 7 19.5h7M11 12h9M16.5 8.5 20 12l-3.5 3.5"/>"#
            }
            Link => {
                r#"<path d="M10 14a3.5 3.5 0 0 0 5 0l3.5-3.5a3.5 3.5 0 0 0-5-5L12.5 6.5M14 10a3.5 3.5 0 0 0-5 0l-3.5 3.5a3.5 3.5 0 0 0 5 5l1-1"/>"#
            }
            Lock => {
                r#"<rect x="5.5" y="10.5" width="13" height="9" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>"#
            }
            Menu => r#"<path d="M4 7h16M4 12h16M4 17h10"/>"#,
            More => r#"<path d="M5.5 12h.01M12 12h.01M18.5 12h.01" stroke-width="2.6"/>"#,
            People => {
                r#"<circle cx="9" cy="8.5" r="3.2"/><path d="M3.5 19c.4-3.6 2.5-5.4 5.5-5.4s5.1 1.8 5.5 5.4M15.5 5.6a3.2 3.2 0 0 1 0 5.9M17 13.9c2 .6 3.2 2.3 3.5 5.1"/>"#
            }
            Pin => r#"<path d="M9 4.5h6l-.8 6 3.3 3.5h-11l3.3-3.5ZM12 14v6"/>"#,
            Plus => r#"<path d="M12 5v14M5 12h14"/>"#,
            Reply => r#"<path d="m9 7-5 5 5 5M4.5 12H14a6 6 0 0 1 6 6"/>"#,
            Search => r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4 4"/>"#,
            Send => r#"<path d="M12 19V5.5M6 11l6-6 6 6"/>"#,
            Smile => r#"<circle cx="12" cy="12" r="8.5"/><path d="M8.5 14.2a4.2 4.2 0 0 0 7 0M9 9.6h.01M15 9.6h.01"/>"#,
            Thread => r#"<path d="M4.5 5.5h15v10H12l-4 4v-4H4.5ZM8 9h8M8 12h5"/>"#,
            Trash => r#"<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9L17.5 7M10 10.5v6M14 10.5v6"/>"#,
        }
    }
}

/// The shapes of all icons, which every page has once.
pub(crate) fn sprite() -> PreEscaped<&'static str> {
    static SPRITE: LazyLock<String> = LazyLock::new(|| {
        let sprite = html! {
            svg hidden {
                @for icon in ALL {
                    symbol id=(icon.name()) viewBox="0 0 24 24" { (PreEscaped(icon.path())) }
                }
            }
        };
        sprite.into_string()
    });
    PreEscaped(&SPRITE)
}

/// An icon beside a text, hidden from screen readers. The markup is made once, because a page has one for each room.
pub(crate) fn icon(icon: Icon) -> PreEscaped<&'static str> {
    static RENDERED: LazyLock<[String; 25]> = LazyLock::new(|| {
        ALL.map(|icon| html! { svg.icon aria-hidden="true" { use href={ "#" (icon.name()) } {} } }.into_string())
    });
    PreEscaped(&RENDERED[icon as usize])
}

/// A small icon beside a text.
pub(crate) fn small_icon(icon: Icon) -> Markup {
    html! { svg.icon.small aria-hidden="true" { use href={ "#" (icon.name()) } {} } }
}

/// A link that shows only an icon. Its name is read by screen readers and shown as a tooltip.
pub(crate) fn icon_link(href: &str, name: &str, picture: Icon) -> Markup {
    html! { a.icon-button href=(href) aria-label=(name) title=(name) { (icon(picture)) } }
}

/// A link that shows only a small icon.
pub(crate) fn small_icon_link(href: &str, name: &str, picture: Icon) -> Markup {
    html! { a.icon-button href=(href) aria-label=(name) title=(name) { (small_icon(picture)) } }
}

/// A link that shows only an icon, with a keyboard shortcut in its tooltip.
pub(crate) fn icon_link_with_shortcut(href: &str, (name, shortcut): (&str, &str), picture: Icon) -> Markup {
    html! { a.icon-button href=(href) aria-label=(name) title={ (name) " (" (shortcut) ")" } { (icon(picture)) } }
}

/// A button that shows only an icon and opens a popover of the page.
pub(crate) fn popover_button(popover_id: &str, name: &str, picture: Icon) -> Markup {
    html! {
        button.icon-button type="button" popovertarget=(popover_id) aria-label=(name) title=(name) { (icon(picture)) }
    }
}
