//! A person in a list of moderators, and what the lists show beside a name.

use maud::{Markup, html};

use crate::domain::{Person, Timestamp};
use crate::views::time::format_ago;

/// A person with what moderators see of them.
#[derive(Debug)]
pub struct ListedPerson {
    /// The person.
    pub person: Person,
    /// When they were last active; `None` if they have no session.
    pub seen_at: Option<Timestamp>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// The label of the invitation they joined with.
    pub invitation_label: Option<String>,
}

/// When a person was active and joined.
pub(crate) fn activity_text(listed: &ListedPerson, now: Timestamp) -> Markup {
    html! {
        @match listed.seen_at { Some(at) => { "Active " (format_ago(at, now)) }, None => "Signed out" }
        " · joined " (format_ago(listed.joined_at, now))
        @if let Some(label) = &listed.invitation_label { " with “" bdi { (label) } "”" }
    }
}

/// The role of a person, and whether they are muted or banned, as tags beside their name.
pub(crate) fn person_tags(person: &Person, now: Timestamp) -> Markup {
    html! {
        " " span.tag { (person.role.as_str()) }
        @if person.muted_until.is_active(now) { " " span.tag { "muted" } }
        @if person.banned_until.is_active(now) { " " span.tag { "banned" } }
    }
}
