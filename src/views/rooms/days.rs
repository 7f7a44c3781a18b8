//! What was said in a room on one day, the ways to the days around it, and a calendar to choose one from. A day is one of
//! UTC, for everybody the same, and says so.

use maud::{Markup, html};

use crate::domain::{Day, DayPage, Room};
use crate::views::layout::page;
use crate::views::messages::message;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time;

/// What the page of a day shows.
#[derive(Debug)]
pub struct DayView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// The day.
    pub day: Day,
    /// What was said on it.
    pub page: &'a DayPage,
    /// The day on which it is looked at.
    pub today: Day,
}

/// The page.
pub fn page(view: &DayView) -> Markup {
    let DayView { room, day, page, .. } = *view;
    let path = room.slug.path();
    let body = html! {
        section aria-labelledby="day" data-utc {
            div.section-head { div {
                h2 #day { time datetime=(day) { (time::format_calendar_day(day)) } ", UTC" }
                p { "Days here follow UTC, so this page is the same for everybody." }
            } }
            @if page.messages.is_empty() { p { (empty_text(view)) } }
            (day_nav(view, "Days"))
            (date_form(view))
            @if let (true, Some(first)) = (page.has_older, page.messages.first()) {
                p.edge-link { a href={ (path) "/days/" (day) "?before=" (first.id) } { "Earlier on this day" } }
            }
            @if !page.messages.is_empty() {
                ol.thread role="list" { @for message in &page.messages { (message::render_item(&room.slug, message)) } }
            }
            @if let (true, Some(last)) = (page.has_newer, page.messages.last()) {
                p.edge-link { a href={ (path) "/days/" (day) "?after=" (last.id) } { "Later on this day" } }
            }
            @if !page.messages.is_empty() { (day_nav(view, "Days, below the messages")) }
        }
    };
    page::room_page(&time::format_date(day), room, view.sidebar, None, body)
}

/// The ways to the last day before and the first after on which something was said, and to the present.
fn day_nav(view: &DayView, label: &str) -> Markup {
    let (path, page) = (view.room.slug.path(), view.page);
    let name = |day: Day| time::format_date_relative(day, view.today);
    html! {
        nav.actions aria-label=(label) {
            @if let Some(before) = page.previous_day {
                a.button rel="prev" href={ (path) "/days/" (before) } {
                    span aria-hidden="true" { "←" } span { span.sr { "Before: " } (name(before)) }
                }
            }
            @if let Some(after) = page.next_day {
                a.button rel="next" href={ (path) "/days/" (after) } {
                    span { span.sr { "After: " } (name(after)) } span aria-hidden="true" { "→" }
                }
            }
            (page::back_link(view.room, path))
        }
    }
}

/// What a day without messages says.
fn empty_text(view: &DayView) -> &'static str {
    let is_room_empty = view.page.previous_day.is_none() && view.page.next_day.is_none();
    if view.day > view.today {
        "This day is yet to come."
    } else if is_room_empty {
        "Nothing has been said in this room yet."
    } else {
        "Nobody said anything here on this day."
    }
}

fn date_form(view: &DayView) -> Markup {
    html! {
        form.actions method="get" action={ (view.room.slug.path()) "/days" } aria-label="Another day" {
            label for="date" { "Another day" }
            input #date type="date" name="date" required value=(view.day) max=(view.today);
            button.button { "Go" }
        }
    }
}
