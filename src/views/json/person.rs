//! People.

use serde::Serialize;

use crate::domain::{Person, Timestamp};
use crate::views::json::time::format_expiry;

/// A person.
#[derive(Debug, Serialize)]
pub struct PersonJson<'a> {
    id: u64,
    name: &'a str,
    url: String,
    role: &'a str,
    #[serde(flatten)]
    sanctions: Option<SanctionsJson>,
}

/// What moderators see of a person: until when they are muted and banned.
#[derive(Debug, Serialize)]
struct SanctionsJson {
    muted_until: Option<String>,
    banned_until: Option<String>,
}

impl<'a> PersonJson<'a> {
    /// The JSON of a person. With `now` it includes the mute and the ban that are active then, for moderators.
    pub fn from_person(person: &'a Person, now: Option<Timestamp>) -> Self {
        let author = &person.author;
        let sanctions = now.map(|now| SanctionsJson {
            muted_until: format_expiry(person.muted_until, now),
            banned_until: format_expiry(person.banned_until, now),
        });
        Self { id: author.id.0, name: &author.name, url: author.path(), role: person.role.as_str(), sanctions }
    }
}

/// The caller.
#[derive(Debug, Serialize)]
pub struct MeJson<'a> {
    name: &'a str,
    id: u64,
    role: &'a str,
}

impl<'a> MeJson<'a> {
    /// The JSON of the caller.
    pub fn from_person(person: &'a Person) -> Self {
        Self { name: &person.author.name, id: person.author.id.0, role: person.role.as_str() }
    }
}
