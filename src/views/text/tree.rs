//! The tree of a parsed text: everything that a message may contain, and the only place that turns it into HTML. A tag,
//! attribute or class that is not written out below has no node, so no text can produce it.

use maud::{Markup, Render, html};

use crate::domain::{Slug, UserId};
use crate::views::text::external_link;
use crate::views::text::highlight::{self, TokenClass};

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Plain text.
    Text(String),
    /// A line break.
    LineBreak,
    /// A thematic break.
    ThematicBreak,
    /// Nodes within an element.
    Element(Tag, Vec<Node>),
    /// A link to another site: `http`, `https` or `mailto`.
    Link(String, Vec<Node>),
    /// Inline code.
    Code(String),
    /// A code block, each part with its token class.
    CodeBlock(Vec<(Option<TokenClass>, String)>),
    /// A mention of a person by name.
    Mention(UserId, String),
    /// A mention of everyone in the room, by this word.
    RoomMention(&'static str),
    /// A link to a room, with its text.
    Room(Slug, String),
}

/// An element that contains nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Paragraph,
    Strong,
    Emphasis,
    Strikethrough,
    Quote,
    BulletList,
    /// An ordered list, and its first number.
    OrderedList(u64),
    Item,
}

/// The HTML of nodes.
pub(crate) fn render_nodes(nodes: &[Node]) -> Markup {
    html! { (Nodes(nodes)) }
}

/// Nodes that write into one buffer. A [`Markup`] per node would be copied once for each level above it.
struct Nodes<'a>(&'a [Node]);

impl Render for Nodes<'_> {
    fn render_to(&self, out: &mut String) {
        self.0.iter().for_each(|node| node.render_to(out));
    }
}

impl Render for Node {
    fn render(&self) -> Markup {
        match self {
            Self::Text(text) => html! { (text) },
            Self::LineBreak => html! { br; },
            Self::ThematicBreak => html! { hr; },
            Self::Element(tag, children) => tag.wrap(&Nodes(children)),
            Self::Link(href, children) => external_link(href, &Nodes(children)),
            Self::Code(code) => html! { code { (code) } },
            // Focusable, so that a keyboard can scroll it sideways.
            Self::CodeBlock(parts) => html! {
                pre tabindex="0" {
                    code {
                        @for (class, text) in parts {
                            @if let Some(class) = class { span class=(highlight::class_name(*class)) { (text) } } @else { (text) }
                        }
                    }
                }
            },
            Self::Mention(id, name) => html! { span.mention data-user=(id) { "@" (name) } },
            Self::RoomMention(word) => html! { span.mention { "@" (word) } },
            Self::Room(slug, text) => html! { a href=(slug.path()) { "#" (text) } },
        }
    }
}

impl Tag {
    fn wrap(self, content: &Nodes) -> Markup {
        match self {
            Self::Paragraph => html! { p { (content) } },
            Self::Strong => html! { strong { (content) } },
            Self::Emphasis => html! { em { (content) } },
            Self::Strikethrough => html! { s { (content) } },
            Self::Quote => html! { blockquote { (content) } },
            Self::BulletList => html! { ul { (content) } },
            Self::OrderedList(1) => html! { ol { (content) } },
            Self::OrderedList(start) => html! { ol start=(start) { (content) } },
            Self::Item => html! { li { (content) } },
        }
    }
}
