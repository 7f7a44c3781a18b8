//! What somebody has written as it would look, before it is said.

use maud::{Markup, html};

use crate::domain::{Author, Quote, Room};
use crate::views::layout::card;
use crate::views::messages::message;
use crate::views::text::RenderedText;

/// What the page shows beside the text.
#[derive(Debug)]
pub struct PreviewView<'a> {
    /// What the house is called.
    pub server_name: &'a str,
    /// Who has written it.
    pub author: &'a Author,
    /// For which room.
    pub room: &'a Room,
    /// What it answers.
    pub reply_to: Option<&'a Quote>,
    /// What the form holds to go on writing.
    pub source: &'a str,
    /// What makes it one message, however often it is sent.
    pub nonce: &'a str,
}

/// The text, as it would stand in a message.
pub fn fragment(text: &RenderedText) -> Markup {
    html! { div.body.emoji[text.is_emoji()] dir="auto" { (text) } }
}

/// The page of it, with the form to go on writing, and to send.
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
                // HTML drops the first line break of a text area, so this one is for it to drop.
                textarea #text name="body" required rows="5" dir="auto" { "\n" (view.source) }
            }
            @if let Some(quote) = view.reply_to { input type="hidden" name="reply_to" value=(quote.id); }
            (message::nonce_field(view.nonce))
            div.actions {
                button.button.primary { "Send" }
                button.button formaction={ (path) "/preview" } { "Preview" }
                button.button.quiet formaction={ (path) "/draft" } formnovalidate { "Keep as draft" }
            }
        }
    };
    card::page(view.server_name, "Preview", Some(view.author), body)
}
