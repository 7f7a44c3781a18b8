//! The page of the devices on which a person is signed in, and how its times are written.

use maud::{Markup, html};

use crate::domain::{Session, SessionId, Timestamp, TokenKind};
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::{SESSIONS_TAB, revoke_form, settings_page};
use crate::views::time::{self, FormattedTime};

/// The page. `current` is the session of this browser.
pub fn page(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    sessions: &[Session],
    current: Option<SessionId>,
    now: Timestamp,
) -> Markup {
    let devices = || {
        sessions.iter().filter_map(|session| match &session.kind {
            TokenKind::Session(device) => Some((session, device)),
            TokenKind::Personal { .. } => None,
        })
    };
    let body = html! {
        (section_head("devices", "Signed-in devices", "If you don't recognize one, sign it out and change your password."))
        ul.rows role="list" aria-labelledby="devices" {
            @for (session, device) in devices() {
                @let is_current = current == Some(session.id);
                li {
                    div.who {
                        strong { (device.browser) @if is_current { span.tag { "this browser" } } }
                        "Signed in " (render_date(session.created_at)) ", last used " (format_last_used(session.last_used_at, now))
                        @if !device.address.is_empty() { ", from " (device.address) }
                    }
                    @if !is_current { (revoke_form("devices", session.id, "Sign out", &device.browser)) }
                }
            }
        }
        @if devices().count() > 1 {
            form.actions method="post" action="/settings/devices/revoke-others" {
                button.button.danger { "Sign out all other devices" }
            }
        }
    };
    settings_page(sidebar, &SESSIONS_TAB, notice, body)
}

/// The day of a time.
pub(crate) fn render_date(at: Timestamp) -> Markup {
    let date = FormattedTime::new(at);
    html! { time datetime=(date.date()) { (date.date()) } }
}

/// When a session or token was last used. Use is recorded once a day, so the text is no more precise than that.
pub(crate) fn format_last_used(at: Timestamp, now: Timestamp) -> String {
    if at.days_since_epoch() == now.days_since_epoch() { "today".to_owned() } else { time::format_ago(at, now) }
}
