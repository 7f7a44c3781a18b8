//! Who sent a request: the person whose token is in the session cookie or in the `Authorization` header.

use std::sync::Arc;
use std::time::Duration;

use poem::{Request, Result};

use crate::clock::now;
use crate::domain::{
    AccountCommand, Actor, Author, Command, Permission, Person, Refusal, Room, Scopes, Timestamp, Token, TokenKind,
    UserName, can,
};
use crate::store::{Authenticated, Snapshot};
use crate::web::auth::credentials::read_authorization;
use crate::web::request::cookies::{cookie_value, format_cookie};
use crate::web::request::{origin, user_agent};
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// How long a browser keeps an unused session cookie, in seconds: 30 days.
const SESSION_COOKIE_LIFETIME_S: u64 = 30 * 24 * 60 * 60;
/// How long after signing in the password is not asked for again before a change that could lock the person out.
const RECENT_SIGN_IN_MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// The cookie of a browser that uses http.
const SESSION_COOKIE: &str = "taproom";
/// The cookie of a browser that uses https. Its prefix keeps other hosts and plain http from setting it (RFC 6265bis).
const SECURE_SESSION_COOKIE: &str = "__Host-taproom";

/// The sender of a request.
pub(crate) struct Visitor {
    /// The person, if the request has a valid token.
    pub person: Option<Person>,
    /// The valid token of the request.
    pub token: Option<Token>,
    /// What the token allows, if it is a personal one for scripts. A session allows everything.
    scopes: Option<Scopes>,
    /// When the token was made: for a session, when the person signed in.
    signed_in_at: Timestamp,
    /// The name of the cookie that the token came in.
    cookie: Option<&'static str>,
}

impl Visitor {
    fn anonymous() -> Self {
        Self { person: None, token: None, scopes: None, signed_in_at: Timestamp(0), cookie: None }
    }

    /// The person's id and name.
    pub fn author(&self) -> Option<&Author> {
        self.person.as_ref().map(|person| &person.author)
    }

    /// The actor of a command that personal tokens may not send.
    ///
    /// # Errors
    /// [`Refusal::ScopeMissing`] if the token is a personal one.
    pub fn actor(&self) -> Result<Actor, Refusal> {
        if self.scopes.is_some() { Err(Refusal::ScopeMissing) } else { Ok(self.any_actor()) }
    }

    /// Whether the visitor may read: always by a session, and by a personal token with the `read` scope.
    pub fn can_read(&self) -> bool {
        self.scopes.is_none_or(|scopes| scopes.read)
    }

    /// The actor of a command that posts.
    ///
    /// # Errors
    /// [`Refusal::ScopeMissing`] if the token is a personal one without the `post` scope.
    pub fn posting_actor(&self) -> Result<Actor, Refusal> {
        if self.scopes.is_some_and(|scopes| !scopes.post) { Err(Refusal::ScopeMissing) } else { Ok(self.any_actor()) }
    }

    /// The person, for pages and commands that personal tokens may not use.
    ///
    /// # Errors
    /// [`Refusal::SignInRequired`] without a valid token, [`Refusal::ScopeMissing`] with a personal one.
    pub fn require_person(&self) -> Result<&Person, Refusal> {
        self.actor()?;
        self.person.as_ref().ok_or(Refusal::SignInRequired)
    }

    /// The person, if they have `permission`; in `room`, if it is about a room.
    ///
    /// # Errors
    /// As [`Visitor::require_person`], and [`Refusal::NotAllowed`].
    pub fn require_permission(&self, permission: Permission, room: Option<&Room>) -> Result<&Person, Refusal> {
        let person = self.require_person()?;
        if can(person, permission, room) { Ok(person) } else { Err(Refusal::NotAllowed) }
    }

    /// Whether the visitor signed in a short time ago. An old session may be a browser that was left open.
    pub fn signed_in_recently(&self) -> bool {
        now().saturating_since(self.signed_in_at) < RECENT_SIGN_IN_MAX_AGE
    }

    /// The actor, whatever the token allows. The caller must have checked the scopes.
    pub fn any_actor(&self) -> Actor {
        self.person.as_ref().map_or(Actor::Anonymous, |person| Actor::User(person.author.id))
    }

