//! The one error type of handlers: its status, its text, and how it is recorded. `middleware::errors` makes the response.

use poem::error::ResponseError;
use poem::http::header::RETRY_AFTER;
use poem::http::{HeaderMap, HeaderValue, StatusCode};

use crate::domain::{Refusal, RefusalClass};
use crate::engine::EngineError;
use crate::metrics::Metrics;
use crate::secrets::RandomError;
use crate::store::StoreError;
use crate::views::error::UnsentMessage;
use crate::web::response::http_error::HttpError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A rule of the product refused the request.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request itself was refused.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Too many commands are waiting. Nothing was done; a retry in a moment helps.
    #[error("too many commands are waiting")]
    Busy,
    /// The server is stopping. Nothing was done.
    #[error("the server is restarting")]
    Stopping,
    /// The server could not write or work. The cause was logged where it was found.
    #[error("the change could not be written")]
    Unwritable,
    /// The stored data could not be read.
    #[error(transparent)]
    Internal(#[from] StoreError),
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Refused(refusal) => Self::Refused(refusal),
            EngineError::Busy => Self::Busy,
            EngineError::Stopping => Self::Stopping,
            EngineError::Unwritable => Self::Unwritable,
            EngineError::Internal(error) => Self::Internal(error),
        }
    }
}

impl From<RandomError> for Error {
    fn from(_logged: RandomError) -> Self {
        Self::Unwritable
    }
}

impl ResponseError for Error {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status_of_class(refusal.facts().class),
            Self::Http(error) => error.facts().status,
            Self::Busy | Self::Stopping | Self::Unwritable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

fn status_of_class(class: RefusalClass) -> StatusCode {
    match class {
        RefusalClass::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalClass::Conflict => StatusCode::CONFLICT,
        RefusalClass::NotFound => StatusCode::NOT_FOUND,
        RefusalClass::SignInNeeded => StatusCode::UNAUTHORIZED,
        RefusalClass::Forbidden => StatusCode::FORBIDDEN,
        RefusalClass::TooSoon => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What is wrong and what to do about it. Of internal errors it says only what the caller can do. A form field is named by
/// its key in backticks; the views of pages put the field's label in its place.
pub(crate) fn error_detail(error: &Error) -> String {
    let text = match error {
        Error::Refused(refusal) => return refusal.to_string(),
        Error::Http(error) => return error.to_string(),
        Error::Busy => "The server is busy. Wait a second, then try again.",
        Error::Stopping => "The server is restarting. Wait a few seconds, then try again.",
        Error::Unwritable => "Your change could not be saved. Try again. If this goes on, tell the server's operator.",
        Error::Internal(_) => "The server failed. Its operator can find the cause in the log.",
    };
    text.to_owned()
}

/// The same for programs, which also learn how to get a token.
pub(crate) fn error_detail_for_programs(error: &Error) -> String {
    let detail = error_detail(error);
    match error {
        Error::Refused(Refusal::SignInRequired | Refusal::TokenInvalid) => format!(
            "{detail} To get a token, POST `room` and `name` to /join. Send it as `Authorization: Bearer TOKEN`."
        ),
        _ => detail,
    }
}

/// The one of these `fields` that the error is about, or "" if it is about none of them, and the text of the error.
pub(crate) fn field_error(error: &Error, fields: &[&'static str]) -> (&'static str, String) {
    let field = match error {
        Error::Refused(Refusal::FieldBlank(field) | Refusal::FieldTooLong(field, _) | Refusal::FieldInvalid(field)) => {
            fields.iter().find(|known| *known == field).copied()
        }
        _ => None,
    };
    (field.unwrap_or(""), error_detail(error))
}

/// Counts an error, and logs it if it is internal. Call it once for each error, where it becomes a response. A failed
/// write was logged and counted where it was found, once for all commands in the batch.
pub(crate) fn record_error(error: &Error, metrics: &Metrics) {
    match error {
        Error::Refused(refusal) => metrics.count_refusal(refusal.facts().code),
        Error::Http(error) => metrics.count_refusal(error.facts().code),
        Error::Internal(error) => {
            metrics.internal_errors.inc();
            tracing::error!(%error, "failed to answer a request");
        }
        Error::Busy | Error::Stopping | Error::Unwritable => {}
    }
}

/// Adds `Retry-After` in seconds if a later retry can succeed (RFC 9110, section 10.2.3).
pub(crate) fn add_retry_after(error: &Error, headers: &mut HeaderMap) {
    let seconds = match error {
        Error::Refused(Refusal::SlowMode(seconds)) => Some(*seconds),
        Error::Http(error) => error.retry_after_s(),
        Error::Busy => Some(1),
        Error::Stopping | Error::Unwritable => Some(5),
        Error::Refused(_) | Error::Internal(_) => None,
    };
    if let Some(seconds) = seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// The message that a page without a script failed to post, as data of the error. The error page keeps it in a form.
#[derive(Clone)]
pub(crate) struct UnsentData(pub UnsentMessage);

/// The methods that an address accepts, as data of the error for any other (RFC 9110, section 15.5.6).
#[derive(Clone, Copy)]
pub(crate) struct AllowedMethods(pub &'static str);
