//! A message outside its room: on pages about it, among the pins and in reports.

use maud::{Markup, html};

use crate::domain::{Message, Timestamp};
use crate::views::layout::avatar;
use crate::views::text::RenderedText;
use crate::views::time::format_ago;

/// A message with its author, age and text.
pub(crate) fn quoted_message(message: &Message, now: Timestamp) -> Markup {
    quoted_message_with(message, now, &html! {})
}

/// The same with `actions` below the text.
pub(crate) fn quoted_message_with(message: &Message, now: Timestamp, actions: &Markup) -> Markup {
    html! {
        blockquote.card {
            (avatar::small_avatar(&message.author))
            div {
                p { a href=(message.author.path()) { bdi { (message.author.name) } } ", " (format_ago(message.at, now)) }
                @if message.is_deleted() { p.muted { "This message was deleted." } }
                @else { div.body dir="auto" { (RenderedText::from_message(message)) } }
                (actions)
            }
        }
    }
}
