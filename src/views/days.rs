//! What was said in a room on one day, the ways to the days around it, and a calendar to choose one from. A day is one of
//! UTC, for everybody the same, and says so.

use maud::{Markup, html};

use super::sidebar::Places;
use super::{message, sheet, time};
use crate::domain::{Day, OfDay, Room};

/// What the page of a day shows.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a Places<'a>,
    /// The room.
    pub room: &'a Room,
    /// The day.
    pub day: Day,
    /// What was said on it.
    pub said: &'a OfDay,
    /// The day on which it is looked at.
    pub today: Day,
}

/// The page.
pub fn page(view: &View) -> Markup {
    let View { room, day, said, .. } = *view;
    let path = room.address.path();
    let body = html! {
        section aria-labelledby="day" data-utc {
            div.section-head { div {
                h2 #day { time datetime=(day) { (time::of_day(day)) } ", UTC" }
                p { "Days here follow UTC, so this page is the same for everybody." }
            } }
            @if said.messages.is_empty() { p { (nothing(view)) } }
            (days(view, "Days"))
            (calendar(view))
            @if let (true, Some(first)) = (said.older, said.messages.first()) {
                p.edge-link { a href={ (path) "/days/" (day) "?before=" (first.id) } { "Earlier on this day" } }
            }
            @if !said.messages.is_empty() {
                ol.thread role="list" { @for message in &said.messages { (message::item(&room.address, message)) } }
            }
            @if let (true, Some(last)) = (said.newer, said.messages.last()) {
                p.edge-link { a href={ (path) "/days/" (day) "?after=" (last.id) } { "Later on this day" } }
            }
            @if !said.messages.is_empty() { (days(view, "Days, below the messages")) }
        }
    };
    sheet::of_room(&time::date(day), room, view.places, None, body)
}

/// The ways to the last day before and the first after on which something was said, and to the present.
fn days(view: &View, label: &str) -> Markup {
    let (path, said) = (view.room.address.path(), view.said);
    let name = |day: Day| time::date_within(day, view.today);
    html! {
        nav.actions aria-label=(label) {
            @if let Some(before) = said.before {
                a.button rel="prev" href={ (path) "/days/" (before) } {
                    span aria-hidden="true" { "←" } span { span.sr { "Before: " } (name(before)) }
                }
            }
            @if let Some(after) = said.after {
                a.button rel="next" href={ (path) "/days/" (after) } {
                    span { span.sr { "After: " } (name(after)) } span aria-hidden="true" { "→" }
                }
            }
            (sheet::back(view.room, path))
        }
    }
}

/// What a day without messages says.
fn nothing(view: &View) -> &'static str {
    let is_first_word_due = view.said.before.is_none() && view.said.after.is_none();
    if view.day > view.today {
        "This day is yet to come."
    } else if is_first_word_due {
        "Nothing has been said in this room yet."
    } else {
        "Nobody said anything here on this day."
    }
}

fn calendar(view: &View) -> Markup {
    html! {
        form.actions method="get" action={ (view.room.address.path()) "/days" } aria-label="Another day" {
            label for="date" { "Another day" }
            input #date type="date" name="date" required value=(view.day) max=(view.today);
            button.button { "Go" }
        }
    }
}
