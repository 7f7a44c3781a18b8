//! Markdown, read as people write it in chats, into the tree of what a message may hold. The parser says where something
//! begins and ends; what this keeps, and as what, is decided here. What it does not keep stays as the text that it was.

use std::mem;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag as Markdown};

use crate::domain::UserId;
use crate::views::text::highlight::Highlighter;
use crate::views::text::inline::InlineReader;
use crate::views::text::tree::{Node, Tag};
use crate::views::text::{Code, Names, finder, has_scheme, is_web};

/// How many things may stand in one another: quotes, lists, their items, what is said with stress.
const NESTED_MAX: usize = 16;
/// Where a link may lead.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// A text that was read.
pub(crate) struct Read {
    pub nodes: Vec<Node>,
    /// Who is spoken to.
    pub mentions: Vec<UserId>,
    /// Whether everybody is.
    pub mentions_room: bool,
}

/// Reads it. Nothing if it must be shown as it was written: something is nested too deeply, or would not be seen.
pub(crate) fn read(source: &str, names: &Names, code: Code) -> Option<Read> {
    let events = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter();
    if events.reference_definitions().iter().next().is_some() {
        return None; // "[Ann]: no" defines where a link leads, and would be gone
    }
    let mut reader = Reader::new(source, names, code);
    for (event, range) in events {
        reader.push_event(event, range)?;
    }
    reader.flush_text();
    let Reader { nodes, words, shows, .. } = reader;
    shows.then_some(Read { nodes, mentions: words.mentions, mentions_room: words.mentions_room })
}

struct Reader<'a> {
    source: &'a str,
    /// Where bare links stand: a star or an underscore in one stresses nothing.
    links: Vec<Range<usize>>,
    /// What has begun and not ended, and what stood before it.
    open: Vec<(Open, Vec<Node>)>,
    /// What is read where we are.
    nodes: Vec<Node>,
    /// Text that is not a node yet: what the parser cuts into pieces may be one link or one name.
    pending: String,
    words: InlineReader<'a>,
    colours: Highlighter,
    /// Whether anything would be seen.
    shows: bool,
}

