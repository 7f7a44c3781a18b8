//! Shapes of answers that more than one noun gives.

use poem::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::{Request, Response, Result};

use super::accept::{Accept, is_htmx};
use super::visitor::Visitor;
use super::{House, problem};
use crate::engine::Problem;

/// Go and look there (RFC 9110, section 15.4.4). `path` is ASCII.
pub(super) fn see_other(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, path).finish()
}

/// A page for one visitor: kept by nobody else, always asked for again, and it renews their cookie. Not `no-store`,
/// which would take it out of the browser's back and forward.
pub(super) fn private(mut response: Response, visitor: &Visitor) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, Authorization"));
    if let Some(cookie) = visitor.remembered() {
        add_cookie(&mut response, &cookie);
    }
    response
}

/// Adds a cookie of ours, which is always ASCII.
pub(super) fn add_cookie(response: &mut Response, cookie: &str) {
    response.headers_mut().append(SET_COOKIE, cookie.parse().expect("a cookie of ours is ASCII"));
}

/// Whether whoever asks is shown a page: a browser. Programs are told the same as JSON.
pub(super) fn wants_page(request: &Request) -> bool {
    matches!(Accept::of(request), Accept::Page | Accept::Stream)
}

/// What a form is answered that was refused: `page` shows it again, with what was typed and what is wrong. Programs, and
/// whoever may not see the page either, are told the problem alone.
pub(super) fn again(
    request: &Request,
    house: &House,
    problem: Problem,
    page: impl FnOnce(&Problem) -> Result<Response, Problem>,
) -> Result<Response> {
    if Accept::of(request) != Accept::Page || is_htmx(request) {
        return Err(problem.into());
    }
    let Ok(mut response) = page(&problem) else { return Err(problem.into()) };
    problem::note(&problem, &house.meters);
    response.set_status(poem::error::ResponseError::status(&problem));
    problem::tell_when(&problem, response.headers_mut());
    Ok(response)
}
