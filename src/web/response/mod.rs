//! Shapes of answers that more than one noun gives.

pub(crate) mod error;
pub(crate) mod etag;
pub(crate) mod http_error;

use poem::http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE, VARY};
use poem::http::{HeaderValue, StatusCode};
use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use crate::domain::Token;

use crate::views::{self, FormState};
use crate::web::auth::visitor::{self, Visitor};
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// Go and look there (RFC 9110, section 15.4.4). `path` is ASCII.
pub(crate) fn see_other(path: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(LOCATION, path).finish()
}

/// A page for one visitor: kept by nobody else, always asked for again, and it renews their cookie. Not `no-store`,
/// which would take it out of the browser's back and forward.
pub(crate) fn with_private_cache(mut response: Response, visitor: &Visitor) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(VARY, HeaderValue::from_static("Accept, Cookie, Authorization"));
    if let Some(cookie) = visitor.refreshed_cookie() {
        add_cookie(&mut response, &cookie);
    }
    response
}

/// Adds a cookie of ours, which is always ASCII.
pub(crate) fn add_cookie(response: &mut Response, cookie: &str) {
    response.headers_mut().append(SET_COOKIE, cookie.parse().expect("a cookie of ours is ASCII"));
}

/// The same for what holds a secret or its form: nobody keeps it.
pub(crate) fn with_no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Keeps search engines from listing what only people of this server may see.
pub(crate) fn with_noindex(mut response: Response) -> Response {
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Something was done that needs no words: a page goes on to `path`, which shows it; a program is told so (RFC 9110,
/// section 15.3.5).
pub(crate) fn redirect_or_no_content(request: &Request, path: &str) -> Response {
    match Accept::from_request(request) {
        Accept::Json | Accept::Text => StatusCode::NO_CONTENT.into(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    }
}

/// Somebody is known by a new token from now on: a browser gets it as a cookie and goes on to `path`, a program is told it.
pub(crate) fn respond_signed_in(request: &Request, name: &str, token: &Token, path: &str) -> Response {
    let mut response = match Accept::from_request(request) {
        Accept::Json => Json(views::json::SignedInJson::new(name, token)).into_response(),
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    };
    add_cookie(&mut response, &visitor::session_cookie(request, token));
    with_no_store(response)
}

/// Whether whoever asks is shown a page: a browser. Programs are told the same as JSON.
pub(crate) fn wants_page(request: &Request) -> bool {
    matches!(Accept::from_request(request), Accept::Page | Accept::Stream)
}

/// What a form is answered that was refused: `page` shows it again, with what was typed and what is wrong. Programs, and
/// whoever may not see the page either, are told the problem alone.
pub(crate) fn redisplay(
    request: &Request,
    house: &AppState,
    error: Error,
    page: impl FnOnce(&Error) -> Result<Response, Error>,
) -> Result<Response, Error> {
    if Accept::from_request(request) != Accept::Page || is_htmx(request) {
        return Err(error);
    }
    let Ok(mut response) = page(&error) else { return Err(error) };
    error::record_error(&error, &house.metrics);
    response.set_status(poem::error::ResponseError::status(&error));
    error::add_retry_after(&error, response.headers_mut());
    Ok(response)
}

/// The same for a form of which what was typed into `fields` is shown again, and what is wrong beside the field that has to
/// do with it.
pub(crate) fn redisplay_form(
    request: &Request,
    form: &Form,
    fields: &[&'static str],
    error: Error,
    page: impl FnOnce(&FormState) -> Result<Response, Error>,
) -> Result<Response, Error> {
    redisplay(request, AppState::from_request(request), error, |problem| {
        let typed = |field| form.get_all(field).unwrap_or_default().join(" ");
        let typed = fields.iter().map(|field| (*field, typed(field))).collect();
        let field = match problem {
            Error::Refused(refusal) => refusal.facts().field,
            Error::Http(_) | Error::Busy | Error::Stopping | Error::Unwritable | Error::Internal(_) => None,
        };
        page(&FormState { values: typed, error: Some((field, error::error_detail(problem))) })
    })
}
