//! Sessions and tokens.

use serde::Serialize;

use crate::domain::{Session, SessionId, Token, TokenKind};
use crate::views::settings::tokens::scope_names;
use crate::views::time::FormattedTime;

/// A session or a personal token of the caller.
#[derive(Debug, Serialize)]
pub struct SessionJson<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<&'static str>>,
    created_at: String,
    /// To within a day.
    last_used_at: String,
    current: bool,
    /// The token itself, only in the answer that created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl<'a> SessionJson<'a> {
    /// The JSON of a session; `current` is the session of the request.
    pub fn from_session(session: &'a Session, current: Option<SessionId>) -> Self {
        let (name, address, scopes) = match &session.kind {
            TokenKind::Session(device) => (&device.browser, Some(device.address.as_str()), None),
            TokenKind::Personal { label, scopes } => (label, None, Some(scope_names(*scopes).collect())),
        };
        let format_seconds = |at| FormattedTime::new(at).iso_seconds().to_owned() + "Z";
        Self {
            id: session.id.to_string(),
            name,
            address,
            scopes,
            created_at: format_seconds(session.created_at),
            last_used_at: format_seconds(session.last_used_at),
            current: current == Some(session.id),
            token: None,
        }
    }

    /// Adds the token, which was just created.
    #[must_use]
    pub fn with_token(self, token: &Token) -> Self {
        Self { token: Some(token.to_text()), ..self }
    }
}

/// The answer to a user who signed in.
#[derive(Debug, Serialize)]
pub struct SignedInJson<'a> {
    token: String,
    name: &'a str,
}

impl<'a> SignedInJson<'a> {
    /// The answer to the user `name`, who has this token from now on.
    pub fn new(name: &'a str, token: &Token) -> Self {
        Self { token: token.to_text(), name }
    }
}

/// The answer to a user who accepted an invitation.
#[derive(Debug, Serialize)]
pub struct InvitationAcceptedJson<'a> {
    token: String,
    name: &'a str,
    url: &'a str,
}

impl<'a> InvitationAcceptedJson<'a> {
    /// The answer to the user `name`, who has this token from now on; `url` is the page to open first.
    pub fn new(name: &'a str, token: &Token, url: &'a str) -> Self {
        Self { token: token.to_text(), name, url }
    }
}
