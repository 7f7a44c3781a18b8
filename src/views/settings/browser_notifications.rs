//! Where somebody lets this browser notify them, and hears and sees how it does. All of it is the script's: without one
//! nothing notifies, and the section stays hidden.

use maud::{Markup, html};

use crate::views::layout::form_fields::switch_field;

/// The section of one's settings.
pub(crate) fn section() -> Markup {
    html! {
        section #notices .group aria-labelledby="notices-head" hidden {
            div { h2 #notices-head { "Notifications" } p { "In this browser, while a page of this house is open in a tab." } }
            div {
                p { "You are notified when somebody mentions you or replies to you, and of every direct message. Change it with the bell of a room." }
                p #notices-state role="status" {}
                div.actions {
                    button #notices-allow .button type="button" hidden { "Allow notifications" }
                    button #notices-try .button type="button" hidden { "Show one now" }
                }
                div.stack {
                    (switch_field("sound", "A short sound", "Browsers allow sound only after you have clicked or typed in the page.", false))
                    button #sound-try .button type="button" { "Play the sound" }
                }
            }
        }
    }
}
