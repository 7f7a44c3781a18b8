//! From a problem to an answer: the status, and the words in the form that was asked for.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::error::{MethodNotAllowedError, ResponseError};
use poem::http::header::{ALLOW, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use poem::http::{HeaderMap, HeaderValue, StatusCode};
use poem::{Endpoint, EndpointExt, IntoResponse, PathPattern, Request, Response, Result, RouteMethod};

use super::House;
use super::accept::{Accept, is_htmx};
use crate::domain::Refusal;
use crate::engine::Problem;
use crate::meters::Meters;
use crate::views;
use crate::views::problem::WayOn;

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal_status(refusal),
            Self::Busy | Self::Stopping | Self::Broken => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unread(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NameBlank
        | Refusal::NameTooLong
        | Refusal::RoomBlank
        | Refusal::RoomTooLong
        | Refusal::BodyBlank
        | Refusal::BodyTooLong
        | Refusal::CommandUnknown(_)
        | Refusal::CommandSilent(_)
        | Refusal::NonceInvalid
        | Refusal::Unreadable(_)
        | Refusal::QueryInvalid(_)
        | Refusal::FormatUnknown
        | Refusal::BegunInvalid
        | Refusal::NameMixed
        | Refusal::FieldBlank(_)
        | Refusal::FieldTooLong(..)
        | Refusal::FieldInvalid(_)
        | Refusal::PasswordLength
        | Refusal::PasswordWeak
        | Refusal::PasswordWrong
        | Refusal::RoomKind
        | Refusal::TooMany(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NameTaken(_)
        | Refusal::NameAlike(_)
        | Refusal::NameTooOften(_)
        | Refusal::RoomTaken
        | Refusal::AccountThere
        | Refusal::LastOwner => StatusCode::CONFLICT,
        Refusal::RoomUnknown(_)
        | Refusal::MessageUnknown
        | Refusal::DayUnknown
        | Refusal::PersonUnknown
        | Refusal::RoomAbsent
        | Refusal::LinkDead
        | Refusal::Nothing => StatusCode::NOT_FOUND,
        Refusal::NameNeeded
        | Refusal::TokenUnknown
        | Refusal::SignInWrong
        | Refusal::DoorInvited
        | Refusal::DoorMembers => StatusCode::UNAUTHORIZED,
        Refusal::ForeignOrigin
        | Refusal::NoNewGuests
        | Refusal::Banned(_)
        | Refusal::AddressBlocked
        | Refusal::Muted(_)
        | Refusal::RoomArchived
        | Refusal::NotAllowed
        | Refusal::AccountNeeded
        | Refusal::Scope => StatusCode::FORBIDDEN,
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Slow(_) | Refusal::TooFast { .. } | Refusal::TooManyStreams => StatusCode::TOO_MANY_REQUESTS,
        Refusal::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Refusal::MethodUnknown => StatusCode::METHOD_NOT_ALLOWED,
        Refusal::Misdirected(_) => StatusCode::MISDIRECTED_REQUEST,
    }
}

/// What a browser is told that has lost its name: it knows nothing of tokens.
const NAMELESS_BROWSER: &str =
    "This browser has no name here, or no longer. Sign in, or take one at the door; then send it again.";

/// What the asker is told. Of our own faults they learn only what they can do.
pub(super) fn detail(problem: &Problem) -> String {
    match problem {
        Problem::Refused(refusal) => refusal.to_string(),
        Problem::Busy => "Too many people want something at this moment. Wait a second and send it again.".to_owned(),
        Problem::Stopping => "Taproom is restarting. Wait a few seconds and try again.".to_owned(),
        Problem::Broken => {
            "It could not be saved. Try again; if it stays so, tell whoever runs this server.".to_owned()
        }
        Problem::Unread(_) => {
            "Something broke on our side. Whoever runs this server can find out more in its log.".to_owned()
        }
    }
}

/// What is wrong, and beside which of these fields it stands; blank if beside none.
pub(super) fn beside(problem: &Problem, fields: &[&'static str]) -> (&'static str, String) {
    let field = match problem {
        Problem::Refused(
            Refusal::FieldBlank(field) | Refusal::FieldTooLong(field, _) | Refusal::FieldInvalid(field),
        ) => fields.iter().find(|known| *known == field).copied(),
        _ => None,
    };
    (field.unwrap_or(""), detail(problem))
}

/// Answers whatever went wrong below: as a page, a fragment for htmx, text, or a problem document.
pub(super) async fn answer<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let (accept, htmx) = (Accept::of(&request), is_htmx(&request));
    let house = Arc::clone(House::of(&request));
    // Where whoever signs in goes on to. What was sent is not sent again by itself.
    let page = request.uri().path_and_query().filter(|_| request.method().is_safe()).map(ToString::to_string);
    match next.call(request).await {
        Ok(response) => Ok(response),
        Err(error) => Ok(written(error, accept, htmx, (page.as_deref(), &house))),
    }
}

/// Counts a problem, and logs a fault with its cause. Called once for each, where it becomes an answer. What could not
/// be written was logged and counted when that was found out, once for all who had asked.
pub(super) fn note(problem: &Problem, meters: &Meters) {
    match problem {
        Problem::Refused(refusal) => meters.refused(refusal.kind()),
        Problem::Unread(fault) => {
            meters.faults.inc();
            tracing::error!(%fault, "a request could not be answered");
        }
        Problem::Busy | Problem::Stopping | Problem::Broken => {}
    }
}

fn written(error: poem::Error, accept: Accept, htmx: bool, (page, house): (Option<&str>, &House)) -> Response {
    let (allow, route) = (error.data::<Allow>().copied(), error.data::<PathPattern>().cloned());
    let unsent = error.data::<Unsent>().cloned();
    let problem = match error.downcast::<Problem>() {
        Ok(problem) => problem,
        Err(error) if error.is::<MethodNotAllowedError>() => Problem::Refused(Refusal::MethodUnknown),
        Err(_) => Problem::Refused(Refusal::Nothing), // the router knows no other error
    };
    note(&problem, &house.meters);
    let status = problem.status();
    let in_browser = htmx || accept == Accept::Page;
    let detail = match &problem {
        Problem::Refused(Refusal::NameNeeded | Refusal::TokenUnknown) if in_browser => NAMELESS_BROWSER.to_owned(),
        problem => detail(problem),
    };
    let mut response =
        shown(&problem, &detail, accept, htmx, (unsent.as_ref(), page, house)).with_status(status).into_response();
    if let Some(route) = route {
        response.set_data(route);
    }
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept, HX-Request"));
    if let Some(Allow(methods)) = allow {
        headers.insert(ALLOW, HeaderValue::from_static(methods));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Taproom\""));
    }
    tell_when(&problem, headers);
    response
}

