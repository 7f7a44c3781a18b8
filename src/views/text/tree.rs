//! A text that was read: everything that a message may hold, and the one place where it becomes HTML. There is no shape here
//! for a tag, an attribute or a class that is not written out below, so none can be made.

use maud::{Markup, Render, html};

use crate::domain::{Slug, UserId};
use crate::views::text::highlight::{self, TokenClass};
use crate::views::text::link;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Words.
    Text(String),
    /// The end of a line.
    Break,
    /// A line across.
    Rule,
    /// Other pieces, in something.
    In(Tag, Vec<Node>),
    /// A link out of the house, to `http`, `https` or `mailto`.
    Link(String, Vec<Node>),
    /// Code within a line.
    Code(String),
    /// Lines of code, each piece with what it is.
    Block(Vec<(Option<TokenClass>, String)>),
    /// Somebody who is spoken to, and what they are called.
    Person(UserId, String),
    /// Everybody is spoken to, by this word.
    All(&'static str),
    /// A room, and the words for it.
    Room(Slug, String),
}

/// What pieces stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Paragraph,
    Strong,
    Emphasis,
    Struck,
    Quote,
    List,
    /// A list that counts from this number on.
    Numbered(u64),
    Item,
}

/// The HTML of pieces.
pub(crate) fn html(nodes: &[Node]) -> Markup {
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
            Self::Break => html! { br; },
            Self::Rule => html! { hr; },
            Self::In(tag, inside) => tag.around(&Nodes(inside)),
            Self::Link(to, inside) => link(to, &Nodes(inside)),
            Self::Code(code) => html! { code { (code) } },
            // It can be scrolled sideways, with the keys too.
            Self::Block(pieces) => html! {
                pre tabindex="0" {
                    code {
                        @for (class, text) in pieces {
                            @if let Some(class) = class { span class=(highlight::class_name(*class)) { (text) } } @else { (text) }
                        }
                    }
                }
            },
            Self::Person(id, name) => html! { span.mention data-user=(id) { "@" (name) } },
            Self::All(word) => html! { span.mention { "@" (word) } },
            Self::Room(address, words) => html! { a href=(address.path()) { "#" (words) } },
        }
    }
}

impl Tag {
    fn around(self, inside: &Nodes) -> Markup {
        match self {
            Self::Paragraph => html! { p { (inside) } },
            Self::Strong => html! { strong { (inside) } },
            Self::Emphasis => html! { em { (inside) } },
            Self::Struck => html! { s { (inside) } },
            Self::Quote => html! { blockquote { (inside) } },
            Self::List => html! { ul { (inside) } },
            Self::Numbered(1) => html! { ol { (inside) } },
            Self::Numbered(from) => html! { ol start=(from) { (inside) } },
            Self::Item => html! { li { (inside) } },
        }
    }
}
