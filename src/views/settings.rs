//! One's own settings: the name, the look, the password, devices, tokens for scripts and recovery codes.

use maud::{Markup, html};

use super::account::{password, username};
use super::fields::{Again, Field, choice, field, switch, ticks};
use super::icons::{self, Icon};
use super::invitation::copy_button;
use super::sheet::{self, Notice, Tab, section_head};
use super::sidebar::Places;
use super::time::{self, Stamp};
use super::{Theme, avatar, door, notices};
use crate::domain::limits::{LABEL_CHARS_MAX, NAME_CHARS_MAX, RECOVERY_CODES};
use crate::domain::{Moment, Person, RecoveryCode, Scopes, Session, SessionId, Token, TokenKind};

const TITLE: &str = "My settings";
const ME: Tab = Tab { name: "Me", href: "/settings" };
const PASSWORD: Tab = Tab { name: "Password", href: "/settings/password" };
const DEVICES: Tab = Tab { name: "Devices", href: "/settings/devices" };
const TOKENS: Tab = Tab { name: "Tokens", href: "/settings/tokens" };
const CODES: Tab = Tab { name: "Recovery", href: "/settings/recovery-codes" };
/// Whoever has an account has all of them, a guest the first two.
const TABS: [Tab; 5] = [ME, DEVICES, PASSWORD, TOKENS, CODES];

fn page(places: &Places, tab: &Tab, notice: Option<&Notice>, body: Markup) -> Markup {
    let is_account = places.viewer.is_some_and(Person::has_account);
    let tabs = if is_account { &TABS[..] } else { &TABS[..2] };
    sheet::page(TITLE, places, (tabs, tab.href), notice, body)
}

