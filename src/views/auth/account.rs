//! The ways to a name: signing in, keeping a guest's name, the ways back to a forgotten password, and the first owner's.

use maud::{Markup, html};

use crate::domain::Person;
use crate::domain::limits::{LABEL_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, USER_NAME_CHARS_MAX};
use crate::views::layout::card;
use crate::views::layout::form_fields::{Field, FormState, render_field};

/// The page on which somebody signs in and then goes on to `next`. `viewer` has a name already in this browser.
pub fn sign_in(house: &str, viewer: Option<&Person>, again: &FormState, next: &str) -> Markup {
    let body = html! {
        @if let Some(viewer) = viewer {
            p {
                "You are " b { bdi { (viewer.author.name) } } " here. This browser forgets that when you sign in."
                @if !viewer.has_account() { " " a href="/register" { "Keep the name first" } "." }
            }
        }
        form method="post" action="/sign-in" {
            (again.general_error(&["name", "password"]))
            (name_field("Name", again.value("name", ""), again.error_for("name"), "username"))
            (password_field("password", "Password", again.error_for("password"), true))
            input type="hidden" name="next" value=(next);
            button.button.primary.big { "Sign in" }
        }
        p { "Forgotten it? " a href="/recover" { "Use a recovery code" } ", or ask an owner of this house for a link." }
        @if viewer.is_none() { p { "No password? " a href="/" { "To the door" } "." } }
    };
    card::page(house, "Welcome back.", viewer.map(|viewer| &viewer.author), body)
}

/// The page on which a guest gives their name a password.
pub fn register(house: &str, viewer: &Person, again: &FormState) -> Markup {
    let name = &viewer.author.name;
    let body = html! {
        p {
            "Set a password and nobody else can come in as " b { bdi { (name) } } ". What you wrote so far stays yours, and \
             you can sign in from any device."
        }
        form method="post" action="/register" {
            (again.general_error(&["password"]))
            (username_field(name))
            (password_field("password", "Password", again.error_for("password"), false))
            button.button.primary.big { "Keep this name" }
        }
        p { a href="/settings" { "Not now" } }
    };
    card::page(house, "Keep your name.", Some(&viewer.author), body)
}

/// The page on which somebody chooses a new password with a recovery code.
pub fn recover(house: &str, again: &FormState) -> Markup {
    let body = html! {
        p { "Each recovery code works once. All your devices are signed out." }
        form method="post" action="/recover" {
            (again.general_error(&["name", "code", "password"]))
            (name_field("Name", again.value("name", ""), again.error_for("name"), "username"))
            (render_field(Field {
                name: "code", label: "Recovery code", kind: "text", value: again.value("code", ""), autocomplete: "off",
                required: true, error: again.error_for("code"), ..Field::default()
            }))
            (password_field("password", "New password", again.error_for("password"), false))
            button.button.primary.big { "Set this password" }
        }
        p { "No code left? An owner of this house can give you a link. " a href="/sign-in" { "Sign in" } "." }
    };
    card::page(house, "A way back.", None, body)
}

/// The page to which a link from an owner leads: `name` chooses a new password.
pub fn password_reset(house: &str, name: &str, again: &FormState, link: &str) -> Markup {
    let body = html! {
        p { "For " b { bdi { (name) } } ". All your devices are signed out." }
        form method="post" action={ "/reset/" (link) } {
            (again.general_error(&["password"]))
            (username_field(name))
            (password_field("password", "New password", again.error_for("password"), false))
            button.button.primary.big { "Set this password" }
        }
    };
    card::page(house, "A new password.", None, body)
}

/// The page of the first start: whoever has the link becomes the owner.
pub fn setup(house: &str, viewer: Option<&Person>, again: &FormState, link: &str) -> Markup {
    let name = viewer.map_or("", |viewer| &viewer.author.name);
    let body = html! {
        p { "Nobody owns it yet, and whoever has this link can. The link works once." }
        form method="post" action={ "/setup/" (link) } {
            (again.general_error(&["server", "name", "password"]))
            (render_field(Field {
                name: "server", label: "Name of the house", kind: "text", value: again.value("server", house),
                autocomplete: "off", max: Some(LABEL_CHARS_MAX), required: true, error: again.error_for("server"), ..Field::default()
            }))
            (name_field("Your name", again.value("name", name), again.error_for("name"), "username"))
            @if viewer.is_some() { p.hint { "You have this name already. You may keep it, or take another." } }
            (password_field("password", "Password", again.error_for("password"), false))
            button.button.primary.big { "Open the house" }
        }
    };
    card::page(house, "This house is yours.", viewer.map(|viewer| &viewer.author), body)
}

fn name_field(label: &str, value: &str, wrong: Option<&str>, autocomplete: &str) -> Markup {
    let (name, kind, max) = ("name", "text", Some(USER_NAME_CHARS_MAX));
    render_field(Field {
        name,
        label,
        kind,
        value,
        autocomplete,
        max,
        required: true,
        error: wrong,
        ..Field::default()
    })
}

/// A field for a password: one that is tried, or one that is chosen.
pub(crate) fn password_field(name: &str, label: &str, wrong: Option<&str>, tried: bool) -> Markup {
    let hint = format!("{PASSWORD_CHARS_MIN} characters or more. A sentence is fine.");
    let (autocomplete, hint) = if tried { ("current-password", "") } else { ("new-password", hint.as_str()) };
    let (kind, max) = ("password", Some(PASSWORD_CHARS_MAX));
    render_field(Field { name, label, kind, autocomplete, max, required: true, hint, error: wrong, ..Field::default() })
}

/// Tells a browser that keeps passwords whose this is.
pub(crate) fn username_field(name: &str) -> Markup {
    html! { input type="text" value=(name) autocomplete="username" readonly hidden; }
}
