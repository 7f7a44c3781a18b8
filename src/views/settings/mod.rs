//! One's own settings: the name, the look, the password, devices, tokens for scripts and recovery codes.

pub(crate) mod browser_notifications;

use maud::{Markup, html};

use crate::domain::limits::{LABEL_CHARS_MAX, RECOVERY_CODES_PER_SET, USER_NAME_CHARS_MAX};
use crate::domain::{Person, RecoveryCode, Scopes, Session, SessionId, Timestamp, Token, TokenKind};
use crate::views::Theme;
use crate::views::admin::invitations::copy_button;
use crate::views::auth::account::{password_field, username_field};
use crate::views::auth::landing;
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{
    FormField, FormState, checkbox_group, radio_group, render_field, switch_field,
};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::page::{self, Notice, Tab, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::{self, FormattedTime};

const TITLE: &str = "My settings";
const PROFILE_TAB: Tab = Tab { name: "Me", href: "/settings" };
const PASSWORD_TAB: Tab = Tab { name: "Password", href: "/settings/password" };
const SESSIONS_TAB: Tab = Tab { name: "Devices", href: "/settings/devices" };
const TOKENS_TAB: Tab = Tab { name: "Tokens", href: "/settings/tokens" };
const RECOVERY_CODES_TAB: Tab = Tab { name: "Recovery", href: "/settings/recovery-codes" };
/// Whoever has an account has all of them, a guest the first two.
const TABS: [Tab; 5] = [PROFILE_TAB, SESSIONS_TAB, PASSWORD_TAB, TOKENS_TAB, RECOVERY_CODES_TAB];

fn settings_page(sidebar: &SidebarView, tab: &Tab, notice: Option<&Notice>, body: Markup) -> Markup {
    let is_account = sidebar.viewer.is_some_and(Person::has_account);
    let tabs = if is_account { &TABS[..] } else { &TABS[..2] };
    page::page(TITLE, sidebar, (tabs, tab.href), notice, body)
}

/// Who one is, how it looks, and the way out.
pub fn profile(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    (viewer, former_names): (&Person, &[String]),
    theme: Theme,
    form_state: &FormState,
) -> Markup {
    let body = html! {
        (name_form(viewer, former_names, form_state))
        section.group aria-labelledby="look" {
            div { h2 #look { "Look" } p { "In this browser." } }
            form.stack method="post" action="/settings/theme" {
                (radio_group("theme", "Light or dark", &[("device", "As my device"), ("light", "Light"), ("dark", "Dark")], theme.as_str()))
                button.button { "Save" }
            }
        }
        section.group aria-labelledby="presence" {
            div { h2 #presence { "Presence" } p { "Whether others see that you are here, and typing." } }
            form.stack method="post" action="/settings/presence" {
                (switch_field("shown", "Show when I am here", "What you say is seen in any case.", !viewer.presence_hidden))
                button.button { "Save" }
            }
        }
        (browser_notifications::section())
        section.group aria-labelledby="way-out" {
            @if viewer.has_account() {
                div { h2 #way-out { "Sign out" } p { "What you said stays, and so does your name." } }
                form.actions method="post" action="/sign-out" { button.button { (icons::icon(Icon::Leave)) "Sign out" } }
            } @else {
                div { h2 #way-out { "Leave" } p { "This browser forgets your name." } }
                div { div.actions {
                    button.button.danger type="button" popovertarget="leave" { (icons::icon(Icon::Leave)) "Leave" }
                } (landing::sign_out_dialog()) }
            }
        }
    };
    settings_page(sidebar, &PROFILE_TAB, notice, body)
}

/// One's name, with the form for another; a guest keeps theirs first.
fn name_form(viewer: &Person, former_names: &[String], form_state: &FormState) -> Markup {
    html! {
        section.group aria-labelledby="called" {
            div { h2 #called { "Name" } p { "How others see you." } }
            div {
                div.actions { (avatar::avatar(&viewer.author)) strong { bdi { (viewer.author.name) } } span.tag { (viewer.role.as_str()) } }
                @if viewer.has_account() {
                    form.stack method="post" action="/settings/name" aria-labelledby="called" {
                        (form_state.general_error(&["name"]))
                        (render_field(FormField {
                            name: "name", label: "Name", input_type: "text", value: form_state.value("name", &viewer.author.name),
                            autocomplete: "nickname", max_chars: Some(USER_NAME_CHARS_MAX), required: true, error: form_state.error_for("name"),
                            hint: "Your old name stays yours and leads to the new one.",
                        }))
                        button.button { "Change name" }
                    }
                    @if !former_names.is_empty() {
                        p.muted { "Names you had: " @for (n, name) in former_names.iter().rev().enumerate() { @if n > 0 { ", " } bdi { (name) } } }
                    }
                } @else {
                    p { "Only this browser knows you by it. Set a password, and you can sign in from anywhere." }
                    div.actions { a.button.primary href="/register" { "Keep your name" } }
                }
            }
        }
    }
}

/// Another password.
pub fn password(sidebar: &SidebarView, notice: Option<&Notice>, viewer: &Person, form_state: &FormState) -> Markup {
    let body = html! {
        (section_head("change", "Another password", "All other devices are signed out. Tokens for scripts stay."))
        form.stack method="post" action="/settings/password" aria-labelledby="change" {
            (form_state.general_error(&["current", "password"]))
            (username_field(&viewer.author.name))
            (password_field("current", "Password now", form_state.error_for("current"), true))
            (password_field("password", "New password", form_state.error_for("password"), false))
            button.button.primary { "Change it" }
        }
    };
    settings_page(sidebar, &PASSWORD_TAB, notice, body)
}

/// Where one is signed in. `current` is the session of this browser.
pub fn sessions(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    sessions: &[Session],
    current: Option<SessionId>,
    now: Timestamp,
) -> Markup {
    let devices = || {
        sessions.iter().filter_map(|session| match &session.kind {
            TokenKind::Session(device) => Some((session, device)),
            TokenKind::Personal { .. } => None,
        })
    };
    let body = html! {
        (section_head("devices", "Where you are signed in", "If you don't know one, sign it out and change your password."))
        ul.rows role="list" aria-labelledby="devices" {
            @for (session, device) in devices() {
                @let is_current = current == Some(session.id);
                li {
                    div.who {
                        strong { (device.browser) @if is_current { span.tag { "this browser" } } }
                        "Since " (render_date(session.created_at)) ", used " (format_last_used(session.last_used_at, now))
                        @if !device.address.is_empty() { ", from " (device.address) }
                    }
                    @if !is_current { (revoke_form("devices", session.id, "Sign out", &device.browser)) }
                }
            }
        }
        @if devices().count() > 1 {
            form.actions method="post" action="/settings/devices/revoke-others" {
                button.button.danger { "Sign out all others" }
            }
        }
    };
    settings_page(sidebar, &SESSIONS_TAB, notice, body)
}

/// Tokens for scripts.
pub fn tokens(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    sessions: &[Session],
    (asks_password, form_state): (bool, &FormState),
    now: Timestamp,
) -> Markup {
    let personal_tokens = || {
        sessions.iter().filter_map(|session| match &session.kind {
            TokenKind::Personal { label, scopes } => Some((session, label, *scopes)),
            TokenKind::Session(_) => None,
        })
    };
    let selected: Vec<&str> = form_state.value("scopes", "read post").split(' ').collect();
    let body = html! {
        (section_head("tokens", "Tokens for scripts", "Each acts in your name, for what you let it, and never in your account."))
        ul.rows role="list" aria-labelledby="tokens" {
            @for (session, label, scopes) in personal_tokens() {
                li {
                    div.who {
                        strong { bdi { (label) } @for word in scope_names(scopes) { span.tag { (word) } } }
                        "Made " (render_date(session.created_at)) ", "
                        @if session.last_used_at == session.created_at { "not used since" } @else { "used " (format_last_used(session.last_used_at, now)) }
                    }
                    (revoke_form("tokens", session.id, "Revoke", label))
                }
            }
        }
        form.stack method="post" action="/settings/tokens" aria-label="New token" {
            h3 { "A new one" }
            (form_state.general_error(&["name", "scopes", "current"]))
            (render_field(FormField {
                name: "name", label: "What it is for", input_type: "text", value: form_state.value("name", ""), autocomplete: "off",
                max_chars: Some(LABEL_CHARS_MAX), required: true, error: form_state.error_for("name"), ..FormField::default()
            }))
            (checkbox_group("scopes", "What it may do", &[("read", "Read rooms"), ("post", "Post")], &selected, form_state.error_for("scopes")))
            @if asks_password { (current_password_field(form_state)) }
            button.button.primary { "Make it" }
        }
    };
    settings_page(sidebar, &TOKENS_TAB, notice, body)
}

/// The field for the password in use, where it is asked for once more.
fn current_password_field(form_state: &FormState) -> Markup {
    render_field(FormField {
        name: "current",
        label: "Password now",
        input_type: "password",
        value: "",
        autocomplete: "current-password",
        required: true,
        hint: "Asked again, because you came in some time ago.",
        error: form_state.error_for("current"),
        ..FormField::default()
    })
}

/// A token that was just made, the only time it is shown, with a line that uses it.
pub fn token_created_page(sidebar: &SidebarView, label: &str, token: &Token, usage_line: &str) -> Markup {
    let body = html! {
        (section_head("made", "Your token", "Copy it now: it is shown this once."))
        div.stack {
            p { "For " b { bdi { (label) } } ":" }
            p.code-line tabindex="0" role="group" aria-label="Token" { code #token { (token.to_text()) } }
            (copy_button("token"))
            p { "It is used like this:" }
            p.code-line tabindex="0" role="group" aria-label="Command line" { code { (usage_line) } }
            a.button href=(TOKENS_TAB.href) { "I have it" }
        }
    };
    settings_page(sidebar, &TOKENS_TAB, None, body)
}

/// How many recovery codes are left, and the way to new ones.
/// Whether the password is asked for once more, and what was typed.
pub fn recovery_codes(
    sidebar: &SidebarView,
    notice: Option<&Notice>,
    remaining: usize,
    (asks_password, form_state): (bool, &FormState),
) -> Markup {
    let body = html! {
        (section_head("codes", "Recovery codes", "For the day on which you have forgotten your password. Each works once."))
        div.stack {
            p {
                @match remaining {
                    0 => "You have none.",
                    1 => "You have one left.",
                    left => { "You have " (left) " left." }
                }
                @if remaining > 0 { " New ones put an end to them." }
            }
            form.stack method="post" action="/settings/recovery-codes" {
                @if asks_password { (current_password_field(form_state)) }
                button.button.primary { "Make " (RECOVERY_CODES_PER_SET) " new ones" }
            }
        }
    };
    settings_page(sidebar, &RECOVERY_CODES_TAB, notice, body)
}

/// Codes that were just made, the only time they are shown.
pub fn recovery_codes_created_page(sidebar: &SidebarView, codes: &[RecoveryCode]) -> Markup {
    let body = html! {
        (section_head("codes", "Your recovery codes", "Write them down, or print them: they are shown this once."))
        div.stack {
            ul.codes role="list" aria-labelledby="codes" { @for code in codes { li { code { (code.to_text()) } } } }
            a.button href=(RECOVERY_CODES_TAB.href) { "I have them" }
        }
    };
    settings_page(sidebar, &RECOVERY_CODES_TAB, None, body)
}

/// What a token may be used for, in the words of forms.
pub fn scope_names(Scopes { read, post }: Scopes) -> impl Iterator<Item = &'static str> {
    [(read, "read"), (post, "post")].into_iter().filter(|(is_granted, _)| *is_granted).map(|(_, word)| word)
}

/// The button that ends a session or a token.
fn revoke_form(collection: &str, id: SessionId, action: &str, label: &str) -> Markup {
    html! {
        form method="post" action={ "/settings/" (collection) "/" (id) "/revoke" } {
            button.button.quiet.danger { (action) span.sr { " " (label) } }
        }
    }
}

fn render_date(at: Timestamp) -> Markup {
    let date = FormattedTime::new(at);
    html! { time datetime=(date.date()) { (date.date()) } }
}

/// Sessions are known to have been used to within a day.
fn format_last_used(at: Timestamp, now: Timestamp) -> String {
    if at.days_since_epoch() == now.days_since_epoch() { "today".to_owned() } else { time::format_ago(at, now) }
}
