//! The form that edits one's own message.

use maud::{Markup, html};

use crate::domain::escape_slash;
use crate::views::layout::form_fields::{self, FormState};
use crate::views::layout::page;
use crate::views::messages::autocomplete;
use crate::views::messages::target::MessageView;

/// The name of the text field, and of its errors.
const BODY_FIELD: &str = "body";

/// The form with the present text, or with the text that was refused.
pub fn page(view: &MessageView, form_state: &FormState) -> Markup {
    let error = form_state.error_for(BODY_FIELD);
    let body = html! {
        section aria-labelledby="edit" {
            (page::section_head("edit", "Edit your message", "People in the room can still read earlier versions."))
            form.stack method="post" action={ (view.path()) "/edit" } enctype="multipart/form-data" {
                (form_state.general_error(&[BODY_FIELD]))
                div.field {
                    label for="text" { "Your message" }
                    // HTML drops the first line break of a text area, so one is added for it to drop.
                    textarea #text name=(BODY_FIELD) required rows="6" dir="auto" autofocus data-completes=(autocomplete::autocomplete_href(view.room))
                        aria-invalid=[error.map(|_| "true")]
                        aria-describedby=[error.map(|_| "text-error")] { "\n" (form_state.value(BODY_FIELD, &escape_slash(&view.message.body))) }
                    @if let Some(error) = error { (form_fields::error_text("text-error", error)) }
                }
                div.actions { button.button.primary { "Save" } (view.cancel_link()) }
            }
        }
    };
    page::room_page("Edit", view.room, view.sidebar, None, body)
}
