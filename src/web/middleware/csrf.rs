//! Protection against cross-site request forgery: requests that a browser sends from a page of another site.

use std::sync::Arc;

use poem::http::header::{COOKIE, ORIGIN};
use poem::{Endpoint, Request, Response, Result};

use crate::web::auth::credentials::has_header_token;
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::response::http_error::HttpError;

/// Refuses changes that a browser sends from a page of another site, which would use a cookie that this page never saw.
/// Every browser reports where a request comes from (`Sec-Fetch-Site`, W3C Fetch Metadata; or `Origin`, RFC 6454). A
/// request with a token and no cookie acts for the owner of the token, wherever it comes from; a request without those
/// headers does not come from a browser.
pub(crate) async fn refuse_cross_origin<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    let uses_token = has_header_token(&request) && !request.headers().contains_key(COOKIE);
    if !request.method().is_safe() && !uses_token && is_cross_origin(&request) {
        return Err(Error::Http(HttpError::CrossOrigin).into());
    }
    next.call(request).await
}

fn is_cross_origin(request: &Request) -> bool {
    match (request.header("sec-fetch-site"), request.headers().get(ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !origin.to_str().is_ok_and(|origin| origin::is_own_origin(origin, request)),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use poem::http::header::HOST;

    use crate::web::middleware::csrf::*;

    fn is_refused(headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::builder().header(HOST, "chat.example:8000"), |r, (k, v)| r.header(*k, *v));
        is_cross_origin(&request.finish())
    }

    #[test]
    fn only_our_own_pages_are_same_origin() {
        assert!(!is_refused(&[("sec-fetch-site", "same-origin")]));
        assert!(!is_refused(&[("sec-fetch-site", "none")]));
        assert!(is_refused(&[("sec-fetch-site", "same-site")]));
        assert!(is_refused(&[("sec-fetch-site", "cross-site"), ("origin", "http://chat.example:8000")]));
        assert!(!is_refused(&[("origin", "http://chat.example:8000")]));
        assert!(!is_refused(&[("origin", "https://chat.example:8000")]));
        assert!(is_refused(&[("origin", "http://chat.example")]));
        assert!(is_refused(&[("origin", "null")]));
        assert!(!is_refused(&[]));
    }
}
