//! Rooms as a whole: the list, the form for a new one, and the form for a talk with single people.

use maud::{Markup, html};

use crate::domain::limits::ROOM_NAME_CHARS_MAX;
use crate::domain::{Room, Visibility};
use crate::views::layout::form_fields::{self, FormField, radio_group, render_field};
use crate::views::layout::page::{self, section_head};
use crate::views::rooms::sidebar::SidebarView;

/// What was typed, or what the forms start with.
#[derive(Clone, Debug, Default)]
pub struct NewRoomForm {
    /// The new room's name.
    pub name: String,
    /// Who is to hear it.
    pub visibility: Visibility,
    /// Who is to belong to it.
    pub members: String,
    /// With whom to talk.
    pub direct_names: String,
    /// What is wrong with it.
    pub error: Option<NewRoomError>,
}

/// What is wrong, and with which field.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum NewRoomError {
    Name(String),
    Members(String),
    DirectNames(String),
}

/// What the page shows.
#[derive(Debug)]
pub struct RoomsView<'a> {
    /// What stands beside it.
    pub sidebar: &'a SidebarView<'a>,
    /// The rooms for everybody in the house, latest first.
    pub rooms: &'a [Room],
    /// Deleted ones that the viewer may have back.
    pub deleted: &'a [Room],
    /// Whether the viewer may create one.
    pub may_create: bool,
    /// What was typed.
    pub form: &'a NewRoomForm,
}

/// The kinds that a room can be given, in words.
pub(crate) const VISIBILITIES: [(&str, &str); 3] =
    [("open", "Everybody here"), ("private", "Picked people"), ("public", "The whole world")];

/// The page.
pub fn page(view: &RoomsView) -> Markup {
    let body = html! {
        @if view.may_create { section aria-labelledby="new" { (new_room_form(view.form)) } }
        section aria-labelledby="direct" { (direct_form(view.form)) }
        section aria-labelledby="all" {
            (section_head("all", "Rooms for everybody here", ""))
            ul.rows role="list" {
                @for room in view.rooms {
                    li { div.who { strong { a href=(room.slug.path()) dir="auto" { (room.name) } } bdi { (room.topic) } } }
                }
            }
            @if view.rooms.is_empty() { p.hint { "There is none yet." } }
        }
        @if !view.deleted.is_empty() {
            section aria-labelledby="deleted" {
                (section_head("deleted", "Deleted rooms", "For a week you can have them back."))
                ul.rows role="list" {
                    @for room in view.deleted {
                        li {
                            div.who { strong dir="auto" { (room.name) } }
                            form method="post" action={ (room.slug.path()) "/undelete" } {
                                button.button { "Have it back" }
                            }
                        }
                    }
                }
            }
        }
    };
    page::page("Rooms", view.sidebar, (&[], ""), None, body)
}

fn new_room_form(form: &NewRoomForm) -> Markup {
    let (name_error, members_error) = match &form.error {
        Some(NewRoomError::Name(why)) => (Some(why.as_str()), None),
        Some(NewRoomError::Members(why)) => (None, Some(why.as_str())),
        Some(NewRoomError::DirectNames(_)) | None => (None, None),
    };
    html! {
        (section_head("new", "A new room", ""))
        form.stack method="post" action="/rooms" {
            (render_field(FormField {
                name: "name", label: "Name", input_type: "text", value: &form.name, autocomplete: "off",
                max_chars: Some(ROOM_NAME_CHARS_MAX), required: true, error: name_error, ..FormField::default()
            }))
            (radio_group("visibility", "Who hears it", &VISIBILITIES, form.visibility.as_str()))
            (render_field(FormField {
                name: "members", label: "Picked people", input_type: "text", value: &form.members, autocomplete: "off",
                hint: "Names with commas between them, for a room of picked people. You belong to it anyway.",
                error: members_error, ..FormField::default()
            }))
            button.button.primary { "Create the room" }
        }
    }
}

fn direct_form(form: &NewRoomForm) -> Markup {
    let error = match &form.error {
        Some(NewRoomError::DirectNames(why)) => Some(why.as_str()),
        Some(NewRoomError::Name(_) | NewRoomError::Members(_)) | None => None,
    };
    html! {
        (section_head("direct", "Talk alone", "Exactly you and those you name; nobody else ever comes in."))
        form.stack method="post" action="/direct" {
            (render_field(form_fields::FormField {
                name: "names", label: "With", input_type: "text", value: &form.direct_names, autocomplete: "off", required: true,
                hint: "One name, or several with commas between them.", error, ..FormField::default()
            }))
            button.button.primary { "Talk" }
        }
    }
}
