//! The page for changing the password.

use maud::{Markup, html};

use crate::domain::Person;
use crate::views::layout::account_fields::{current_password_field, new_password_field, username_field};
use crate::views::layout::form_fields::FormState;
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::{PASSWORD_TAB, settings_page};

/// The page.
pub fn page(sidebar: &SidebarView, notice: Option<&Notice>, viewer: &Person, form_state: &FormState) -> Markup {
    let body = html! {
        (section_head("change", "Password", "Changing it signs you out on all other devices. Tokens stay valid."))
        form.stack method="post" action="/settings/password" aria-labelledby="change" {
            (form_state.general_error(&["current", "password"]))
            (username_field(&viewer.author.name))
            (current_password_field("current", "Current password", "", form_state))
            (new_password_field("New password", form_state))
            button.button.primary { "Change password" }
        }
    };
    settings_page(sidebar, &PASSWORD_TAB, notice, body)
}
