//! Forms that were refused: the page is shown again with what was typed and what is wrong.

use poem::error::ResponseError;
use poem::{Request, Response};

use crate::views::FormState;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::response::error::{Error, add_retry_after, error_detail, record_error};
use crate::web::state::AppState;

/// Answers a form that failed: `page` shows it again, with what was typed and what is wrong. A program, and a caller who may
/// not see the page either, get the error alone.
pub(crate) fn redisplay(
    request: &Request,
    state: &AppState,
    error: Error,
    page: impl FnOnce(&Error) -> Result<Response, Error>,
) -> Result<Response, Error> {
    if Accept::from_request(request) != Accept::Page || is_htmx(request) {
        return Err(error);
    }
    let Ok(mut response) = page(&error) else { return Err(error) };
    record_error(&error, &state.metrics);
    response.set_status(error.status());
    add_retry_after(&error, response.headers_mut());
    Ok(response)
}

/// The same for a form that shows again what was typed into `fields`, with the error beside the field it is about.
pub(crate) fn redisplay_form(
    request: &Request,
    form: &Form,
    fields: &[&'static str],
    error: Error,
    page: impl FnOnce(&FormState) -> Result<Response, Error>,
) -> Result<Response, Error> {
    redisplay(request, AppState::from_request(request), error, |error| {
        let value = |field| form.get_all(field).unwrap_or_default().join(" ");
        let values = fields.iter().map(|field| (*field, value(field))).collect();
        let field = match error {
            Error::Refused(refusal) => refusal.facts().field,
            Error::Http(_) | Error::Busy | Error::Stopping | Error::Unwritable | Error::Internal(_) => None,
        };
        page(&FormState { values, error: Some((field, error_detail(error))) })
    })
}
