//! Requests that a browser sends from another site's page, with a cookie that its sender never saw.

use std::sync::Arc;

use poem::http::header::{COOKIE, ORIGIN};
use poem::{Endpoint, Request, Response, Result};

use super::{origin, visitor};
use crate::domain::Refusal;
use crate::engine::Problem;

/// Refuses what a browser sends from another site's page: it would act with a cookie that its sender never saw. Every
/// browser says where a request comes from (`Sec-Fetch-Site`, W3C Fetch Metadata; or `Origin`, RFC 6454). A request
/// that shows a token and no cookie acts for whoever holds the token, from wherever it comes; a request that says
/// nothing of the kind comes from no browser.
pub(super) async fn refuse<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let by_token = visitor::shows_token(&request) && !request.headers().contains_key(COOKIE);
    if !request.method().is_safe() && !by_token && is_foreign(&request) {
        return Err(Problem::Refused(Refusal::ForeignOrigin).into());
    }
    next.call(request).await
}

fn is_foreign(request: &Request) -> bool {
    match (request.header("sec-fetch-site"), request.headers().get(ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !origin.to_str().is_ok_and(|origin| origin::is_ours(origin, request)),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::header::HOST;

    use super::*;

    fn foreign(headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::builder().header(HOST, "chat.example:8000"), |r, (k, v)| r.header(*k, *v));
        is_foreign(&request.finish())
    }

    #[test]
    fn only_our_own_pages_are_not_foreign() {
        assert!(!foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("sec-fetch-site", "none")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site"), ("origin", "http://chat.example:8000")]));
        assert!(!foreign(&[("origin", "http://chat.example:8000")]));
        assert!(!foreign(&[("origin", "https://chat.example:8000")]));
        assert!(foreign(&[("origin", "http://chat.example")]));
        assert!(foreign(&[("origin", "null")]));
        assert!(!foreign(&[]));
    }
}
