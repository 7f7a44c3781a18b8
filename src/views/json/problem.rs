//! Errors.

use serde::Serialize;

/// A problem document (RFC 9457).
#[derive(Debug, Serialize)]
pub struct ProblemJson<'a> {
    /// Always `about:blank`: the problem has no more meaning than its status.
    pub r#type: &'a str,
    /// The title of the status.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong in this case, and what to do.
    pub detail: &'a str,
}
