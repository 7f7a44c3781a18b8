//! Parses Markdown, as people write it in chats, into the tree of a message. pulldown-cmark finds where elements begin and end;
//! this module decides which of them are kept and as what. What is not kept stays text as it was written.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag as Markdown};

use crate::domain::UserId;
use crate::views::text::highlight::Highlighter;
use crate::views::text::inline::InlineParser;
use crate::views::text::tree::{Node, Tag};
use crate::views::text::{CodeStyle, NameResolver, has_scheme, is_http_url, url_finder};

/// The depth to which quotes, lists, list items and emphasis may be nested.
const NESTING_MAX: usize = 16;
/// The schemes a link may have.
const LINK_SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// A parsed text.
pub(crate) struct ParsedText {
    pub nodes: Vec<Node>,
    /// The people it mentions.
    pub mentions: Vec<UserId>,
    /// Whether it mentions everyone in the room.
    pub mentions_room: bool,
}

/// Parses a text. `None` if it must be shown as written, because it is nested too deeply or nothing of it would be visible.
pub(crate) fn parse(source: &str, resolver: &NameResolver, style: CodeStyle) -> Option<ParsedText> {
    let events = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    if events.reference_definitions().iter().next().is_some() {
        return None; // "[Ann]: no" would define a link target and disappear
    }
    let mut builder = TreeBuilder::new(source, resolver, style);
    for (event, range) in events {
        builder.push_event(event, range)?;
    }
    builder.flush_text();
    let TreeBuilder { nodes, inline, is_visible, .. } = builder;
    is_visible.then_some(ParsedText { nodes, mentions: inline.mentions, mentions_room: inline.mentions_room })
}

struct TreeBuilder<'a> {
    source: &'a str,
    /// The ranges of bare links. A star or an underscore within one is no emphasis.
    bare_links: Vec<Range<usize>>,
    /// The open tags, each with the nodes before it.
    open_tags: Vec<(OpenTag, Vec<Node>)>,
    /// The nodes of the innermost open tag.
    nodes: Vec<Node>,
    /// Text that is not a node yet: the parser may split one link or one name into several events.
    pending: String,
    inline: InlineParser<'a>,
    highlighter: Highlighter,
    /// Whether anything would be visible.
    is_visible: bool,
}

/// An open tag.
enum OpenTag {
    Element(Tag),
    /// A heading, which becomes a bold paragraph.
    Heading,
    Link(String),
    /// A code block in the named language.
    CodeBlock(String),
    /// Markup that stays text, and the part of it that follows the content.
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
            // The source, not the decoded text: "&amp;" stays five characters.
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
                // A backslash at the end of a line more often belongs to a shell command than to Markdown.
                self.pending.push_str(if self.source[range].starts_with('\\') { "\\\n" } else { "\n" });
            }
            Event::Rule => {
                self.flush_text();
                self.is_visible = true;
                self.nodes.push(Node::ThematicBreak);
            }
            // Options that are not enabled.
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
                let marker_len = self.source[range.clone()].chars().take_while(|&c| c == '~').count();
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
            // Options that are not enabled.
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

    /// Emphasis; or its markers as text, where they belong to a link or to a name.
    fn open_emphasis(&mut self, tag: Tag, marker_len: usize, range: Range<usize>) -> OpenTag {
        let before = range.start.wrapping_sub(1);
        let in_link = self.bare_links.iter().any(|link| link.contains(&range.start) && link.start < range.start);
        let in_name = self.source.as_bytes().get(before) == Some(&b'@');
        if !in_link && !in_name {
            return OpenTag::Element(tag);
        }
        let markers = &self.source[range.start..range.start + marker_len];
        self.pending.push_str(markers);
        OpenTag::Literal(markers.to_owned())
    }

    fn open_link(&mut self, link_type: LinkType, href: &str) -> OpenTag {
        let href = if link_type == LinkType::Email { format!("mailto:{href}") } else { href.to_owned() };
        let is_allowed = has_scheme(&href, &LINK_SCHEMES) && !self.in_link();
        match link_type {
            _ if is_allowed => OpenTag::Link(href),
            LinkType::Autolink | LinkType::Email => self.open_literal("<", ">".to_owned()),
            _ => self.open_literal("[", format!("]({href})")),
        }
    }

    /// An image becomes a link: loading it would tell its server who reads the message.
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
        if let OpenTag::Literal(suffix) = open {
            let children = mem::replace(&mut self.nodes, parent_nodes);
            self.nodes.extend(children);
            self.pending.push_str(&suffix);
            return;
        }
        if matches!(open, OpenTag::Element(Tag::Paragraph)) && self.pending.ends_with('\n') {
            self.pending.pop(); // a block of HTML ends with a line feed
        }
        // Pending text belongs to the tag that is closed here.
        let in_link = matches!(open, OpenTag::Link(_)) || self.in_link();
        self.flush_text_within(in_link);
        let children = mem::replace(&mut self.nodes, parent_nodes);
        match open {
            OpenTag::Element(tag) => self.nodes.push(Node::Element(tag, children)),
            OpenTag::Heading => {
                self.nodes.push(Node::Element(Tag::Paragraph, vec![Node::Element(Tag::Strong, children)]))
            }
            // An image without a description.
            OpenTag::Link(href) if children.is_empty() => {
                let text = vec![Node::Text(href.clone())];
                self.is_visible = true;
                self.nodes.push(Node::Link(href, text));
            }
            OpenTag::Link(href) => self.nodes.push(Node::Link(href, children)),
            OpenTag::CodeBlock(_) | OpenTag::Literal(_) => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        self.is_visible |= !text.trim().is_empty();
        self.pending.push_str(text);
    }

    /// Turns the pending text into nodes.
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
