//! The one road on which what people write reaches HTML. Every character goes through maud's escaping; the only tags
//! are paragraphs, line breaks and links, and a link leads to `http` or `https` and nowhere else.

use linkify::{LinkFinder, LinkKind};
use maud::{Markup, PreEscaped, html};

use crate::domain::Message;

/// A message's text: as it was made when it was written, or made now if nothing had to be.
pub(super) fn shown(message: &Message) -> Markup {
    match &message.html {
        Some(html) => PreEscaped(html.clone()),
        None => paragraphs(&message.body),
    }
}

/// A text as paragraphs: blank lines part them, other line ends are kept, bare links are links.
pub(crate) fn paragraphs(text: &str) -> Markup {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let may_link = text.contains("://"); // most do not: not worth the search
    html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p {
                @for (n, line) in paragraph.trim_matches('\n').lines().enumerate() {
                    @if n > 0 { br; }
                    @if may_link { (linked(&finder, line)) } @else { (line) }
                }
            }
        }
    }
}

fn linked(finder: &LinkFinder, line: &str) -> Markup {
    html! {
        @for span in finder.spans(line) {
            @if span.kind().is_some() && is_web(span.as_str()) {
                a href=(span.as_str()) rel="nofollow noopener ugc" target="_blank" { (span.as_str()) }
            } @else {
                (span.as_str())
            }
        }
    }
}

fn is_web(url: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| url.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        paragraphs(text).into_string()
    }

    #[test]
    fn lines_and_paragraphs_stay() {
        assert_eq!(html("a\nb\n\n\nc"), "<p>a<br>b</p><p>c</p>");
        assert_eq!(html("  indented"), "<p>  indented</p>");
    }

    #[test]
    fn bare_links_are_links_and_others_are_text() {
        assert_eq!(
            html("see https://a.example/?q=1&r=\"2."),
            "<p>see <a href=\"https://a.example/?q=1&amp;r=\" rel=\"nofollow noopener ugc\" target=\"_blank\">\
             https://a.example/?q=1&amp;r=</a>&quot;2.</p>"
        );
        assert!(html("HTTP://A.EXAMPLE").contains("<a "));
        for inert in [
            "javascript:alert(1)",
            "javascript://x.example/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://a.example/",
        ] {
            assert!(!html(inert).contains("<a"), "{inert}");
        }
    }

    #[test]
    fn markup_is_only_text() {
        assert_eq!(html("<img src=x onerror=alert(1)>"), "<p>&lt;img src=x onerror=alert(1)&gt;</p>");
        assert!(!html("https://a.example/\"onmouseover=\"alert(1)").contains("\"onmouseover"));
    }
}