/// What has begun.
enum Open {
    In(Tag),
    /// A heading becomes a paragraph with stress.
    Heading,
    Link(String),
    /// Lines of code, in the language of this name.
    Block(String),
    /// What is no more than its text, and what of that comes behind the inside.
    Text(String),
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, names: &'a Names<'a>, code: Code) -> Self {
        let links = if source.contains("://") {
            finder().links(source).filter(|link| is_web(link.as_str())).map(|link| link.start()..link.end()).collect()
        } else {
            Vec::new()
        };
        Self {
            source,
            links,
            open: Vec::new(),
            nodes: Vec::new(),
            pending: String::new(),
            words: InlineReader::new(names),
            colours: Highlighter::for_text(code),
            shows: false,
        }
    }

    fn push_event(&mut self, event: Event, range: Range<usize>) -> Option<()> {
        match event {
            Event::Start(tag) => {
                let open = self.open_tag(tag, range);
                if !matches!(open, Open::Text(_)) {
                    self.flush_text();
                }
                self.open.push((open, mem::take(&mut self.nodes)));
                return (self.open.len() <= NESTED_MAX).then_some(());
            }
            Event::End(_) => self.close_tag(),
            Event::Text(text) if self.in_code() => self.push(&text),
            // As it was written: "&amp;" is five characters to whoever talks of it.
            Event::Text(_) => {
                if self.source[..range.start].ends_with("¯\\") {
                    self.pending.push('\\'); // the arm of ¯\_(ツ)_/¯
                }
                self.push(&self.source[range]);
            }
            Event::Code(code) => {
                self.flush_text();
                self.shows = true;
                self.nodes.push(Node::Code(code.into_string()));
            }
            Event::Html(text) | Event::InlineHtml(text) => self.push(&text),
            Event::SoftBreak => self.pending.push('\n'),
            Event::HardBreak => {
                // A backslash at the end of a line is more often one of a command than one that breaks the line.
                self.pending.push_str(if self.source[range].starts_with('\\') { "\\\n" } else { "\n" });
            }
            Event::Rule => {
                self.flush_text();
                self.shows = true;
                self.nodes.push(Node::Rule);
            }
            // Not asked of the parser.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => self.push(&text),
            Event::TaskListMarker(_) => {}
        }
        Some(())
    }

    fn open_tag(&mut self, tag: Markdown, range: Range<usize>) -> Open {
        match tag {
            Markdown::Emphasis => self.open_emphasis(Tag::Emphasis, 1, range),
            Markdown::Strong => self.open_emphasis(Tag::Strong, 2, range),
            Markdown::Strikethrough => {
                let signs = self.source[range.clone()].chars().take_while(|&sign| sign == '~').count();
                self.open_emphasis(Tag::Struck, signs.min(2), range)
            }
            Markdown::BlockQuote(_) => Open::In(Tag::Quote),
            Markdown::List(None) => Open::In(Tag::List),
            Markdown::List(Some(from)) => Open::In(Tag::Numbered(from)),
            Markdown::Item => Open::In(Tag::Item),
            Markdown::Heading { .. } => Open::Heading,
            Markdown::CodeBlock(CodeBlockKind::Indented) => Open::Block(String::new()),
            Markdown::CodeBlock(CodeBlockKind::Fenced(info)) => Open::Block(info.into_string()),
            Markdown::Link { link_type, dest_url, .. } => self.open_link(link_type, &dest_url),
            Markdown::Image { dest_url, .. } => self.open_image(&dest_url),
            Markdown::Paragraph | Markdown::HtmlBlock => Open::In(Tag::Paragraph),
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
            | Markdown::MetadataBlock(_) => Open::Text(String::new()),
        }
    }

    /// Stress, or the signs for it where they belong to a link or to a name.
    fn open_emphasis(&mut self, tag: Tag, signs: usize, range: Range<usize>) -> Open {
        let before = range.start.wrapping_sub(1);
        let in_link = self.links.iter().any(|link| link.contains(&range.start) && link.start < range.start);
        let in_name = self.source.as_bytes().get(before) == Some(&b'@');
        if !in_link && !in_name {
            return Open::In(tag);
        }
        let signs = &self.source[range.start..range.start + signs];
        self.pending.push_str(signs);
        Open::Text(signs.to_owned())
    }

    fn open_link(&mut self, kind: LinkType, to: &str) -> Open {
        let to = if kind == LinkType::Email { format!("mailto:{to}") } else { to.to_owned() };
        let leads = has_scheme(&to, &SCHEMES) && !self.in_link();
        match kind {
            _ if leads => Open::Link(to),
            LinkType::Autolink | LinkType::Email => self.open_text("<", ">".to_owned()),
            _ => self.open_text("[", format!("]({to})")),
        }
    }

    /// Pictures are not loaded from elsewhere: whoever serves them would learn who reads. They become links.
    fn open_image(&mut self, to: &str) -> Open {
        if has_scheme(to, &SCHEMES) && !self.in_link() {
            Open::Link(to.to_owned())
        } else {
            self.open_text("![", format!("]({to})"))
        }
    }

    fn open_text(&mut self, before: &str, behind: String) -> Open {
        self.push(before);
        Open::Text(behind)
    }

    fn close_tag(&mut self) {
        let Some((open, outside)) = self.open.pop() else { return };
        if let Open::Block(language) = open {
            let text = mem::take(&mut self.pending);
            self.nodes = outside;
            self.nodes.push(Node::Block(self.colours.highlight(&language, text.strip_suffix('\n').unwrap_or(&text))));
            self.shows = true;
            return;
        }
        if let Open::Text(behind) = open {
            let inside = mem::replace(&mut self.nodes, outside);
            self.nodes.extend(inside);
            self.pending.push_str(&behind);
            return;
        }
        if matches!(open, Open::In(Tag::Paragraph)) && self.pending.ends_with('\n') {
            self.pending.pop(); // the last line of HTML has its end
        }
        // What is still to be made of the text stands in what ends here.
        let in_link = matches!(open, Open::Link(_)) || self.in_link();
        self.flush_text_within(in_link);
        let inside = mem::replace(&mut self.nodes, outside);
        match open {
            Open::In(tag) => self.nodes.push(Node::In(tag, inside)),
            Open::Heading => self.nodes.push(Node::In(Tag::Paragraph, vec![Node::In(Tag::Strong, inside)])),
            // A picture without words.
            Open::Link(to) if inside.is_empty() => {
                let words = vec![Node::Text(to.clone())];
                self.shows = true;
                self.nodes.push(Node::Link(to, words));
            }
            Open::Link(to) => self.nodes.push(Node::Link(to, inside)),
            Open::Block(_) | Open::Text(_) => {}
        }
    }

    fn push(&mut self, text: &str) {
        self.shows |= !text.trim().is_empty();
        self.pending.push_str(text);
    }

    /// Makes nodes of the text that was read.
    fn flush_text(&mut self) {
        self.flush_text_within(self.in_link());
    }

    fn flush_text_within(&mut self, link: bool) {
        let text = mem::take(&mut self.pending);
        if !text.is_empty() {
            self.words.read(&text, link, &mut self.nodes);
        }
    }

    fn in_link(&self) -> bool {
        self.open.iter().any(|(open, _)| matches!(open, Open::Link(_)))
    }

    fn in_code(&self) -> bool {
        matches!(self.open.last(), Some((Open::Block(_), _)))
    }
}
