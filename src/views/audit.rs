//! What was done to keep order: the log, a deed in a sentence.

use maud::{Markup, html};

use super::house::kept;
use super::sheet::section_head;
use super::sidebar::Places;
use super::time::{Stamp, day};
use crate::domain::{Audit, Author, Deed, Room, Seq, Until, spell};

/// A line of the log, with the names it needs.
#[derive(Debug)]
pub struct Line {
    /// Its number.
    pub id: Seq,
    /// What was done.
    pub audit: Audit,
    /// Who did it.
    pub by: Option<Author>,
    /// To whom.
    pub user: Option<Author>,
    /// In which room, if the viewer sees it.
    pub room: Option<Room>,
    /// What the invitation is called, if it was about one.
    pub label: Option<String>,
}

/// The page; `older` is where the next begins.
pub fn page(places: &Places, lines: &[Line], older: Option<Seq>) -> Markup {
    let body = html! {
        section aria-labelledby="log-head" {
            (section_head("log-head", "The log", "What was done to keep order. It holds nothing that anybody said."))
            @if lines.is_empty() { div.empty { h2 { "Nothing was done yet." } } }
            ol.rows role="list" {
                @for line in lines {
                    @let stamp = Stamp::of(line.audit.at);
                    li {
                        div.who {
                            p { (sentence(line)) }
                            time datetime={ (stamp.to_the_second()) "Z" } { (day(line.audit.at)) ", " (stamp.clock()) " UTC" }
                        }
                    }
                }
            }
            @if let Some(older) = older { p.edge-link { a href={ "/house/audit?before=" (older) } { "Older" } } }
        }
    };
    kept("The log", places, "/house/audit", None, body)
}

fn sentence(line: &Line) -> Markup {
    let whom = || named(line.user.as_ref());
    let room = || {
        html! {
            @match &line.room { Some(room) => a href=(room.address.path()) { bdi { (room.name) } }, None => "a closed room" }
        }
    };
    let label = || html! { @if let Some(label) = &line.label { " “" bdi { (label) } "”" } };
    let by = html! { @if line.audit.by.is_some() { (named(line.by.as_ref())) } @else { "Whoever runs the machine" } };
    let what = match &line.audit.deed {
        Deed::Owned => html! { "took the house" },
        Deed::Removed { message, .. } => html! { "removed message " (message) " of " (whom()) " in " (room()) },
        Deed::Muted { room: None, until, .. } if *until == Until::OVER => html! { "let " (whom()) " speak again" },
        Deed::Muted { room: Some(_), until, .. } if *until == Until::OVER => {
            html! { "let " (whom()) " speak again in " (room()) }
        }
        Deed::Muted { room: None, until, .. } => html! { "silenced " (whom()) " everywhere" (spell(*until)) },
        Deed::Muted { room: Some(_), until, .. } => html! { "silenced " (whom()) " in " (room()) (spell(*until)) },
        Deed::Banned { until, .. } if *until == Until::OVER => html! { "let " (whom()) " in again" },
        Deed::Banned { until, why, addresses, .. } => html! {
            "put " (whom()) " outside" (spell(*until))
            @match addresses { 0 => {}, 1 => ", with one address", n => { ", with " (n) " addresses" } }
            @if !why.is_empty() { ": " bdi { (why) } }
        },
        Deed::Erased { messages, .. } => html! {
            "erased " (messages) @if *messages == 1 { " message of " } @else { " messages of " } (whom()) " in " (room())
        },
        Deed::RoleSet { role, .. } => html! { "made " (whom()) " " (role.word()) },
        Deed::ResetLinkMade { .. } => html! { "made a link for a new password for " (whom()) },
        Deed::Invited { label, .. } => html! { "made the invitation “" bdi { (label) } "”" },
        Deed::InvitationRevoked { .. } => html! { "took back the invitation" (label()) },
        Deed::HouseSet => html! { "changed the settings of the house" },
        Deed::RoomSet { .. } => html! { "changed " (room()) },
        Deed::Archived { archived: true, .. } => html! { "put " (room()) " into the archive" },
        Deed::Archived { archived: false, .. } => html! { "took " (room()) " out of the archive" },
        Deed::RoomDeleted { deleted: true, .. } => html! { "deleted " (room()) },
        Deed::RoomDeleted { deleted: false, .. } => html! { "had " (room()) " back" },
        Deed::Settled { report } => html! { "settled report " (report) },
    };
    html! { (by) " " (what) "." }
}

fn named(person: Option<&Author>) -> Markup {
    html! { @match person { Some(person) => a href=(person.path()) { bdi { (person.name) } }, None => "somebody" } }
}
