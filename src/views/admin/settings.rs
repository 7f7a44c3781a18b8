//! The house: the pages of those who keep it in order, and its settings.

use maud::{Markup, html};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{JoinPolicy, Permission, Person, Role, can};
use crate::views::layout::form_fields::{self, FormField, radio_group, render_field, switch_field};
use crate::views::layout::page::{self, Notice, Tab, section_head};
use crate::views::rooms::sidebar::SidebarView;

/// What was typed, or what the form starts with.
#[derive(Clone, Debug)]
pub struct SettingsForm {
    /// What the house is called.
    pub name: String,
    /// The word for who may come in.
    pub join_policy: String,
    /// The word for what somebody must be to open a room.
    pub room_creation: String,
    /// Whether new guests may come in.
    pub allow_guests: bool,
    /// Which field is wrong, and why.
    pub error: Option<(&'static str, String)>,
}

const JOIN_POLICIES: [(JoinPolicy, &str); 3] = [
    (JoinPolicy::Anyone, "Everybody, by a nickname"),
    (JoinPolicy::Invited, "With an invitation"),
    (JoinPolicy::Members, "Members only"),
];
const ROOM_CREATION_ROLES: [(Role, &str); 3] =
    [(Role::Guest, "Everybody"), (Role::Member, "Members"), (Role::Moderator, "Moderators")];

const TABS: [Tab; 6] = [
    Tab { name: "People", href: "/admin/people" },
    Tab { name: "Invitations", href: "/admin/invitations" },
    Tab { name: "Reports", href: "/admin/reports" },
    Tab { name: "Outside", href: "/admin/bans" },
    Tab { name: "Log", href: "/admin/audit-log" },
    Tab { name: "House", href: "/admin/settings" },
];

/// The page with the settings.
pub fn page(sidebar: &SidebarView, notice_text: Option<&'static str>, form: &SettingsForm) -> Markup {
    let notice = notice_text.map(|text| Notice::Success(text.to_owned()));
    let error_for = |name: &str| form.error.as_ref().filter(|(field, _)| *field == name).map(|(_, why)| why.as_str());
    let join_policies = JOIN_POLICIES.map(|(policy, words)| (policy.as_str(), words));
    let room_creation_roles = ROOM_CREATION_ROLES.map(|(role, words)| (role.as_str(), words));
    let body = html! {
        section aria-labelledby="settings" {
            (section_head("settings", "Settings", "For everybody who comes here."))
            form.stack method="post" action="/admin/settings" {
                (render_field(FormField {
                    name: "name", label: "Name of the house", input_type: "text", value: &form.name, autocomplete: "off",
                    max_chars: Some(LABEL_CHARS_MAX), required: true, error: error_for("name"), ..FormField::default()
                }))
                (radio_group("join_policy", "Who may come in", &join_policies, &form.join_policy))
                @if let Some(why) = error_for("join_policy") { (form_fields::error_text("door-error", why)) }
                (switch_field("allow_guests", "New guests may come in", "Off shuts the open door to new names for a while.", form.allow_guests))
                @if let Some(why) = error_for("allow_guests") { (form_fields::error_text("new_guests-error", why)) }
                (radio_group("room_creation", "Who may open rooms", &room_creation_roles, &form.room_creation))
                @if let Some(why) = error_for("room_creation") { (form_fields::error_text("rooms_by-error", why)) }
                @if let Some(why) = error_for("") { (form_fields::error_text("house-error", why)) }
                button.button.primary { "Save" }
            }
        }
    };
    admin_page("The house", sidebar, "/admin/settings", notice.as_ref(), body)
}

/// A page of those who keep order, beside the tabs of the others that this viewer may open.
pub(crate) fn admin_page(
    title: &str,
    sidebar: &SidebarView,
    href: &str,
    notice: Option<&Notice>,
    body: Markup,
) -> Markup {
    let tabs =
        if sidebar.viewer.is_some_and(|viewer| can(viewer, Permission::EditServer, None)) { &TABS } else { &TABS[..5] };
    page::page(title, sidebar, (tabs, href), notice, body)
}

/// What somebody is and what was laid on them, as tags beside their name.
pub(crate) fn person_tags(person: &Person, muted: bool, banned: bool) -> Markup {
    html! {
        " " span.tag { (person.role.as_str()) }
        @if muted { " " span.tag { "silenced" } }
        @if banned { " " span.tag { "outside" } }
    }
}
