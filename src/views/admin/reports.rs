//! Reported messages, for moderators.

use maud::{Markup, html};

use crate::domain::{Author, Message, Report, Room, Seq, Timestamp};
use crate::views::admin::page::admin_page;
use crate::views::layout::page::{Notice, section_head};
use crate::views::messages::quoted::quoted_message;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::format_ago;

/// A report with the message and the people it is about.
#[derive(Debug)]
pub struct ListedReport {
    /// Its id.
    pub id: Seq,
    /// The report.
    pub report: Report,
    /// Who reported the message.
    pub reported_by: Option<Author>,
    /// The message as it is now.
    pub message: Option<Message>,
    /// The room, if the viewer sees it.
    pub room: Option<Room>,
    /// Who resolved the report.
    pub resolved_by: Option<Author>,
}

/// The page: open reports first, then resolved ones.
pub fn page(sidebar: &SidebarView, reports: &[ListedReport], notice: Option<&Notice>, now: Timestamp) -> Markup {
    let (open, resolved): (Vec<&ListedReport>, Vec<&ListedReport>) =
        reports.iter().partition(|listed| listed.report.resolved.is_none());
    let body = html! {
        section aria-labelledby="waiting" {
            (section_head("waiting", "Reports", "Messages people reported."))
            @if open.is_empty() { div.empty { h2 { "No open reports." } } }
            ul.results role="list" { @for listed in open { li { (report_row(listed, now)) } } }
        }
        @if !resolved.is_empty() {
            section aria-labelledby="resolved" {
                (section_head("resolved", "Resolved", ""))
                ul.results role="list" { @for listed in resolved { li { (report_row(listed, now)) } } }
            }
        }
    };
    admin_page("Reports", sidebar, "/admin/reports", notice, body)
}

fn report_row(listed: &ListedReport, now: Timestamp) -> Markup {
    let report = &listed.report;
    html! {
        p.where {
            @if let Some(by) = &listed.reported_by { a href=(by.path()) { bdi { (by.name) } } } @else { "Unknown person" }
            " reported " (format_ago(report.reported_at, now)) ", in "
            @match &listed.room {
                Some(room) => a href={ (room.slug.path()) "?around=" (report.message) "#m" (report.message) } { bdi { (room.name) } },
                None => "a private room",
            }
        }
        @if !report.reason.is_empty() { p dir="auto" { "“" (report.reason) "”" } }
        @match &listed.message {
            Some(message) => (quoted_message(message, now)),
            None => p.muted { "This message was deleted." },
        }
        div.actions {
            @if let Some(message) = &listed.message {
                @if let (Some(room), false) = (&listed.room, message.is_deleted()) {
                    a.button.quiet.danger href={ (room.slug.path()) "/messages/" (message.id) "/delete" } { "Delete" }
                }
                a.button.quiet href={ (message.author.path()) "#mute" } { span { "Mute " bdi { (message.author.name) } } }
                a.button.quiet href={ (message.author.path()) "#ban" } { "Ban" }
            }
            @match &report.resolved {
                None => form method="post" action={ "/admin/reports/" (listed.id) "/resolve" } { button.button { "Resolve" } },
                Some((_, at)) => span.muted {
                    "Resolved " (format_ago(*at, now)) @if let Some(by) = &listed.resolved_by { " by " bdi { (by.name) } }
                },
            }
        }
    }
}
