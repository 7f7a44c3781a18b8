//! Emoji by name: which there are.

use poem::http::header::CACHE_CONTROL;
use poem::web::Json;
use poem::{IntoResponse, Request, Response, handler};

use crate::domain::limits::LISTED_EMOJI_MAX;
use crate::views;
use crate::web::request::query;

/// The emoji whose names have these letters in them; the same for everybody, and for as long as this version runs.
#[handler]
pub(crate) fn list(request: &Request) -> Response {
    let letters = query::text(request, "q").unwrap_or_default();
    let found = views::text::emoji::matching_emoji(&letters, LISTED_EMOJI_MAX);
    let found: Vec<_> = found.into_iter().map(|(name, emoji)| views::json::EmojiJson { name, emoji }).collect();
    Json(found).with_header(CACHE_CONTROL, "public, max-age=86400").into_response()
}
