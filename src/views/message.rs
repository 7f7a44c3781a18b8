//! A message. The page, the answer to a post, the older messages and the stream hold the same bytes of it, so nothing
//! here knows who looks.

use maud::{Markup, html};

use super::avatar::avatar;
use super::text;
use super::time::{self, Stamp};
use crate::domain::{Address, Message, MessageId, Moment};

/// A message as a row of the list, with the day above it when it opens one.
pub fn row(room: &Address, message: &Message) -> Markup {
    let (author, stamp) = (&message.author, Stamp::of(message.at));
    // Where the name is not shown, Tab does not stop at it: the row above has the same.
    let unseen = message.place.follows.then_some("-1");
    let here = html! { (room.path()) "/messages/" (message.id) }; // escaped once
    html! {
        @if message.place.opens_day { (day(message.at)) }
        li #{ "m" (message.id) } .message.follows[message.place.follows] data-author=(author.id) tabindex="-1" {
            (avatar(author))
            div.message-head {
                a.author href=(author.path()) dir="auto" tabindex=[unseen] { (author.name) } " "
                span.tag.own-only { "you" } " "
                a.time href=(here) {
                    time datetime={ (stamp.to_the_second()) "Z" } { (stamp.clock()) " UTC" }
                }
            }
            @if message.is_removed() { (tombstone()) }
            @else { div.body dir="auto" { (text::paragraphs(&message.body)) } }
            span.actions {
                a.may-remove href={ (here) "/delete" } { "Remove" }
                a.may-report href={ (here) "/report" } { "Report" }
            }
        }
    }
}

/// What stands where something was said that was taken away.
fn tombstone() -> Markup {
    html! { div.body.removed { p { "This was removed." } } }
}

/// What the stream brings when something was taken away.
pub fn removed(message: MessageId) -> Markup {
    html! { hx-partial hx-target={ "#m" (message) " .body" } hx-swap="outerHTML" { (tombstone()) } }
}

/// The line that opens a day.
pub(super) fn day(at: Moment) -> Markup {
    html! { li.day { time datetime=(Stamp::of(at).date()) { (time::day(at)) ", UTC" } } }
}

/// What the stream brings when somebody has said something.
pub fn posted(room: &Address, message: &Message) -> Markup {
    html! { hx-partial hx-target="#messages" hx-swap="beforeend" { (row(room, message)) } }
}

/// What a post by htmx is answered: the row, and the nonce of the next message.
pub fn answer(room: &Address, message: &Message, next_nonce: &str) -> Markup {
    html! {
        (row(room, message))
        hx-partial hx-target="#nonce" hx-swap="outerHTML" { (nonce(next_nonce)) }
    }
}

/// The field that makes a message happen once, however often its form is sent.
pub(super) fn nonce(nonce: &str) -> Markup {
    html! { input #nonce type="hidden" name="nonce" value=(nonce) autocomplete="off"; }
}
