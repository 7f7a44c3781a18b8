//! Invitations: the list of them, a new one with its link and its code for a camera, and the page to which it leads.

use maud::{Markup, html};

use super::fields::{self, Field, choice, field};
use super::house::kept;
use super::panel;
use super::sheet::{Notice, section_head};
use super::sidebar::Places;
use super::time::ago;
use crate::domain::limits::{LABEL_CHARS_MAX, NAME_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::domain::{Author, Invitation, Moment, Role, Room, Until, spell};

/// An invitation and who came by it.
#[derive(Debug)]
pub struct Listed {
    /// It.
    pub invitation: Invitation,
    /// Who made it.
    pub by: Option<Author>,
    /// Who came by it, latest first.
    pub came: Vec<Author>,
}

/// What was typed, or what the form starts with.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub struct Draft {
    pub name: String,
    pub role: String,
    pub uses: String,
    pub expires: String,
    pub rooms: Vec<String>,
    /// Which field is wrong, and why.
    pub wrong: Option<(&'static str, String)>,
}

/// What the page shows.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a Places<'a>,
    /// The invitations, newest first.
    pub invitations: &'a [Listed],
    /// The closed rooms to which the viewer may lead others.
    pub rooms: &'a [Room],
    /// What was typed.
    pub draft: &'a Draft,
    /// What the page says once.
    pub notice: Option<&'a Notice>,
    /// The moment.
    pub now: Moment,
}

const ENDS: [(&str, &str); 4] = [("1d", "A day"), ("1w", "A week"), ("1m", "A month"), ("never", "Without an end")];

/// The list, and the form for a new one.
pub fn list(view: &View) -> Markup {
    let body = html! {
        section aria-labelledby="new" { (form(view)) }
        section aria-labelledby="all" {
            (section_head("all", "Invitations", ""))
            @if view.invitations.is_empty() { div.empty { h2 { "Nobody is invited yet." } } }
            ul.rows role="list" { @for listed in view.invitations { li { (row(listed, view.now)) } } }
        }
    };
    kept("Invitations", view.places, "/house/invitations", view.notice, body)
}

fn form(view: &View) -> Markup {
    let Draft { name, role, uses, expires, rooms, wrong } = view.draft;
    let wrong = |of: &str| wrong.as_ref().filter(|(field, _)| *field == of).map(|(_, why)| why.as_str());
    let top = view.places.viewer.map_or(Role::Guest, |viewer| viewer.role);
    let roles = [(Role::Guest, "Guest"), (Role::Member, "Member"), (Role::Moderator, "Moderator")];
    let roles: Vec<(&str, &str)> =
        roles.into_iter().filter(|(role, _)| *role <= top).map(|(role, words)| (role.word(), words)).collect();
    html! {
        (section_head("new", "Invite", "A link by which others come in. You can take it back at any time."))
        form.stack method="post" action="/house/invitations" {
            (field(Field {
                name: "name", label: "What you call it", kind: "text", value: name, autocomplete: "off",
                max: Some(LABEL_CHARS_MAX), required: true, hint: "For example “For the neighbours”.", wrong: wrong("name"),
            }))
            (choice("role", "What they become", &roles, role))
            @if let Some(why) = wrong("role") { (fields::error("role-error", why)) }
            (field(Field {
                name: "uses", label: "How many may use it", kind: "number", value: uses, autocomplete: "off",
                hint: "Blank for as many as like.", wrong: wrong("uses"), ..Field::default()
            }))
            (choice("expires", "For how long", &ENDS, expires))
            @if let Some(why) = wrong("expires") { (fields::error("expires-error", why)) }
            @if !view.rooms.is_empty() {
                fieldset.field {
                    legend { "Closed rooms to which it leads" }
                    @for room in view.rooms {
                        @let address = room.address.as_str();
                        label.check {
                            input type="checkbox" name="rooms" value=(address) checked[rooms.iter().any(|room| room == address)];
                            bdi { (room.name) }
                        }
                    }
                }
            }
            @if let Some(why) = wrong("rooms") { (fields::error("rooms-error", why)) }
            @if let Some(why) = wrong("") { (fields::error("invitation-error", why)) }
            button.button.primary { "Make a link" }
        }
    }
}

