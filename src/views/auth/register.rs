//! The page on which a guest creates an account.

use maud::{Markup, html};

use crate::domain::Person;
use crate::views::layout::account_fields::{new_password_field, username_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::FormState;

/// The page.
pub fn page(server_name: &str, viewer: &Person, form_state: &FormState) -> Markup {
    let name = &viewer.author.name;
    let body = html! {
        p {
            "Set a password to keep the name " b { bdi { (name) } } ". Your messages stay yours, and you can sign in from any \
             device."
        }
        form method="post" action="/register" {
            (form_state.general_error(&["password"]))
            (username_field(name))
            (new_password_field("Password", form_state))
            button.button.primary.big { "Create account" }
        }
        p { a href="/settings" { "Not now" } }
    };
    card::page(server_name, "New account", Some(&viewer.author), body)
}
