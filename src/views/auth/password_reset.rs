//! The page of a reset link.

use maud::{Markup, html};

use crate::views::layout::account_fields::{new_password_field, username_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::FormState;

/// The page on which the person called `name` chooses a new password.
pub fn page(server_name: &str, name: &str, form_state: &FormState, token: &str) -> Markup {
    let body = html! {
        p { "Choose a new password for " b { bdi { (name) } } ". It signs you out on all other devices." }
        form method="post" action={ "/reset/" (token) } {
            (form_state.general_error(&["password"]))
            (username_field(name))
            (new_password_field("New password", form_state))
            button.button.primary.big { "Set password" }
        }
    };
    card::page(server_name, "New password", None, body)
}
