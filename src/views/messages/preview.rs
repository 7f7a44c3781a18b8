//! The preview of a message before it is posted.

use maud::{Markup, html};

use crate::domain::{Author, Quote, Room};
use crate::views::layout::card;
use crate::views::messages::message;
use crate::views::text::RenderedText;

/// What the page of a preview shows beside the text.
#[derive(Debug)]
pub struct PreviewView<'a> {
    /// The name of the server.
    pub server_name: &'a str,
    /// The author.
    pub author: &'a Author,
    /// The room the message is for.
    pub room: &'a Room,
    /// The message it replies to.
    pub reply_to: Option<&'a Quote>,
    /// The text as typed, for the form.
    pub source: &'a str,
    /// The nonce of the form, so that the message is posted once.
    pub nonce: &'a str,
}

/// The text as it would look in a message.
pub fn fragment(text: &RenderedText) -> Markup {
    html! { div.body.emoji[text.is_emoji()] dir="auto" { (text) } }
}

/// The page without a script: the preview, and the form to change the text and to send it.
pub fn page(view: &PreviewView, text: &RenderedText) -> Markup {
    let slug = &view.room.slug;
    let path = slug.path();
    let body = html! {
        blockquote.card { div {
            @if let Some(quote) = view.reply_to { (message::quote_link(slug, quote)) }
            (fragment(text))
        } }
        form method="post" action={ (path) "/messages" } enctype="multipart/form-data" {
            div.field {
                label for="text" { "Your message in " bdi { (view.room.name) } }
                // HTML drops the first line break of a text area, so one is added for it to drop.
                textarea #text name="body" required rows="5" dir="auto" { "\n" (view.source) }
            }
            @if let Some(quote) = view.reply_to { input type="hidden" name="reply_to" value=(quote.id); }
            (message::nonce_field(view.nonce))
            div.actions {
                button.button.primary { "Send" }
                button.button formaction={ (path) "/preview" } { "Preview" }
                button.button.quiet formaction={ (path) "/draft" } formnovalidate { "Save as draft" }
            }
        }
    };
    card::page(view.server_name, "Preview", Some(view.author), body)
}
