//! Light or dark, as a reader has chosen it for this browser: kept in a cookie of its own, and put on every page as it goes
//! out, so that no page and nobody's rendering needs to know.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::CONTENT_TYPE;
use poem::{Body, Endpoint, Request, Response, Result, handler};

use super::answers::{add_cookie, done};
use super::form::Form;
use super::origin;
use super::visitor::cookie_value;
use crate::domain::Refusal;
use crate::engine::Problem;
use crate::views::Theme;

/// The cookie of a browser that came by http.
const COOKIE_HTTP: &str = "theme";
/// The cookie of a browser that came by https, which no other host and no plain http sets.
const COOKIE_HTTPS: &str = "__Host-theme";
/// How long a browser keeps it, in seconds: a year.
const KEPT_S: u64 = 365 * 24 * 60 * 60;

/// What this browser has chosen.
pub(super) fn of(request: &Request) -> Theme {
    let chosen = |name| cookie_value(request, name).and_then(Theme::parse);
    let by_http = || if origin::is_told_https(request) { None } else { chosen(COOKIE_HTTP) };
    chosen(COOKIE_HTTPS).or_else(by_http).unwrap_or_default()
}

/// This browser chooses.
#[handler]
pub(super) async fn choose(request: &Request, body: Body) -> Result<Response> {
    let form = Form::read(request, body, &["theme"]).await.map_err(Problem::Refused)?;
    let word = form.one("theme").map_err(Problem::Refused)?;
    let theme = Theme::parse(word).ok_or(Problem::Refused(Refusal::FieldInvalid("theme")))?;
    let kept_s = if theme == Theme::Device { 0 } else { KEPT_S };
    let mut response = done(request, "/settings?done=theme");
    let (name, secure) = if origin::is_https(request) { (COOKIE_HTTPS, "; Secure") } else { (COOKIE_HTTP, "") };
    let word = theme.word();
    add_cookie(&mut response, &format!("{name}={word}; Path=/; Max-Age={kept_s}; HttpOnly; SameSite=Lax{secure}"));
    Ok(response)
}

/// Puts it on a page.
pub(super) async fn paint<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let theme = of(&request);
    let mut response = next.call(request).await?;
    let is_page = |kind: &HeaderValue| kind.as_bytes().starts_with(b"text/html");
    if theme != Theme::Device && response.headers().get(CONTENT_TYPE).is_some_and(is_page) {
        // A page is whole in memory; reading it waits for nothing.
        let page = response.take_body().into_vec().await.unwrap_or_default();
        response.set_body(theme.paint(&page).unwrap_or(page));
    }
    Ok(response)
}