fn row(listed: &Listed, now: Moment) -> Markup {
    let Invitation { id, label, role, uses_left, until, made_at, revoked, .. } = &listed.invitation;
    html! {
        div.who {
            strong { bdi { (label) } " " span.tag { (role.word()) } }
            @if *revoked { "Taken back" }
            @else if !until.holds(now) { "Over" }
            @else if *uses_left == Some(0) { "Used up" }
            @else {
                "Good" @if *until == Until::LIFTED { " without an end" } @else { (spell(*until)) }
                @match uses_left { Some(1) => ", for one more", Some(n) => { ", for " (n) " more" }, None => {} }
            }
            "; made " (ago(*made_at, now)) @if let Some(by) = &listed.by { " by " bdi { (by.name) } }
            @if !listed.came.is_empty() {
                p {
                    "Came by it: "
                    @for (n, person) in listed.came.iter().enumerate() {
                        @if n > 0 { ", " }
                        a href=(person.path()) { bdi { (person.name) } }
                    }
                }
            }
        }
        @if listed.invitation.is_good(now) {
            form method="post" action={ "/house/invitations/" (id) "/revoke" } {
                button.button.quiet.danger { "Take back" span.sr { " " (label) } }
            }
        }
    }
}

/// The link of a new one, which is shown this once.
pub fn made(places: &Places, invitation: &Invitation, link: &str, qr: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", &invitation.label, "Give this link to whom you invite. It is shown only now: nothing here remembers it."))
            (copied("link", "Link", link))
            p { img.qr src=(qr) width="240" height="240" alt="The same link, for the camera of a phone"; }
            p { a href="/house/invitations" { "All invitations" } }
        }
    };
    kept("Invitations", places, "/house/invitations", None, body)
}

/// A field from which something is copied.
pub(super) fn copied(id: &str, label: &str, text: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            input.mono id=(id) value=(text) readonly autocomplete="off" spellcheck="false";
            (copy_button(id))
        }
    }
}

/// A button that copies what stands in the element of this id; without a script, and where pages may not copy, there is
/// none.
pub(super) fn copy_button(id: &str) -> Markup {
    html! { div.actions { button.button type="button" data-copies=(id) aria-live="polite" hidden { "Copy" } } }
}

/// What the page shows to which an invitation leads.
#[derive(Debug)]
pub struct Welcome<'a> {
    /// What the house is called.
    pub house: &'a str,
    /// Who looks, if they have a name already.
    pub viewer: Option<&'a Author>,
    /// The path of the page.
    pub path: &'a str,
    /// What whoever comes by it becomes.
    pub role: Role,
    /// Whether a password must be chosen.
    pub needs_account: bool,
    /// The name that was typed.
    pub name: &'a str,
    /// Which field is wrong, and why.
    pub wrong: Option<(&'static str, String)>,
}

/// The page.
pub fn welcome(view: &Welcome) -> Markup {
    let wrong = |of: &str| view.wrong.as_ref().filter(|(field, _)| *field == of).map(|(_, why)| why.as_str());
    let hint = if view.needs_account {
        format!("{PASSWORD_CHARS_MIN} characters or more. A sentence is fine.")
    } else {
        format!("If you want to keep the name: {PASSWORD_CHARS_MIN} characters or more. Blank for a visit as a guest.")
    };
    let body = html! {
        p { "Somebody has asked you in" @if view.role > Role::Guest { ", as a " (view.role.word()) } ". Which name shall the others see?" }
        @if let Some(viewer) = view.viewer {
            p.hint { "This browser comes in as " bdi { (viewer.name) } " already. " a href="/" { "Go in" } " or take a new name." }
        }
        form method="post" action=(view.path) {
            (field(Field {
                name: "name", label: "Your name", kind: "text", value: view.name, autocomplete: "username",
                max: Some(NAME_CHARS_MAX), required: true, wrong: wrong("name"), ..Field::default()
            }))
            (field(Field {
                name: "password", label: "A password", kind: "password", autocomplete: "new-password",
                max: Some(PASSWORD_CHARS_MAX), required: view.needs_account, hint: &hint, wrong: wrong("password"),
                ..Field::default()
            }))
            @if let Some(why) = wrong("") { (fields::error("join-error", why)) }
            button.button.primary.big { "Come in" }
        }
    };
    panel::page(view.house, &format!("Welcome to {}", view.house), view.viewer, body)
}
