//! A person's own settings: name, appearance, password, devices, tokens and recovery codes. This file has what the pages
//! share.

pub(crate) mod browser_notifications;
pub mod password;
pub mod profile;
pub mod recovery_codes;
pub mod sessions;
pub mod tokens;

use maud::{Markup, html};

use crate::domain::{Person, SessionId};
use crate::views::layout::account_fields::current_password_field;
use crate::views::layout::form_fields::FormState;
use crate::views::layout::page::{self, Notice, Tab};
use crate::views::rooms::sidebar::SidebarView;

const TITLE: &str = "Settings";
const PROFILE_TAB: Tab = Tab { name: "Profile", href: "/settings" };
const SESSIONS_TAB: Tab = Tab { name: "Devices", href: "/settings/devices" };
const PASSWORD_TAB: Tab = Tab { name: "Password", href: "/settings/password" };
const TOKENS_TAB: Tab = Tab { name: "Tokens", href: "/settings/tokens" };
const RECOVERY_CODES_TAB: Tab = Tab { name: "Recovery", href: "/settings/recovery-codes" };
/// All tabs. The first [`GUEST_TABS`] need no account.
const TABS: [Tab; 5] = [PROFILE_TAB, SESSIONS_TAB, PASSWORD_TAB, TOKENS_TAB, RECOVERY_CODES_TAB];
const GUEST_TABS: usize = 2;

fn settings_page(sidebar: &SidebarView, tab: &Tab, notice: Option<&Notice>, body: Markup) -> Markup {
    let has_account = sidebar.viewer.is_some_and(Person::has_account);
    let tabs = if has_account { &TABS[..] } else { &TABS[..GUEST_TABS] };
    page::page(TITLE, sidebar, (tabs, tab.href), notice, body)
}

/// The field for the present password, in a form that asks for it because the session is old.
fn confirm_password_field(form_state: &FormState) -> Markup {
    current_password_field("current", "Current password", "Needed because you signed in a while ago.", form_state)
}

/// The button that ends a session or revokes a token. `collection` is the last part of its page's path.
fn revoke_form(collection: &str, id: SessionId, action: &str, label: &str) -> Markup {
    html! {
        form method="post" action={ "/settings/" (collection) "/" (id) "/revoke" } {
            button.button.quiet.danger { (action) span.sr { " " (label) } }
        }
    }
}
