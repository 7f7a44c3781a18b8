//! A text that was read: everything that a message may hold, and the one place where it becomes HTML. There is no shape here
//! for a tag, an attribute or a class that is not written out below, so none can be made.

use maud::{Markup, Render, html};

use crate::domain::{Slug, UserId};
use crate::views::text::external_link;
use crate::views::text::highlight::{self, TokenClass};

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Words.
    Text(String),
    /// The end of a line.
    LineBreak,
    /// A line across.
    ThematicBreak,
    /// Other pieces, in something.
    Element(Tag, Vec<Node>),
    /// A link out of the house, to `http`, `https` or `mailto`.
    Link(String, Vec<Node>),
    /// Code within a line.
    Code(String),
    /// Lines of code, each piece with what it is.
    CodeBlock(Vec<(Option<TokenClass>, String)>),
    /// Somebody who is spoken to, and what they are called.
    Mention(UserId, String),
    /// Everybody is spoken to, by this word.
    RoomMention(&'static str),
    /// A room, and the words for it.
    Room(Slug, String),
}

/// What pieces stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Paragraph,
    Strong,
    Emphasis,
    Strikethrough,
    Quote,
    BulletList,
    /// A list that counts from this number on.
    OrderedList(u64),
    Item,
}

/// The HTML of pieces.
pub(crate) fn render_nodes(nodes: &[Node]) -> Markup {
    html! { (Nodes(nodes)) }
}

/// Into one buffer: each piece as a [`Markup`] of its own would be copied once for each level above it.
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
            Self::Element(tag, inside) => tag.wrap(&Nodes(inside)),
            Self::Link(to, inside) => external_link(to, &Nodes(inside)),
            Self::Code(code) => html! { code { (code) } },
            // It can be scrolled sideways, with the keys too.
            Self::CodeBlock(pieces) => html! {
                pre tabindex="0" {
                    code {
                        @for (class, text) in pieces {
                            @if let Some(class) = class { span class=(highlight::class_name(*class)) { (text) } } @else { (text) }
                        }
                    }
                }
            },
            Self::Mention(id, name) => html! { span.mention data-user=(id) { "@" (name) } },
            Self::RoomMention(word) => html! { span.mention { "@" (word) } },
            Self::Room(address, words) => html! { a href=(address.path()) { "#" (words) } },
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
            Self::OrderedList(from) => html! { ol start=(from) { (content) } },
            Self::Item => html! { li { (content) } },
        }
    }
}
