//! Responses that more than one folder builds.

pub(crate) mod error;
pub(crate) mod etag;
pub(crate) mod http_error;
mod refused_form;

use poem::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use crate::domain::Token;
use crate::views;
use crate::web::auth::visitor::{self, Visitor};
use crate::web::request::accept::Accept;

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

/// Adds a cookie of Taproom, which is always ASCII.
pub(crate) fn add_cookie(response: &mut Response, cookie: &str) {
    response.headers_mut().append(SET_COOKIE, cookie.parse().expect("a cookie of Taproom is ASCII"));
}

/// Marks a response that contains a secret or the form for one: no cache keeps it.
pub(crate) fn with_no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
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

/// Answers a sign-in: a browser gets the token as a cookie and is redirected to `path`, a program gets it in the body.
pub(crate) fn respond_signed_in(request: &Request, name: &str, token: &Token, path: &str) -> Response {
    let mut response = match Accept::from_request(request) {
        Accept::Json => Json(views::json::SignedInJson::new(name, token)).into_response(),
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    };
    add_cookie(&mut response, &visitor::session_cookie(request, token));
    with_no_store(response)
}
