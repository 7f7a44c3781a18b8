//! The settings of the server.

use maud::{Markup, html};

use crate::domain::limits::LABEL_CHARS_MAX;
use crate::domain::{JoinPolicy, Role};
use crate::views::admin::page::admin_page;
use crate::views::layout::form_fields::{self, FormField, radio_group, render_field, switch_field};
use crate::views::layout::page::{Notice, section_head};
use crate::views::rooms::sidebar::SidebarView;

/// What was typed, or what the form starts with.
#[derive(Clone, Debug)]
pub struct SettingsForm {
    /// The name of the server.
    pub name: String,
    /// The value of who can join.
    pub join_policy: String,
    /// The value of the role needed to create rooms.
    pub room_creation: String,
    /// Whether new guests can join.
    pub allow_guests: bool,
    /// The field with an error, "" if none, and the error.
    pub error: Option<(&'static str, String)>,
}

const JOIN_POLICIES: [(JoinPolicy, &str); 3] = [
    (JoinPolicy::Anyone, "Anyone with a nickname"),
    (JoinPolicy::Invited, "Invited people"),
    (JoinPolicy::Members, "Members only"),
];
const ROOM_CREATION_ROLES: [(Role, &str); 3] =
    [(Role::Guest, "Everyone"), (Role::Member, "Members"), (Role::Moderator, "Moderators")];

/// The page.
pub fn page(sidebar: &SidebarView, notice_text: Option<&'static str>, form: &SettingsForm) -> Markup {
    let notice = notice_text.map(|text| Notice::Success(text.to_owned()));
    let error_for = |name: &str| form.error.as_ref().filter(|(field, _)| *field == name).map(|(_, why)| why.as_str());
    let join_policies = JOIN_POLICIES.map(|(policy, words)| (policy.as_str(), words));
    let room_creation_roles = ROOM_CREATION_ROLES.map(|(role, words)| (role.as_str(), words));
    let body = html! {
        section aria-labelledby="settings" {
            (section_head("settings", "Settings", "They apply to everyone on this server."))
            form.stack method="post" action="/admin/settings" {
                (render_field(FormField {
                    name: "name", label: "Server name", input_type: "text", value: &form.name, autocomplete: "off",
                    max_chars: Some(LABEL_CHARS_MAX), required: true, error: error_for("name"), ..FormField::default()
                }))
                (radio_group("join_policy", "Who can join", &join_policies, &form.join_policy))
                @if let Some(why) = error_for("join_policy") { (form_fields::error_text("join_policy-error", why)) }
                (switch_field("allow_guests", "Allow new guests", "Turn off to pause new sign-ups without an account.", form.allow_guests))
                @if let Some(why) = error_for("allow_guests") { (form_fields::error_text("allow_guests-error", why)) }
                (radio_group("room_creation", "Who can create rooms", &room_creation_roles, &form.room_creation))
                @if let Some(why) = error_for("room_creation") { (form_fields::error_text("room_creation-error", why)) }
                @if let Some(why) = error_for("") { (form_fields::error_text("settings-error", why)) }
                button.button.primary { "Save" }
            }
        }
    };
    admin_page("Settings", sidebar, "/admin/settings", notice.as_ref(), body)
}
