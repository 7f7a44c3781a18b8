//! Parses a run of text within a paragraph: bare links, mentions, rooms, emoji shortcodes and line breaks.

use linkify::LinkFinder;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX};
use crate::domain::{BROADCAST_MENTIONS, Slug, UserId, UserName};
use crate::views::text::tree::Node;
use crate::views::text::{NameResolver, emoji, is_http_url, url_finder};

/// `@` and `#` in one text that are looked up, whether they name something or not.
const LOOKUPS_MAX: usize = 50;

/// Parses the runs of one text, and collects its mentions.
pub(crate) struct InlineParser<'a> {
    resolver: &'a NameResolver<'a>,
    finder: LinkFinder,
    lookups_left: usize,
    pub mentions: Vec<UserId>,
    pub mentions_room: bool,
}

impl<'a> InlineParser<'a> {
    pub fn new(resolver: &'a NameResolver<'a>) -> Self {
        Self { resolver, finder: url_finder(), lookups_left: LOOKUPS_MAX, mentions: Vec::new(), mentions_room: false }
    }

    /// Parses a run of text. Within a link no other link is made.
    pub fn parse(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        if in_link || !text.contains("://") {
            return self.parse_text(text, in_link, out);
        }
        let spans: Vec<(bool, &str)> =
            self.finder.spans(text).map(|span| (span.kind().is_some(), span.as_str())).collect();
        for (is_link, text) in spans {
            if is_link && is_http_url(text) {
                out.push(Node::Link(text.to_owned(), vec![Node::Text(text.to_owned())]));
            } else {
                self.parse_text(text, in_link, out);
            }
        }
    }

    fn parse_text(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        let (mut pending, mut at, mut at_boundary) = (String::new(), 0, true);
        while let Some(next) = text[at..].find(['\n', '@', '#', ':']) {
            pending.push_str(&text[at..at + next]);
            at += next;
            let rest = &text[at + 1..];
            let marker = text.as_bytes()[at];
            // A marker within a word or a URL belongs to it, and so does a colon after a colon: "std::io::x".
            let joins_word = |c: char| is_word_char(c) || (c == ':' && marker == b':');
            at_boundary = (at_boundary && next == 0) || text[..at].chars().next_back().is_none_or(|c| !joins_word(c));
            let matched = match marker {
                b'\n' => Some((Node::LineBreak, 0)),
                b':' if at_boundary => {
                    emoji::parse_shortcode(rest).map(|(emoji, length)| (Node::Text(emoji.to_owned()), length))
                }
                b'@' if at_boundary => self.match_person(rest),
                b'#' if at_boundary && !in_link => self.match_room(rest),
                _ => None,
            };
            at_boundary = matched.is_some();
            match matched {
                Some((Node::Text(emoji), length)) => {
                    pending.push_str(&emoji);
                    at += 1 + length;
                }
                Some((node, length)) => {
                    push_text(&mut pending, out);
                    out.push(node);
                    at += 1 + length;
                }
                None => {
                    pending.push_str(&text[at..=at]);
                    at += 1;
                }
            }
        }
        pending.push_str(&text[at..]);
        push_text(&mut pending, out);
    }

    /// The person with the longest name at the start of a text, and the length of that name in bytes.
    fn match_person(&mut self, text: &str) -> Option<(Node, usize)> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        for end in word_ends(text, USER_NAME_CHARS_MAX) {
            let candidate = &text[..end];
            if let Some(person) = UserName::parse(candidate).ok().and_then(|name| (self.resolver.find_person)(&name)) {
                if !self.mentions.contains(&person.id) {
                    self.mentions.push(person.id);
                }
                return Some((Node::Mention(person.id, person.name.to_string()), end));
            }
            if let Some(word) = BROADCAST_MENTIONS.into_iter().find(|word| candidate.eq_ignore_ascii_case(word)) {
                self.mentions_room = true;
                return Some((Node::RoomMention(word), end));
            }
        }
        None
    }

    /// The room with the longest name at the start of a text, and the length of that name in bytes.
    fn match_room(&mut self, text: &str) -> Option<(Node, usize)> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        word_ends(text, ROOM_NAME_CHARS_MAX).into_iter().find_map(|end| {
            let room = Slug::from_name(&text[..end]).ok().and_then(|slug| (self.resolver.find_room)(&slug))?;
            Some((Node::Room(room, text[..end].to_owned()), end))
        })
    }
}

fn push_text(text: &mut String, out: &mut Vec<Node>) {
    if !text.is_empty() {
        out.push(Node::Text(std::mem::take(text)));
    }
}

/// The offsets where a name at the start of a text may end, the longest name first: at the end of a word (UAX 29, which also
/// covers scripts without spaces), on the same line, after at most `chars_max` characters.
fn word_ends(text: &str, chars_max: usize) -> Vec<usize> {
    let line = text.split('\n').next().unwrap_or("");
    let line = line.char_indices().nth(chars_max).map_or(line, |(end, _)| &text[..end + next_word_len(&text[end..])]);
    let mut ends = Vec::new();
    for (start, word) in line.split_word_bound_indices() {
        // "Ann's" and "Ann_" are one word each. Only the first begins with a name.
        ends.extend(word.char_indices().filter(|(_, c)| matches!(c, '\'' | '’' | '.' | ':')).map(|(n, _)| start + n));
        ends.push(start + word.len());
    }
    ends.retain(|&end| {
        let name = &line[..end];
        !name.is_empty() && !name.ends_with(char::is_whitespace) && name.chars().count() <= chars_max
    });
    ends.dedup();
    ends.reverse();
    if text.starts_with(char::is_whitespace) { Vec::new() } else { ends }
}

/// The length of the word at the start of a text, so that a part of it does not count as a word.
fn next_word_len(text: &str) -> usize {
    text.split_word_bounds().next().map_or(0, str::len)
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/' | '@' | '#' | '&')
}
