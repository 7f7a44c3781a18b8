//! Something went wrong: the page, and the line in a form.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::views::layout;
use crate::views::layout::icons::{self, Icon};
use crate::views::messages::message;

/// A message that was not sent.
#[derive(Clone, Debug)]
pub struct UnsentMessage {
    /// Where it was to go.
    pub action: String,
    /// What was said.
    pub text: String,
    /// The number of the message that it answers, if it answers one.
    pub reply_to: String,
    /// What makes it happen once, if it has that.
    pub nonce: String,
}

/// What one can do about it.
#[derive(Clone, Copy, Debug)]
pub enum NextStep<'a> {
    /// Go to the door.
    Home,
    /// Open a room of this name.
    CreateRoom(&'a str),
    /// Send it again.
    Resend(&'a UnsentMessage),
    /// Sign in, and go on to this path.
    SignIn(&'a str),
}

/// The page: what it is, and what to do.
pub fn page(server_name: &str, title: &str, detail: &str, next_step: &NextStep) -> Markup {
    let body = html! {
        div.door {
            header.door-top { (layout::brand(server_name)) }
            main.panel {
                h1 { (title) }
                p { (detail) }
                @match next_step {
                    NextStep::CreateRoom(room) => {
                        @let room = utf8_percent_encode(room, NON_ALPHANUMERIC);
                        a.button.primary.big href={ "/?room=" (room) } { "Open it" }
                    }
                    NextStep::Resend(unsent) => (resend_form(unsent)),
                    NextStep::SignIn(next) => {
                        @let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
                        a.button.primary.big href={ "/sign-in?next=" (next) } { "Sign in" }
                        a.button.big href="/" { "To the door" }
                    }
                    NextStep::Home => a.button.big href="/" { "To the door" },
                }
            }
        }
    };
    layout::document(&format!("{title} · {server_name}"), None, body)
}

fn resend_form(UnsentMessage { action, text, reply_to, nonce }: &UnsentMessage) -> Markup {
    html! {
        form method="post" action=(action) enctype="multipart/form-data" {
            div.field {
                label for="text" { "Your message" }
                // HTML drops the first line break of a text area, so this one is for it to drop.
                textarea #text name="body" required rows="5" dir="auto" { "\n" (text) }
            }
            @if !reply_to.is_empty() { input type="hidden" name="reply_to" value=(reply_to); }
            (message::nonce_field(nonce))
            button.button.primary.big { "Send it again" }
        }
    }
}

/// The line that a form of a page shows.
pub fn fragment(detail: &str) -> Markup {
    html! { (icons::small_icon(Icon::Alert)) (detail) }
}
