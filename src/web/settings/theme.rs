//! Light or dark, as a reader has chosen it for this browser: kept in a cookie of its own, and put on every page as it goes
//! out, so that no page and nobody's rendering needs to know.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::CONTENT_TYPE;
use poem::{Endpoint, Request, Response, Result, handler};

use crate::domain::Refusal;
use crate::views::Theme;
use crate::web::auth::visitor::cookie_value;
use crate::web::request::context::Ctx;
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::response::{add_cookie, redirect_or_no_content};

/// The cookie of a browser that came by http.
const THEME_COOKIE: &str = "theme";
/// The cookie of a browser that came by https, which no other host and no plain http sets.
const SECURE_THEME_COOKIE: &str = "__Host-theme";
/// How long a browser keeps it, in seconds: a year.
const THEME_COOKIE_LIFETIME_S: u64 = 365 * 24 * 60 * 60;

/// What this browser has chosen.
pub(crate) fn theme_from_request(request: &Request) -> Theme {
    let chosen = |name| cookie_value(request, name).and_then(Theme::parse);
    let by_http = || if origin::is_known_https(request) { None } else { chosen(THEME_COOKIE) };
    chosen(SECURE_THEME_COOKIE).or_else(by_http).unwrap_or_default()
}

/// This browser chooses.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["theme"]).await?;
    let word = form.get_single("theme")?;
    let theme = Theme::parse(word).ok_or(Error::Refused(Refusal::FieldInvalid("theme")))?;
    let kept_s = if theme == Theme::System { 0 } else { THEME_COOKIE_LIFETIME_S };
    let mut response = redirect_or_no_content(ctx.request, "/settings?done=theme");
    let (name, secure) =
        if origin::is_https(ctx.request) { (SECURE_THEME_COOKIE, "; Secure") } else { (THEME_COOKIE, "") };
    let word = theme.as_str();
    add_cookie(&mut response, &format!("{name}={word}; Path=/; Max-Age={kept_s}; HttpOnly; SameSite=Lax{secure}"));
    Ok(response)
}

/// Puts it on a page.
pub(crate) async fn apply_theme<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let theme = theme_from_request(&request);
    let mut response = next.call(request).await?;
    let is_page = |kind: &HeaderValue| kind.as_bytes().starts_with(b"text/html");
    if theme != Theme::System && response.headers().get(CONTENT_TYPE).is_some_and(is_page) {
        // A page is whole in memory; reading it waits for nothing.
        let page = response.take_body().into_vec().await.unwrap_or_default();
        response.set_body(theme.apply_to(&page).unwrap_or(page));
    }
    Ok(response)
}
