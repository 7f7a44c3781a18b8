//! The page of an invitation link.

use maud::{Markup, html};

use crate::domain::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::domain::{Author, Role};
use crate::views::layout::account_fields::{name_field, new_password_field};
use crate::views::layout::card;
use crate::views::layout::form_fields::{FormField, FormState, render_field};

/// What the page shows.
#[derive(Debug)]
pub struct AcceptInvitationView<'a> {
    /// The server's name.
    pub server_name: &'a str,
    /// Who this browser is signed in as already.
    pub viewer: Option<&'a Author>,
    /// The path of the page.
    pub path: &'a str,
    /// The role that the invitation gives.
    pub role: Role,
    /// Whether a password is required.
    pub needs_account: bool,
    /// The form.
    pub form_state: &'a FormState,
}

/// The page.
pub fn page(view: &AcceptInvitationView) -> Markup {
    let AcceptInvitationView { server_name, viewer, path, role, needs_account, form_state } = *view;
    let body = html! {
        p { "You are invited" @if role > Role::Guest { " as a " (role.as_str()) } ". Choose the name that others see." }
        @if let Some(viewer) = viewer {
            p.hint {
                "You are signed in as " bdi { (viewer.name) } ". " a href="/" { "Go to the home page" } ", or join with a new name."
            }
        }
        form method="post" action=(path) {
            (name_field("Your name", "", form_state))
            @if needs_account { (new_password_field("Password", form_state)) } @else { (optional_password_field(form_state)) }
            (form_state.general_error(&["name", "password"]))
            button.button.primary.big { "Join" }
        }
    };
    card::page(server_name, &format!("Welcome to {server_name}"), viewer, body)
}

fn optional_password_field(form_state: &FormState) -> Markup {
    render_field(FormField {
        name: "password",
        label: "Password (optional)",
        input_type: "password",
        autocomplete: "new-password",
        max_chars: Some(PASSWORD_CHARS_MAX),
        hint: &format!("Set one to keep your name: {PASSWORD_CHARS_MIN} characters or more."),
        error: form_state.error_for("password"),
        ..FormField::default()
    })
}
