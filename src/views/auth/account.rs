//! The ways to a name: signing in, keeping a guest's name, the ways back to a forgotten password, and the first owner's.

use maud::{Markup, html};

use crate::domain::Person;
use crate::domain::limits::{LABEL_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, USER_NAME_CHARS_MAX};
use crate::views::layout::card;
use crate::views::layout::form_fields::{FormField, FormState, render_field};

/// The page on which somebody signs in and then goes on to `next`. `viewer` has a name already in this browser.
pub fn sign_in(server_name: &str, viewer: Option<&Person>, form_state: &FormState, next_path: &str) -> Markup {
    let body = html! {
        @if let Some(viewer) = viewer {
            p {
                "You are " b { bdi { (viewer.author.name) } } " here. This browser forgets that when you sign in."
                @if !viewer.has_account() { " " a href="/register" { "Keep the name first" } "." }
            }
        }
        form method="post" action="/sign-in" {
            (form_state.general_error(&["name", "password"]))
            (name_field("Name", form_state.value("name", ""), form_state.error_for("name"), "username"))
            (password_field("password", "Password", form_state.error_for("password"), true))
            input type="hidden" name="next" value=(next_path);
            button.button.primary.big { "Sign in" }
        }
        p { "Forgotten it? " a href="/recover" { "Use a recovery code" } ", or ask an owner of this house for a link." }
        @if viewer.is_none() { p { "No password? " a href="/" { "To the door" } "." } }
    };
    card::page(server_name, "Welcome back.", viewer.map(|viewer| &viewer.author), body)
}

/// The page on which a guest gives their name a password.
pub fn register(server_name: &str, viewer: &Person, form_state: &FormState) -> Markup {
    let name = &viewer.author.name;
    let body = html! {
        p {
            "Set a password and nobody else can come in as " b { bdi { (name) } } ". What you wrote so far stays yours, and \
             you can sign in from any device."
        }
        form method="post" action="/register" {
            (form_state.general_error(&["password"]))
            (username_field(name))
            (password_field("password", "Password", form_state.error_for("password"), false))
            button.button.primary.big { "Keep this name" }
        }
        p { a href="/settings" { "Not now" } }
    };
    card::page(server_name, "Keep your name.", Some(&viewer.author), body)
}

/// The page on which somebody chooses a new password with a recovery code.
pub fn recover(server_name: &str, form_state: &FormState) -> Markup {
    let body = html! {
        p { "Each recovery code works once. All your devices are signed out." }
        form method="post" action="/recover" {
            (form_state.general_error(&["name", "code", "password"]))
            (name_field("Name", form_state.value("name", ""), form_state.error_for("name"), "username"))
            (render_field(FormField {
                name: "code", label: "Recovery code", input_type: "text", value: form_state.value("code", ""), autocomplete: "off",
                required: true, error: form_state.error_for("code"), ..FormField::default()
            }))
            (password_field("password", "New password", form_state.error_for("password"), false))
            button.button.primary.big { "Set this password" }
        }
        p { "No code left? An owner of this house can give you a link. " a href="/sign-in" { "Sign in" } "." }
    };
    card::page(server_name, "A way back.", None, body)
}

/// The page to which a link from an owner leads: `name` chooses a new password.
pub fn password_reset(server_name: &str, name: &str, form_state: &FormState, token: &str) -> Markup {
    let body = html! {
        p { "For " b { bdi { (name) } } ". All your devices are signed out." }
        form method="post" action={ "/reset/" (token) } {
            (form_state.general_error(&["password"]))
            (username_field(name))
            (password_field("password", "New password", form_state.error_for("password"), false))
            button.button.primary.big { "Set this password" }
        }
    };
    card::page(server_name, "A new password.", None, body)
}

/// The page of the first start: whoever has the link becomes the owner.
pub fn setup(server_name: &str, viewer: Option<&Person>, form_state: &FormState, token: &str) -> Markup {
    let name = viewer.map_or("", |viewer| &viewer.author.name);
    let body = html! {
        p { "Nobody owns it yet, and whoever has this link can. The link works once." }
        form method="post" action={ "/setup/" (token) } {
            (form_state.general_error(&["server", "name", "password"]))
            (render_field(FormField {
                name: "server", label: "Name of the house", input_type: "text", value: form_state.value("server", server_name),
                autocomplete: "off", max_chars: Some(LABEL_CHARS_MAX), required: true, error: form_state.error_for("server"), ..FormField::default()
            }))
            (name_field("Your name", form_state.value("name", name), form_state.error_for("name"), "username"))
            @if viewer.is_some() { p.hint { "You have this name already. You may keep it, or take another." } }
            (password_field("password", "Password", form_state.error_for("password"), false))
            button.button.primary.big { "Open the house" }
        }
    };
    card::page(server_name, "This house is yours.", viewer.map(|viewer| &viewer.author), body)
}

fn name_field(label: &str, value: &str, error: Option<&str>, autocomplete: &str) -> Markup {
    let (name, kind, max) = ("name", "text", Some(USER_NAME_CHARS_MAX));
    render_field(FormField {
        name,
        label,
        input_type: kind,
        value,
        autocomplete,
        max_chars: max,
        required: true,
        error,
        ..FormField::default()
    })
}

/// A field for a password: one that is tried, or one that is chosen.
pub(crate) fn password_field(name: &str, label: &str, error: Option<&str>, is_current: bool) -> Markup {
    let hint = format!("{PASSWORD_CHARS_MIN} characters or more. A sentence is fine.");
    let (autocomplete, hint) = if is_current { ("current-password", "") } else { ("new-password", hint.as_str()) };
    let (kind, max) = ("password", Some(PASSWORD_CHARS_MAX));
    render_field(FormField {
        name,
        label,
        input_type: kind,
        autocomplete,
        max_chars: max,
        required: true,
        hint,
        error,
        ..FormField::default()
    })
}

/// Tells a browser that keeps passwords whose this is.
pub(crate) fn username_field(name: &str) -> Markup {
    html! { input type="text" value=(name) autocomplete="username" readonly hidden; }
}
