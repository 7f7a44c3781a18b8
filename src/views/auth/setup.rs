//! The page of the setup link, on which the server's first owner creates an account.

use maud::{Markup, html};

use crate::domain::Person;
use crate::domain::limits::LABEL_CHARS_MAX;
use crate::views::layout::account_fields::{name_field, new_password_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::{FormField, FormState, render_field};

/// The page. A visitor who has a name is offered it.
pub fn page(server_name: &str, viewer: Option<&Person>, form_state: &FormState, token: &str) -> Markup {
    let own_name = viewer.map_or("", |viewer| &viewer.author.name);
    let body = html! {
        p { "This server has no owner yet. The first person to use this link becomes the owner." }
        form method="post" action={ "/setup/" (token) } {
            (form_state.general_error(&["server", "name", "password"]))
            (render_field(FormField {
                name: "server", label: "Server name", input_type: "text", value: form_state.value("server", server_name),
                autocomplete: "off", max_chars: Some(LABEL_CHARS_MAX), required: true, error: form_state.error_for("server"),
                ..FormField::default()
            }))
            (name_field("Your name", own_name, form_state))
            @if viewer.is_some() { p.hint { "You have this name already. Keep it, or choose another." } }
            (new_password_field("Password", form_state))
            button.button.primary.big { "Create owner account" }
        }
    };
    card::page(server_name, "Set up your server", viewer.map(|viewer| &viewer.author), body)
}
