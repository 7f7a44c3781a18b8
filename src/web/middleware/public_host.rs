//! Refuses requests to any host name but the public one.

use std::sync::Arc;

use poem::{Endpoint, Request, Response, Result};

use crate::web::request::origin::effective_host;
use crate::web::response::error::Error;
use crate::web::response::http_error::HttpError;
use crate::web::state::AppState;

/// The paths for monitoring, which is served under any name.
const MONITORING_PATHS: [&str; 3] = ["/up", "/ready", "/metrics"];

/// Refuses requests to another host than the public one, if the operator set one (RFC 9110, section 15.5.20).
pub(crate) async fn refuse_other_hosts<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    if let Some(public_url) = &AppState::from_request(&request).public_url
        && !MONITORING_PATHS.contains(&request.uri().path())
        && !effective_host(&request).is_some_and(|host| public_url.matches_host(&host))
    {
        return Err(Error::Http(HttpError::Misdirected(public_url.to_string())).into());
    }
    next.call(request).await
}
