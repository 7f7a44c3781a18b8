//! The members of a private or direct room: the list, and the form to add people.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Room, UserId, Visibility};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, FormState, render_field};
use crate::views::layout::page::section_head;

/// What the section shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MembersView<'a> {
    /// The room.
    pub room: &'a Room,
    /// Its members.
    pub members: &'a [Author],
    /// Who looks at the page.
    pub viewer: Option<UserId>,
    /// Whether the viewer may add and remove people.
    pub may_edit: bool,
    /// What was typed into the form, under `members`, and what is wrong with it.
    pub form_state: &'a FormState,
}

/// The section of the settings page.
pub(crate) fn section(view: MembersView) -> Markup {
    let path = view.room.slug.path();
    html! {
        section aria-labelledby="members" {
            (section_head("members", "Members", ""))
            ul.rows role="list" {
                @for member in view.members { (member_row(view, member)) }
            }
            @if view.may_edit {
                form.stack method="post" action={ (path) "/members" } {
                    (render_field(FormField {
                        name: "name", label: "Add people", input_type: "text", value: view.form_state.value("members", ""),
                        autocomplete: "off", required: true, hint: "One name, or several separated by commas.",
                        error: view.form_state.error_for("members"), ..FormField::default()
                    }))
                    button.button { "Add people" }
                }
            }
        }
    }
}

fn member_row(view: MembersView, member: &Author) -> Markup {
    let path = view.room.slug.path();
    let is_viewer = view.viewer == Some(member.id);
    html! {
        li {
            (avatar::avatar(member))
            div.who { strong { bdi { (member.name) } @if is_viewer { " " span.tag { "you" } } } }
            @if is_viewer && view.room.visibility == Visibility::Private {
                form method="post" action={ (path) "/leave" } { button.button.quiet.danger { "Leave" } }
            } @else if view.may_edit && !is_viewer {
                @let name = utf8_percent_encode(&member.name, NON_ALPHANUMERIC);
                form method="post" action={ (path) "/members/" (name) "/remove" } {
                    button.button.quiet.danger { "Remove" span.sr { " " (member.name) } }
                }
            }
        }
    }
}
