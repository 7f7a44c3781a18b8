//! Invitations: the list of them, a new one with its link and its code for a camera, and the page to which it leads.

use maud::{Markup, html};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{Author, Expiry, Invitation, Role, Room, Timestamp, describe_expiry};
use crate::views::admin::settings::admin_page;
use crate::views::layout::form_fields::{self, FormField, radio_group, render_field};
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::format_ago;

/// An invitation and who came by it.
#[derive(Debug)]
pub struct ListedInvitation {
    /// It.
    pub invitation: Invitation,
    /// Who made it.
    pub created_by: Option<Author>,
    /// Who came by it, latest first.
    pub joined_people: Vec<Author>,
}

/// What was typed, or what the form starts with.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub struct InvitationForm {
    pub name: String,
    pub role: String,
    pub uses: String,
    pub expires: String,
    pub rooms: Vec<String>,
    /// Which field is wrong, and why.
    pub error: Option<(&'static str, String)>,
}

/// What the page shows.
#[derive(Debug)]
pub struct InvitationsView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// The invitations, newest first.
    pub invitations: &'a [ListedInvitation],
    /// The closed rooms to which the viewer may lead others.
    pub rooms: &'a [Room],
    /// What was typed.
    pub form: &'a InvitationForm,
    /// What the page says once.
    pub notice: Option<&'a Notice>,
    /// The moment.
    pub now: Timestamp,
}

const EXPIRIES: [(&str, &str); 4] = [("1d", "A day"), ("1w", "A week"), ("1m", "A month"), ("never", "Without an end")];

/// The list, and the form for a new one.
pub fn list(view: &InvitationsView) -> Markup {
    let body = html! {
        section aria-labelledby="new" { (form(view)) }
        section aria-labelledby="all" {
            (section_head("all", "Invitations", ""))
            @if view.invitations.is_empty() { div.empty { h2 { "Nobody is invited yet." } } }
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
        (section_head("new", "Invite", "A link by which others come in. You can take it back at any time."))
        form.stack method="post" action="/admin/invitations" {
            (render_field(FormField {
                name: "name", label: "What you call it", input_type: "text", value: name, autocomplete: "off",
                max_chars: Some(LABEL_CHARS_MAX), required: true, hint: "For example “For the neighbours”.", error: error_for("name"),
            }))
            (radio_group("role", "What they become", &roles, role))
            @if let Some(why) = error_for("role") { (form_fields::error_text("role-error", why)) }
            (render_field(FormField {
                name: "uses", label: "How many may use it", input_type: "number", value: uses, autocomplete: "off",
                hint: "Blank for as many as like.", error: error_for("uses"), ..FormField::default()
            }))
            (radio_group("expires", "For how long", &EXPIRIES, expires))
            @if let Some(why) = error_for("expires") { (form_fields::error_text("expires-error", why)) }
            @if !view.rooms.is_empty() {
                fieldset.field {
                    legend { "Closed rooms to which it leads" }
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
            button.button.primary { "Make a link" }
        }
    }
}

fn invitation_row(listed: &ListedInvitation, now: Timestamp) -> Markup {
    let Invitation { id, label, role, uses_left, expiry, created_at, revoked, .. } = &listed.invitation;
    html! {
        div.who {
            strong { bdi { (label) } " " span.tag { (role.as_str()) } }
            @if *revoked { "Taken back" }
            @else if !expiry.is_active(now) { "Over" }
            @else if *uses_left == Some(0) { "Used up" }
            @else {
                "Good" @if *expiry == Expiry::NEVER { " without an end" } @else { (describe_expiry(*expiry)) }
                @match uses_left { Some(1) => ", for one more", Some(n) => { ", for " (n) " more" }, None => {} }
            }
            "; made " (format_ago(*created_at, now)) @if let Some(by) = &listed.created_by { " by " bdi { (by.name) } }
            @if !listed.joined_people.is_empty() {
                p {
                    "Came by it: "
                    @for (n, person) in listed.joined_people.iter().enumerate() {
                        @if n > 0 { ", " }
                        a href=(person.path()) { bdi { (person.name) } }
                    }
                }
            }
        }
        @if listed.invitation.is_usable(now) {
            form method="post" action={ "/admin/invitations/" (id) "/revoke" } {
                button.button.quiet.danger { "Take back" span.sr { " " (label) } }
            }
        }
    }
}

/// The link of a new one, which is shown this once.
pub fn created_page(sidebar: &SidebarView, invitation: &Invitation, link: &str, qr_src: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", &invitation.label, "Give this link to whom you invite. It is shown only now: nothing here remembers it."))
            (copy_field("link", "Link", link))
            p { img.qr src=(qr_src) width="240" height="240" alt="The same link, for the camera of a phone"; }
            p { a href="/admin/invitations" { "All invitations" } }
        }
    };
    admin_page("Invitations", sidebar, "/admin/invitations", None, body)
}

/// A field from which something is copied.
pub(crate) fn copy_field(id: &str, label: &str, value: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            input.mono id=(id) value=(value) readonly autocomplete="off" spellcheck="false";
            (copy_button(id))
        }
    }
}

/// A button that copies what stands in the element of this id; without a script, and where pages may not copy, there is
/// none.
pub(crate) fn copy_button(target_id: &str) -> Markup {
    html! { div.actions { button.button type="button" data-copies=(target_id) aria-live="polite" hidden { "Copy" } } }
}
