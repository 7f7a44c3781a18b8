//! The form fields for a name and a password, which the pages of [`crate::views::auth`] and the settings share.

use maud::{Markup, html};

use crate::domain::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, USER_NAME_CHARS_MAX};
use crate::views::layout::form_fields::{FormField, FormState, render_field};

/// The field `name`, for a person's name. `initial` is what the form starts with.
pub(crate) fn name_field(label: &str, initial: &str, form_state: &FormState) -> Markup {
    render_field(FormField {
        name: "name",
        label,
        input_type: "text",
        value: form_state.value("name", initial),
        autocomplete: "username",
        max_chars: Some(USER_NAME_CHARS_MAX),
        required: true,
        error: form_state.error_for("name"),
        ..FormField::default()
    })
}

/// The field `password`, for a new password.
pub(crate) fn new_password_field(label: &str, form_state: &FormState) -> Markup {
    render_field(FormField {
        name: "password",
        label,
        input_type: "password",
        autocomplete: "new-password",
        max_chars: Some(PASSWORD_CHARS_MAX),
        required: true,
        hint: &format!("{PASSWORD_CHARS_MIN} characters or more. A sentence is fine."),
        error: form_state.error_for("password"),
        ..FormField::default()
    })
}

/// A field for the password in use: to sign in, or to confirm a change.
pub(crate) fn current_password_field(name: &str, label: &str, hint: &str, form_state: &FormState) -> Markup {
    render_field(FormField {
        name,
        label,
        input_type: "password",
        autocomplete: "current-password",
        max_chars: Some(PASSWORD_CHARS_MAX),
        required: true,
        hint,
        error: form_state.error_for(name),
        ..FormField::default()
    })
}

/// A hidden field that tells a browser's password manager whose password the form changes.
pub(crate) fn username_field(name: &str) -> Markup {
    html! { input type="text" value=(name) autocomplete="username" readonly hidden; }
}
