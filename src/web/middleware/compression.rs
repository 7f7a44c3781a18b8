//! Compresses responses with gzip (RFC 1952) where the client accepts it and it is worth it, and answers HEAD: as GET
//! would, compressed or not, but without the body.
//!
//! Compression does not help to guess a secret in a page by adding text and watching the length (BREACH): the only
//! secret in a page is its nonce, which is drawn anew each time; and a token is only shown in the response to a POST,
//! which no page of another site can send.

use std::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;
use flate2::{Compress, CompressError, Compression, FlushCompress, Status};
use poem::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, Request, Response, Result};

use crate::web::request::accept::accepts_encoding;
use crate::web::response::error::Error;

/// Shorter responses fit into one packet as they are.
const COMPRESSED_FROM_BYTES: usize = 1_400;
/// A room's page of 35,575 bytes becomes 7,198 bytes in 40 us at level 1, 5,813 in 45 us at level 2, 5,623 in 62 us at
/// level 3 and 5,461 in 124 us at level 6; with brotli 8,956 in 120 us at its level 1, 5,379 in 200 us at level 4,
/// 5,053 in 300 us at level 5. Above level 2 each byte saved costs twenty times as much.
const GZIP_LEVEL: u32 = 2;
/// The media types that are compressed. Event streams are not; assets are compressed at build time.
const TEXT_TYPES: [&str; 4] = ["text/html", "text/plain", "application/json", "application/problem+json"];

thread_local! {
    /// One compressor per worker thread: to make one, with its 300 KiB, takes half as long as compressing a page.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::new(GZIP_LEVEL), 15));
}

/// Compresses the response if its type and the client allow it.
pub(crate) async fn compress<E: Endpoint<Output = Response>>(next: Arc<E>, mut request: Request) -> Result<Response> {
    let wanted = accepts_encoding(&request, "gzip");
    let is_head = *request.method() == Method::HEAD;
    if is_head {
        request.set_method(Method::GET);
    }
    let mut response = next.get_response(request).await;
    if is_compressible(&response) {
        let mut body = response.take_body().into_bytes().await?;
        if wanted && body.len() >= COMPRESSED_FROM_BYTES {
            body = gzip(&body).map_err(|error| log_compress_error(&error))?;
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.headers_mut().insert(CONTENT_LENGTH, body.len().into());
        response.set_body(body);
    }
    if is_compressible(&response) || response.status() == StatusCode::NOT_MODIFIED {
        add_vary(&mut response);
    }
    if is_head {
        response.set_body(());
        response.extensions_mut().clear(); // hyper must not start a stream that has no body
    }
    Ok(response)
}

fn is_compressible(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    TEXT_TYPES.contains(&media_type.split(';').next().unwrap_or(""))
}

fn gzip(body: &[u8]) -> Result<Bytes, CompressError> {
    COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        let mut compressed = Vec::with_capacity(body.len() / 4);
        loop {
            let rest = &body[usize::try_from(compressor.total_in()).unwrap_or(body.len())..];
            match compressor.compress_vec(rest, &mut compressed, FlushCompress::Finish)? {
                Status::StreamEnd => return Ok(compressed.into()),
                Status::Ok | Status::BufError => compressed.reserve(body.len() / 4 + 64),
            }
        }
    })
}

fn log_compress_error(error: &CompressError) -> Error {
    tracing::error!(%error, "failed to compress a response");
    Error::Unwritable
}

/// Also on responses that were not compressed: a cache must know that another client may get other bytes (RFC 9110,
/// section 12.5.5).
fn add_vary(response: &mut Response) {
    let vary = match response.headers().get(VARY).and_then(|vary| vary.to_str().ok()) {
        Some(vary) => HeaderValue::try_from(format!("{vary}, Accept-Encoding")).expect("header names are ASCII"),
        None => HeaderValue::from_static("Accept-Encoding"),
    };
    response.headers_mut().insert(VARY, vary);
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use crate::web::middleware::compression::*;

    #[test]
    fn compression_is_lossless_even_where_it_makes_a_body_longer() {
        let mut noise = vec![0; 100_000];
        getrandom::fill(&mut noise).unwrap();
        for body in [b"words ".repeat(5_000), noise, b"short".to_vec(), Vec::new()] {
            let (compressed, mut decompressed) = (gzip(&body).unwrap(), Vec::new());
            flate2::read::GzDecoder::new(&*compressed).read_to_end(&mut decompressed).unwrap();
            assert!(decompressed == body, "{} bytes", body.len());
        }
    }
}
