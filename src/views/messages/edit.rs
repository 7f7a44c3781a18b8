//! Saying otherwise what one has said: the form, and what a message said before.

use maud::{Markup, html};

use crate::domain::{Timestamp, Version, escape_slash};
use crate::views::layout::form_fields::{self, FormState};
use crate::views::layout::page;
use crate::views::messages::autocomplete;
use crate::views::messages::delete::MessageView;
use crate::views::text::{self, Shown};
use crate::views::time::{FormattedTime, format_ago};

/// The name of the field, and of what is wrong with it.
const FIELD: &str = "body";

/// The form with the text as it is, or as it was typed when that was refused.
pub fn form(view: &MessageView, again: &FormState) -> Markup {
    let wrong = again.error_for(FIELD);
    let body = html! {
        section aria-labelledby="edit" {
            (page::section_head("edit", "Edit your message", "People in the room can still see the earlier versions."))
            form.stack method="post" action={ (view.path()) "/edit" } enctype="multipart/form-data" {
                (again.general_error(&[FIELD]))
                div.field {
                    label for="text" { "Your message" }
                    // HTML drops the first line break of a text area, so this one is for it to drop.
                    textarea #text name=(FIELD) required rows="6" dir="auto" autofocus data-completes=(autocomplete::room_insertion(view.room))
                        aria-invalid=[wrong.map(|_| "true")]
                        aria-describedby=[wrong.map(|_| "text-error")] { "\n" (again.value(FIELD, &escape_slash(&view.message.body))) }
                    @if let Some(why) = wrong { (form_fields::error_text("text-error", why)) }
                }
                div.actions { button.button.primary { "Save" } (view.cancel_link()) }
            }
        }
    };
    page::room_page("Edit", view.room, view.places, None, body)
}

/// What it said before, oldest first, and what it says now.
pub fn history(view: &MessageView, versions: &[Version]) -> Markup {
    let (message, author) = (view.message, &view.message.author);
    let body = html! {
        section aria-labelledby="history" {
            div.section-head { div {
                h2 #history { "What this message said" }
                p { a href=(author.path()) { bdi { (author.name) } } " said it and changed it since. The last is how it reads now." }
            } }
            ol.rows role="list" {
                @for (version, from) in versions.iter().zip(version_times(message.at, versions)) {
                    li { (version_item(from, view.now, text::paragraphs(&version.body))) }
                }
                li { (version_item(version_times(message.at, versions).last().unwrap_or(message.at), view.now, html! { (Shown::of_message(message)) })) }
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Earlier versions", view.room, view.places, None, body)
}

/// From when on it said each, and at last what it says now.
pub(crate) fn version_times(said_at: Timestamp, versions: &[Version]) -> impl Iterator<Item = Timestamp> {
    std::iter::once(said_at).chain(versions.iter().map(|version| version.replaced_at))
}

fn version_item(from: Timestamp, now: Timestamp, text: Markup) -> Markup {
    let stamp = FormattedTime::new(from);
    html! {
        div.who {
            p.muted {
                time datetime={ (stamp.to_the_second()) "Z" } { (stamp.date()) " " (stamp.hour_minute()) " UTC" }
                ", " (format_ago(from, now))
            }
            div.body dir="auto" { (text) }
        }
    }
}
