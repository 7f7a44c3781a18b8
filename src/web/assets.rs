//! The files of the pages, in the smallest encoding that the browser takes.

use poem::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, VARY};
use poem::web::Path;
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::assets;
use crate::domain::Refusal;
use crate::engine::Problem;

/// One file. Its name holds its hash, so it may be kept for ever.
#[handler]
pub(super) fn show(request: &Request, Path(file): Path<String>) -> Result<Response> {
    let asset = assets::find(&file).ok_or(Problem::Refused(Refusal::Nothing))?;
    let accepted = request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes = |encoding: &str| accepted.split(',').any(|item| is_wish_for(item, encoding));
    let (encoding, bytes) = match () {
        () if takes("br") => (Some("br"), asset.br),
        () if takes("gzip") => (Some("gzip"), asset.gzip),
        () => (None, asset.raw),
    };
    let mut response = Body::from_bytes(bytes::Bytes::from_static(bytes))
        .with_header(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .with_content_type(asset.media_type)
        .with_header(VARY, "Accept-Encoding")
        .into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(CONTENT_ENCODING, poem::http::HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// Whether one item of `Accept-Encoding` (RFC 9110, section 12.5.3) is a wish for this encoding, and not a refusal.
fn is_wish_for(item: &str, encoding: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding))
        && !parts.any(|part| part.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_with_quality_zero_is_not_wished_for() {
        assert!(is_wish_for(" br", "br"));
        assert!(is_wish_for("br;q=0.5", "br"));
        assert!(!is_wish_for("br;q=0", "br"));
        assert!(!is_wish_for("br; q=0.000", "br"));
        assert!(!is_wish_for("brotli", "br"));
    }
}
