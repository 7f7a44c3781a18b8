//! What the page's script clones for a message that is not posted yet: its row, its quote and its notes. The row has no
//! links, because nothing has its id yet.

use maud::{Markup, html};

use crate::domain::Author;
use crate::views::layout::avatar::avatar;
use crate::views::messages::message;

/// The templates, for a page with a composer.
pub(crate) fn templates(viewer: &Author) -> Markup {
    html! {
        template #pending-message-template { (pending_item(viewer)) }
        template #pending-quote-template {
            div.quoted {
                (message::quote_content(
                    &html! { span.avatar.tiny aria-hidden="true" {} },
                    &html! {},
                    &html! { span dir="auto" {} },
                ))
            }
        }
        template #deleted-excerpt-template { (message::deleted_excerpt()) }
        template #pending-note-template {
            p.sending {
                span.wait {} " " span data-note="sending" { "Sending…" } span data-note="offline" hidden { "Waiting for a connection" }
            }
        }
        template #failed-note-template {
            p.error role="alert" {
                "Not sent: " span {} " "
                button.link type="button" data-action="retry" { "Try again" } " "
                button.link type="button" data-action="edit" { "Edit" }
            }
        }
    }
}

/// The row of a message, as `message::render_item` prints it, without an id and without links. The script fills in the body
/// and replaces the last paragraph with a note.
fn pending_item(viewer: &Author) -> Markup {
    html! {
        li.message data-author=(viewer.id) {
            (avatar(viewer))
            div.message-head { span.author dir="auto" { (viewer.name) } " " span.tag.own-only { "you" } }
            div.body dir="auto" {}
            p {}
        }
    }
}
