//! The author of a message: a user and their name.

use std::sync::Arc;

use percent_encoding::utf8_percent_encode;

use crate::domain::UserId;
use crate::domain::room::PATH_SEGMENT;

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Author {
    /// The person's number.
    pub id: UserId,
    /// The name they have now. Shared: a page has fifty messages of a few people.
    pub name: Arc<str>,
}

impl Author {
    /// The path of their page, percent-encoded: fit for a link and for a header. A name of dots alone would be a step in
    /// a URL (WHATWG URL, section 3.4), so it is followed by a character that shows nothing and that a name loses.
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
