//! What is stored of a rendered text besides its HTML: who is mentioned, and how it begins.

use crate::domain::{ExcerptBuilder, ExcerptPiece, UserId, excerpt_of_text};
use crate::views::text::tree::{Node, Tag};

/// The users whose names the HTML of these nodes holds, each once, ascending.
pub(super) fn mentioned_users(nodes: &[Node]) -> Vec<UserId> {
    let mut users = Vec::new();
    collect_mentions(nodes, &mut users);
    users.sort_unstable();
    users.dedup();
    users
}

fn collect_mentions(nodes: &[Node], users: &mut Vec<UserId>) {
    for node in nodes {
        match node {
            Node::Mention(user, _) => users.push(*user),
            Node::Element(_, inside) | Node::Link(_, inside) => collect_mentions(inside, users),
            Node::Text(_)
            | Node::LineBreak
            | Node::ThematicBreak
            | Node::Code(_)
            | Node::CodeBlock(_)
            | Node::RoomMention(_)
            | Node::Room(..) => {}
        }
    }
}

/// The excerpt of a text. If it shows no words, as a line across does, the excerpt is that of its source.
pub(super) fn excerpt(source: &str, nodes: &[Node]) -> Vec<ExcerptPiece> {
    let mut excerpt = ExcerptBuilder::default();
    push_nodes(nodes, &mut excerpt);
    let excerpt = excerpt.finish();
    if excerpt.is_empty() { excerpt_of_text(source) } else { excerpt }
}

fn push_nodes(nodes: &[Node], excerpt: &mut ExcerptBuilder) {
    for node in nodes {
        if excerpt.is_full() {
            return;
        }
        match node {
            Node::Text(text) | Node::Code(text) => excerpt.push_text(text),
            Node::LineBreak | Node::ThematicBreak => excerpt.push_break(),
            Node::Element(Tag::Strong | Tag::Emphasis | Tag::Strikethrough, inside) | Node::Link(_, inside) => {
                push_nodes(inside, excerpt);
            }
            Node::Element(Tag::Paragraph | Tag::Quote | Tag::BulletList | Tag::OrderedList(_) | Tag::Item, inside) => {
                excerpt.push_break();
                push_nodes(inside, excerpt);
                excerpt.push_break();
            }
            Node::CodeBlock(pieces) => {
                excerpt.push_break();
                pieces.iter().for_each(|(_, text)| excerpt.push_text(text));
                excerpt.push_break();
            }
            Node::Mention(user, _) => excerpt.push_mention(*user),
            Node::RoomMention(word) => {
                excerpt.push_text("@");
                excerpt.push_text(word);
            }
            Node::Room(_, words) => {
                excerpt.push_text("#");
                excerpt.push_text(words);
            }
        }
    }
}
