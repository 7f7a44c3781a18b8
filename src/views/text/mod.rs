//! The one road on which what people write reaches HTML. Every character goes through maud's escaping. A text without any
//! markup is paragraphs, line breaks and links, made again each time ([`paragraphs`]); what is marked up is read once, when
//! it is written ([`render`]), into a tree (`tree.rs`) that has a shape for nothing but what a message may hold.

mod code;
pub mod emoji;
mod markdown;
#[cfg(test)]
mod tests;
mod tree;
mod words;

use std::fmt;

use linkify::{LinkFinder, LinkKind};
use maud::{Markup, PreEscaped, Render, html};

use crate::domain::{Address, Author, Body, Message, UserId, UserName};

/// What a text becomes may be so many times as long as the text, and so many bytes more, or it is shown as it was written.
const LONGER_AT_MOST: usize = 8;
const LONGER_BYTES: usize = 2_048;

/// Of whom and of what a text may speak. Asked at most a few thousand times for one text.
pub struct Names<'a> {
    /// Who has this name.
    pub person: &'a dyn Fn(&UserName) -> Option<Author>,
    /// The room at this address, if the author may see it; its address now.
    pub room: &'a dyn Fn(&Address) -> Option<Address>,
}

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

/// What a text became.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The HTML; none if [`paragraphs`] makes the same of it.
    pub html: Option<String>,
    /// Who is spoken to by name, each once, in the order of the text.
    pub mentions: Vec<UserId>,
    /// Whether everybody in the room is spoken to.
    pub calls_all: bool,
}

/// Reads what somebody wrote as Markdown (CommonMark 0.31 with struck text, without headings, pictures, tables and HTML), as
/// people write it in chats: a line end is a line end, bare links are links. What is nested too deeply, comes out too long,
/// or would show less than was written, is shown as it was written.
pub fn render(body: &Body, names: &Names) -> Rendered {
    let source = body.as_str();
    let plain = || paragraphs(source).into_string();
    let Some(read) = markdown::read(source, names) else { return Rendered::default() };
    let html = tree::html(&read.nodes).into_string();
    if html.len() > source.len() * LONGER_AT_MOST + LONGER_BYTES {
        return Rendered::default();
    }
    let html = (html != plain()).then_some(html);
    Rendered { html, mentions: read.mentions, calls_all: read.calls_all }
}

/// A message's text: as it was made when it was written, or made now if nothing had to be.
pub(super) fn shown(message: &Message) -> Markup {
    match &message.html {
        Some(html) => PreEscaped(html.clone()),
        None => paragraphs(&message.body),
    }
}

/// A text as paragraphs: blank lines part them, other line ends are kept, bare links are links.
pub fn paragraphs(text: &str) -> Markup {
    let finder = finder();
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
            @if span.kind().is_some() && is_web(span.as_str()) { (link(span.as_str(), &span.as_str())) }
            @else { (span.as_str()) }
        }
    }
}

/// A link out of the house. What it leads to neither learns whence one comes nor gains by it with search engines.
fn link(to: &str, inside: &dyn Render) -> Markup {
    html! { a href=(to) rel="nofollow noopener ugc" target="_blank" { (inside) } }
}

fn finder() -> LinkFinder {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder
}

fn is_web(url: &str) -> bool {
    has_scheme(url, &["http://", "https://"])
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}
