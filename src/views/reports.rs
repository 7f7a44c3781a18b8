//! What was reported, for those who keep order.

use maud::{Markup, html};

use super::house::kept;
use super::removal::quoted;
use super::sheet::{Notice, section_head};
use super::sidebar::Places;
use super::time::ago;
use crate::domain::{Author, Message, Moment, Report, Room, Seq};

/// A report, and what it is about.
#[derive(Debug)]
pub struct Listed {
    /// Which.
    pub id: Seq,
    /// It.
    pub report: Report,
    /// Who reported.
    pub by: Option<Author>,
    /// The message as it is now.
    pub message: Option<Message>,
    /// The room, if the viewer sees it.
    pub room: Option<Room>,
    /// Who settled it.
    pub settled_by: Option<Author>,
}

/// The queue: what waits first, then what was settled.
pub fn page(places: &Places, reports: &[Listed], notice: Option<&Notice>, now: Moment) -> Markup {
    let (waiting, settled): (Vec<&Listed>, Vec<&Listed>) =
        reports.iter().partition(|listed| listed.report.settled.is_none());
    let body = html! {
        section aria-labelledby="waiting" {
            (section_head("waiting", "Reports", "Messages of which somebody wanted you to know."))
            @if waiting.is_empty() { div.empty { h2 { "Nothing waits for you." } } }
            ul.results role="list" { @for listed in waiting { li { (row(listed, now)) } } }
        }
        @if !settled.is_empty() {
            section aria-labelledby="settled" {
                (section_head("settled", "Settled", ""))
                ul.results role="list" { @for listed in settled { li { (row(listed, now)) } } }
            }
        }
    };
    kept("Reports", places, "/house/reports", notice, body)
}

fn row(listed: &Listed, now: Moment) -> Markup {
    let report = &listed.report;
    html! {
        p.where {
            @if let Some(by) = &listed.by { a href=(by.path()) { bdi { (by.name) } } } @else { "Somebody" }
            " reported " (ago(report.at, now)) ", in "
            @match &listed.room {
                Some(room) => a href={ (room.address.path()) "?around=" (report.message) "#m" (report.message) } { bdi { (room.name) } },
                None => "a closed room",
            }
        }
        @if !report.why.is_empty() { p dir="auto" { "“" (report.why) "”" } }
        @match &listed.message {
            Some(message) => (quoted(message, now)),
            None => p.muted { "It was removed." },
        }
        div.actions {
            @if let Some(message) = &listed.message {
                @if let (Some(room), false) = (&listed.room, message.is_removed()) {
                    a.button.quiet.danger href={ (room.address.path()) "/messages/" (message.id) "/delete" } { "Remove it" }
                }
                a.button.quiet href={ (message.author.path()) "#mute" } { span { "Silence " bdi { (message.author.name) } } }
                a.button.quiet href={ (message.author.path()) "#ban" } { "Put outside" }
            }
            @match &report.settled {
                None => form method="post" action={ "/house/reports/" (listed.id) "/settle" } { button.button { "Settled" } },
                Some((_, at)) => span.muted {
                    "Settled " (ago(*at, now)) @if let Some(by) = &listed.settled_by { " by " bdi { (by.name) } }
                },
            }
        }
    }
}
