//! Whether the asker has an answer already: entity tags (RFC 9110, section 8.8.3), judged before anything is rendered.
//!
//! A tag is a hash of all that an answer is made from. The hash has a key that is drawn when the server starts, so no
//! tag outlives the build whose views and assets made the page.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use poem::http::header::{ETAG, IF_NONE_MATCH};
use poem::http::{HeaderValue, StatusCode};
use poem::{Request, Response};

static HASH_KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The tag of an answer. A weak one: two answers with one tag say the same, but a page has another nonce each time it is
/// made, and may be packed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ETag(String);

impl ETag {
    /// The tag of whatever is made from this, and from nothing else that can change.
    pub fn from_sources(sources: &impl Hash) -> Self {
        Self(format!("\"{:016x}\"", HASH_KEY.hash_one(sources)))
    }

    /// Whether the asker has the answer with this tag (RFC 9110, section 13.1.2). Ask when nothing can be refused any
    /// more: `*` stands for any answer that there is.
    pub fn matches(&self, request: &Request) -> bool {
        let held = request.headers().get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        // Ours hold no comma, so what a comma parts is never one of ours.
        held.flat_map(|value| value.split(',')).map(str::trim).any(|tag| {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag); // for reading, weak and strong are the same
            tag == "*" || opaque == self.0
        })
    }

    /// The answer to whoever holds it: 304.
    pub fn not_modified(&self) -> Response {
        self.add_to(StatusCode::NOT_MODIFIED.into())
    }

    /// Puts the tag on an answer.
    pub fn add_to(&self, mut response: Response) -> Response {
        let tag = HeaderValue::try_from(format!("W/{}", self.0)).expect("digits and quotes are ASCII");
        response.headers_mut().insert(ETAG, tag);
        response
    }
}

#[cfg(test)]
mod tests {
    use crate::web::response::etag::*;

    fn matches_header(tag: &ETag, held: &str) -> bool {
        tag.matches(&Request::builder().header(IF_NONE_MATCH, held).finish())
    }

    #[test]
    fn a_tag_is_found_weak_or_strong_alone_or_among_others() {
        let tag = ETag::from_sources(&(1, "page"));
        let ETag(opaque) = &tag;
        for held in [
            opaque.clone(),
            format!("W/{opaque}"),
            format!("\"x\", W/{opaque}"),
            format!("{opaque},\"y\""),
            "*".to_owned(),
        ] {
            assert!(matches_header(&tag, &held), "{held}");
        }
        for held in ["", "\"\"", "\"x\"", opaque.trim_matches('"'), &opaque.to_uppercase(), "W/*", "\"*\""] {
            assert!(!matches_header(&tag, held), "{held}");
        }
        assert!(!tag.matches(&Request::default()));
    }

    #[test]
    fn what_is_made_from_something_else_has_another_tag() {
        assert_eq!(ETag::from_sources(&(1, "page")), ETag::from_sources(&(1, "page")));
        assert_ne!(ETag::from_sources(&(1, "page")), ETag::from_sources(&(2, "page")));
        assert_ne!(ETag::from_sources(&("ab", "c")), ETag::from_sources(&("a", "bc")));
    }
}
