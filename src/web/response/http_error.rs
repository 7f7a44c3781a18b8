//! Refusals that exist only because requests arrive by HTTP: what was sent, from where, and how fast. Rules of the
//! product are [`crate::domain::Refusal`].

use poem::http::StatusCode;
use thiserror::Error;

use crate::domain::limits::REQUEST_BODY_BYTES_MAX;

/// Why a request is refused before its meaning matters. Each text says what is wrong, then what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum HttpError {
    /// A browser sent this from a page of another site.
    #[error("This request came from another site. Open this server's own page, then try again.")]
    CrossOrigin,
    /// The request's body is over the limit.
    #[error("The request is too large. The limit is {REQUEST_BODY_BYTES_MAX} bytes.")]
    RequestTooLarge,
    /// The request's body is not what its type says, or not UTF-8.
    #[error("The request could not be read: {0}.")]
    RequestUnreadable(&'static str),
    /// The body took too long to arrive.
    #[error("The request took too long to arrive. Send it again.")]
    RequestTimeout,
    /// A query parameter is not what it should be.
    #[error("`{0}` must be a number from a link or an event id.")]
    QueryInvalid(&'static str),
    /// A stream has no such format.
    #[error("`as` must be html, text or json.")]
    FormatUnknown,
    /// The address exists, but does not accept this method.
    #[error("This address does not accept this method. The `Allow` header lists the ones it does.")]
    MethodNotAllowed,
    /// The request was sent to another host than the server's public one, which is given.
    #[error("This server is at {0}. Use that address.")]
    Misdirected(String),
    /// The caller has as many streams open as allowed.
    #[error("You have too many pages of this server open. Close some, then try again.")]
    TooManyStreams,
    /// The caller is over a rate limit.
    #[error("Too many requests. Wait {}, then try again.", count_seconds(*retry_after_s))]
    RateLimited {
        /// How long to wait, in whole seconds; at least one.
        retry_after_s: u64,
    },
}

/// What a response needs to know of an [`HttpError`].
pub(crate) struct HttpErrorFacts {
    /// The name of the error for programs and metrics. It holds nothing of the request.
    pub code: &'static str,
    /// The status of the response.
    pub status: StatusCode,
}

impl HttpError {
    /// The code and the status of this error.
    pub fn facts(&self) -> HttpErrorFacts {
        let (code, status) = match self {
            Self::CrossOrigin => ("cross_origin", StatusCode::FORBIDDEN),
            Self::RequestTooLarge => ("request_too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::RequestUnreadable(_) => ("request_unreadable", StatusCode::UNPROCESSABLE_ENTITY),
            Self::RequestTimeout => ("request_timeout", StatusCode::REQUEST_TIMEOUT),
            Self::QueryInvalid(_) | Self::FormatUnknown => ("query_invalid", StatusCode::UNPROCESSABLE_ENTITY),
            Self::MethodNotAllowed => ("method_not_allowed", StatusCode::METHOD_NOT_ALLOWED),
            Self::Misdirected(_) => ("misdirected", StatusCode::MISDIRECTED_REQUEST),
            Self::TooManyStreams => ("too_many_streams", StatusCode::TOO_MANY_REQUESTS),
            Self::RateLimited { .. } => ("rate_limited", StatusCode::TOO_MANY_REQUESTS),
        };
        HttpErrorFacts { code, status }
    }

    /// The number of seconds after which a retry can succeed (RFC 9110, section 10.2.3), if waiting helps.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::RateLimited { retry_after_s } => Some(*retry_after_s),
            Self::TooManyStreams => Some(60), // by then, streams of vanished clients are closed
            Self::CrossOrigin
            | Self::RequestTooLarge
            | Self::RequestUnreadable(_)
            | Self::RequestTimeout
            | Self::QueryInvalid(_)
            | Self::FormatUnknown
            | Self::MethodNotAllowed
            | Self::Misdirected(_) => None,
        }
    }
}

fn count_seconds(count: u64) -> String {
    if count == 1 { "1 second".to_owned() } else { format!("{count} seconds") }
}
