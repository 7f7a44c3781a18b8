//! Searching emoji by name.

use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, handler};

use crate::domain::limits::LISTED_EMOJI_MAX;
use crate::views;
use crate::web::request::query;

/// Emoji whose names contain `q`. The answer is the same for everyone until the program is updated.
#[handler]
pub(crate) fn list(request: &Request) -> Response {
    let letters = query::text(request, "q").unwrap_or_default();
    let matches = views::text::emoji::matching_emoji(&letters, LISTED_EMOJI_MAX);
    let matches: Vec<_> = matches.into_iter().map(|(name, emoji)| views::json::EmojiJson { name, emoji }).collect();
    Json(matches).with_header(CACHE_CONTROL, "public, max-age=86400").into_response()
}
