//! The assets of the pages, in the smallest encoding that the browser accepts.

use poem::http::header::{CACHE_CONTROL, CONTENT_ENCODING, VARY};
use poem::web::Path;
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use crate::assets;
use crate::domain::Refusal;
use crate::web::request::accept::accepts_encoding;
use crate::web::response::error::Error;

/// Answers with one asset. Its name contains its hash, so browsers may keep it for ever.
#[handler]
pub(crate) fn show(request: &Request, Path(file): Path<String>) -> Result<Response> {
    let asset = assets::find_asset(&file).ok_or(Error::Refused(Refusal::NotFound))?;
    let (encoding, bytes) = match () {
        () if accepts_encoding(request, "br") => (Some("br"), asset.br),
        () if accepts_encoding(request, "gzip") => (Some("gzip"), asset.gzip),
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
