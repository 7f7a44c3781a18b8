//! Who asks: the cookie, a bearer token (RFC 6750), or Basic credentials `name:TOKEN` (RFC 7617).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::http::header::{AUTHORIZATION, COOKIE};
use poem::{FromRequest, Request, RequestBody, Result};

use crate::domain::{
    AccountCommand, Actor, Author, Command, Permission, Person, Refusal, Room, Scopes, Timestamp, Token, TokenKind,
    UserName, can,
};
use crate::engine::now;
use crate::store::{Authenticated, Snapshot};
use crate::web::request::{origin, user_agent};
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// How long a browser remembers a name it does not use, in seconds: 30 days.
const SESSION_COOKIE_LIFETIME_S: u64 = 30 * 24 * 60 * 60;
/// How long after coming in somebody need not show the password again, for what could lock them out.
const RECENT_SIGN_IN_MAX_AGE: Duration = Duration::from_secs(10 * 60);
/// The cookie of a browser that came by http.
const SESSION_COOKIE: &str = "taproom";
/// The cookie of a browser that came by https. Its prefix keeps other hosts and plain http from setting it (RFC 6265bis).
const SECURE_SESSION_COOKIE: &str = "__Host-taproom";

/// Somebody who asks.
pub(crate) struct Visitor {
    /// Who they are, if they have a name.
    pub person: Option<Person>,
    /// The token they have shown, if it proves that name.
    pub token: Option<Token>,
    /// What a token for scripts may be used for, if they have shown one.
    scopes: Option<Scopes>,
    /// Since when the token that they have shown is there.
    signed_in_at: Timestamp,
    cookie: Option<&'static str>,
}

impl Visitor {
    fn anonymous() -> Self {
        Self { person: None, token: None, scopes: None, signed_in_at: Timestamp(0), cookie: None }
    }

    /// Their number and name.
    pub fn author(&self) -> Option<&Author> {
        self.person.as_ref().map(|person| &person.author)
    }

    /// Who asks, for a command that is not for scripts.
    ///
    /// # Errors
    /// [`Refusal::Scope`].
    pub fn actor(&self) -> Result<Actor, Refusal> {
        if self.scopes.is_some() { Err(Refusal::ScopeMissing) } else { Ok(self.any_actor()) }
    }

    /// Whether what they ask with may read: a browser may, and a token for scripts that was made for it.
    pub fn can_read(&self) -> bool {
        self.scopes.is_none_or(|scopes| scopes.read)
    }

    /// Who asks to say something.
    ///
    /// # Errors
    /// [`Refusal::Scope`].
    pub fn posting_actor(&self) -> Result<Actor, Refusal> {
        if self.scopes.is_some_and(|scopes| !scopes.post) { Err(Refusal::ScopeMissing) } else { Ok(self.any_actor()) }
    }

    /// Somebody who may see a page that is not for scripts, and needs a name.
    ///
    /// # Errors
    /// [`Refusal::NameNeeded`], [`Refusal::Scope`].
    pub fn require_person(&self) -> Result<&Person, Refusal> {
        self.actor()?;
        self.person.as_ref().ok_or(Refusal::SignInRequired)
    }

    /// The same, if they may do this; in this room, if it is done in one.
    ///
    /// # Errors
    /// As [`Visitor::named`], and [`Refusal::NotAllowed`].
    pub fn require_permission(&self, permission: Permission, room: Option<&Room>) -> Result<&Person, Refusal> {
        let person = self.require_person()?;
        if can(person, permission, room) { Ok(person) } else { Err(Refusal::NotAllowed) }
    }

    /// Whether they have shown who they are just now: a browser that somebody left open does not count.
    pub fn signed_in_recently(&self) -> bool {
        now().saturating_since(self.signed_in_at) < RECENT_SIGN_IN_MAX_AGE
    }

    /// Who asks, whatever for.
    pub fn any_actor(&self) -> Actor {
        self.person.as_ref().map_or(Actor::Anonymous, |person| Actor::User(person.author.id))
    }

    /// The cookie that remembers this visitor for another 30 days, if they came with one.
    pub fn refreshed_cookie(&self) -> Option<String> {
        self.cookie
            .zip(self.token.as_ref())
            .map(|(name, token)| format_cookie(name, &token.to_text(), SESSION_COOKIE_LIFETIME_S))
    }
}

/// The cookie that makes this browser remember a name.
pub(crate) fn session_cookie(request: &Request, token: &Token) -> String {
    let name = if origin::is_https(request) { SECURE_SESSION_COOKIE } else { SESSION_COOKIE };
    format_cookie(name, &token.to_text(), SESSION_COOKIE_LIFETIME_S)
}

