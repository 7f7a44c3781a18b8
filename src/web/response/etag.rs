//! Entity tags (RFC 9110, section 8.8.3): whether the client has the response already, decided before anything is rendered.
//!
//! A tag is a hash of everything that a response is made from. The hash has a key that is drawn when the server starts, so
//! no tag outlives the build whose views and assets made the page.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::LazyLock;

use headers::{HeaderMapExt, IfNoneMatch};
use poem::http::StatusCode;
use poem::{Request, Response};

static HASH_KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The tag of a response. It is weak: two responses with one tag have the same content, but each page has its own nonce, and
/// may be compressed or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ETag(headers::ETag);

impl ETag {
    /// The tag of a response that is made from `sources`, and from nothing else that can change.
    pub fn from_sources(sources: &impl Hash) -> Self {
        let tag = format!("W/\"{:016x}\"", HASH_KEY.hash_one(sources));
        Self(tag.parse().expect("hexadecimal digits in quotes are a tag"))
    }

    /// Whether the client has the response with this tag (RFC 9110, section 13.1.2). Call it only when the request can no
    /// longer be refused: `*` matches every response that exists.
    pub fn matches(&self, request: &Request) -> bool {
        let condition = request.headers().typed_get::<IfNoneMatch>();
        condition.is_some_and(|condition| !condition.precondition_passes(&self.0))
    }

    /// The response to a client that has it: 304.
    pub fn not_modified(&self) -> Response {
        self.add_to(StatusCode::NOT_MODIFIED.into())
    }

    /// Adds the tag to a response.
    pub fn add_to(&self, mut response: Response) -> Response {
        response.headers_mut().typed_insert(self.0.clone());
        response
    }
}

#[cfg(test)]
mod tests {
    use poem::http::header::IF_NONE_MATCH;

    use crate::web::response::etag::*;

    fn matches_header(tag: &ETag, if_none_match: &str) -> bool {
        tag.matches(&Request::builder().header(IF_NONE_MATCH, if_none_match).finish())
    }

    /// The tag without its mark of weakness.
    fn opaque_tag(tag: &ETag) -> String {
        let response = tag.not_modified();
        response.headers()["etag"].to_str().expect("a tag is ASCII").trim_start_matches("W/").to_owned()
    }

    #[test]
    fn a_tag_matches_weak_or_strong_alone_or_in_a_list() {
        let tag = ETag::from_sources(&(1, "page"));
        let opaque = opaque_tag(&tag);
        for matching in [
            opaque.clone(),
            format!("W/{opaque}"),
            format!("\"x\", W/{opaque}"),
            format!("{opaque},\"y\""),
            "*".to_owned(),
        ] {
            assert!(matches_header(&tag, &matching), "{matching}");
        }
        for other in [
            "",
            "\"\"",
            "\"x\"",
            "\"x y\"",
            "\"",
            "W/",
            ",",
            opaque.trim_matches('"'),
            &opaque.to_uppercase(),
            "W/*",
            "\"*\"",
        ] {
            assert!(!matches_header(&tag, other), "{other}");
        }
        assert!(!tag.matches(&Request::default()));
    }

    #[test]
    fn other_sources_give_another_tag() {
        assert_eq!(ETag::from_sources(&(1, "page")), ETag::from_sources(&(1, "page")));
        assert_ne!(ETag::from_sources(&(1, "page")), ETag::from_sources(&(2, "page")));
        assert_ne!(ETag::from_sources(&("ab", "c")), ETag::from_sources(&("a", "bc")));
    }
}
