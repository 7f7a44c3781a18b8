//! Who asks: the cookie, a bearer token (RFC 6750), or Basic credentials `name:TOKEN` (RFC 7617).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poem::http::header::{AUTHORIZATION, COOKIE};
use poem::{FromRequest, Request, RequestBody, Result};

use super::{House, device, origin};
use crate::domain::{
    AccountCommand, Act, Author, Command, Moment, Person, Refusal, Room, Scopes, Token, TokenKind, UserName, Who, may,
};
use crate::engine::{Problem, now};
use crate::store::{Known, Snapshot};

/// How long a browser remembers a name it does not use, in seconds: 30 days.
const REMEMBERED_S: u64 = 30 * 24 * 60 * 60;
/// How long after coming in somebody need not show the password again, for what could lock them out.
const FRESH_FOR: Duration = Duration::from_secs(10 * 60);
/// The cookie of a browser that came by http.
const COOKIE_HTTP: &str = "taproom";
/// The cookie of a browser that came by https. Its prefix keeps other hosts and plain http from setting it (RFC 6265bis).
const COOKIE_HTTPS: &str = "__Host-taproom";

/// Somebody who asks.
pub(super) struct Visitor {
    /// Who they are, if they have a name.
    pub person: Option<Person>,
    /// The token they have shown, if it proves that name.
    pub token: Option<Token>,
    /// What a token for scripts may be used for, if they have shown one.
    scopes: Option<Scopes>,
    /// Since when the token that they have shown is there.
    since: Moment,
    cookie: Option<&'static str>,
}

impl Visitor {
    fn nobody() -> Self {
        Self { person: None, token: None, scopes: None, since: Moment(0), cookie: None }
    }

    /// Their number and name.
    pub fn author(&self) -> Option<&Author> {
        self.person.as_ref().map(|person| &person.author)
    }

    /// Who asks, for a command that is not for scripts.
    ///
    /// # Errors
    /// [`Refusal::Scope`].
    pub fn who(&self) -> Result<Who, Refusal> {
        if self.scopes.is_some() { Err(Refusal::Scope) } else { Ok(self.somebody()) }
    }

    /// Whether what they ask with may read: a browser may, and a token for scripts that was made for it.
    pub fn reads(&self) -> bool {
        self.scopes.is_none_or(|scopes| scopes.read)
    }

    /// Who asks to say something.
    ///
    /// # Errors
    /// [`Refusal::Scope`].
    pub fn speaker(&self) -> Result<Who, Refusal> {
        if self.scopes.is_some_and(|scopes| !scopes.post) { Err(Refusal::Scope) } else { Ok(self.somebody()) }
    }

    /// Somebody who may see a page that is not for scripts, and needs a name.
    ///
    /// # Errors
    /// [`Refusal::NameNeeded`], [`Refusal::Scope`].
    pub fn named(&self) -> Result<&Person, Refusal> {
        self.who()?;
        self.person.as_ref().ok_or(Refusal::NameNeeded)
    }

    /// The same, if they may do this; in this room, if it is done in one.
    ///
    /// # Errors
    /// As [`Visitor::named`], and [`Refusal::NotAllowed`].
    pub fn allowed(&self, act: Act, room: Option<&Room>) -> Result<&Person, Refusal> {
        let person = self.named()?;
        if may(person, act, room) { Ok(person) } else { Err(Refusal::NotAllowed) }
    }

    /// Whether they have shown who they are just now: a browser that somebody left open does not count.
    pub fn is_fresh(&self) -> bool {
        now().since(self.since) < FRESH_FOR
    }

    /// Who asks, whatever for.
    pub fn somebody(&self) -> Who {
        self.person.as_ref().map_or(Who::Nobody, |person| Who::User(person.author.id))
    }

    /// The cookie that remembers this visitor for another 30 days, if they came with one.
    pub fn remembered(&self) -> Option<String> {
        self.cookie.zip(self.token.as_ref()).map(|(name, token)| cookie(name, &token.text(), REMEMBERED_S))
    }
}

/// The cookie that makes this browser remember a name.
pub(super) fn remember(request: &Request, token: &Token) -> String {
    let name = if origin::is_https(request) { COOKIE_HTTPS } else { COOKIE_HTTP };
    cookie(name, &token.text(), REMEMBERED_S)
}

