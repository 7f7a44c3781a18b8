//! The author of a message: a user and their name.

use std::sync::Arc;

use percent_encoding::utf8_percent_encode;

use crate::domain::UserId;
use crate::domain::room::PATH_SEGMENT;

/// The author of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Author {
    /// The id of the user.
    pub id: UserId,
    /// The present name. Shared, because a page has fifty messages of few people.
    pub name: Arc<str>,
}

impl Author {
    /// The path of the user's page, percent-encoded, so that it fits a link and a header. A name of dots alone would be
    /// a relative segment of a URL (WHATWG URL, section 3.4), so an invisible character follows it, which parsing a
    /// name drops.
    pub fn path(&self) -> String {
        let mut path = String::with_capacity(self.name.len() + 24);
        path.push_str("/people/");
        path.extend(utf8_percent_encode(&self.name, PATH_SEGMENT)); // piece by piece: every row of a page has one
        if self.name.chars().all(|c| c == '.') {
            path.push_str("%E2%80%8B");
        }
        path
    }
}
