//! Checks the rate limits of a request.

use poem::Request;

use crate::domain::UserId;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::client_address;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// Counts one `action` of the person (or of the one they claim to be), of their address and of the server, whether or
/// not the action then succeeds.
///
/// # Errors
/// [`crate::web::response::http_error::HttpError::RateLimited`] if one of them has no budget left.
pub(crate) fn check(request: &Request, person: Option<UserId>, action: LimitedAction) -> Result<(), Error> {
    match &AppState::from_request(request).rate_limits {
        Some(limits) => Ok(limits.check(action, person, client_address::rate_limit_address(request))?),
        None => Ok(()),
    }
}