/// The cookies that make this browser forget it.
pub(super) fn forget() -> [String; 2] {
    [COOKIE_HTTP, COOKIE_HTTPS].map(|name| cookie(name, "", 0))
}

fn cookie(name: &str, value: &str, seconds: u64) -> String {
    let secure = if name == COOKIE_HTTPS { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

impl<'a> FromRequest<'a> for Visitor {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let house = House::of(request);
        let snapshot = house.store.snapshot().map_err(Problem::Unread)?;
        Ok(identify(request, house, &snapshot)?)
    }
}

/// Credentials that are shown on purpose must be right; a cookie that no longer is, is nobody's. Basic credentials
/// without a token are not for us: a proxy before us asks for its own, and browsers repeat them.
fn identify(request: &Request, house: &Arc<House>, snapshot: &Snapshot) -> Result<Visitor, Problem> {
    if let Some(shown) = shown(request)? {
        let known = snapshot.known(shown.token.hash(), now())?.ok_or(Refusal::TokenUnknown)?;
        if let Some(name) = &shown.name {
            // A script may have a name that its owner had before: it stays theirs.
            let named = UserName::parse(name).map_or(Ok(None), |name| snapshot.user_named(&name))?;
            if named != Some(known.person.author.id) {
                return Err(Problem::Refused(Refusal::TokenUnknown));
            }
        }
        return Ok(met(request, house, known, shown.token, None)?);
    }
    // Where it is known that browsers come by https, the other cookie is none of ours: a page of a neighbouring host may
    // have set it, to make somebody speak as somebody else.
    let names: &[&str] = if origin::is_told_https(request) { &[COOKIE_HTTPS] } else { &[COOKIE_HTTPS, COOKIE_HTTP] };
    for &name in names {
        if let Some(token) = cookie_value(request, name).and_then(Token::parse)
            && let Some(known) = snapshot.known(token.hash(), now())?
        {
            return Ok(met(request, house, known, token, Some(name))?);
        }
    }
    Ok(Visitor::nobody())
}

/// Somebody whose token is good. Once a day it is written down that it was used.
fn met(
    request: &Request,
    house: &Arc<House>,
    known: Known,
    token: Token,
    cookie: Option<&'static str>,
) -> Result<Visitor, Refusal> {
    let Known { person, kind, made_at, seen_at } = known;
    let scopes = match kind {
        TokenKind::Session(_) => None,
        TokenKind::Personal { scopes, .. } => Some(scopes),
    };
    if request.method().is_safe() && scopes.is_some_and(|scopes| !scopes.read) {
        return Err(Refusal::Scope);
    }
    if seen_at.day() < now().day() {
        let (house, token, device) = (Arc::clone(house), token.hash(), device::of(request));
        tokio::spawn(async move {
            let seen = Command::Account(AccountCommand::Seen { token, device });
            let _tomorrow = house.engine.execute(Who::Nobody, None, seen).await;
        });
    }
    Ok(Visitor { person: Some(person), token: Some(token), scopes, since: made_at, cookie })
}

struct Shown {
    name: Option<String>,
    token: Token,
}

/// Whether a request shows a token on purpose.
pub(crate) fn shows_token(request: &Request) -> bool {
    matches!(shown(request), Ok(Some(_)))
}

fn shown(request: &Request) -> Result<Option<Shown>, Refusal> {
    let Some(header) = request.headers().get(AUTHORIZATION) else { return Ok(None) };
    let header = header.to_str().map_err(|_| Refusal::TokenUnknown)?;
    let is_basic = header.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "));
    match credentials(header) {
        None if !is_basic => Err(Refusal::TokenUnknown),
        shown => Ok(shown),
    }
}

fn credentials(header: &str) -> Option<Shown> {
    let (scheme, value) = header.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(Shown { name: None, token: Token::parse(value)? }),
        "basic" => {
            let pair = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
            // From the right: a name may hold a colon, a token does not.
            let (name, token) = pair.rsplit_once(':')?;
            Some(Shown { name: Some(name.to_owned()), token: Token::parse(token)? })
        }
        _ => None,
    }
}

/// The value of a cookie, as the browser sends it.
pub(super) fn cookie_value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let cookies = request.headers().get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
