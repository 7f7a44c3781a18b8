//! The row of a message. Pages, answers to posts, older messages and the stream contain the same bytes of it for every
//! viewer, so nothing here depends on the viewer. What does is in `views/stylesheet.rs`.

use maud::{Markup, Render, html};

use crate::domain::{ExcerptPart, Message, Quote, Slug, Timestamp};
use crate::views::layout::avatar::{self, avatar};
use crate::views::messages::reactions::reaction_pills;
use crate::views::text::RenderedText;
use crate::views::text::escaped::Escaped;
use crate::views::time::{self, FormattedTime};

/// The row of a message, after a day line if the message is the first of its day.
pub fn render_row(room: &Slug, message: &Message) -> Markup {
    TimelineRow(room, message).render()
}

/// The same as a value that writes itself into the buffer of a page.
pub(crate) struct TimelineRow<'a>(pub &'a Slug, pub &'a Message);

// Without a buffer of its own, because a page has fifty of them.
impl Render for TimelineRow<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, message) = self;
        if message.grouping.starts_day {
            day_divider(room, message.at).render_to(page);
        }
        render_item(room, message).render_to(page);
    }
}

/// The row without a day line.
pub(crate) fn render_item(room: &Slug, message: &Message) -> Markup {
    let (author, extras, stamp) = (&message.author, &message.details.extras, FormattedTime::new(message.at));
    // Tab skips the name where it is hidden: a row above has the same link.
    let tabindex = message.grouping.continues_group.then_some("-1");
    let message_path = html! { (Escaped(room.path())) "/messages/" (message.id.0) }; // escaped once, used up to six times
    let (continues_group, is_deleted) = (message.grouping.continues_group, message.is_deleted());
    html! {
        li #{ "m" (message.id.0) } .message.follows[continues_group].tombstone[is_deleted] data-author=(author.id.0)
            data-mentions=[mentioned_ids(message)] tabindex="-1" {
            (avatar(author))
            div.message-head {
                a.author href=(Escaped(&author.path())) dir="auto" tabindex=[tabindex] { (Escaped(&author.name)) } " "
                span.tag.own-only { "you" } " "
                a.time href=(message_path) {
                    time datetime={ (Escaped(stamp.iso_seconds())) "Z" } { (Escaped(stamp.hour_minute())) " UTC" }
                }
                @if extras.pinned { " " span.tag { "pinned" } }
            }
            @if let Some(quote) = &message.details.quote { (quote_link(room, quote)) }
            @if is_deleted { (tombstone()) } @else {
                @let text = RenderedText::from_message(message);
                div.body.emoji[text.is_emoji()] dir="auto" {
                    (text)
                    @if extras.edited_at.is_some() { a.edited href={ (message_path) "/history" } { "edited" } }
                }
            }
            @if !extras.reactions.is_empty() { (reaction_pills(&message_path, message)) }
            @if extras.reply_count > 0 {
                a.replies href={ (message_path) "/thread" } { (extras.reply_count) @if extras.reply_count == 1 { " reply" } @else { " replies" } }
            }
            a.more href={ (message_path) "/actions" } { "More" }
        }
    }
}

/// The ids of the people a message mentions, for the stylesheets of its readers.
fn mentioned_ids(message: &Message) -> Option<String> {
    let ids = message.details.extras.mentions.iter().map(ToString::to_string);
    let everyone = message.details.extras.mentions_room.then(|| "all".to_owned());
    let all: Vec<String> = ids.chain(everyone).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// The quote of the message that is replied to, which links to it.
pub(crate) fn quote_link(room: &Slug, quote: &Quote) -> Markup {
    html! {
        a.quoted data-user=(quote.author.id) href={ (room.path()) "?around=" (quote.id) "#m" (quote.id) } {
            (quote_content(&avatar::tiny_avatar(&quote.author), &html! { (quote.author.name) }, &excerpt(&quote.excerpt)))
        }
    }
}

/// The content of a quote.
pub(crate) fn quote_content(avatar: &Markup, name: &Markup, excerpt: &Markup) -> Markup {
    html! { (avatar) strong dir="auto" { (name) } (excerpt) }
}

fn excerpt(parts: &[ExcerptPart]) -> Markup {
    html! {
        @if parts.is_empty() { (deleted_excerpt()) } @else {
            span dir="auto" { @for part in parts { (excerpt_part(part)) } }
        }
    }
}

/// The excerpt of a deleted message.
pub(crate) fn deleted_excerpt() -> Markup {
    html! { em { "This message was deleted." } }
}

/// A mention carries the person's id, so that the page's script finds it when that person is renamed.
fn excerpt_part(part: &ExcerptPart) -> Markup {
    html! {
        @match part {
            ExcerptPart::Text(text) => (text),
            ExcerptPart::Mention(person) => span data-user=(person.id) { "@" (person.name) },
        }
    }
}

/// The body of a deleted message.
fn tombstone() -> Markup {
    html! { div.body.removed { p { "This message was deleted." } } }
}

/// What the stream sends when a message has changed: its row, and the quotes of it in the rows of `replies`. The page morphs
/// the row, so focus and selection stay where the content is unchanged.
pub fn update(room: &Slug, message: &Message, replies: &[Message]) -> Markup {
    html! {
        (update_row(room, message))
        @for reply in replies {
            @if let Some(quote) = &reply.details.quote {
                hx-partial hx-target={ "#m" (reply.id) " .quoted" } hx-swap="outerHTML" { (quote_link(room, quote)) }
            }
        }
    }
}

fn update_row(room: &Slug, message: &Message) -> Markup {
    html! { hx-partial hx-target={ "#m" (message.id) } hx-swap="outerMorph" { (render_item(room, message)) } }
}

/// The line above the first message of a day, which links to the messages of that day.
pub(crate) fn day_divider(room: &Slug, at: Timestamp) -> Markup {
    let stamp = FormattedTime::new(at);
    let text = format!("{}, UTC", time::format_day(at));
    day_item(&format!("{}/days/{}", room.path(), stamp.date()), stamp.date(), &text)
}

/// The line that the page's script clones and fills in.
pub(crate) fn empty_day_divider() -> Markup {
    day_item("", "", "")
}

fn day_item(href: &str, date: &str, text: &str) -> Markup {
    html! { li.day { a href=(href) { time datetime=(date) { (text) } } } }
}

/// What the stream sends for a new message: its row, and the row of the first message of its thread, which counts the
/// replies.
pub fn append(room: &Slug, message: &Message, thread_root: Option<&Message>) -> Markup {
    html! {
        hx-partial hx-target="#messages" hx-swap="beforeend" { (TimelineRow(room, message)) }
        @if let Some(root) = thread_root { (update_row(room, root)) }
    }
}

/// The hidden field with the nonce: a form that is sent twice posts one message.
pub(crate) fn nonce_field(nonce: &str) -> Markup {
    html! { input #nonce type="hidden" name="nonce" value=(nonce) autocomplete="off"; }
}
