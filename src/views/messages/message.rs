//! A message. The page, the answer to a post, the older messages and the stream hold the same bytes of it, so nothing
//! here knows who looks.

use maud::{Markup, Render, html};

use crate::domain::{ExcerptPart, Message, Quote, Reaction, ReactionGroup, Slug, Timestamp};
use crate::views::layout::avatar::{self, avatar};
use crate::views::layout::icons::{self, Icon};
use crate::views::text::RenderedText;
use crate::views::text::escaped::Escaped;
use crate::views::time::{self, FormattedTime};

/// A message as a row of the list, with the day above it when it opens one.
pub fn render_row(room: &Slug, message: &Message) -> Markup {
    TimelineRow(room, message).render()
}

/// The same, as a piece of a page.
pub(crate) struct TimelineRow<'a>(pub &'a Slug, pub &'a Message);

/// Into the page's own buffer, as there are fifty of them.
impl Render for TimelineRow<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, message) = self;
        if message.grouping.starts_day {
            day_divider(room, message.at).render_to(page);
        }
        render_item(room, message).render_to(page);
    }
}

/// The row alone.
pub(crate) fn render_item(room: &Slug, message: &Message) -> Markup {
    let (author, extras, stamp) = (&message.author, &message.details.extras, FormattedTime::new(message.at));
    // Where the name is not shown, Tab does not stop at it: the row above has the same.
    let tabindex = message.grouping.continues_group.then_some("-1");
    let message_path = html! { (Escaped(room.path())) "/messages/" (message.id.0) }; // escaped once
    let (continues_group, is_removed) = (message.grouping.continues_group, message.is_removed());
    html! {
        li #{ "m" (message.id.0) } .message.follows[continues_group].tombstone[is_removed] data-author=(author.id.0)
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
            @if is_removed { (tombstone()) } @else {
                @let text = RenderedText::from_message(message);
                div.body.emoji[text.is_emoji()] dir="auto" {
                    (text)
                    @if extras.edited_at.is_some() { a.edited href={ (message_path) "/history" } { "edited" } }
                }
            }
            @if !extras.reactions.is_empty() { (reaction_list(&message_path, message)) }
            @if extras.reply_count > 0 {
                a.replies href={ (message_path) "/thread" } { (extras.reply_count) @if extras.reply_count == 1 { " reply" } @else { " replies" } }
            }
            a.more href={ (message_path) "/actions" } { "More" }
        }
    }
}

/// To whom a message speaks, for the stylesheets of those who read it.
fn mentioned_ids(message: &Message) -> Option<String> {
    let numbers = message.details.extras.mentions.iter().map(ToString::to_string);
    let everyone = message.details.extras.mentions_room.then(|| "all".to_owned());
    let all: Vec<String> = numbers.chain(everyone).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What a message answers, and the way there.
pub(crate) fn quote_link(room: &Slug, quote: &Quote) -> Markup {
    html! {
        a.quoted data-user=(quote.author.id) href={ (room.path()) "?around=" (quote.id) "#m" (quote.id) } {
            (avatar::tiny_avatar(&quote.author)) strong dir="auto" { (quote.author.name) }
            @if quote.excerpt.is_empty() { em { "This was removed." } } @else {
                span dir="auto" { @for part in &quote.excerpt { (excerpt_part(part)) } }
            }
        }
    }
}

/// Who is spoken to has their number, so that the page's script finds them when they are called otherwise.
fn excerpt_part(part: &ExcerptPart) -> Markup {
    html! {
        @match part {
            ExcerptPart::Text(words) => (words),
            ExcerptPart::Mention(person) => span data-user=(person.id) { "@" (person.name) },
        }
    }
}

/// How people react: a form, in which each reaction is a button that adds one's own or takes it back.
fn reaction_list(message_path: &Markup, message: &Message) -> Markup {
    html! {
        form.reactions method="post" action={ (message_path) "/reactions" } hx-post={ (message_path) "/reactions" } hx-swap="none" {
            @for group in &message.details.extras.reactions { (reaction_button(message, group)) }
            a.reaction.add href={ (message_path) "/reactions" } aria-label="Add a reaction" { (icons::small_icon(Icon::Smile)) }
        }
    }
}

/// One of them: an emoji, or words beside the face of who had them first. Who it is from is its description.
fn reaction_button(message: &Message, group: &ReactionGroup) -> Markup {
    let is_text = group.reaction.chars().any(char::is_alphabetic);
    let mut reactors = message.named_reactors(group).peekable();
    let first = reactors.peek().copied().filter(|_| is_text);
    let mut names: Vec<String> = reactors.map(|author| bidi_isolate(&author.name)).collect();
    if group.users.len() > names.len() {
        names.push(format!("{} more", group.users.len() - names.len()));
    }
    html! {
        button.reaction.boost[is_text] name=(Reaction::FIELD) value=(group.reaction) title=(join_names(&names))
            data-reactors=(reactor_ids(group)) {
            @if let Some(first) = first { (avatar::tiny_avatar(first)) }
            span.emoji-char[!is_text] dir="auto" { (group.reaction) }
            @if !is_text || group.users.len() > 1 { " " (group.users.len()) }
        }
    }
}

/// A name in a line of several, between signs that show nothing and that no name has: none makes the others read backwards,
/// and the page's script finds each when its person is called otherwise.
fn bidi_isolate(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

/// `Ann, Ben and Cleo`.
fn join_names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn reactor_ids(group: &ReactionGroup) -> String {
    group.users.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What stands where something was said that was taken away.
fn tombstone() -> Markup {
    html! { div.body.removed { p { "This was removed." } } }
}

/// What the stream brings when a message is not what it was: the row as it is now, and what the answers to it show of it.
/// The page keeps its nodes where they are still right, so nobody loses their place in it.
pub fn update(room: &Slug, message: &Message, replies: &[Message]) -> Markup {
    html! {
        (update_row(room, message))
        @for answer in replies {
            @if let Some(quote) = &answer.details.quote {
                hx-partial hx-target={ "#m" (answer.id) " .quoted" } hx-swap="outerHTML" { (quote_link(room, quote)) }
            }
        }
    }
}

fn update_row(room: &Slug, message: &Message) -> Markup {
    html! { hx-partial hx-target={ "#m" (message.id) } hx-swap="outerMorph" { (render_item(room, message)) } }
}

/// The line that opens a day, and the way to all that was said on it.
pub(crate) fn day_divider(room: &Slug, at: Timestamp) -> Markup {
    let stamp = FormattedTime::new(at);
    html! {
        li.day {
            a href={ (room.path()) "/days/" (stamp.date()) } {
                time datetime=(stamp.date()) { (time::format_day(at)) ", UTC" }
            }
        }
    }
}

/// What the stream brings when somebody has said something: the row; and the message with which its thread began, which
/// counts it.
pub fn append(room: &Slug, message: &Message, thread_root: Option<&Message>) -> Markup {
    html! {
        hx-partial hx-target="#messages" hx-swap="beforeend" { (TimelineRow(room, message)) }
        @if let Some(began) = thread_root { (update_row(room, began)) }
    }
}

/// The field that makes a message happen once, however often its form is sent.
pub(crate) fn nonce_field(nonce: &str) -> Markup {
    html! { input #nonce type="hidden" name="nonce" value=(nonce) autocomplete="off"; }
}
