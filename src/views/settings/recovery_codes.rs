//! The page of recovery codes.

use maud::{Markup, html};

use crate::domain::RecoveryCode;
use crate::domain::limits::RECOVERY_CODES_PER_SET;
use crate::views::layout::form_fields::FormState;
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::{RECOVERY_CODES_TAB, confirm_password_field, settings_page};

/// The page: how many codes remain, and the form for new ones, which may ask for the password.
pub fn page(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    remaining: usize,
    asks_password: bool,
    form_state: &FormState,
) -> Markup {
    let body = html! {
        (section_head("codes", "Recovery codes", "Use one if you forget your password. Each works once."))
        div.stack {
            p {
                @match remaining {
                    0 => "You have no codes.",
                    1 => "You have 1 code left.",
                    n => { "You have " (n) " codes left." }
                }
                @if remaining > 0 { " New codes replace the old ones." }
            }
            form.stack method="post" action="/settings/recovery-codes" {
                @if asks_password { (confirm_password_field(form_state)) }
                button.button.primary { "Create " (RECOVERY_CODES_PER_SET) " new codes" }
            }
        }
    };
    settings_page(sidebar, &RECOVERY_CODES_TAB, notice, body)
}

/// The page that shows new codes, this once.
pub fn created_page(sidebar: &SidebarView, codes: &[RecoveryCode]) -> Markup {
    let body = html! {
        (section_head("codes", "Your recovery codes", "Write them down or print them. They are not shown again."))
        div.stack {
            ul.codes role="list" aria-labelledby="codes" { @for code in codes { li { code { (code.to_text()) } } } }
            a.button href=(RECOVERY_CODES_TAB.href) { "Done" }
        }
    };
    settings_page(sidebar, &RECOVERY_CODES_TAB, None, body)
}
