//! The HTML document around every page: its head, the icon sprite, and the brand link.

use maud::{DOCTYPE, Markup, html};

use crate::assets::{APP_JS, ICON, TAPROOM_CSS};
use crate::domain::Author;
use crate::views::layout::icons;
use crate::views::stylesheet;

/// The settings of htmx. An error response is swapped in only where a form asks for it; htmx keeps no history and adds no
/// styles of its own.
const HTMX_CONFIG: &str = r#"{"noSwap":[204,304,"4xx","5xx"],"includeIndicatorCSS":false,"history":false}"#;

/// A whole document around `body`.
pub(crate) fn document(title: &str, viewer: Option<&Author>, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content, viewport-fit=cover";
                meta name="color-scheme" content="light dark";
                meta name="theme-color" content="#f3efe7" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#120f0c" media="(prefers-color-scheme: dark)";
                meta name="htmx-config" content=(HTMX_CONFIG);
                title { (title) }
                link rel="icon" href=(ICON) type="image/svg+xml";
                link rel="stylesheet" href=(TAPROOM_CSS);
                @if let Some(viewer) = viewer { link rel="stylesheet" href=(stylesheet::href(viewer.id)); }
                script defer src=(APP_JS) {}
            }
            body { (icons::sprite()) (body) }
        }
    }
}

/// The logo and the name of the server, as a link to the home page.
pub(crate) fn brand(server_name: &str) -> Markup {
    html! { a.brand href="/" { img src=(ICON) width="28" height="28" alt=""; (server_name) } }
}
