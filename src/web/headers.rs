//! The headers that every answer has: what a page may do, and who may show it.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use poem::{Endpoint, Request, Response, Result};

/// Nothing but our own files, no inline script or style, and HTML only through the page's one policy (CSP Level 3,
/// Trusted Types).
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; \
                   require-trusted-types-for 'script'; trusted-types htmx";
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// Adds them.
pub(super) async fn add<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let mut response = next.get_response(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, CSP),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
