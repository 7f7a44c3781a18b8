//! A message. The page, the answer to a post, the older messages and the stream hold the same bytes of it, so nothing
//! here knows who looks.

use maud::{Markup, Render, html};

use super::avatar::{self, avatar};
use super::escaped::Escaped;
use super::icons::{self, Icon};
use super::text::Shown;
use super::time::{self, Stamp};
use crate::domain::{Address, Message, Moment, Piece, Quote, Reacted, Reaction};

/// A message as a row of the list, with the day above it when it opens one.
pub fn row(room: &Address, message: &Message) -> Markup {
    Row(room, message).render()
}

/// The same, as a piece of a page.
pub(super) struct Row<'a>(pub &'a Address, pub &'a Message);

/// Into the page's own buffer, as there are fifty of them.
impl Render for Row<'_> {
    fn render_to(&self, page: &mut String) {
        let Self(room, message) = self;
        if message.place.opens_day {
            day(room, message.at).render_to(page);
        }
        item(room, message).render_to(page);
    }
}

/// The row alone.
pub(super) fn item(room: &Address, message: &Message) -> Markup {
    let (author, extras, stamp) = (&message.author, &message.more.extras, Stamp::of(message.at));
    // Where the name is not shown, Tab does not stop at it: the row above has the same.
    let unseen = message.place.follows.then_some("-1");
    let here = html! { (Escaped(room.path())) "/messages/" (message.id.0) }; // escaped once
    let (follows, is_removed) = (message.place.follows, message.is_removed());
    html! {
        li #{ "m" (message.id.0) } .message.follows[follows].tombstone[is_removed] data-author=(author.id.0)
            data-mentions=[spoken_to(message)] tabindex="-1" {
            (avatar(author))
            div.message-head {
                a.author href=(Escaped(&author.path())) dir="auto" tabindex=[unseen] { (Escaped(&author.name)) } " "
                span.tag.own-only { "you" } " "
                a.time href=(here) {
                    time datetime={ (Escaped(stamp.to_the_second())) "Z" } { (Escaped(stamp.clock())) " UTC" }
                }
                @if extras.pinned { " " span.tag { "pinned" } }
            }
            @if let Some(quote) = &message.more.quote { (quoted(room, quote)) }
            @if is_removed { (tombstone()) } @else {
                @let text = Shown::of_message(message);
                div.body.emoji[text.is_emoji()] dir="auto" {
                    (text)
                    @if extras.edited_at.is_some() { a.edited href={ (here) "/history" } { "edited" } }
                }
            }
            @if !extras.reactions.is_empty() { (reactions(&here, message)) }
            @if extras.replies > 0 {
                a.replies href={ (here) "/thread" } { (extras.replies) @if extras.replies == 1 { " reply" } @else { " replies" } }
            }
            a.more href={ (here) "/actions" } { "More" }
        }
    }
}

/// To whom a message speaks, for the stylesheets of those who read it.
fn spoken_to(message: &Message) -> Option<String> {
    let numbers = message.more.extras.mentions.iter().map(ToString::to_string);
    let everybody = message.more.extras.calls_all.then(|| "all".to_owned());
    let all: Vec<String> = numbers.chain(everybody).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What a message answers, and the way there.
pub(super) fn quoted(room: &Address, quote: &Quote) -> Markup {
    html! {
        a.quoted data-user=(quote.author.id) href={ (room.path()) "?around=" (quote.id) "#m" (quote.id) } {
            (avatar::tiny(&quote.author)) strong dir="auto" { (quote.author.name) }
            @if quote.excerpt.is_empty() { em { "This was removed." } } @else {
                span dir="auto" { @for piece in &quote.excerpt { (begins(piece)) } }
            }
        }
    }
}

/// Who is spoken to has their number, so that the page's script finds them when they are called otherwise.
fn begins(piece: &Piece) -> Markup {
    html! {
        @match piece {
            Piece::Words(words) => (words),
            Piece::Called(person) => span data-user=(person.id) { "@" (person.name) },
        }
    }
}

/// How people react: a form, in which each reaction is a button that adds one's own or takes it back.
fn reactions(here: &Markup, message: &Message) -> Markup {
    html! {
        form.reactions method="post" action={ (here) "/reactions" } hx-post={ (here) "/reactions" } hx-swap="none" {
            @for reacted in &message.more.extras.reactions { (pill(message, reacted)) }
            a.reaction.add href={ (here) "/reactions" } aria-label="Add a reaction" { (icons::small(Icon::Smile)) }
        }
    }
}

/// One of them: an emoji, or words beside the face of who had them first. Who it is from is its description.
fn pill(message: &Message, reacted: &Reacted) -> Markup {
    let is_words = reacted.with.chars().any(char::is_alphabetic);
    let mut named = message.named(reacted).peekable();
    let first = named.peek().copied().filter(|_| is_words);
    let mut from: Vec<String> = named.map(|author| isolated(&author.name)).collect();
    if reacted.by.len() > from.len() {
        from.push(format!("{} more", reacted.by.len() - from.len()));
    }
    html! {
        button.reaction.boost[is_words] name=(Reaction::FIELD) value=(reacted.with) title=(listed(&from))
            data-reactors=(numbers(reacted)) {
            @if let Some(first) = first { (avatar::tiny(first)) }
            span.emoji-char[!is_words] dir="auto" { (reacted.with) }
            @if !is_words || reacted.by.len() > 1 { " " (reacted.by.len()) }
        }
    }
}

/// A name in a line of several, between signs that show nothing and that no name has: none makes the others read backwards,
/// and the page's script finds each when its person is called otherwise.
fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}

/// `Ann, Ben and Cleo`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

fn numbers(reacted: &Reacted) -> String {
    reacted.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What stands where something was said that was taken away.
fn tombstone() -> Markup {
    html! { div.body.removed { p { "This was removed." } } }
}

/// What the stream brings when a message is not what it was: the row as it is now, and what the answers to it show of it.
/// The page keeps its nodes where they are still right, so nobody loses their place in it.
pub fn changed(room: &Address, message: &Message, answers: &[Message]) -> Markup {
    html! {
        (renewed(room, message))
        @for answer in answers {
            @if let Some(quote) = &answer.more.quote {
                hx-partial hx-target={ "#m" (answer.id) " .quoted" } hx-swap="outerHTML" { (quoted(room, quote)) }
            }
        }
    }
}

fn renewed(room: &Address, message: &Message) -> Markup {
    html! { hx-partial hx-target={ "#m" (message.id) } hx-swap="outerMorph" { (item(room, message)) } }
}

/// The line that opens a day, and the way to all that was said on it.
pub(super) fn day(room: &Address, at: Moment) -> Markup {
    let stamp = Stamp::of(at);
    html! {
        li.day {
            a href={ (room.path()) "/days/" (stamp.date()) } {
                time datetime=(stamp.date()) { (time::day(at)) ", UTC" }
            }
        }
    }
}

/// What the stream brings when somebody has said something: the row; and the message with which its thread began, which
/// counts it.
pub fn posted(room: &Address, message: &Message, began: Option<&Message>) -> Markup {
    html! {
        hx-partial hx-target="#messages" hx-swap="beforeend" { (Row(room, message)) }
        @if let Some(began) = began { (renewed(room, began)) }
    }
}

/// The field that makes a message happen once, however often its form is sent.
pub(super) fn nonce(nonce: &str) -> Markup {
    html! { input #nonce type="hidden" name="nonce" value=(nonce) autocomplete="off"; }
}
