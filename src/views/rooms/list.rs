//! The page of all rooms, with the forms for a new room and a new direct message.

use maud::{Markup, html};

use crate::domain::limits::ROOM_NAME_CHARS_MAX;
use crate::domain::{Room, Visibility};
use crate::views::layout::form_fields::{FormField, FormState, radio_group, render_field};
use crate::views::layout::page::{self, section_head};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::rooms::visibility::VISIBILITY_OPTIONS;

/// What the page shows.
#[derive(Debug)]
pub struct RoomsView<'a> {
    /// The sidebar, and who looks at the page.
    pub sidebar: &'a SidebarView<'a>,
    /// The open and public rooms, the most recently active first.
    pub rooms: &'a [Room],
    /// Deleted rooms that the viewer may restore.
    pub deleted: &'a [Room],
    /// Whether the viewer may create a room.
    pub may_create: bool,
    /// What was typed, and what is wrong with it: `name`, `visibility` and `members` of a new room, `names` of a direct
    /// message.
    pub form_state: &'a FormState,
}

/// The page.
pub fn page(view: &RoomsView) -> Markup {
    let body = html! {
        @if view.may_create { section aria-labelledby="new" { (new_room_form(view.form_state)) } }
        section aria-labelledby="direct" { (direct_form(view.form_state)) }
        section aria-labelledby="all" {
            (section_head("all", "All open rooms", ""))
            ul.rows role="list" {
                @for room in view.rooms {
                    li { div.who { strong { a href=(room.slug.path()) dir="auto" { (room.name) } } bdi { (room.topic) } } }
                }
            }
            @if view.rooms.is_empty() { p.hint { "No open rooms yet." } }
        }
        @if !view.deleted.is_empty() {
            section aria-labelledby="deleted" {
                (section_head("deleted", "Deleted rooms", "You can restore a room for 7 days."))
                ul.rows role="list" {
                    @for room in view.deleted {
                        li {
                            div.who { strong dir="auto" { (room.name) } }
                            form method="post" action={ (room.slug.path()) "/undelete" } {
                                button.button { "Restore" span.sr { " " (room.name) } }
                            }
                        }
                    }
                }
            }
        }
    };
    page::page("Rooms", view.sidebar, (&[], ""), None, body)
}

fn new_room_form(form_state: &FormState) -> Markup {
    let visibility = Visibility::parse(form_state.value("visibility", "")).unwrap_or_default();
    html! {
        (section_head("new", "New room", ""))
        form.stack method="post" action="/rooms" {
            (render_field(FormField {
                name: "name", label: "Name", input_type: "text", value: form_state.value("name", ""), autocomplete: "off",
                max_chars: Some(ROOM_NAME_CHARS_MAX), required: true, error: form_state.error_for("name"),
                ..FormField::default()
            }))
            (radio_group("visibility", "Who can see it", &VISIBILITY_OPTIONS, visibility.as_str()))
            (render_field(FormField {
                name: "members", label: "Add people", input_type: "text", value: form_state.value("members", ""),
                autocomplete: "off", error: form_state.error_for("members"),
                hint: "For a private room: names, separated by commas. You are always a member.", ..FormField::default()
            }))
            button.button.primary { "Create room" }
        }
    }
}

fn direct_form(form_state: &FormState) -> Markup {
    html! {
        (section_head("direct", "New direct message", "Only the people you name can ever see it."))
        form.stack method="post" action="/direct" {
            (render_field(FormField {
                name: "names", label: "To", input_type: "text", value: form_state.value("names", ""), autocomplete: "off",
                required: true, hint: "One name, or several separated by commas.", error: form_state.error_for("names"),
                ..FormField::default()
            }))
            button.button.primary { "Message" }
        }
    }
}