/// Who one is, how it looks, and the way out.
pub fn me(
    places: &Places,
    notice: Option<&Notice>,
    (viewer, former): (&Person, &[String]),
    theme: Theme,
    again: &Again,
) -> Markup {
    let body = html! {
        (called(viewer, former, again))
        section.group aria-labelledby="look" {
            div { h2 #look { "Look" } p { "In this browser." } }
            form.stack method="post" action="/settings/theme" {
                (choice("theme", "Light or dark", &[("device", "As my device"), ("light", "Light"), ("dark", "Dark")], theme.word()))
                button.button { "Save" }
            }
        }
        section.group aria-labelledby="presence" {
            div { h2 #presence { "Presence" } p { "Whether others see that you are here, and typing." } }
            form.stack method="post" action="/settings/presence" {
                (switch("shown", "Show when I am here", "What you say is seen in any case.", !viewer.hidden))
                button.button { "Save" }
            }
        }
        (notices::section())
        section.group aria-labelledby="way-out" {
            @if viewer.has_account() {
                div { h2 #way-out { "Sign out" } p { "What you said stays, and so does your name." } }
                form.actions method="post" action="/sign-out" { button.button { (icons::icon(Icon::Leave)) "Sign out" } }
            } @else {
                div { h2 #way-out { "Leave" } p { "This browser forgets your name." } }
                div { div.actions {
                    button.button.danger type="button" popovertarget="leave" { (icons::icon(Icon::Leave)) "Leave" }
                } (door::leave_dialog()) }
            }
        }
    };
    page(places, &ME, notice, body)
}

/// One's name, with the form for another; a guest keeps theirs first.
fn called(viewer: &Person, former: &[String], again: &Again) -> Markup {
    html! {
        section.group aria-labelledby="called" {
            div { h2 #called { "Name" } p { "How others see you." } }
            div {
                div.actions { (avatar::avatar(&viewer.author)) strong { bdi { (viewer.author.name) } } span.tag { (viewer.role.word()) } }
                @if viewer.has_account() {
                    form.stack method="post" action="/settings/name" aria-labelledby="called" {
                        (again.wrong_with_all(&["name"]))
                        (field(Field {
                            name: "name", label: "Name", kind: "text", value: again.typed("name", &viewer.author.name),
                            autocomplete: "nickname", max: Some(NAME_CHARS_MAX), required: true, wrong: again.wrong("name"),
                            hint: "Your old name stays yours and leads to the new one.",
                        }))
                        button.button { "Change name" }
                    }
                    @if !former.is_empty() {
                        p.muted { "Names you had: " @for (n, name) in former.iter().rev().enumerate() { @if n > 0 { ", " } bdi { (name) } } }
                    }
                } @else {
                    p { "Only this browser knows you by it. Set a password, and you can sign in from anywhere." }
                    div.actions { a.button.primary href="/claim" { "Keep your name" } }
                }
            }
        }
    }
}

/// Another password.
pub fn change_password(places: &Places, notice: Option<&Notice>, viewer: &Person, again: &Again) -> Markup {
    let body = html! {
        (section_head("change", "Another password", "All other devices are signed out. Tokens for scripts stay."))
        form.stack method="post" action="/settings/password" aria-labelledby="change" {
            (again.wrong_with_all(&["current", "password"]))
            (username(&viewer.author.name))
            (password("current", "Password now", again.wrong("current"), true))
            (password("password", "New password", again.wrong("password"), false))
            button.button.primary { "Change it" }
        }
    };
    page(places, &PASSWORD, notice, body)
}

/// Where one is signed in. `current` is the session of this browser.
pub fn devices(
    places: &Places,
    notice: Option<&Notice>,
    sessions: &[Session],
    current: Option<SessionId>,
    now: Moment,
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
                @let is_this = current == Some(session.id);
                li {
                    div.who {
                        strong { (device.browser) @if is_this { span.tag { "this browser" } } }
                        "Since " (date(session.made_at)) ", used " (ago(session.seen_at, now))
                        @if !device.address.is_empty() { ", from " (device.address) }
                    }
                    @if !is_this { (end("devices", session.id, "Sign out", &device.browser)) }
                }
            }
        }
        @if devices().count() > 1 {
            form.actions method="post" action="/settings/devices/revoke-others" {
                button.button.danger { "Sign out all others" }
            }
        }
    };
    page(places, &DEVICES, notice, body)
}

/// Tokens for scripts.
pub fn tokens(
    places: &Places,
    notice: Option<&Notice>,
    sessions: &[Session],
    (asks, again): (bool, &Again),
    now: Moment,
) -> Markup {
    let personal = || {
        sessions.iter().filter_map(|session| match &session.kind {
            TokenKind::Personal { label, scopes } => Some((session, label, *scopes)),
            TokenKind::Session(_) => None,
        })
    };
    let ticked: Vec<&str> = again.typed("scopes", "read post").split(' ').collect();
    let body = html! {
        (section_head("tokens", "Tokens for scripts", "Each acts in your name, for what you let it, and never in your account."))
        ul.rows role="list" aria-labelledby="tokens" {
            @for (session, label, scopes) in personal() {
                li {
                    div.who {
                        strong { bdi { (label) } @for word in words(scopes) { span.tag { (word) } } }
                        "Made " (date(session.made_at)) ", "
                        @if session.seen_at == session.made_at { "not used since" } @else { "used " (ago(session.seen_at, now)) }
                    }
                    (end("tokens", session.id, "Revoke", label))
                }
            }
        }
        form.stack method="post" action="/settings/tokens" aria-label="New token" {
            h3 { "A new one" }
            (again.wrong_with_all(&["name", "scopes", "current"]))
            (field(Field {
                name: "name", label: "What it is for", kind: "text", value: again.typed("name", ""), autocomplete: "off",
                max: Some(LABEL_CHARS_MAX), required: true, wrong: again.wrong("name"), ..Field::default()
            }))
            (ticks("scopes", "What it may do", &[("read", "Read rooms"), ("post", "Post")], &ticked, again.wrong("scopes")))
            @if asks { (current(again)) }
            button.button.primary { "Make it" }
        }
    };
    page(places, &TOKENS, notice, body)
}

/// The field for the password in use, where it is asked for once more.
fn current(again: &Again) -> Markup {
    field(Field {
        name: "current",
        label: "Password now",
        kind: "password",
        value: "",
        autocomplete: "current-password",
        required: true,
        hint: "Asked again, because you came in some time ago.",
        wrong: again.wrong("current"),
        ..Field::default()
    })
}

/// A token that was just made, the only time it is shown, with a line that uses it.
pub fn token_made(places: &Places, label: &str, token: &Token, line: &str) -> Markup {
    let body = html! {
        (section_head("made", "Your token", "Copy it now: it is shown this once."))
        div.stack {
            p { "For " b { bdi { (label) } } ":" }
            p.code-line tabindex="0" role="group" aria-label="Token" { code #token { (token.text()) } }
            (copy_button("token"))
            p { "It is used like this:" }
            p.code-line tabindex="0" role="group" aria-label="Command line" { code { (line) } }
            a.button href=(TOKENS.href) { "I have it" }
        }
    };
    page(places, &TOKENS, None, body)
}

/// How many recovery codes are left, and the way to new ones.
/// Whether the password is asked for once more, and what was typed.
pub fn codes(places: &Places, notice: Option<&Notice>, left: usize, (asks, again): (bool, &Again)) -> Markup {
    let body = html! {
        (section_head("codes", "Recovery codes", "For the day on which you have forgotten your password. Each works once."))
        div.stack {
            p {
                @match left {
                    0 => "You have none.",
                    1 => "You have one left.",
                    left => { "You have " (left) " left." }
                }
                @if left > 0 { " New ones put an end to them." }
            }
            form.stack method="post" action="/settings/recovery-codes" {
                @if asks { (current(again)) }
                button.button.primary { "Make " (RECOVERY_CODES) " new ones" }
            }
        }
    };
    page(places, &CODES, notice, body)
}

/// Codes that were just made, the only time they are shown.
pub fn codes_made(places: &Places, codes: &[RecoveryCode]) -> Markup {
    let body = html! {
        (section_head("codes", "Your recovery codes", "Write them down, or print them: they are shown this once."))
        div.stack {
            ul.codes role="list" aria-labelledby="codes" { @for code in codes { li { code { (code.text()) } } } }
            a.button href=(CODES.href) { "I have them" }
        }
    };
    page(places, &CODES, None, body)
}

/// What a token may be used for, in the words of forms.
pub fn words(Scopes { read, post }: Scopes) -> impl Iterator<Item = &'static str> {
    [(read, "read"), (post, "post")].into_iter().filter(|(may, _)| *may).map(|(_, word)| word)
}

/// The button that ends a session or a token.
fn end(what: &str, id: SessionId, word: &str, which: &str) -> Markup {
    html! {
        form method="post" action={ "/settings/" (what) "/" (id) "/revoke" } {
            button.button.quiet.danger { (word) span.sr { " " (which) } }
        }
    }
}

fn date(at: Moment) -> Markup {
    let date = Stamp::of(at);
    html! { time datetime=(date.date()) { (date.date()) } }
}

/// Sessions are known to have been used to within a day.
fn ago(at: Moment, now: Moment) -> String {
    if at.day() == now.day() { "today".to_owned() } else { time::ago(at, now) }
}
