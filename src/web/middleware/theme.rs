//! Writes the reader's theme into every page that goes out, so that pages and cached fragments need not know it.

use std::sync::Arc;

use poem::http::HeaderValue;
use poem::http::header::CONTENT_TYPE;
use poem::{Endpoint, Request, Response, Result};

use crate::views::Theme;
use crate::web::request::theme::theme_from_request;

/// Applies the theme of the request to an HTML response.
pub(crate) async fn apply_theme<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let theme = theme_from_request(&request);
    let mut response = next.call(request).await?;
    let is_page = |content_type: &HeaderValue| content_type.as_bytes().starts_with(b"text/html");
    if theme != Theme::System && response.headers().get(CONTENT_TYPE).is_some_and(is_page) {
        // A page is whole in memory, so reading its body does not wait.
        let page = response.take_body().into_vec().await.unwrap_or_default();
        response.set_body(theme.apply_to(&page).unwrap_or(page));
    }
    Ok(response)
}
