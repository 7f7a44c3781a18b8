//! Turns the texts of users into HTML; nothing else does. maud escapes every character. A text without markup becomes
//! paragraphs, line breaks and links, each time it is shown ([`render_paragraphs`]). A text with markup is parsed once, when
//! it is written ([`render`]), into a tree (`tree.rs`) that can only hold what a message may contain.

pub(crate) mod escaped;

pub mod emoji;
mod excerpt;
mod highlight;
mod inline;
mod markdown;
#[cfg(test)]
mod tests;
mod tree;

use std::fmt;
use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use maud::{Markup, Render, html};
use memchr::memchr3;

use crate::domain::{Author, Body, Message, MessageContent, RenderedContent, Slug, UserId, UserName};
use crate::views::text::escaped::Escaped;

/// The HTML of a text may be this many times as long as the text, plus [`HTML_GROWTH_BYTES_MAX`] bytes. A text with longer
/// HTML is shown as it was typed.
const HTML_GROWTH_FACTOR_MAX: usize = 8;
const HTML_GROWTH_BYTES_MAX: usize = 2_048;

/// Looks up the people and rooms that a text mentions. Called at most a few thousand times for one text.
pub struct NameResolver<'a> {
    /// The person of this name.
    pub find_person: &'a dyn Fn(&UserName) -> Option<Author>,
    /// The present slug of the room with this slug, if the author may see the room.
    pub find_room: &'a dyn Fn(&Slug) -> Option<Slug>,
}

impl fmt::Debug for NameResolver<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameResolver")
    }
}

/// How code in a text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStyle {
    /// With highlighted syntax.
    Highlighted,
    /// As plain text, which takes a thousandth of the time.
    Plain,
}

/// Renders a text as Markdown: CommonMark 0.31 with strikethrough, without headings, pictures, tables and HTML, and as in
/// chats: a line end is a line break, and a bare URL is a link. A text that is nested too deeply, whose HTML would be too
/// long, or that would show less than was typed, is shown as it was typed.
pub fn render(body: Body, resolver: &NameResolver, style: CodeStyle) -> MessageContent {
    let source = body.as_str();
    let Some(parsed) = markdown::parse(source, resolver, style) else { return MessageContent::from_body(body) };
    let html = tree::render_nodes(&parsed.nodes).into_string();
    if html.len() > source.len() * HTML_GROWTH_FACTOR_MAX + HTML_GROWTH_BYTES_MAX {
        return MessageContent::from_body(body);
    }
    let html = (html != render_paragraphs(source).into_string()).then_some(html);
    let rendered = html.map(|html| {
        let (mentioned, excerpt) = (excerpt::mentioned_users(&parsed.nodes), excerpt::excerpt(source, &parsed.nodes));
        RenderedContent { html, mentioned, excerpt }
    });
    MessageContent { rendered, mentions_room: parsed.mentions_room, ..MessageContent::from_body(body) }
        .with_mentions(parsed.mentions)
}

/// Whether a text may contain code to highlight, which takes a thousand times as long to render as other texts.
pub fn may_contain_code(text: &str) -> bool {
    text.contains("```") || text.contains("~~~")
}

/// A text to show: with the HTML that [`render`] made when it was written, or else with [`render_paragraphs`].
#[derive(Clone, Copy, Debug)]
pub struct RenderedText<'a> {
    /// The text as it was typed.
    pub source: &'a str,
    /// The HTML that [`render`] made of it, and nothing else.
    pub html: Option<&'a str>,
    /// The people mentioned in it, with their present names. A mention of anyone else keeps the name it was written with.
    pub mentioned: &'a [Author],
}

impl Render for RenderedText<'_> {
    fn render_to(&self, page: &mut String) {
        match self.html {
            Some(html) => push_with_current_names(page, html, self.mentioned),
            None if is_plain_line(self.source) => push_paragraph(page, self.source),
            None => render_paragraphs(self.source).render_to(page),
        }
    }
}

impl<'a> RenderedText<'a> {
    /// The text of new content.
    pub fn from_content(content: &'a MessageContent) -> Self {
        Self {
            source: content.body.as_str(),
            html: content.rendered.as_ref().map(|rendered| rendered.html.as_str()),
            mentioned: &[],
        }
    }

    /// The text of a message.
    pub(crate) fn from_message(message: &'a Message) -> Self {
        Self { source: &message.body, html: message.html.as_deref(), mentioned: &message.details.mentioned }
    }

    /// Whether it is a few emoji and nothing else, which are shown big.
    pub(crate) fn is_emoji(&self) -> bool {
        emoji::is_only_emoji(self.source)
    }
}

/// Precedes the id of a mentioned user in the HTML. [`tree`] writes it; users cannot, because their quotes are escaped.
const MENTION_START: &str = "data-user=\"";
/// Separates that id from the name.
const MENTION_NAME: &str = "\">@";

/// The mentioned user whose id `html` starts with, and the range of the name: up to the next tag.
fn find_mention<'a>(html: &str, mentioned: &'a [Author]) -> Option<(&'a Author, Range<usize>)> {
    let (number, _) = html.split_once(MENTION_NAME)?;
    let id = UserId(number.parse().ok()?);
    let start = number.len() + MENTION_NAME.len();
    let end = start + html[start..].find('<')?;
    mentioned.iter().find(|person| person.id == id).map(|person| (person, start..end))
}

/// Writes the HTML of a text with the present names of the people it mentions.
fn push_with_current_names(page: &mut String, html: &str, mentioned: &[Author]) {
    let mut rest = html;
    while let Some(start) = rest.find(MENTION_START) {
        let (head, from) = rest.split_at(start + MENTION_START.len());
        page.push_str(head);
        rest = from;
        if let Some((person, name)) = find_mention(from, mentioned) {
            page.push_str(&from[..name.start]);
            person.name.render_to(page);
            rest = &from[name.end..];
        }
    }
    page.push_str(rest);
}

/// Whether a text is one line without a link. Most are.
fn is_plain_line(text: &str) -> bool {
    memchr3(b'\n', b'\r', b':', text.as_bytes()).is_none() && !text.trim_start().is_empty()
}

/// Writes what `render_paragraphs` makes of such a text straight into the page: most rows of a page are such texts.
fn push_paragraph(page: &mut String, text: &str) {
    page.push_str("<p>");
    Escaped(text).render_to(page);
    page.push_str("</p>");
}

/// A text as paragraphs: blank lines separate them, other line ends become line breaks, bare URLs become links.
pub fn render_paragraphs(text: &str) -> Markup {
    let finder = url_finder();
    let may_link = text.contains(':') && text.contains("://"); // most do not: not worth the search
    html! {
        @for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            p {
                @for (n, line) in paragraph.trim_matches('\n').lines().enumerate() {
                    @if n > 0 { br; }
                    @if may_link { (render_links(&finder, line)) } @else { (Escaped(line)) }
                }
            }
        }
    }
}

fn render_links(finder: &LinkFinder, line: &str) -> Markup {
    html! {
        @for span in finder.spans(line) {
            @if span.kind().is_some() && is_http_url(span.as_str()) { (external_link(span.as_str(), &span.as_str())) }
            @else { (span.as_str()) }
        }
    }
}

/// A link to another site. That site does not learn the page it came from, and gains nothing with search engines.
fn external_link(href: &str, content: &dyn Render) -> Markup {
    html! { a href=(href) rel="nofollow noopener ugc" target="_blank" { (content) } }
}

fn url_finder() -> LinkFinder {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    finder
}

fn is_http_url(url: &str) -> bool {
    has_scheme(url, &["http://", "https://"])
}

fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    schemes.iter().any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}
