//! The error page, and the line that a form shows for an error.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::views::layout::card;
use crate::views::layout::field_labels::with_labels;
use crate::views::layout::icons::{self, Icon};
use crate::views::messages::message;

/// A message that was not posted.
#[derive(Clone, Debug)]
pub struct UnsentMessage {
    /// The address that the form posts to.
    pub action: String,
    /// The text of the message.
    pub text: String,
    /// The id of the message that it replies to; empty if it is not a reply.
    pub reply_to: String,
    /// The nonce, so that it is posted only once.
    pub nonce: String,
}

/// What the visitor can do next.
#[derive(Clone, Copy, Debug)]
pub enum NextStep<'a> {
    /// Go to the home page.
    Home,
    /// Create a room with this name.
    CreateRoom(&'a str),
    /// Send the message again.
    Resend(&'a UnsentMessage),
    /// Sign in, and return to this path.
    SignIn(&'a str),
}

/// The page: what is wrong, and what to do.
pub fn page(server_name: &str, title: &str, detail: &str, next_step: &NextStep) -> Markup {
    let body = html! {
        p { (with_labels(detail)) }
        @match next_step {
            NextStep::CreateRoom(room) => {
                @let room = utf8_percent_encode(room, NON_ALPHANUMERIC);
                a.button.primary.big href={ "/?room=" (room) } { "Create room" }
            }
            NextStep::Resend(unsent) => (resend_form(unsent)),
            NextStep::SignIn(next) => {
                @let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
                a.button.primary.big href={ "/sign-in?next=" (next) } { "Sign in" }
                a.button.big href="/" { "Home" }
            }
            NextStep::Home => a.button.big href="/" { "Home" },
        }
    };
    card::page(server_name, title, None, body)
}

fn resend_form(UnsentMessage { action, text, reply_to, nonce }: &UnsentMessage) -> Markup {
    html! {
        form method="post" action=(action) enctype="multipart/form-data" {
            div.field {
                label for="text" { "Your message" }
                // HTML drops the first line break of a text area, so this one is there to be dropped.
                textarea #text name="body" required rows="5" dir="auto" { "\n" (text) }
            }
            @if !reply_to.is_empty() { input type="hidden" name="reply_to" value=(reply_to); }
            (message::nonce_field(nonce))
            button.button.primary.big { "Send again" }
        }
    }
}

/// The line that a form of a page shows.
pub fn fragment(detail: &str) -> Markup {
    html! { (icons::small_icon(Icon::Alert)) (with_labels(detail)) }
}
