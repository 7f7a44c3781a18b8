//! Shapes of answers that more than one noun gives.

use poem::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::web::Json;
use poem::{IntoResponse, Request, Response, Result};

use super::accept::{Accept, is_htmx};
use super::form::Form;
use super::visitor::{self, Visitor};
use super::{House, problem};
use crate::domain::Token;
use crate::engine::Problem;
use crate::views::{self, Again};

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

/// The same for what holds a secret or its form: nobody keeps it.
pub(super) fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Something was done that needs no words: a page goes on to `path`, which shows it; a program is told so (RFC 9110,
/// section 15.3.5).
pub(super) fn done(request: &Request, path: &str) -> Response {
    match Accept::of(request) {
        Accept::Json | Accept::Text => StatusCode::NO_CONTENT.into(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    }
}

/// Somebody is known by a new token from now on: a browser gets it as a cookie and goes on to `path`, a program is told it.
pub(super) fn signed_in(request: &Request, name: &str, token: &Token, path: &str) -> Response {
    let mut response = match Accept::of(request) {
        Accept::Json => Json(views::json::SignedIn::of(name, token)).into_response(),
        Accept::Text => format!("{}\n", token.text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    };
    add_cookie(&mut response, &visitor::remember(request, token));
    no_store(response)
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

/// The same for a form of which what was typed into `fields` is shown again, and what is wrong beside the field that has to
/// do with it.
pub(super) fn form_again(
    request: &Request,
    form: &Form,
    fields: &[&'static str],
    problem: Problem,
    page: impl FnOnce(&Again) -> Result<Response, Problem>,
) -> Result<Response> {
    again(request, House::of(request), problem, |problem| {
        let typed = |field| form.several(field).unwrap_or_default().join(" ");
        let typed = fields.iter().map(|field| (*field, typed(field))).collect();
        let field = match problem {
            Problem::Refused(refusal) => refusal.field(),
            Problem::Busy | Problem::Stopping | Problem::Broken | Problem::Unread(_) => None,
        };
        page(&Again { typed, wrong: Some((field, problem::detail(problem))) })
    })
}
