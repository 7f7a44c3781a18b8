//! Invitations: the list, the form for a new one, its link with a QR code, and the page it leads to.

use maud::{Markup, html};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Author, Expiry, Invitation, Role, Room, Timestamp};
use crate::views::admin::page::admin_page;
use crate::views::layout::form_fields::{self, FormField, radio_group, render_field};
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::{format_ago, until_end};

/// An invitation and the people who joined with it.
#[derive(Debug)]
pub struct ListedInvitation {
    /// The invitation.
    pub invitation: Invitation,
    /// Who created it.
    pub created_by: Option<Author>,
    /// Who joined with it, latest first.
    pub joined_people: Vec<Author>,
}

/// The values of the form: what was typed, or its initial state.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each is the form field of the same name")]
pub struct InvitationForm {
    pub name: String,
    pub role: String,
    pub uses: String,
    pub expires: String,
    pub rooms: Vec<String>,
    /// The field with an error, "" if none, and the error.
    pub error: Option<(&'static str, String)>,
}

/// What the page shows.
#[derive(Debug)]
pub struct InvitationsView<'a> {
    /// The sidebar of the page, with the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The invitations, newest first.
    pub invitations: &'a [ListedInvitation],
    /// The private rooms that the viewer can invite people to.
    pub rooms: &'a [Room],
    /// The form.
    pub form: &'a InvitationForm,
    /// The notice of the page.
    pub notice: Option<&'a Notice>,
    /// The current time.
    pub now: Timestamp,
}

const EXPIRIES: [(&str, &str); 4] = [("1d", "1 day"), ("1w", "1 week"), ("1m", "30 days"), ("never", "Never")];

/// The list of invitations with the form for a new one.
pub fn list(view: &InvitationsView) -> Markup {
    let body = html! {
        section aria-labelledby="new" { (form(view)) }
        section aria-labelledby="all" {
            (section_head("all", "Invitations", ""))
            @if view.invitations.is_empty() { div.empty { h2 { "No invitations yet." } } }
            ul.rows role="list" { @for listed in view.invitations { li { (invitation_row(listed, view.now)) } } }
        }
    };
    admin_page("Invitations", view.sidebar, "/admin/invitations", view.notice, body)
}

fn form(view: &InvitationsView) -> Markup {
    let InvitationForm { name, role, uses, expires, rooms, error } = view.form;
    let error_for =
        |name: &str| error.as_ref().filter(|(field, _)| *field == name).map(|(_, message)| message.as_str());
    let max_role = view.sidebar.viewer.map_or(Role::Guest, |viewer| viewer.role);
    let roles = [(Role::Guest, "Guest"), (Role::Member, "Member"), (Role::Moderator, "Moderator")];
    let roles: Vec<(&str, &str)> =
        roles.into_iter().filter(|(role, _)| *role <= max_role).map(|(role, words)| (role.as_str(), words)).collect();
    html! {
        (section_head("new", "New invitation", "People can join with its link. You can revoke it at any time."))
        form.stack method="post" action="/admin/invitations" {
            (render_field(FormField {
                name: "name", label: "Label", input_type: "text", value: name, autocomplete: "off",
                max_chars: Some(LABEL_CHARS_MAX), required: true, hint: "Shown in this list, for example “For the neighbours”.", error: error_for("name"),
            }))
            (radio_group("role", "Role", &roles, role))
            @if let Some(why) = error_for("role") { (form_fields::error_text("role-error", why)) }
            (render_field(FormField {
                name: "uses", label: "Max. uses", input_type: "number", value: uses, autocomplete: "off",
                hint: "Leave empty for no limit.", error: error_for("uses"), ..FormField::default()
            }))
            (radio_group("expires", "Expires after", &EXPIRIES, expires))
            @if let Some(why) = error_for("expires") { (form_fields::error_text("expires-error", why)) }
            @if !view.rooms.is_empty() {
                fieldset.field {
                    legend { "Private rooms to add them to" }
                    @for room in view.rooms {
                        @let slug = room.slug.as_str();
                        label.check {
                            input type="checkbox" name="rooms" value=(slug) checked[rooms.iter().any(|room| room == slug)];
                            bdi { (room.name) }
                        }
                    }
                }
            }
            @if let Some(why) = error_for("rooms") { (form_fields::error_text("rooms-error", why)) }
            @if let Some(why) = error_for("") { (form_fields::error_text("invitation-error", why)) }
            button.button.primary { "Create link" }
        }
    }
}

fn invitation_row(listed: &ListedInvitation, now: Timestamp) -> Markup {
    let Invitation { id, label, role, uses_left, expiry, created_at, revoked, .. } = &listed.invitation;
    html! {
        div.who {
            strong { bdi { (label) } " " span.tag { (role.as_str()) } }
            @if *revoked { "Revoked" }
            @else if !expiry.is_active(now) { "Expired" }
            @else if *uses_left == Some(0) { "Used up" }
            @else {
                @if *expiry == Expiry::NEVER { "Never expires" } @else { "Valid" (until_end(*expiry)) }
                @match uses_left { Some(1) => ", 1 use left", Some(n) => { ", " (n) " uses left" }, None => {} }
            }
            " · created " (format_ago(*created_at, now)) @if let Some(by) = &listed.created_by { " by " bdi { (by.name) } }
            @if !listed.joined_people.is_empty() {
                p {
                    "Joined: "
                    @for (n, person) in listed.joined_people.iter().enumerate() {
                        @if n > 0 { ", " }
                        a href=(person.path()) { bdi { (person.name) } }
                    }
                }
            }
        }
        @if listed.invitation.is_usable(now) {
            form method="post" action={ "/admin/invitations/" (id) "/revoke" } {
                button.button.quiet.danger { "Revoke" span.sr { " " (label) } }
            }
        }
    }
}

/// The page that shows the link of a new invitation, once.
pub fn created_page(sidebar: &SidebarView, invitation: &Invitation, link: &str, qr_src: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", &invitation.label, "Copy this link now. It is not shown again."))
            (copy_field("link", "Link", link))
            p { img.qr src=(qr_src) width="240" height="240" alt="QR code of the link"; }
            p { a href="/admin/invitations" { "All invitations" } }
        }
    };
    admin_page("Invitations", sidebar, "/admin/invitations", None, body)
}

/// A read-only field with a button that copies its value.
pub(crate) fn copy_field(id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            input.mono id=(id) value=(value) readonly autocomplete="off" spellcheck="false";
            (copy_button(id))
        }
    }
}

/// A button that copies the text of the element with this id. It stays hidden without a script, and where pages may not
/// copy.
pub(crate) fn copy_button(target_id: &str) -> Markup {
    html! { div.actions { button.button type="button" data-copies=(target_id) aria-live="polite" hidden { "Copy" } } }
}
