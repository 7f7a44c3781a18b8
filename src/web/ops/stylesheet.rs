//! The stylesheet of the viewer.

use poem::http::header::{CACHE_CONTROL, VARY};
use poem::{IntoResponse, Response, handler};

use crate::views;
use crate::web::request::context::Ctx;

/// A browser may keep the stylesheet under its full address, which names the viewer. Under any other it asks again.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Response {
    let viewer = ctx.visitor.author().map(|author| author.id);
    let address = ctx.request.uri().path_and_query().map(|address| address.as_str());
    let is_current = viewer.is_some_and(|id| address == Some(&views::stylesheet::href(id)));
    let cache = if is_current { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    views::stylesheet::render(viewer)
        .with_content_type("text/css; charset=utf-8")
        .with_header(CACHE_CONTROL, cache)
        .with_header(VARY, "Cookie, Authorization")
        .into_response()
}
