//! Which form of the response the client wants: `Accept` and `Accept-Encoding` (RFC 9110, sections 12.5.1 and 12.5.3),
//! and whether htmx sent the request.

use poem::Request;
use poem::http::header::{ACCEPT, ACCEPT_ENCODING};

/// The preferred form of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Accept {
    /// An HTML page.
    Page,
    /// Lines of text.
    Text,
    /// JSON.
    Json,
    /// Server-Sent Events.
    Stream,
    /// The form that suits the address best: `*/*`, no header, or nothing that Taproom has.
    Anything,
}

impl Accept {
    /// The form with the highest quality. Of equal qualities the first one counts.
    pub fn from_request(request: &Request) -> Self {
        let values = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut best = (0, Self::Anything);
        for item in values.flat_map(|value| value.split(',')) {
            let (media, quality) = parse_item(item);
            if let Some(media) = media
                && quality > best.0
            {
                best = (quality, media);
            }
        }
        best.1
    }
}

/// Whether the request comes from htmx, which swaps a fragment into the page.
pub(crate) fn is_htmx(request: &Request) -> bool {
    request.header("hx-request") == Some("true")
}

/// Whether the client accepts this encoding.
pub(crate) fn accepts_encoding(request: &Request, encoding: &str) -> bool {
    let values = request.headers().get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| accepts_item(item, encoding))
}

/// Whether one item of `Accept-Encoding` names this encoding with a quality above zero.
fn accepts_item(item: &str, encoding: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let quality = |part: &str| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))?.parse::<f32>().ok();
    parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding))
        && !parts.any(|part| quality(part) == Some(0.0))
}

/// One item of `Accept`: the form if Taproom has it, and its quality in thousandths.
fn parse_item(item: &str) -> (Option<Accept>, u32) {
    let mut parts = item.split(';').map(str::trim);
    let media = match parts.next().unwrap_or("").to_ascii_lowercase().as_str() {
        "text/html" | "application/xhtml+xml" => Some(Accept::Page),
        "text/plain" => Some(Accept::Text),
        "application/json" | "application/problem+json" => Some(Accept::Json),
        "text/event-stream" => Some(Accept::Stream),
        "*/*" | "text/*" | "application/*" => Some(Accept::Anything),
        _ => None,
    };
    let quality = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
    (media, (quality.unwrap_or(0.0).clamp(0.0, 1.0) * 1_000.0) as u32)
}

#[cfg(test)]
mod tests {
    use crate::web::request::accept::*;

    fn parse_accept(accept: &str) -> Accept {
        Accept::from_request(&Request::builder().header(ACCEPT, accept).finish())
    }

    #[test]
    fn the_highest_quality_wins_and_of_equals_the_first() {
        assert_eq!(parse_accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Accept::Page);
        assert_eq!(parse_accept("text/html, text/event-stream"), Accept::Page);
        assert_eq!(parse_accept("*/*"), Accept::Anything);
        assert_eq!(parse_accept("*/*;q=0.1, application/json"), Accept::Json);
        assert_eq!(parse_accept("text/html;q=0.2, text/plain;q=0.5"), Accept::Text);
        assert_eq!(parse_accept("text/event-stream"), Accept::Stream);
        assert_eq!(parse_accept("text/plain;q=0"), Accept::Anything);
        assert_eq!(parse_accept("image/png, text/plain;q=nonsense"), Accept::Anything);
        assert_eq!(Accept::from_request(&Request::builder().finish()), Accept::Anything);
    }

    #[test]
    fn an_encoding_with_quality_zero_is_not_accepted() {
        let accepts_br =
            |header: &str| accepts_encoding(&Request::builder().header(ACCEPT_ENCODING, header).finish(), "br");
        for header in ["br", " br", "gzip, BR", "br;q=0.5", "gzip;q=0, br"] {
            assert!(accepts_br(header), "{header}");
        }
        for header in ["br;q=0", "br; q=0.000", "br;Q=0", "brotli", "gzip", "", "*"] {
            assert!(!accepts_br(header), "{header}");
        }
    }
}
