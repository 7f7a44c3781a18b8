//! The response that gives a caller a new token.

use poem::web::Json;
use poem::{IntoResponse, Request, Response};

use crate::domain::Token;
use crate::views;
use crate::web::auth::visitor::session_cookie;
use crate::web::request::accept::Accept;
use crate::web::request::cookies::add_cookie;
use crate::web::response::{see_other, with_no_store};

/// A person who has a new session.
pub(crate) struct SignedIn {
    /// The person's name.
    pub name: String,
    /// The token of the new session.
    pub token: Token,
}

/// Sets the session cookie. A browser is redirected to `path`; a program gets the token in the body.
pub(crate) fn respond_signed_in(request: &Request, SignedIn { name, token }: &SignedIn, path: &str) -> Response {
    let mut response = match Accept::from_request(request) {
        Accept::Json => Json(views::json::SignedInJson::new(name, token)).into_response(),
        Accept::Text => format!("{}\n", token.to_text()).into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => see_other(path),
    };
    add_cookie(&mut response, &session_cookie(request, token));
    with_no_store(response)
}
