//! The edit history of a message.

use maud::{Markup, html};

use crate::domain::{Timestamp, Version};
use crate::views::layout::page;
use crate::views::messages::target::MessageView;
use crate::views::text::{self, RenderedText};
use crate::views::time::{FormattedTime, format_ago};

/// The page: all versions, oldest first, the present one last.
pub fn page(view: &MessageView, versions: &[Version]) -> Markup {
    let (message, author) = (view.message, &view.message.author);
    let current_since = version_times(message.at, versions).last().unwrap_or(message.at);
    let body = html! {
        section aria-labelledby="history" {
            div.section-head { div {
                h2 #history { "Edit history" }
                p { a href=(author.path()) { bdi { (author.name) } } " edited this message. Newest last." }
            } }
            ol.rows role="list" {
                @for (version, since) in versions.iter().zip(version_times(message.at, versions)) {
                    li { (version_item(since, view.now, text::render_paragraphs(&version.body))) }
                }
                li { (version_item(current_since, view.now, html! { (RenderedText::from_message(message)) })) }
            }
            p { (view.cancel_link()) }
        }
    };
    page::room_page("Edit history", view.room, view.sidebar, None, body)
}

/// When each version was written: first the `versions`, then the present one.
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
