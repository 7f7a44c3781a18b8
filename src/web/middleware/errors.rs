//! Turns errors into responses: a page, a fragment for htmx, text, or a problem document (RFC 9457).

use std::sync::Arc;

use poem::error::{MethodNotAllowedError, ResponseError};
use poem::http::header::{ALLOW, VARY, WWW_AUTHENTICATE};
use poem::http::{HeaderValue, StatusCode};
use poem::{Endpoint, IntoResponse, PathPattern, Request, Response, Result};

use crate::domain::Refusal;
use crate::views;
use crate::views::error::NextStep;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::response::error::{
    AllowedMethods, Error, UnsentData, add_retry_after, error_detail, error_detail_for_programs, record_error,
};
use crate::web::response::http_error::HttpError;
use crate::web::state::AppState;

/// The text of an error page for a visitor who must sign in. A program reads how to get a token instead.
const SIGNED_OUT: &str = "You are signed out. Sign in, or choose a name on the home page.";

/// What the response to an error depends on besides the error.
struct ErrorContext {
    state: Arc<AppState>,
    accept: Accept,
    is_htmx: bool,
    /// The page to return to after signing in. `None` if the request was not a safe one: it is not sent again.
    page: Option<String>,
}

/// Answers every error of the endpoints below.
pub(crate) async fn render_errors<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let context = ErrorContext {
        state: Arc::clone(AppState::from_request(&request)),
        accept: Accept::from_request(&request),
        is_htmx: is_htmx(&request),
        page: request.uri().path_and_query().filter(|_| request.method().is_safe()).map(ToString::to_string),
    };
    Ok(next.call(request).await.unwrap_or_else(|error| error_response(error, &context)))
}

fn error_response(error: poem::Error, context: &ErrorContext) -> Response {
    let (allowed, route) = (error.data::<AllowedMethods>().copied(), error.data::<PathPattern>().cloned());
    let unsent = error.data::<UnsentData>().cloned();
    let error = match error.downcast::<Error>() {
        Ok(error) => error,
        Err(error) if error.is::<MethodNotAllowedError>() => Error::Http(HttpError::MethodNotAllowed),
        Err(_) => Error::Refused(Refusal::NotFound), // the router has no other error
    };
    record_error(&error, &context.state.metrics);
    let status = error.status();
    let mut response = render_error(&error, unsent.as_ref(), context).with_status(status).into_response();
    if let Some(route) = route {
        response.set_data(route);
    }
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept, HX-Request"));
    if let Some(AllowedMethods(methods)) = allowed {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Taproom\""));
    }
    add_retry_after(&error, headers);
    response
}

fn render_error(error: &Error, unsent: Option<&UnsentData>, context: &ErrorContext) -> Response {
    let status = error.status();
    match context.accept {
        _ if context.is_htmx => views::error::fragment(&page_detail(error)).into_response(),
        Accept::Page => {
            let settings = context.state.store.snapshot().and_then(|snapshot| snapshot.settings());
            let next_step = match (unsent, error) {
                (Some(UnsentData(unsent)), _) => NextStep::Resend(unsent),
                (None, Error::Refused(Refusal::RoomNotFound(name))) => NextStep::CreateRoom(name),
                (None, _) if status == StatusCode::UNAUTHORIZED => {
                    NextStep::SignIn(context.page.as_deref().unwrap_or("/"))
                }
                (None, _) => NextStep::Home,
            };
            let server_name = settings.unwrap_or_default().name;
            views::error::page(&server_name, status_title(status), &page_detail(error), &next_step).into_response()
        }
        Accept::Json => {
            let problem = views::json::ProblemJson {
                r#type: "about:blank",
                title: status_title(status),
                status: status.as_u16(),
                detail: &error_detail_for_programs(error),
            };
            let body = serde_json::to_string(&problem).expect("strings and numbers are always JSON");
            body.with_content_type("application/problem+json").into_response()
        }
        Accept::Text | Accept::Stream | Accept::Anything => {
            format!("{}\n", error_detail_for_programs(error)).into_response()
        }
    }
}

/// The text for a browser, which knows nothing of tokens.
fn page_detail(error: &Error) -> String {
    match error {
        Error::Refused(Refusal::SignInRequired | Refusal::TokenInvalid) => SIGNED_OUT.to_owned(),
        error => error_detail(error),
    }
}

/// The title of an error page. It depends on the status alone.
fn status_title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Sign in required",
        StatusCode::FORBIDDEN => "You don't have access",
        StatusCode::TOO_MANY_REQUESTS => "Too many requests",
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::METHOD_NOT_ALLOWED => "Method not allowed",
        StatusCode::CONFLICT => "Already taken",
        StatusCode::MISDIRECTED_REQUEST => "Wrong address",
        StatusCode::PAYLOAD_TOO_LARGE => "Request too large",
        StatusCode::UNPROCESSABLE_ENTITY => "Check what you entered",
        StatusCode::SERVICE_UNAVAILABLE => "Server unavailable",
        StatusCode::REQUEST_TIMEOUT => "Request timed out",
        _ => "Server error",
    }
}