    /// The session cookie with its lifetime renewed, if the token came in a cookie.
    pub fn refreshed_cookie(&self) -> Option<String> {
        self.cookie
            .zip(self.token.as_ref())
            .map(|(name, token)| format_cookie(name, &token.to_text(), SESSION_COOKIE_LIFETIME_S))
    }
}

/// The cookie that starts a session in this browser.
pub(crate) fn session_cookie(request: &Request, token: &Token) -> String {
    let name = if origin::is_https(request) { SECURE_SESSION_COOKIE } else { SESSION_COOKIE };
    format_cookie(name, &token.to_text(), SESSION_COOKIE_LIFETIME_S)
}

/// The cookies that end the session in this browser, whether it began over http or https.
pub(crate) fn expired_cookies() -> [String; 2] {
    [SESSION_COOKIE, SECURE_SESSION_COOKIE].map(|name| format_cookie(name, "", 0))
}

/// Finds out who sent the request. A token in the header must be valid; a cookie that is not valid any more is ignored.
///
/// # Errors
/// [`Refusal::TokenInvalid`] for a bad header, [`Refusal::ScopeMissing`] for reading with a token that only posts, and
/// [`Error::Internal`] if the store cannot be read.
pub(crate) fn identify(request: &Request, state: &Arc<AppState>, snapshot: &Snapshot) -> Result<Visitor, Error> {
    if let Some(credentials) = read_authorization(request)? {
        let token = credentials.token;
        let authenticated = snapshot.authenticate(token.hash(), now())?.ok_or(Refusal::TokenInvalid)?;
        if let Some(name) = &credentials.name {
            // A script may use a former name of its owner: the name stays reserved for that person.
            let user = UserName::parse(name).map_or(Ok(None), |name| snapshot.user_id_by_name(&name))?;
            if user != Some(authenticated.person.author.id) {
                return Err(Refusal::TokenInvalid.into());
            }
        }
        return Ok(build_visitor(request, state, TokenUse { authenticated, token, cookie: None })?);
    }
    // If browsers are known to use https, the http cookie is not accepted: a page of another subdomain may have set it,
    // to make the visitor act as another person.
    let cookies: &[&str] = if origin::is_known_https(request) {
        &[SECURE_SESSION_COOKIE]
    } else {
        &[SECURE_SESSION_COOKIE, SESSION_COOKIE]
    };
    for &cookie in cookies {
        if let Some(token) = cookie_value(request, cookie).and_then(Token::parse)
            && let Some(authenticated) = snapshot.authenticate(token.hash(), now())?
        {
            return Ok(build_visitor(request, state, TokenUse { authenticated, token, cookie: Some(cookie) })?);
        }
    }
    Ok(Visitor::anonymous())
}

/// A valid token, and how it arrived.
struct TokenUse {
    authenticated: Authenticated,
    token: Token,
    cookie: Option<&'static str>,
}

/// The visitor with this token. Once a day, records that the token was used.
fn build_visitor(request: &Request, state: &Arc<AppState>, token_use: TokenUse) -> Result<Visitor, Refusal> {
    let TokenUse { authenticated, token, cookie } = token_use;
    let Authenticated { person, kind, created_at, last_used_at } = authenticated;
    let scopes = match kind {
        TokenKind::Session(_) => None,
        TokenKind::Personal { scopes, .. } => Some(scopes),
    };
    if request.method().is_safe() && scopes.is_some_and(|scopes| !scopes.read) {
        return Err(Refusal::ScopeMissing);
    }
    if last_used_at.days_since_epoch() < now().days_since_epoch() {
        let (state, token, device) = (Arc::clone(state), token.hash(), user_agent::device_from_request(request));
        tokio::spawn(async move {
            let command = Command::Account(AccountCommand::RecordUse { token, device });
            // If it fails, the next request tries again.
            let _retried_later = state.engine.execute(Actor::Anonymous, None, command).await;
        });
    }
    Ok(Visitor { person: Some(person), token: Some(token), scopes, signed_in_at: created_at, cookie })
}
