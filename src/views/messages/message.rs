//! A message. The page, the answer to a post, the older messages and the stream hold the same bytes of it, so nothing
//! here knows who looks.

use maud::{Markup, Render, html};

use crate::domain::{ExcerptPart, Message, Quote, Reaction, ReactionGroup, Slug, Timestamp};
use crate::views::layout::avatar::{self, avatar};
use crate::views::layout::icons::{self, Icon};
use crate::views::text::Shown;
use crate::views::text::escaped::Escaped;
use crate::views::time::{self, FormattedTime};

/// A message as a row of the list, with the day above it when it opens one.
pub fn row(room: &Slug, message: &Message) -> Markup {
    Row(room, message).render()
}

/// The same, as a piece of a page.
pub(crate) struct Row<'a>(pub &'a Slug, pub &'a Message);

/// Into the page's own buffer, as there are fifty of them.
impl Render for Row<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, message) = self;
        if message.grouping.starts_day {
            day_line(room, message.at).render_to(page);
        }
        render_item(room, message).render_to(page);
    }
}

/// The row alone.
pub(crate) fn render_item(room: &Slug, message: &Message) -> Markup {
    let (author, extras, stamp) = (&message.author, &message.details.extras, FormattedTime::new(message.at));
    // Where the name is not shown, Tab does not stop at it: the row above has the same.
    let unseen = message.grouping.continues_group.then_some("-1");
    let here = html! { (Escaped(room.path())) "/messages/" (message.id.0) }; // escaped once
    let (follows, is_removed) = (message.grouping.continues_group, message.is_removed());
    html! {
        li #{ "m" (message.id.0) } .message.follows[follows].tombstone[is_removed] data-author=(author.id.0)
            data-mentions=[mentioned_ids(message)] tabindex="-1" {
            (avatar(author))
            div.message-head {
                a.author href=(Escaped(&author.path())) dir="auto" tabindex=[unseen] { (Escaped(&author.name)) } " "
                span.tag.own-only { "you" } " "
                a.time href=(here) {
                    time datetime={ (Escaped(stamp.to_the_second())) "Z" } { (Escaped(stamp.hour_minute())) " UTC" }
                }
                @if extras.pinned { " " span.tag { "pinned" } }
            }
            @if let Some(quote) = &message.details.quote { (quote_link(room, quote)) }
            @if is_removed { (tombstone()) } @else {
                @let text = Shown::of_message(message);
                div.body.emoji[text.is_emoji()] dir="auto" {
                    (text)
                    @if extras.edited_at.is_some() { a.edited href={ (here) "/history" } { "edited" } }
                }
            }
            @if !extras.reactions.is_empty() { (reaction_list(&here, message)) }
            @if extras.reply_count > 0 {
                a.replies href={ (here) "/thread" } { (extras.reply_count) @if extras.reply_count == 1 { " reply" } @else { " replies" } }
            }
            a.more href={ (here) "/actions" } { "More" }
        }
    }
}

/// To whom a message speaks, for the stylesheets of those who read it.
fn mentioned_ids(message: &Message) -> Option<String> {
    let numbers = message.details.extras.mentions.iter().map(ToString::to_string);
    let everybody = message.details.extras.mentions_room.then(|| "all".to_owned());
    let all: Vec<String> = numbers.chain(everybody).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What a message answers, and the way there.
pub(crate) fn quote_link(room: &Slug, quote: &Quote) -> Markup {
    html! {
        a.quoted data-user=(quote.author.id) href={ (room.path()) "?around=" (quote.id) "#m" (quote.id) } {
            (avatar::tiny(&quote.author)) strong dir="auto" { (quote.author.name) }
            @if quote.excerpt.is_empty() { em { "This was removed." } } @else {
                span dir="auto" { @for piece in &quote.excerpt { (excerpt_part(piece)) } }
            }
        }
    }
}

/// Who is spoken to has their number, so that the page's script finds them when they are called otherwise.
fn excerpt_part(piece: &ExcerptPart) -> Markup {
    html! {
        @match piece {
            ExcerptPart::Text(words) => (words),
            ExcerptPart::Mention(person) => span data-user=(person.id) { "@" (person.name) },
        }
    }
}

/// How people react: a form, in which each reaction is a button that adds one's own or takes it back.
fn reaction_list(here: &Markup, message: &Message) -> Markup {
    html! {
        form.reactions method="post" action={ (here) "/reactions" } hx-post={ (here) "/reactions" } hx-swap="none" {
            @for reacted in &message.details.extras.reactions { (reaction_button(message, reacted)) }
            a.reaction.add href={ (here) "/reactions" } aria-label="Add a reaction" { (icons::small(Icon::Smile)) }
        }
    }
}

/// One of them: an emoji, or words beside the face of who had them first. Who it is from is its description.
fn reaction_button(message: &Message, reacted: &ReactionGroup) -> Markup {
    let is_words = reacted.reaction.chars().any(char::is_alphabetic);
    let mut named = message.named_reactors(reacted).peekable();
    let first = named.peek().copied().filter(|_| is_words);
    let mut from: Vec<String> = named.map(|author| isolated(&author.name)).collect();
    if reacted.users.len() > from.len() {
        from.push(format!("{} more", reacted.users.len() - from.len()));
    }
    html! {
        button.reaction.boost[is_words] name=(Reaction::FIELD) value=(reacted.reaction) title=(join_names(&from))
            data-reactors=(reactor_ids(reacted)) {
            @if let Some(first) = first { (avatar::tiny(first)) }
            span.emoji-char[!is_words] dir="auto" { (reacted.reaction) }
            @if !is_words || reacted.users.len() > 1 { " " (reacted.users.len()) }
        }
    }
}

/// A name in a line of several, between signs that show nothing and that no name has: none makes the others read backwards,
/// and the page's script finds each when its person is called otherwise.
fn isolated(name: &str) -> String {
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

fn reactor_ids(reacted: &ReactionGroup) -> String {
    reacted.users.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What stands where something was said that was taken away.
fn tombstone() -> Markup {
    html! { div.body.removed { p { "This was removed." } } }
}

/// What the stream brings when a message is not what it was: the row as it is now, and what the answers to it show of it.
/// The page keeps its nodes where they are still right, so nobody loses their place in it.
pub fn update(room: &Slug, message: &Message, answers: &[Message]) -> Markup {
    html! {
        (update_row(room, message))
        @for answer in answers {
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
pub(crate) fn day_line(room: &Slug, at: Timestamp) -> Markup {
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
pub fn append(room: &Slug, message: &Message, began: Option<&Message>) -> Markup {
    html! {
        hx-partial hx-target="#messages" hx-swap="beforeend" { (Row(room, message)) }
        @if let Some(began) = began { (update_row(room, began)) }
    }
}

/// The field that makes a message happen once, however often its form is sent.
pub(crate) fn nonce_marker(nonce: &str) -> Markup {
    html! { input #nonce type="hidden" name="nonce" value=(nonce) autocomplete="off"; }
}
