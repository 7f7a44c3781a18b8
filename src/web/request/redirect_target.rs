//! The page to go to after a form, as the form's `next` field names it.

/// `next` if it is a path on this server, and the home page if it is anything else: no link may send a visitor to
/// another site.
pub(crate) fn redirect_target(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_path && is_plain { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use crate::web::request::redirect_target::*;

    #[test]
    fn redirects_stay_on_this_origin() {
        for path in ["/", "/rooms/caf%C3%A9?around=3#m3", "/settings"] {
            assert_eq!(redirect_target(path), path);
        }
        let elsewhere = ["", "rooms", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"];
        for path in elsewhere.into_iter().chain(["/a\r\nset-cookie: x", "/é", "javascript:alert(1)", "/a b"]) {
            assert_eq!(redirect_target(path), "/", "{path:?}");
        }
    }
}
