//! The first page of the settings: name, appearance, presence, notifications and signing out.

use maud::{Markup, html};

use crate::domain::Person;
use crate::domain::limits::USER_NAME_CHARS_MAX;
use crate::views::auth::sign_out;
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, FormState, radio_group, render_field, switch_field};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page::Notice;
use crate::views::layout::theme::Theme;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::settings::{PROFILE_TAB, browser_notifications, settings_page};

/// What the page shows.
#[derive(Debug)]
pub struct ProfileView<'a> {
    /// The sidebar beside the page.
    pub sidebar: &'a SidebarView<'a>,
    /// What the last request did.
    pub notice: Option<&'a Notice>,
    /// The person whose settings these are.
    pub viewer: &'a Person,
    /// The names that the person had before, oldest first.
    pub former_names: &'a [String],
    /// The theme of this browser.
    pub theme: Theme,
    /// The form for the name.
    pub form_state: &'a FormState,
}

const THEMES: [(&str, &str); 3] = [("device", "System"), ("light", "Light"), ("dark", "Dark")];

/// The page.
pub fn page(view: &ProfileView) -> Markup {
    let viewer = view.viewer;
    let body = html! {
        (name_section(view))
        section.group aria-labelledby="look" {
            div { h2 #look { "Appearance" } p { "In this browser." } }
            form.stack method="post" action="/settings/theme" {
                (radio_group("theme", "Theme", &THEMES, view.theme.as_str()))
                button.button { "Save" }
            }
        }
        section.group aria-labelledby="presence" {
            div { h2 #presence { "Presence" } p { "Others can see when you're online or typing." } }
            form.stack method="post" action="/settings/presence" {
                (switch_field("shown", "Show when I'm online", "Messages you send are always visible.", !viewer.presence_hidden))
                button.button { "Save" }
            }
        }
        (browser_notifications::section())
        section.group aria-labelledby="way-out" {
            @if viewer.has_account() {
                div { h2 #way-out { "Sign out" } p { "Your name and your messages stay." } }
                form.actions method="post" action="/sign-out" { button.button { (icons::icon(Icon::Leave)) "Sign out" } }
            } @else {
                div { h2 #way-out { "Sign out" } p { "Without a password, you can't sign in with this name again." } }
                div { div.actions {
                    button.button.danger type="button" popovertarget="leave" { (icons::icon(Icon::Leave)) "Sign out" }
                } (sign_out::dialog()) }
            }
        }
    };
    settings_page(view.sidebar, &PROFILE_TAB, view.notice, body)
}

/// The person's name, with the form to change it. A guest needs an account first.
fn name_section(view: &ProfileView) -> Markup {
    let ProfileView { viewer, former_names, form_state, .. } = view;
    html! {
        section.group aria-labelledby="called" {
            div { h2 #called { "Name" } p { "What others see." } }
            div {
                div.actions { (avatar::avatar(&viewer.author)) strong { bdi { (viewer.author.name) } } span.tag { (viewer.role.as_str()) } }
                @if viewer.has_account() {
                    form.stack method="post" action="/settings/name" aria-labelledby="called" {
                        (form_state.general_error(&["name"]))
                        (render_field(FormField {
                            name: "name", label: "Display name", input_type: "text", value: form_state.value("name", &viewer.author.name),
                            autocomplete: "nickname", max_chars: Some(USER_NAME_CHARS_MAX), required: true, error: form_state.error_for("name"),
                            hint: "Old mentions and links keep working.",
                        }))
                        button.button { "Change name" }
                    }
                    @if !former_names.is_empty() {
                        p.muted { "Former names: " @for (n, name) in former_names.iter().rev().enumerate() { @if n > 0 { ", " } bdi { (name) } } }
                    }
                } @else {
                    p { "Only this browser can use your name. Set a password to sign in from any device." }
                    div.actions { a.button.primary href="/register" { "Create an account" } }
                }
            }
        }
    }
}
