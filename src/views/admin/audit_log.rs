//! What was done to keep order: the log, a deed in a sentence.

use maud::{Markup, html};

use crate::domain::{AuditAction, AuditEntry, Author, Expiry, Room, Seq, describe_expiry};
use crate::views::admin::settings::admin_page;
use crate::views::layout::page::section_head;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::{FormattedTime, format_day};

/// A line of the log, with the names it needs.
#[derive(Debug)]
pub struct AuditLine {
    /// Its number.
    pub id: Seq,
    /// What was done.
    pub entry: AuditEntry,
    /// Who did it.
    pub actor: Option<Author>,
    /// To whom.
    pub user: Option<Author>,
    /// In which room, if the viewer sees it.
    pub room: Option<Room>,
    /// What the invitation is called, if it was about one.
    pub invitation_label: Option<String>,
}

/// The page; `older` is where the next begins.
pub fn page(sidebar: &SidebarView, lines: &[AuditLine], next_before: Option<Seq>) -> Markup {
    let body = html! {
        section aria-labelledby="log-head" {
            (section_head("log-head", "The log", "What was done to keep order. It holds nothing that anybody said."))
            @if lines.is_empty() { div.empty { h2 { "Nothing was done yet." } } }
            ol.rows role="list" {
                @for line in lines {
                    @let stamp = FormattedTime::new(line.entry.at);
                    li {
                        div.who {
                            p { (describe(line)) }
                            time datetime={ (stamp.iso_seconds()) "Z" } { (format_day(line.entry.at)) ", " (stamp.hour_minute()) " UTC" }
                        }
                    }
                }
            }
            @if let Some(older) = next_before { p.edge-link { a href={ "/admin/audit-log?before=" (older) } { "Older" } } }
        }
    };
    admin_page("The log", sidebar, "/admin/audit-log", None, body)
}

fn describe(line: &AuditLine) -> Markup {
    let user = || person_link(line.user.as_ref());
    let room = || {
        html! {
            @match &line.room { Some(room) => a href=(room.slug.path()) { bdi { (room.name) } }, None => "a closed room" }
        }
    };
    let label = || html! { @if let Some(label) = &line.invitation_label { " “" bdi { (label) } "”" } };
    let actor = html! { @if line.entry.actor.is_some() { (person_link(line.actor.as_ref())) } @else { "Whoever runs the machine" } };
    let action = match &line.entry.action {
        AuditAction::ServerSetUp => html! { "took the house" },
        AuditAction::MessageDeleted { message, .. } => {
            html! { "removed message " (message) " of " (user()) " in " (room()) }
        }
        AuditAction::Muted { room: None, until, .. } if *until == Expiry::PAST => {
            html! { "let " (user()) " speak again" }
        }
        AuditAction::Muted { room: Some(_), until, .. } if *until == Expiry::PAST => {
            html! { "let " (user()) " speak again in " (room()) }
        }
        AuditAction::Muted { room: None, until, .. } => {
            html! { "silenced " (user()) " everywhere" (describe_expiry(*until)) }
        }
        AuditAction::Muted { room: Some(_), until, .. } => {
            html! { "silenced " (user()) " in " (room()) (describe_expiry(*until)) }
        }
        AuditAction::Banned { until, .. } if *until == Expiry::PAST => html! { "let " (user()) " in again" },
        AuditAction::Banned { until, reason, blocked_addresses, .. } => html! {
            "put " (user()) " outside" (describe_expiry(*until))
            @match blocked_addresses { 0 => {}, 1 => ", with one address", n => { ", with " (n) " addresses" } }
            @if !reason.is_empty() { ": " bdi { (reason) } }
        },
        AuditAction::MessagesPurged { messages, .. } => html! {
            "erased " (messages) @if *messages == 1 { " message of " } @else { " messages of " } (user()) " in " (room())
        },
        AuditAction::RoleChanged { role, .. } => html! { "made " (user()) " " (role.as_str()) },
        AuditAction::ResetLinkCreated { .. } => html! { "made a link for a new password for " (user()) },
        AuditAction::InvitationCreated { label, .. } => html! { "made the invitation “" bdi { (label) } "”" },
        AuditAction::InvitationRevoked { .. } => html! { "took back the invitation" (label()) },
        AuditAction::SettingsChanged => html! { "changed the settings of the house" },
        AuditAction::RoomChanged { .. } => html! { "changed " (room()) },
        AuditAction::RoomArchived { archived: true, .. } => html! { "put " (room()) " into the archive" },
        AuditAction::RoomArchived { archived: false, .. } => html! { "took " (room()) " out of the archive" },
        AuditAction::RoomDeleted { deleted: true, .. } => html! { "deleted " (room()) },
        AuditAction::RoomDeleted { deleted: false, .. } => html! { "had " (room()) " back" },
        AuditAction::ReportResolved { report } => html! { "settled report " (report) },
    };
    html! { (actor) " " (action) "." }
}

fn person_link(person: Option<&Author>) -> Markup {
    html! { @match person { Some(person) => a href=(person.path()) { bdi { (person.name) } }, None => "somebody" } }
}
