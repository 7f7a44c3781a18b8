//! The security headers of every response: what a page may load, and which pages may frame it.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use poem::{Endpoint, Request, Response, Result};

use crate::web::request::origin;

/// Only our own files, no inline scripts or styles, and HTML only through the page's one policy (CSP Level 3, Trusted
/// Types).
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; \
                   require-trusted-types-for 'script'; trusted-types htmx";
const PERMISSIONS_POLICY: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
/// A browser that used HTTPS once uses only HTTPS for a year (RFC 6797). Subdomains are not included: they are not ours
/// to decide about.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the headers, and `no-store` to responses that say nothing about caching.
pub(crate) async fn add_security_headers<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    let is_https = origin::is_known_https(&request);
    let mut response = next.get_response(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, CSP),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    // Without this, a cache may choose how long to keep such a response, for example an error (RFC 9111, section 4.2.2).
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    Ok(response)
}
