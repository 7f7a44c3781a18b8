//! The form that reports a message to the moderators.

use maud::{Markup, html};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::views::layout::form_fields::{FormField, FormState, render_field};
use crate::views::layout::page::{self, Notice};
use crate::views::messages::quoted::quoted_message;
use crate::views::messages::target::MessageView;

/// The field for the reason.
pub const REASON_FIELD: &str = "reason";

/// The page.
pub fn page(view: &MessageView, form_state: &FormState, notice: Option<&Notice>) -> Markup {
    let body = html! {
        section aria-labelledby="ask" {
            (page::section_head("ask", "Report this message", "Moderators see this report with your name."))
            (quoted_message(view.message, view.now))
            form.stack method="post" action={ (view.path()) "/report" } {
                (form_state.general_error(&[REASON_FIELD]))
                (render_field(FormField {
                    name: REASON_FIELD, label: "Reason", input_type: "text", value: form_state.value(REASON_FIELD, ""),
                    autocomplete: "off", max_chars: Some(REASON_CHARS_MAX), hint: "Optional.",
                    error: form_state.error_for(REASON_FIELD), ..FormField::default()
                }))
                div.actions { button.button.primary { "Report" } (view.cancel_link()) }
            }
        }
    };
    page::room_page("Report", view.room, view.sidebar, notice, body)
}