/// Tells in how many seconds it is worth trying again, where time helps (RFC 9110, section 10.2.3).
pub(super) fn tell_when(problem: &Problem, headers: &mut HeaderMap) {
    let seconds = match problem {
        Problem::Refused(Refusal::TooFast { wait_s } | Refusal::Slow(wait_s)) => *wait_s,
        // By then those have gone that went without a word.
        Problem::Refused(Refusal::TooManyStreams) => 60,
        Problem::Busy => 1,
        Problem::Stopping | Problem::Broken => 5,
        Problem::Refused(_) | Problem::Unread(_) => return,
    };
    headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
}

fn shown(
    problem: &Problem,
    detail: &str,
    accept: Accept,
    htmx: bool,
    (unsent, page, house): (Option<&Unsent>, Option<&str>, &House),
) -> Response {
    let status = problem.status();
    if htmx {
        return views::problem::fragment(detail).into_response();
    }
    match accept {
        Accept::Page => {
            let name = house.store.snapshot().and_then(|snapshot| snapshot.house()).unwrap_or_default().name;
            let way_on = match (unsent, problem) {
                (Some(Unsent(unsent)), _) => WayOn::Send(unsent),
                (None, Problem::Refused(Refusal::RoomUnknown(name))) => WayOn::Open(name),
                (None, _) if status == StatusCode::UNAUTHORIZED => WayOn::SignIn(page.unwrap_or("/")),
                (None, _) => WayOn::Door,
            };
            views::problem::page(&name, title(status), detail, &way_on).into_response()
        }
        Accept::Json => {
            let problem =
                views::json::Problem { r#type: "about:blank", title: title(status), status: status.as_u16(), detail };
            let body = serde_json::to_string(&problem).expect("strings and numbers are always JSON");
            body.with_content_type("application/problem+json").into_response()
        }
        Accept::Text | Accept::Stream | Accept::Anything => format!("{detail}\n").into_response(),
    }
}

/// The kind of problem, in words for people.
fn title(status: StatusCode) -> &'static str {
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
pub(super) struct Unsent(pub views::problem::Unsent);

/// Which methods an address takes, for the answer to any other (RFC 9110, section 15.5.6).
#[derive(Clone, Copy)]
struct Allow(&'static str);

/// Makes an address tell what it takes when it is asked for something else.
pub(super) fn allowing(methods: &'static str, endpoint: RouteMethod) -> BoxEndpoint<'static> {
    let telling = move |next: Arc<RouteMethod>, request: Request| async move {
        next.call(request).await.map_err(|mut error| {
            if error.is::<MethodNotAllowedError>() {
                error.set_data(Allow(methods));
            }
            error
        })
    };
    endpoint.around(telling).boxed()
}
