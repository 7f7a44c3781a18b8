//! Removing a message, and reporting one: the pages that ask once more.

use maud::{Markup, html};

use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Message, Room, Timestamp};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, render_field};
use crate::views::layout::page::{self, Notice};
use crate::views::rooms::sidebar::SidebarView;
use crate::views::text;
use crate::views::time::format_ago;

/// A message of a room, which somebody looks at alone.
#[derive(Debug)]
pub struct MessageView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// The message.
    pub message: &'a Message,
    /// The moment.
    pub now: Timestamp,
}

impl MessageView<'_> {
    pub(crate) fn path(&self) -> String {
        format!("{}/messages/{}", self.room.slug.path(), self.message.id)
    }

    /// The way back to it.
    pub(crate) fn cancel_link(&self) -> Markup {
        let (path, id) = (self.room.slug.path(), self.message.id);
        page::back_link(self.room, &format!("{path}?around={id}#m{id}"))
    }
}

/// Whether to remove it.
pub fn confirm_page(view: &MessageView) -> Markup {
    let body = html! {
        section aria-labelledby="ask" {
            (page::section_head("ask", "Remove this message?", "Its words go from here for good, and from every copy that is made from now on."))
            (quoted_message(view.message, view.now))
            form.actions method="post" action={ (view.path()) "/delete" } {
                button.button.danger.filled { "Remove" }
                (view.cancel_link())
            }
        }
    };
    page::room_page("Remove", view.room, view.sidebar, None, body)
}

/// Whom and why to tell of it.
pub fn report_page(view: &MessageView, reason: &str, error: Option<&str>, notice: Option<&Notice>) -> Markup {
    let body = html! {
        section aria-labelledby="ask" {
            (page::section_head("ask", "Report this message", "Those who keep order in the house will read it, with your name and what you write here."))
            (quoted_message(view.message, view.now))
            form.stack method="post" action={ (view.path()) "/report" } {
                (render_field(FormField {
                    name: "reason", label: "What is wrong with it", input_type: "text", value: reason, autocomplete: "off",
                    max_chars: Some(REASON_CHARS_MAX), hint: "You may leave this blank.", error, ..FormField::default()
                }))
                div.actions { button.button.primary { "Report" } (view.cancel_link()) }
            }
        }
    };
    page::room_page("Report", view.room, view.sidebar, notice, body)
}

/// A message outside its room: who said it, when and what.
pub(crate) fn quoted_message(message: &Message, now: Timestamp) -> Markup {
    quoted_message_with(message, now, &html! {})
}

/// The same, with what is done with it below its words.
pub(crate) fn quoted_message_with(message: &Message, now: Timestamp, actions: &Markup) -> Markup {
    html! {
        blockquote.card {
            (avatar::small_avatar(&message.author))
            div {
                p { a href=(message.author.path()) { bdi { (message.author.name) } } ", " (format_ago(message.at, now)) }
                @if message.is_removed() { p.muted { "It was removed." } }
                @else { div.body dir="auto" { (text::RenderedText::from_message(message)) } }
                (actions)
            }
        }
    }
}
