//! Saying otherwise what one has said: the form, and what a message said before.

use maud::{Markup, html};

use super::completing;
use super::fields::{self, Again};
use super::removal::View;
use super::sheet;
use super::text::{self, Shown};
use super::time::{Stamp, ago};
use crate::domain::{Moment, Version, as_typed};

/// The name of the field, and of what is wrong with it.
const FIELD: &str = "body";

/// The form with the text as it is, or as it was typed when that was refused.
pub fn form(view: &View, again: &Again) -> Markup {
    let wrong = again.wrong(FIELD);
    let body = html! {
        section aria-labelledby="edit" {
            (sheet::section_head("edit", "Edit your message", "People in the room can still see the earlier versions."))
            form.stack method="post" action={ (view.path()) "/edit" } enctype="multipart/form-data" {
                (again.wrong_with_all(&[FIELD]))
                div.field {
                    label for="text" { "Your message" }
                    // HTML drops the first line break of a text area, so this one is for it to drop.
                    textarea #text name=(FIELD) required rows="6" dir="auto" autofocus data-completes=(completing::address(view.room))
                        aria-invalid=[wrong.map(|_| "true")]
                        aria-describedby=[wrong.map(|_| "text-error")] { "\n" (again.typed(FIELD, &as_typed(&view.message.body))) }
                    @if let Some(why) = wrong { (fields::error("text-error", why)) }
                }
                div.actions { button.button.primary { "Save" } (view.back()) }
            }
        }
    };
    sheet::of_room("Edit", view.room, view.places, None, body)
}

/// What it said before, oldest first, and what it says now.
pub fn history(view: &View, versions: &[Version]) -> Markup {
    let (message, author) = (view.message, &view.message.author);
    let body = html! {
        section aria-labelledby="history" {
            div.section-head { div {
                h2 #history { "What this message said" }
                p { a href=(author.path()) { bdi { (author.name) } } " said it and changed it since. The last is how it reads now." }
            } }
            ol.rows role="list" {
                @for (version, from) in versions.iter().zip(moments(message.at, versions)) {
                    li { (said(from, view.now, text::paragraphs(&version.body))) }
                }
                li { (said(moments(message.at, versions).last().unwrap_or(message.at), view.now, html! { (Shown::of_message(message)) })) }
            }
            p { (view.back()) }
        }
    };
    sheet::of_room("Earlier versions", view.room, view.places, None, body)
}

/// From when on it said each, and at last what it says now.
pub(super) fn moments(said_at: Moment, versions: &[Version]) -> impl Iterator<Item = Moment> {
    std::iter::once(said_at).chain(versions.iter().map(|version| version.until))
}

fn said(from: Moment, now: Moment, text: Markup) -> Markup {
    let stamp = Stamp::of(from);
    html! {
        div.who {
            p.muted {
                time datetime={ (stamp.to_the_second()) "Z" } { (stamp.date()) " " (stamp.clock()) " UTC" }
                ", " (ago(from, now))
            }
            div.body dir="auto" { (text) }
        }
    }
}
