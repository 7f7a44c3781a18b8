//! Packs answers with gzip (RFC 1952) where that is asked for and worth it, and answers HEAD: as GET would be, packed or
//! not, but without the body.
//!
//! Packing lets nobody guess what a page keeps secret by adding text to it and watching its length (BREACH): the only
//! secret in a page is its nonce, which is drawn anew each time; and a token is told only in the answer to a POST that no
//! other site's page can send.

use std::cell::RefCell;
use std::sync::Arc;

use bytes::Bytes;
use flate2::{Compress, CompressError, Compression, FlushCompress, Status};
use poem::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use poem::http::{HeaderValue, Method, StatusCode};
use poem::{Endpoint, Request, Response, Result};

use crate::web::request::accept::accepts_encoding;
use crate::web::response::error::Error;

/// What is shorter fits into one packet as it is.
const COMPRESSED_FROM_BYTES: usize = 1_400;
/// Of a room's page of 35,575 bytes, level 1 makes 7,198 in 40 us, level 2 makes 5,813 in 45 us, 3 makes 5,623 in 62 us, 6
/// makes 5,461 in 124 us; brotli makes 8,956 in 120 us at its level 1, 5,379 in 200 us at 4, 5,053 in 300 us at 5. After
/// level 2 each byte saved costs twenty times as much.
const GZIP_LEVEL: u32 = 2;
/// The kinds of answers that are packed. A stream is none of them, an asset was packed when Taproom was built.
const TEXT_TYPES: [&str; 4] = ["text/html", "text/plain", "application/json", "application/problem+json"];

thread_local! {
    /// Each worker keeps its own: to make one, with its 300 KiB, takes half as long as to pack a page.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new_gzip(Compression::new(GZIP_LEVEL), 15));
}

/// Packs the answer if it may.
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
            body = gzip(&body).map_err(|cause| log_compress_error(&cause))?;
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
        response.extensions_mut().clear(); // a stream without a body does not leave hyper
    }
    Ok(response)
}

fn is_compressible(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    TEXT_TYPES.contains(&kind.split(';').next().unwrap_or(""))
}

fn gzip(body: &[u8]) -> Result<Bytes, CompressError> {
    COMPRESSOR.with_borrow_mut(|packer| {
        packer.reset();
        let mut packed = Vec::with_capacity(body.len() / 4);
        loop {
            let rest = &body[usize::try_from(packer.total_in()).unwrap_or(body.len())..];
            match packer.compress_vec(rest, &mut packed, FlushCompress::Finish)? {
                Status::StreamEnd => return Ok(packed.into()),
                Status::Ok | Status::BufError => packed.reserve(body.len() / 4 + 64),
            }
        }
    })
}

fn log_compress_error(cause: &CompressError) -> Error {
    tracing::error!(%cause, "an answer could not be packed");
    Error::Unwritable
}

/// Also where nothing was packed: a cache must know that another asker may get other bytes (RFC 9110, section 12.5.5).
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
    fn what_is_unpacked_is_what_was_packed_also_where_packing_makes_it_longer() {
        let mut noise = vec![0; 100_000];
        getrandom::fill(&mut noise).unwrap();
        for body in [b"words ".repeat(5_000), noise, b"short".to_vec(), Vec::new()] {
            let (packed, mut unpacked) = (gzip(&body).unwrap(), Vec::new());
            flate2::read::GzDecoder::new(&*packed).read_to_end(&mut unpacked).unwrap();
            assert!(unpacked == body, "{} bytes", body.len());
        }
    }
}
