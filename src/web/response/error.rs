//! From a problem to an answer: the status, and the words in the form that was asked for.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::error::{MethodNotAllowedError, ResponseError};
use poem::http::header::{ALLOW, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use poem::http::{HeaderMap, HeaderValue, StatusCode};
use poem::{Endpoint, EndpointExt, IntoResponse, PathPattern, Request, Response, Result, RouteMethod};

use crate::domain::{Refusal, RefusalClass};
use crate::engine::EngineError;
use crate::metrics::Metrics;
use crate::secrets::RandomError;
use crate::store::StoreError;
use crate::views;
use crate::views::error::NextStep;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::response::http_error::HttpError;
use crate::web::state::AppState;

/// Why a request has no answer of its own.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The caller's doing: a rule of the product.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller's doing: the request itself.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Too many commands wait. Nothing was done; asking again in a moment helps.
    #[error("too many commands are waiting")]
    Busy,
    /// The server stops. Nothing was done.
    #[error("the server is restarting")]
    Stopping,
    /// Our doing, and logged where it was found.
    #[error("the change could not be written")]
    Unwritable,
    /// Our doing: what is stored could not be read.
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

/// What a browser is told that has lost its name: it knows nothing of tokens.
const SIGNED_OUT_BROWSER: &str =
    "This browser has no name here, or no longer. Sign in, or take one at the door; then send it again.";

/// What the asker is told. Of our own faults they learn only what they can do.
pub(crate) fn error_detail(error: &Error) -> String {
    match error {
        Error::Refused(refusal) => refusal.to_string(),
        Error::Http(error) => error.to_string(),
        Error::Busy => "Too many people want something at this moment. Wait a second and send it again.".to_owned(),
        Error::Stopping => "Taproom is restarting. Wait a few seconds and try again.".to_owned(),
        Error::Unwritable => {
            "It could not be saved. Try again; if it stays so, tell whoever runs this server.".to_owned()
        }
        Error::Internal(_) => {
            "Something broke on our side. Whoever runs this server can find out more in its log.".to_owned()
        }
    }
}

/// What is wrong, and beside which of these fields it stands; blank if beside none.
pub(crate) fn field_error(error: &Error, fields: &[&'static str]) -> (&'static str, String) {
    let field = match error {
        Error::Refused(Refusal::FieldBlank(field) | Refusal::FieldTooLong(field, _) | Refusal::FieldInvalid(field)) => {
            fields.iter().find(|known| *known == field).copied()
        }
        _ => None,
    };
    (field.unwrap_or(""), error_detail(error))
}

/// Answers whatever went wrong below: as a page, a fragment for htmx, text, or a problem document.
pub(crate) async fn render_errors<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let (accept, htmx) = (Accept::from_request(&request), is_htmx(&request));
    let house = Arc::clone(AppState::from_request(&request));
    // Where whoever signs in goes on to. What was sent is not sent again by itself.
    let page = request.uri().path_and_query().filter(|_| request.method().is_safe()).map(ToString::to_string);
    match next.call(request).await {
        Ok(response) => Ok(response),
        Err(error) => Ok(error_response(error, accept, htmx, (page.as_deref(), &house))),
    }
}

/// Counts a problem, and logs a fault with its cause. Called once for each, where it becomes an answer. What could not
/// be written was logged and counted when that was found out, once for all who had asked.
pub(crate) fn record_error(error: &Error, metrics: &Metrics) {
    match error {
        Error::Refused(refusal) => metrics.count_refusal(refusal.facts().code),
        Error::Http(error) => metrics.count_refusal(error.facts().code),
        Error::Internal(fault) => {
            metrics.internal_errors.inc();
            tracing::error!(%fault, "a request could not be answered");
        }
        Error::Busy | Error::Stopping | Error::Unwritable => {}
    }
}

fn error_response(
    error: poem::Error,
    accept: Accept,
    htmx: bool,
    (page, house): (Option<&str>, &AppState),
) -> Response {
    let (allow, route) = (error.data::<AllowedMethods>().copied(), error.data::<PathPattern>().cloned());
    let unsent = error.data::<UnsentData>().cloned();
    let error = match error.downcast::<Error>() {
        Ok(problem) => problem,
        Err(error) if error.is::<MethodNotAllowedError>() => Error::Http(HttpError::MethodNotAllowed),
        Err(_) => Error::Refused(Refusal::NotFound), // the router knows no other error
    };
    record_error(&error, &house.metrics);
    let status = error.status();
    let in_browser = htmx || accept == Accept::Page;
    let detail = match &error {
        Error::Refused(Refusal::SignInRequired | Refusal::TokenInvalid) if in_browser => SIGNED_OUT_BROWSER.to_owned(),
        problem => error_detail(problem),
    };
    let mut response =
        render_error(&error, &detail, accept, htmx, (unsent.as_ref(), page, house)).with_status(status).into_response();
    if let Some(route) = route {
        response.set_data(route);
    }
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept, HX-Request"));
    if let Some(AllowedMethods(methods)) = allow {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Taproom\""));
    }
    add_retry_after(&error, headers);
    response
}

