//! The theme that a reader chose for one browser. It is kept in a cookie of its own, apart from the session.

use poem::Request;

use crate::views::Theme;
use crate::web::request::cookies::{cookie_value, format_cookie};
use crate::web::request::origin;

/// The cookie of a browser that uses http.
const THEME_COOKIE: &str = "theme";
/// The cookie of a browser that uses https. Its prefix keeps other hosts and plain http from setting it.
const SECURE_THEME_COOKIE: &str = "__Host-theme";
/// How long a browser keeps the cookie, in seconds: a year.
const THEME_COOKIE_LIFETIME_S: u64 = 365 * 24 * 60 * 60;

/// The theme that this browser chose.
pub(crate) fn theme_from_request(request: &Request) -> Theme {
    let chosen = |name| cookie_value(request, name).and_then(Theme::parse);
    let by_http = || if origin::is_known_https(request) { None } else { chosen(THEME_COOKIE) };
    chosen(SECURE_THEME_COOKIE).or_else(by_http).unwrap_or_default()
}

/// The cookie that makes this browser remember `theme`. The default theme deletes the cookie.
pub(crate) fn theme_cookie(request: &Request, theme: Theme) -> String {
    let name = if origin::is_https(request) { SECURE_THEME_COOKIE } else { THEME_COOKIE };
    let max_age_s = if theme == Theme::System { 0 } else { THEME_COOKIE_LIFETIME_S };
    format_cookie(name, theme.as_str(), max_age_s)
}
