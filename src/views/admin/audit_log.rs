//! The audit log: one sentence for each entry.

use maud::{Markup, html};

use crate::domain::{AuditAction, AuditEntry, Author, Expiry, Room, Seq};
use crate::views::admin::page::admin_page;
use crate::views::layout::page::section_head;
use crate::views::rooms::sidebar::SidebarView;
use crate::views::time::{FormattedTime, format_day, until_end};

/// An entry with the names it needs.
#[derive(Debug)]
pub struct AuditLine {
    /// The id of the entry.
    pub id: Seq,
    /// The entry.
    pub entry: AuditEntry,
    /// Who did it; `None` if it was done on the machine itself.
    pub actor: Option<Author>,
    /// The person it was done to.
    pub user: Option<Author>,
    /// The room it was done in, if the viewer sees it.
    pub room: Option<Room>,
    /// The label of the invitation, if the entry is about one.
    pub invitation_label: Option<String>,
}

/// The page; `next_before` is the entry before which the next page begins.
pub fn page(sidebar: &SidebarView, lines: &[AuditLine], next_before: Option<Seq>) -> Markup {
    let body = html! {
        section aria-labelledby="log-head" {
            (section_head("log-head", "Audit log", "What moderators and owners did. It contains no messages."))
            @if lines.is_empty() { div.empty { h2 { "No entries yet." } } }
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
    admin_page("Audit log", sidebar, "/admin/audit-log", None, body)
}

fn describe(line: &AuditLine) -> Markup {
    let user = || person_link(line.user.as_ref());
    let room = || {
        html! {
            @match &line.room { Some(room) => a href=(room.slug.path()) { bdi { (room.name) } }, None => "a private room" }
        }
    };
    let label = || html! { @if let Some(label) = &line.invitation_label { " “" bdi { (label) } "”" } };
    let actor =
        html! { @if line.entry.actor.is_some() { (person_link(line.actor.as_ref())) } @else { "The operator" } };
    let action = match &line.entry.action {
        AuditAction::ServerSetUp => html! { "set up the server" },
        AuditAction::MessageDeleted { message, .. } => {
            html! { "deleted message " (message) " by " (user()) " in " (room()) }
        }
        AuditAction::Muted { room: None, until, .. } if *until == Expiry::PAST => {
            html! { "unmuted " (user()) }
        }
        AuditAction::Muted { room: Some(_), until, .. } if *until == Expiry::PAST => {
            html! { "unmuted " (user()) " in " (room()) }
        }
        AuditAction::Muted { room: None, until, .. } => {
            html! { "muted " (user()) " everywhere" (until_end(*until)) }
        }
        AuditAction::Muted { room: Some(_), until, .. } => {
            html! { "muted " (user()) " in " (room()) (until_end(*until)) }
        }
        AuditAction::Banned { until, .. } if *until == Expiry::PAST => html! { "unbanned " (user()) },
        AuditAction::Banned { until, reason, blocked_addresses, .. } => html! {
            "banned " (user()) (until_end(*until))
            @match blocked_addresses { 0 => {}, 1 => ", and blocked 1 address", n => { ", and blocked " (n) " addresses" } }
            @if !reason.is_empty() { ": " bdi { (reason) } }
        },
        AuditAction::MessagesPurged { messages, .. } => html! {
            "deleted " (messages) @if *messages == 1 { " message by " } @else { " messages by " } (user()) " in " (room())
        },
        AuditAction::RoleChanged { role, .. } => html! { "changed the role of " (user()) " to " (role.as_str()) },
        AuditAction::ResetLinkCreated { .. } => html! { "created a link for a new password for " (user()) },
        AuditAction::InvitationCreated { label, .. } => html! { "created the invitation “" bdi { (label) } "”" },
        AuditAction::InvitationRevoked { .. } => html! { "revoked the invitation" (label()) },
        AuditAction::SettingsChanged => html! { "changed the server settings" },
        AuditAction::RoomChanged { .. } => html! { "changed the settings of " (room()) },
        AuditAction::RoomArchived { archived: true, .. } => html! { "archived " (room()) },
        AuditAction::RoomArchived { archived: false, .. } => html! { "unarchived " (room()) },
        AuditAction::RoomDeleted { deleted: true, .. } => html! { "deleted " (room()) },
        AuditAction::RoomDeleted { deleted: false, .. } => html! { "restored " (room()) },
        AuditAction::ReportResolved { report } => html! { "resolved report " (report) },
    };
    html! { (actor) " " (action) "." }
}

fn person_link(person: Option<&Author>) -> Markup {
    html! { @match person { Some(person) => a href=(person.path()) { bdi { (person.name) } }, None => "an unknown person" } }
}
