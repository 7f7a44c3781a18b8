//! Markdown, read as people write it in chats, into the tree of what a message may hold. The parser says where something
//! begins and ends; what this keeps, and as what, is decided here. What it does not keep stays as the text that it was.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag as Markdown};

use crate::domain::UserId;
use crate::views::text::highlight::Highlighter;
use crate::views::text::inline::InlineParser;
use crate::views::text::tree::{Node, Tag};
use crate::views::text::{CodeStyle, NameResolver, has_scheme, is_http_url, url_finder};

/// How many things may stand in one another: quotes, lists, their items, what is said with stress.
const NESTING_MAX: usize = 16;
/// Where a link may lead.
const LINK_SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// A text that was read.
pub(crate) struct ParsedText {
    pub nodes: Vec<Node>,
    /// Who is spoken to.
    pub mentions: Vec<UserId>,
    /// Whether everybody is.
    pub mentions_room: bool,
}

/// Reads it. Nothing if it must be shown as it was written: something is nested too deeply, or would not be seen.
pub(crate) fn parse(source: &str, resolver: &NameResolver, style: CodeStyle) -> Option<ParsedText> {
    let events = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    if events.reference_definitions().iter().next().is_some() {
        return None; // "[Ann]: no" defines where a link leads, and would be gone
    }
    let mut reader = TreeBuilder::new(source, resolver, style);
    for (event, range) in events {
        reader.push_event(event, range)?;
    }
    reader.flush_text();
    let TreeBuilder { nodes, inline, is_visible, .. } = reader;
    is_visible.then_some(ParsedText { nodes, mentions: inline.mentions, mentions_room: inline.mentions_room })
}

struct TreeBuilder<'a> {
    source: &'a str,
    /// Where bare links stand: a star or an underscore in one stresses nothing.
    bare_links: Vec<Range<usize>>,
    /// What has begun and not ended, and what stood before it.
    open_tags: Vec<(OpenTag, Vec<Node>)>,
    /// What is read where we are.
    nodes: Vec<Node>,
    /// Text that is not a node yet: what the parser cuts into pieces may be one link or one name.
    pending: String,
    inline: InlineParser<'a>,
    highlighter: Highlighter,
    /// Whether anything would be seen.
    is_visible: bool,
}

/// What has begun.
enum OpenTag {
    Element(Tag),
    /// A heading becomes a paragraph with stress.
    Heading,
    Link(String),
    /// Lines of code, in the language of this name.
    CodeBlock(String),
    /// What is no more than its text, and what of that comes behind the inside.
    Literal(String),
}

impl<'a> TreeBuilder<'a> {
    fn new(source: &'a str, resolver: &'a NameResolver<'a>, style: CodeStyle) -> Self {
        let bare_links = if source.contains("://") {
            url_finder()
                .links(source)
                .filter(|link| is_http_url(link.as_str()))
                .map(|link| link.start()..link.end())
                .collect()
        } else {
            Vec::new()
        };
        Self {
            source,
            bare_links,
            open_tags: Vec::new(),
            nodes: Vec::new(),
            pending: String::new(),
            inline: InlineParser::new(resolver),
            highlighter: Highlighter::for_text(style),
            is_visible: false,
        }
    }

