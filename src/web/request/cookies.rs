//! Cookies (RFC 6265bis): reading one from a request, and setting one in a response.

use poem::http::header::{COOKIE, SET_COOKIE};
use poem::{Request, Response};

/// A cookie with this prefix must be `Secure`, and cannot be set by other hosts or over plain http.
const HOST_PREFIX: &str = "__Host-";

/// The value of the first cookie with this name, as the browser sent it.
pub(crate) fn cookie_value<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    headers
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The `Set-Cookie` text for a cookie that scripts cannot read. With `max_age_s` 0 the browser deletes the cookie.
pub(crate) fn format_cookie(name: &str, value: &str, max_age_s: u64) -> String {
    let secure = if name.starts_with(HOST_PREFIX) { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

/// Adds a cookie to a response. `cookie` comes from [`format_cookie`] and is ASCII.
pub(crate) fn add_cookie(response: &mut Response, cookie: &str) {
    response.headers_mut().append(SET_COOKIE, cookie.parse().expect("our cookies are ASCII"));
}
