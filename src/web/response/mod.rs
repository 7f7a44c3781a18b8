//! Responses that more than one folder builds.

pub(crate) mod error;
pub(crate) mod etag;
pub(crate) mod http_error;
mod refused_form;

use poem::http::header::{CACHE_CONTROL, LOCATION, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::{Request, Response};

use crate::web::auth::visitor::Visitor;
use crate::web::request::accept::Accept;
use crate::web::request::cookies::add_cookie;

pub(crate) use crate::web::response::refused_form::{redisplay, redisplay_form};

/// Redirects to the page that shows the result (RFC 9110, section 15.4.4). `path` must be ASCII.
pub(crate) fn see_other(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, path).finish()
}

/// Marks a response for one visitor: no shared cache keeps it, a browser revalidates it, and the visitor's cookie is
/// renewed. Not `no-store`, which would disable the browser's back and forward.
pub(crate) fn with_private_cache(mut response: Response, visitor: &Visitor) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, Authorization"));
    if let Some(cookie) = visitor.refreshed_cookie() {
        add_cookie(&mut response, &cookie);
    }
    response
}

/// Marks a response that contains a secret or the form for one: no cache keeps it.
pub(crate) fn with_no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Keeps search engines from listing what only people of this server may see.
pub(crate) fn with_noindex(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Answers a change that needs no text: a page is redirected to `path`, which shows the change; a program gets 204
/// (RFC 9110, section 15.3.5).
pub(crate) fn redirect_or_no_content(request: &Request, path: &str) -> Response {
    match Accept::from_request(request) {
        Accept::Json | Accept::Text => StatusCode::NO_CONTENT.into(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    }
}
