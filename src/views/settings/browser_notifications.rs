//! The settings for notifications in this browser. They work by script only: without one the section stays hidden.

use maud::{Markup, html};

use crate::views::layout::form_fields::switch_field;

/// The section of the profile page.
pub(crate) fn section() -> Markup {
    html! {
        section #notices .group aria-labelledby="notices-head" hidden {
            div { h2 #notices-head { "Notifications" } p { "In this browser, while Taproom is open in a tab." } }
            div {
                p { "You are notified of mentions, replies and direct messages. Change it for one room with its bell button." }
                p #notices-state role="status" {}
                div.actions {
                    button #notices-allow .button type="button" hidden { "Allow notifications" }
                    button #notices-try .button type="button" hidden { "Send a test notification" }
                }
                div.stack {
                    (switch_field("sound", "Play a sound", "Browsers allow sound only after you click or type on the page.", false))
                    button #sound-try .button type="button" { "Test the sound" }
                }
            }
        }
    }
}
