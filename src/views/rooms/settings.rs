//! The settings page of a room: what the room is, a form for those who may change it, its members, and the danger zone.

use maud::{Markup, html};

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, SLOW_MODE_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{Author, Room, Visibility};
use crate::views::layout::form_fields::{FormField, FormState, radio_group, render_field};
use crate::views::layout::page::{self, Notice, section_head};
use crate::views::rooms::members::{self, MembersView};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::rooms::visibility::{VISIBILITY_OPTIONS, visibility_text};

/// What the page shows.
#[derive(Debug)]
pub struct RoomSettingsView<'a> {
    /// The sidebar, and who looks at the page.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// Who created it.
    pub creator: Option<&'a Author>,
    /// Its members, if it is private or direct.
    pub members: &'a [Author],
    /// Whether the viewer may change it.
    pub may_edit: bool,
    /// What has just been done.
    pub notice_text: Option<&'static str>,
    /// What was typed, and what is wrong with it: `name`, `topic`, `visibility`, `slow_mode_s`, and `members` for the
    /// form that adds people.
    pub form_state: &'a FormState,
}

/// The page.
pub fn page(view: &RoomSettingsView) -> Markup {
    let (room, path) = (view.room, view.room.slug.path());
    let notice = view.notice_text.map(|text| Notice::Success(text.to_owned()));
    let members = MembersView {
        room,
        members: view.members,
        viewer: view.sidebar.viewer.map(|viewer| viewer.author.id),
        may_edit: view.may_edit,
        form_state: view.form_state,
    };
    let body = html! {
        div.actions {
            (page::back_link(room, path))
            a.button.quiet href={ (path) "/days" } { "Jump to date" }
        }
        section aria-labelledby="about" {
            (section_head("about", "About this room", visibility_text(room.visibility)))
            @if let Some(creator) = view.creator { p { "Created by " bdi { (creator.name) } "." } }
            @if room.archived { p { "This room is archived: read-only." } }
            @if view.may_edit { (settings_form(room, view.form_state)) }
            @else if !room.topic.is_empty() { p dir="auto" { (room.topic) } }
        }
        @if room.visibility.is_members_only() { (members::section(members)) }
        @if view.may_edit { section aria-labelledby="end" { (danger_zone(room)) } }
    };
    page::room_page("Room settings", room, view.sidebar, notice.as_ref(), body)
}

fn settings_form(room: &Room, form_state: &FormState) -> Markup {
    let visibility = form_state.value("visibility", room.visibility.as_str());
    let visibility = Visibility::parse(visibility).unwrap_or_default();
    let slow_mode_s = if room.slow_mode_s == 0 { String::new() } else { room.slow_mode_s.to_string() };
    let slow_mode_hint =
        format!("Seconds between two messages of one person, up to {SLOW_MODE_S_MAX}. Leave empty to turn it off.");
    html! {
        form.stack method="post" action={ (room.slug.path()) "/settings" } {
            (render_field(FormField {
                name: "name", label: "Name", input_type: "text", value: form_state.value("name", &room.name),
                autocomplete: "off", max_chars: Some(ROOM_NAME_CHARS_MAX), required: true,
                hint: "The link changes with the name. Old links keep working.", error: form_state.error_for("name"),
            }))
            (render_field(FormField {
                name: "topic", label: "Topic", input_type: "text", value: form_state.value("topic", &room.topic),
                autocomplete: "off", max_chars: Some(TOPIC_CHARS_MAX), error: form_state.error_for("topic"),
                ..FormField::default()
            }))
            (radio_group("visibility", "Who can see it", &VISIBILITY_OPTIONS, visibility.as_str()))
            (render_field(FormField {
                name: "slow_mode_s", label: "Slow mode", input_type: "number",
                value: form_state.value("slow_mode_s", &slow_mode_s), autocomplete: "off", hint: &slow_mode_hint,
                error: form_state.error_for("slow_mode_s"), ..FormField::default()
            }))
            button.button.primary { "Save" }
        }
    }
}

fn danger_zone(room: &Room) -> Markup {
    let path = room.slug.path();
    html! {
        (section_head("end", "Danger zone", ""))
        div.actions {
            form method="post" action={ (path) "/archive" } {
                @if room.archived {
                    input type="hidden" name="archived" value="no";
                    button.button { "Unarchive room" }
                } @else {
                    input type="hidden" name="archived" value="yes";
                    button.button { "Archive room" }
                }
            }
            button.button.danger type="button" popovertarget="delete" { "Delete room…" }
        }
        div #delete .dialog popover role="dialog" aria-labelledby="delete-title" {
            h2 #delete-title { "Delete this room?" }
            p { "It disappears for everyone. You can restore it for 7 days." }
            form.actions method="post" action={ (path) "/delete" } {
                button.button type="button" popovertarget="delete" popovertargetaction="hide" { "Cancel" }
                button.button.danger.filled { "Delete room" }
            }
        }
    }
}
