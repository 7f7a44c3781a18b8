//! The page for signing in.

use maud::{Markup, html};

use crate::domain::Person;
use crate::views::layout::account_fields::{current_password_field, name_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::FormState;

/// The page. After signing in, the browser goes to `next_path`. `viewer` is who this browser is signed in as already.
pub fn page(server_name: &str, viewer: Option<&Person>, form_state: &FormState, next_path: &str) -> Markup {
    let body = html! {
        @if let Some(viewer) = viewer {
            p {
                "You are signed in as " b { bdi { (viewer.author.name) } } ". Signing in again replaces that session."
                @if !viewer.has_account() { " To keep this name, " a href="/register" { "create an account" } " first." }
            }
        }
        form method="post" action="/sign-in" {
            (form_state.general_error(&["name", "password"]))
            (name_field("Name", "", form_state))
            (current_password_field("password", "Password", "", form_state))
            input type="hidden" name="next" value=(next_path);
            button.button.primary.big { "Sign in" }
        }
        p { "Forgot your password? " a href="/recover" { "Use a recovery code" } ", or ask an owner for a reset link." }
        @if viewer.is_none() { p { "No account? " a href="/" { "Go to the home page" } "." } }
    };
    card::page(server_name, "Sign in", viewer.map(|viewer| &viewer.author), body)
}