/// The cookies that make this browser forget it.
pub(crate) fn expired_cookies() -> [String; 2] {
    [SESSION_COOKIE, SECURE_SESSION_COOKIE].map(|name| format_cookie(name, "", 0))
}

fn format_cookie(name: &str, value: &str, seconds: u64) -> String {
    let secure = if name == SECURE_SESSION_COOKIE { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let house = AppState::from_request(request);
        let snapshot = house.store.snapshot().map_err(Error::Internal)?;
        Ok(identify(request, house, &snapshot)?)
    }
}

/// Credentials that are shown on purpose must be right; a cookie that no longer is, is nobody's. Basic credentials
/// without a token are not for us: a proxy before us asks for its own, and browsers repeat them.
pub(crate) fn identify(request: &Request, house: &Arc<AppState>, snapshot: &Snapshot) -> Result<Visitor, Error> {
    if let Some(shown) = read_authorization(request)? {
        let known = snapshot.authenticate(shown.token.hash(), now())?.ok_or(Refusal::TokenInvalid)?;
        if let Some(name) = &shown.name {
            // A script may have a name that its owner had before: it stays theirs.
            let named = UserName::parse(name).map_or(Ok(None), |name| snapshot.user_id_by_name(&name))?;
            if named != Some(known.person.author.id) {
                return Err(Error::Refused(Refusal::TokenInvalid));
            }
        }
        return Ok(build_visitor(request, house, known, shown.token, None)?);
    }
    // Where it is known that browsers come by https, the other cookie is none of ours: a page of a neighbouring host may
    // have set it, to make somebody speak as somebody else.
    let names: &[&str] = if origin::is_known_https(request) {
        &[SECURE_SESSION_COOKIE]
    } else {
        &[SECURE_SESSION_COOKIE, SESSION_COOKIE]
    };
    for &name in names {
        if let Some(token) = cookie_value(request, name).and_then(Token::parse)
            && let Some(known) = snapshot.authenticate(token.hash(), now())?
        {
            return Ok(build_visitor(request, house, known, token, Some(name))?);
        }
    }
    Ok(Visitor::anonymous())
}

/// Somebody whose token is good. Once a day it is written down that it was used.
fn build_visitor(
    request: &Request,
    house: &Arc<AppState>,
    authenticated: Authenticated,
    token: Token,
    cookie: Option<&'static str>,
) -> Result<Visitor, Refusal> {
    let Authenticated { person, kind, created_at: made_at, last_used_at: seen_at } = authenticated;
    let scopes = match kind {
        TokenKind::Session(_) => None,
        TokenKind::Personal { scopes, .. } => Some(scopes),
    };
    if request.method().is_safe() && scopes.is_some_and(|scopes| !scopes.read) {
        return Err(Refusal::ScopeMissing);
    }
    if seen_at.days_since_epoch() < now().days_since_epoch() {
        let (house, token, device) = (Arc::clone(house), token.hash(), user_agent::device_from_request(request));
        tokio::spawn(async move {
            let seen = Command::Account(AccountCommand::RecordUse { token, device });
            let _tomorrow = house.engine.execute(Actor::Anonymous, None, seen).await;
        });
    }
    Ok(Visitor { person: Some(person), token: Some(token), scopes, signed_in_at: made_at, cookie })
}

struct HeaderCredentials {
    name: Option<String>,
    token: Token,
}

/// Whether a request shows a token on purpose.
pub(crate) fn has_header_token(request: &Request) -> bool {
    matches!(read_authorization(request), Ok(Some(_)))
}

fn read_authorization(request: &Request) -> Result<Option<HeaderCredentials>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let header = header.to_str().map_err(|_| Refusal::TokenInvalid)?;
    let is_basic = header.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "));
    match parse_authorization(header) {
        None if !is_basic => Err(Refusal::TokenInvalid),
        shown => Ok(shown),
    }
}

fn parse_authorization(header: &str) -> Option<HeaderCredentials> {
    let (scheme, value) = header.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(HeaderCredentials { name: None, token: Token::parse(value)? }),
        "basic" => {
            let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            // From the right: a name may hold a colon, a token does not.
            let (name, token) = pair.rsplit_once(':')?;
            Some(HeaderCredentials { name: Some(name.to_owned()), token: Token::parse(token)? })
        }
        _ => None,
    }
}

/// The value of a cookie, as the browser sends it.
pub(crate) fn cookie_value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let cookies = request.headers().get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
