//! The page that asks before a message is deleted.

use maud::{Markup, html};

use crate::views::layout::page;
use crate::views::messages::quoted::quoted_message;
use crate::views::messages::target::MessageView;

/// The page.
pub fn page(view: &MessageView) -> Markup {
    let body = html! {
        section aria-labelledby="ask" {
            (page::section_head("ask", "Delete this message?", "The text is deleted for everyone and cannot be recovered."))
            (quoted_message(view.message, view.now))
            form.actions method="post" action={ (view.path()) "/delete" } {
                button.button.danger.filled { "Delete" }
                (view.cancel_link())
            }
        }
    };
    page::room_page("Delete", view.room, view.sidebar, None, body)
}
