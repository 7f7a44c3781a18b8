//! Saying otherwise what one has said: the form, and what a message said before.

use maud::{Markup, html};

use crate::domain::{Timestamp, Version, escape_slash};
use crate::views::layout::form_fields::{self, FormState};
use crate::views::layout::page;
use crate::views::messages::autocomplete;
use crate::views::messages::delete::MessageView;
use crate::views::text::{self, RenderedText};
use crate::views::time::{FormattedTime, format_ago};

/// The name of the field, and of what is wrong with it.
const BODY_FIELD: &str = "body";

/// The form with the text as it is, or as it was typed when that was refused.
pub fn page(view: &MessageView, form_state: &FormState) -> Markup {
    let error = form_state.error_for(BODY_FIELD);
    let body = html! {
        section aria-labelledby="edit" {
            (page::section_head("edit", "Edit your message", "People in the room can still see the earlier versions."))
            form.stack method="post" action={ (view.path()) "/edit" } enctype="multipart/form-data" {
                (form_state.general_error(&[BODY_FIELD]))
                div.field {
                    label for="text" { "Your message" }
                    // HTML drops the first line break of a text area, so this one is for it to drop.
                    textarea #text name=(BODY_FIELD) required rows="6" dir="auto" autofocus data-completes=(autocomplete::autocomplete_href(view.room))
                        aria-invalid=[error.map(|_| "true")]
                        aria-describedby=[error.map(|_| "text-error")] { "\n" (form_state.value(BODY_FIELD, &escape_slash(&view.message.body))) }
                    @if let Some(why) = error { (form_fields::error_text("text-error", why)) }
                }
                div.actions { button.button.primary { "Save" } (view.cancel_link()) }
            }
        }
    };
    page::room_page("Edit", view.room, view.sidebar, None, body)
}

/// What it said before, oldest first, and what it says now.
pub fn history_page(view: &MessageView, versions: &[Version]) -> Markup {
    let (message, author) = (view.message, &view.message.author);
    let body = html! {
        section aria-labelledby="history" {
            div.section-head { div {
                h2 #history { "What this message said" }
                p { a href=(author.path()) { bdi { (author.name) } } " said it and changed it since. The last is how it reads now." }
            } }
            ol.rows role="list" {
                @for (version, from) in versions.iter().zip(version_times(message.at, versions)) {
                    li { (version_item(from, view.now, text::render_paragraphs(&version.body))) }
                }
                li { (version_item(version_times(message.at, versions).last().unwrap_or(message.at), view.now, html! { (RenderedText::from_message(message)) })) }
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Earlier versions", view.room, view.sidebar, None, body)
}

/// From when on it said each, and at last what it says now.
pub(crate) fn version_times(posted_at: Timestamp, versions: &[Version]) -> impl Iterator<Item = Timestamp> {
    std::iter::once(posted_at).chain(versions.iter().map(|version| version.replaced_at))
}

fn version_item(since: Timestamp, now: Timestamp, text: Markup) -> Markup {
    let stamp = FormattedTime::new(since);
    html! {
        div.who {
            p.muted {
                time datetime={ (stamp.iso_seconds()) "Z" } { (stamp.date()) " " (stamp.hour_minute()) " UTC" }
                ", " (format_ago(since, now))
            }
            div.body dir="auto" { (text) }
        }
    }
}
