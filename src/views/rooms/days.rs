//! The messages of a room on one day, links to the days around it, and a form to choose another. Days follow UTC, so they
//! are the same for everyone.

use maud::{Markup, html};

use crate::domain::{Day, DayPage, Room};
use crate::views::layout::page;
use crate::views::messages::message;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time;

/// What the page of a day shows.
#[derive(Debug)]
pub struct DayView<'a> {
    /// The sidebar, and who looks at the page.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// The day.
    pub day: Day,
    /// A page of its messages.
    pub page: &'a DayPage,
    /// Today.
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
                p { "Days follow UTC, so this page is the same for everyone." }
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

/// Links to the nearest earlier and later day with messages, and back to the room.
fn day_nav(view: &DayView, label: &str) -> Markup {
    let (path, page) = (view.room.slug.path(), view.page);
    let day_name = |day: Day| time::format_date_relative(day, view.today);
    html! {
        nav.actions aria-label=(label) {
            @if let Some(before) = page.previous_day {
                a.button rel="prev" href={ (path) "/days/" (before) } {
                    span aria-hidden="true" { "←" } span { span.sr { "Earlier: " } (day_name(before)) }
                }
            }
            @if let Some(after) = page.next_day {
                a.button rel="next" href={ (path) "/days/" (after) } {
                    span { span.sr { "Later: " } (day_name(after)) } span aria-hidden="true" { "→" }
                }
            }
            (page::back_link(view.room, path))
        }
    }
}

/// What a day without messages shows.
fn empty_text(view: &DayView) -> &'static str {
    let is_room_empty = view.page.previous_day.is_none() && view.page.next_day.is_none();
    if view.day > view.today {
        "This day is in the future."
    } else if is_room_empty {
        "No messages in this room yet."
    } else {
        "No messages on this day."
    }
}

fn date_form(view: &DayView) -> Markup {
    html! {
        form.actions method="get" action={ (view.room.slug.path()) "/days" } aria-label="Jump to date" {
            label for="date" { "Jump to date" }
            input #date type="date" name="date" required value=(view.day) max=(view.today);
            button.button { "Go" }
        }
    }
}
