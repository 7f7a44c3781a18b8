//! The page for recovering an account with a recovery code.

use maud::{Markup, html};

use crate::views::layout::account_fields::{name_field, new_password_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::{FormField, FormState, render_field};

/// The page.
pub fn page(server_name: &str, form_state: &FormState) -> Markup {
    let body = html! {
        p { "Each recovery code works once. It signs you out on all other devices." }
        form method="post" action="/recover" {
            (form_state.general_error(&["name", "code", "password"]))
            (name_field("Name", "", form_state))
            (render_field(FormField {
                name: "code", label: "Recovery code", input_type: "text", value: form_state.value("code", ""), autocomplete: "off",
                required: true, error: form_state.error_for("code"), ..FormField::default()
            }))
            (new_password_field("New password", form_state))
            button.button.primary.big { "Set password" }
        }
        p { "No codes left? Ask an owner for a reset link, or " a href="/sign-in" { "sign in" } "." }
    };
    card::page(server_name, "Account recovery", None, body)
}
