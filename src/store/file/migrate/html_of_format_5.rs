//! The HTML that Taproom stored up to format 5, read for the last time: the migration takes the mentions and the excerpt
//! out of it. Nothing else may read HTML.

use crate::domain::{ExcerptBuilder, RenderedContent, UserId, excerpt_of_text};

/// Stands before the number of a mentioned user. Users cannot write it: their quotes are escaped.
const MENTION_START: &str = "data-user=\"";

/// The tags that end no word.
const INLINE_TAGS: [&str; 7] = ["a", "code", "del", "em", "s", "span", "strong"];

/// What is stored of a message from format 6 on.
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
    let numbers = html.split(MENTION_START).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok());
    let mut users: Vec<UserId> = numbers.map(UserId).collect();
    users.sort_unstable();
    users.dedup();
    users
}

/// Reads a tag, and the name behind it if it is that of a mention. Returns its length in bytes.
fn push_tag(html: &str, excerpt: &mut ExcerptBuilder) -> usize {
    let Some(end) = html.find('>') else { return html.len() };
    let tag = &html[1..end];
    if let Some((_, attribute)) = tag.split_once(MENTION_START)
        && let Some(user) = attribute.strip_suffix('"').and_then(|number| number.parse().ok())
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
