//! Reads the HTML that Taproom stored up to format 5, from which the migration extracts mentions and excerpts. No other
//! code may parse HTML.

use crate::domain::{ExcerptBuilder, RenderedContent, UserId, excerpt_of_text};

/// Precedes the id of a mentioned user. Users cannot write it: their quotes are escaped.
const MENTION_START: &str = "data-user=\"";

/// The tags that do not end a word.
const INLINE_TAGS: [&str; 7] = ["a", "code", "del", "em", "s", "span", "strong"];

/// Converts stored HTML to what format 6 stores.
pub(super) fn to_rendered(body: &str, html: String) -> RenderedContent {
    let mut excerpt = ExcerptBuilder::default();
    let mut rest = html.as_str();
    while let Some(c) = rest.chars().next().filter(|_| !excerpt.is_full()) {
        let length = match c {
            '<' => push_tag(rest, &mut excerpt),
            '&' => push_entity(rest, &mut excerpt),
            c => push_char(c, &mut excerpt),
        };
        rest = &rest[length..];
    }
    let excerpt = excerpt.finish();
    let excerpt = if excerpt.is_empty() { excerpt_of_text(body) } else { excerpt };
    RenderedContent { mentioned: mentioned_users(&html), html, excerpt }
}

/// The users who are mentioned, each once, ascending.
pub(super) fn mentioned_users(html: &str) -> Vec<UserId> {
    let ids = html.split(MENTION_START).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok());
    let mut users: Vec<UserId> = ids.map(UserId).collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// Reads a tag; that of a mention with the name after it. Returns the length in bytes.
fn push_tag(html: &str, excerpt: &mut ExcerptBuilder) -> usize {
    let Some(end) = html.find('>') else { return html.len() };
    let tag = &html[1..end];
    if let Some((_, attribute)) = tag.split_once(MENTION_START)
        && let Some(user) = attribute.strip_suffix('"').and_then(|id| id.parse().ok())
    {
        excerpt.push_mention(UserId(user));
        return html[end..].find('<').map_or(html.len(), |name| end + name);
    }
    let name = tag.strip_prefix('/').unwrap_or(tag);
    if !INLINE_TAGS.contains(&name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("")) {
        excerpt.push_break();
    }
    end + 1
}

fn push_entity(html: &str, excerpt: &mut ExcerptBuilder) -> usize {
    let known = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")];
    let (entity, text) = known.into_iter().find(|(entity, _)| html.starts_with(entity)).unwrap_or(("&", "&"));
    excerpt.push_text(text);
    entity.len()
}

fn push_char(c: char, excerpt: &mut ExcerptBuilder) -> usize {
    excerpt.push_text(c.encode_utf8(&mut [0; 4]));
    c.len_utf8()
}
