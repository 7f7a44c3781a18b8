//! Credentials in the `Authorization` header: a bearer token (RFC 6750), or Basic credentials `name:TOKEN` (RFC 7617).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::Request;
use poem::http::header::AUTHORIZATION;

use crate::domain::{Refusal, Token};

/// What an `Authorization` header says.
pub(crate) struct HeaderCredentials {
    /// The name beside the token, which only Basic credentials have.
    pub name: Option<String>,
    /// The token. Whether it is valid is not known here.
    pub token: Token,
}

/// Whether the request has a well-formed token in its header. A script sends one on purpose; a browser never does.
pub(crate) fn has_header_token(request: &Request) -> bool {
    matches!(read_authorization(request), Ok(Some(_)))
}

/// The credentials in the header, if there are any. Basic credentials without a token are ignored: a proxy in front of
/// this server asks for its own password, and browsers repeat it in every request.
///
/// # Errors
/// [`Refusal::TokenInvalid`] if the header is malformed or has another scheme.
pub(crate) fn read_authorization(request: &Request) -> Result<Option<HeaderCredentials>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let header = header.to_str().map_err(|_| Refusal::TokenInvalid)?;
    let is_basic = header.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "));
    match parse_authorization(header) {
        None if !is_basic => Err(Refusal::TokenInvalid),
        credentials => Ok(credentials),
    }
}

fn parse_authorization(header: &str) -> Option<HeaderCredentials> {
    let (scheme, value) = header.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(HeaderCredentials { name: None, token: Token::parse(value)? }),
        "basic" => {
            let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            // Split from the right: a name can contain a colon, a token cannot.
            let (name, token) = pair.rsplit_once(':')?;
            Some(HeaderCredentials { name: Some(name.to_owned()), token: Token::parse(token)? })
        }
        _ => None,
    }
}