    fn push_event(&mut self, event: Event, range: Range<usize>) -> Option<()> {
        match event {
            Event::Start(tag) => {
                let open = self.open_tag(tag, range);
                if !matches!(open, OpenTag::Literal(_)) {
                    self.flush_text();
                }
                self.open_tags.push((open, mem::take(&mut self.nodes)));
                return (self.open_tags.len() <= NESTING_MAX).then_some(());
            }
            Event::End(_) => self.close_tag(),
            Event::Text(text) if self.in_code() => self.push_text(&text),
            // As it was written: "&amp;" is five characters to whoever talks of it.
            Event::Text(_) => {
                if self.source[..range.start].ends_with("¯\\") {
                    self.pending.push('\\'); // the arm of ¯\_(ツ)_/¯
                }
                self.push_text(&self.source[range]);
            }
            Event::Code(code) => {
                self.flush_text();
                self.is_visible = true;
                self.nodes.push(Node::Code(code.into_string()));
            }
            Event::Html(text) | Event::InlineHtml(text) => self.push_text(&text),
            Event::SoftBreak => self.pending.push('\n'),
            Event::HardBreak => {
                // A backslash at the end of a line is more often one of a command than one that breaks the line.
                self.pending.push_str(if self.source[range].starts_with('\\') { "\\\n" } else { "\n" });
            }
            Event::Rule => {
                self.flush_text();
                self.is_visible = true;
                self.nodes.push(Node::ThematicBreak);
            }
            // Not asked of the parser.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.push_text(&text)
            }
            Event::TaskListMarker(_) => {}
        }
        Some(())
    }

    fn open_tag(&mut self, tag: Markdown, range: Range<usize>) -> OpenTag {
        match tag {
            Markdown::Emphasis => self.open_emphasis(Tag::Emphasis, 1, range),
            Markdown::Strong => self.open_emphasis(Tag::Strong, 2, range),
            Markdown::Strikethrough => {
                let marker_len = self.source[range.clone()].chars().take_while(|&sign| sign == '~').count();
                self.open_emphasis(Tag::Strikethrough, marker_len.min(2), range)
            }
            Markdown::BlockQuote(_) => OpenTag::Element(Tag::Quote),
            Markdown::List(None) => OpenTag::Element(Tag::BulletList),
            Markdown::List(Some(from)) => OpenTag::Element(Tag::OrderedList(from)),
            Markdown::Item => OpenTag::Element(Tag::Item),
            Markdown::Heading { .. } => OpenTag::Heading,
            Markdown::CodeBlock(CodeBlockKind::Indented) => OpenTag::CodeBlock(String::new()),
            Markdown::CodeBlock(CodeBlockKind::Fenced(info)) => OpenTag::CodeBlock(info.into_string()),
            Markdown::Link { link_type, dest_url, .. } => self.open_link(link_type, &dest_url),
            Markdown::Image { dest_url, .. } => self.open_image(&dest_url),
            Markdown::Paragraph | Markdown::HtmlBlock => OpenTag::Element(Tag::Paragraph),
            // Not asked of the parser.
            Markdown::FootnoteDefinition(_)
            | Markdown::DefinitionList
            | Markdown::DefinitionListTitle
            | Markdown::DefinitionListDefinition
            | Markdown::Table(_)
            | Markdown::TableHead
            | Markdown::TableRow
            | Markdown::TableCell
            | Markdown::Superscript
            | Markdown::Subscript
            | Markdown::MetadataBlock(_) => OpenTag::Literal(String::new()),
        }
    }

    /// Stress, or the signs for it where they belong to a link or to a name.
    fn open_emphasis(&mut self, tag: Tag, signs: usize, range: Range<usize>) -> OpenTag {
        let before = range.start.wrapping_sub(1);
        let in_link = self.bare_links.iter().any(|link| link.contains(&range.start) && link.start < range.start);
        let in_name = self.source.as_bytes().get(before) == Some(&b'@');
        if !in_link && !in_name {
            return OpenTag::Element(tag);
        }
        let markers = &self.source[range.start..range.start + signs];
        self.pending.push_str(markers);
        OpenTag::Literal(markers.to_owned())
    }

    fn open_link(&mut self, link_type: LinkType, href: &str) -> OpenTag {
        let to = if link_type == LinkType::Email { format!("mailto:{href}") } else { href.to_owned() };
        let is_allowed = has_scheme(&to, &LINK_SCHEMES) && !self.in_link();
        match link_type {
            _ if is_allowed => OpenTag::Link(to),
            LinkType::Autolink | LinkType::Email => self.open_literal("<", ">".to_owned()),
            _ => self.open_literal("[", format!("]({to})")),
        }
    }

    /// Pictures are not loaded from elsewhere: whoever serves them would learn who reads. They become links.
    fn open_image(&mut self, href: &str) -> OpenTag {
        if has_scheme(href, &LINK_SCHEMES) && !self.in_link() {
            OpenTag::Link(href.to_owned())
        } else {
            self.open_literal("![", format!("]({href})"))
        }
    }

    fn open_literal(&mut self, prefix: &str, suffix: String) -> OpenTag {
        self.push_text(prefix);
        OpenTag::Literal(suffix)
    }

    fn close_tag(&mut self) {
        let Some((open, parent_nodes)) = self.open_tags.pop() else { return };
        if let OpenTag::CodeBlock(language) = open {
            let text = mem::take(&mut self.pending);
            self.nodes = parent_nodes;
            self.nodes
                .push(Node::CodeBlock(self.highlighter.highlight(&language, text.strip_suffix('\n').unwrap_or(&text))));
            self.is_visible = true;
            return;
        }
        if let OpenTag::Literal(behind) = open {
            let children = mem::replace(&mut self.nodes, parent_nodes);
            self.nodes.extend(children);
            self.pending.push_str(&behind);
            return;
        }
        if matches!(open, OpenTag::Element(Tag::Paragraph)) && self.pending.ends_with('\n') {
            self.pending.pop(); // the last line of HTML has its end
        }
        // What is still to be made of the text stands in what ends here.
        let in_link = matches!(open, OpenTag::Link(_)) || self.in_link();
        self.flush_text_within(in_link);
        let children = mem::replace(&mut self.nodes, parent_nodes);
        match open {
            OpenTag::Element(tag) => self.nodes.push(Node::Element(tag, children)),
            OpenTag::Heading => {
                self.nodes.push(Node::Element(Tag::Paragraph, vec![Node::Element(Tag::Strong, children)]))
            }
            // A picture without words.
            OpenTag::Link(to) if children.is_empty() => {
                let words = vec![Node::Text(to.clone())];
                self.is_visible = true;
                self.nodes.push(Node::Link(to, words));
            }
            OpenTag::Link(to) => self.nodes.push(Node::Link(to, children)),
            OpenTag::CodeBlock(_) | OpenTag::Literal(_) => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        self.is_visible |= !text.trim().is_empty();
        self.pending.push_str(text);
    }

    /// Makes nodes of the text that was read.
    fn flush_text(&mut self) {
        self.flush_text_within(self.in_link());
    }

    fn flush_text_within(&mut self, in_link: bool) {
        let text = mem::take(&mut self.pending);
        if !text.is_empty() {
            self.inline.parse(&text, in_link, &mut self.nodes);
        }
    }

    fn in_link(&self) -> bool {
        self.open_tags.iter().any(|(open, _)| matches!(open, OpenTag::Link(_)))
    }

    fn in_code(&self) -> bool {
        matches!(self.open_tags.last(), Some((OpenTag::CodeBlock(_), _)))
    }
}