/// Tells in how many seconds it is worth trying again, where time helps (RFC 9110, section 10.2.3).
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

fn render_error(
    error: &Error,
    detail: &str,
    accept: Accept,
    htmx: bool,
    (unsent, page, house): (Option<&UnsentData>, Option<&str>, &AppState),
) -> Response {
    let status = error.status();
    if htmx {
        return views::error::fragment(detail).into_response();
    }
    match accept {
        Accept::Page => {
            let name = house.store.snapshot().and_then(|snapshot| snapshot.settings()).unwrap_or_default().name;
            let next_step = match (unsent, error) {
                (Some(UnsentData(unsent)), _) => NextStep::Resend(unsent),
                (None, Error::Refused(Refusal::RoomNotFound(name))) => NextStep::CreateRoom(name),
                (None, _) if status == StatusCode::UNAUTHORIZED => NextStep::SignIn(page.unwrap_or("/")),
                (None, _) => NextStep::Home,
            };
            views::error::page(&name, status_title(status), detail, &next_step).into_response()
        }
        Accept::Json => {
            let error = views::json::ProblemJson {
                r#type: "about:blank",
                title: status_title(status),
                status: status.as_u16(),
                detail,
            };
            let body = serde_json::to_string(&error).expect("strings and numbers are always JSON");
            body.with_content_type("application/problem+json").into_response()
        }
        Accept::Text | Accept::Stream | Accept::Anything => format!("{detail}\n").into_response(),
    }
}

/// The kind of problem, in words for people.
fn status_title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "A name is needed",
        StatusCode::FORBIDDEN => "Not for you",
        StatusCode::TOO_MANY_REQUESTS => "Too fast",
        StatusCode::NOT_FOUND => "Nothing here",
        StatusCode::METHOD_NOT_ALLOWED => "Not like this",
        StatusCode::CONFLICT => "Already taken",
        StatusCode::MISDIRECTED_REQUEST => "Not at this address",
        StatusCode::PAYLOAD_TOO_LARGE => "Too much at once",
        StatusCode::UNPROCESSABLE_ENTITY => "Not quite",
        StatusCode::SERVICE_UNAVAILABLE => "Not at this moment",
        StatusCode::REQUEST_TIMEOUT => "Too slow",
        _ => "Something broke",
    }
}

/// What a page without a script has sent in vain, as data of the error: the page that tells so keeps it.
#[derive(Clone)]
pub(crate) struct UnsentData(pub views::error::UnsentMessage);

/// Which methods an address takes, for the answer to any other (RFC 9110, section 15.5.6).
#[derive(Clone, Copy)]
struct AllowedMethods(&'static str);

/// Makes an address tell what it takes when it is asked for something else.
pub(crate) fn with_allow(methods: &'static str, endpoint: RouteMethod) -> BoxEndpoint<'static> {
    let telling = move |next: Arc<RouteMethod>, request: Request| async move {
        next.call(request).await.map_err(|mut error| {
            if error.is::<MethodNotAllowedError>() {
                error.set_data(AllowedMethods(methods));
            }
            error
        })
    };
    endpoint.around(telling).boxed()
}
