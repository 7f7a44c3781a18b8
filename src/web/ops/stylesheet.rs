//! The stylesheet of the viewer.

use poem::http::header::{CACHE_CONTROL, VARY};
use poem::{IntoResponse, Response, handler};

use crate::views;
use crate::web::request::context::Ctx;
use crate::web::request::query;

/// Pages ask for it with the viewer's id, so a browser may keep it: another viewer has another address.
#[handler]
pub(crate) fn show(ctx: Ctx<'_>) -> Response {
    let viewer = ctx.visitor.author().map(|author| author.id);
    let is_own = viewer.is_some_and(|id| query::text(ctx.request, "v") == Some(id.to_string()));
    let cache = if is_own { "private, max-age=31536000, immutable" } else { "private, no-cache" };
    views::stylesheet::render(viewer)
        .with_content_type("text/css; charset=utf-8")
        .with_header(CACHE_CONTROL, cache)
        .with_header(VARY, "Cookie, Authorization")
        .into_response()
}
