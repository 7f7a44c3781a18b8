//! What stands in a run of words: bare links, people who are spoken to, rooms, emoji by name, line ends.

use linkify::LinkFinder;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX};
use crate::domain::{BROADCAST_MENTIONS, Slug, UserId, UserName};
use crate::views::text::tree::Node;
use crate::views::text::{Names, emoji, finder, is_web};

/// How many signs of one text are followed up, whether they lead to somebody or not.
const LOOKUPS_MAX: usize = 50;

/// What was found in the words of a text so far.
pub(crate) struct InlineReader<'a> {
    names: &'a Names<'a>,
    finder: LinkFinder,
    lookups_left: usize,
    pub mentions: Vec<UserId>,
    pub mentions_room: bool,
}

impl<'a> InlineReader<'a> {
    pub fn new(names: &'a Names<'a>) -> Self {
        Self { names, finder: finder(), lookups_left: LOOKUPS_MAX, mentions: Vec::new(), mentions_room: false }
    }

    /// Reads a run of words, as far as they may be read where they stand: a link holds no other.
    pub fn read(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        if in_link || !text.contains("://") {
            return self.read_text(text, in_link, out);
        }
        let spans: Vec<(bool, &str)> =
            self.finder.spans(text).map(|span| (span.kind().is_some(), span.as_str())).collect();
        for (is_link, text) in spans {
            if is_link && is_web(text) {
                out.push(Node::Link(text.to_owned(), vec![Node::Text(text.to_owned())]));
            } else {
                self.read_text(text, in_link, out);
            }
        }
    }

    fn read_text(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        let (mut words, mut at, mut free) = (String::new(), 0, true);
        while let Some(next) = text[at..].find(['\n', '@', '#', ':']) {
            words.push_str(&text[at..at + next]);
            at += next;
            let rest = &text[at + 1..];
            let sign = text.as_bytes()[at];
            // A sign within a word or an address is a part of it, and so is a colon behind another: "std::io::x".
            let belongs = |c: char| is_word_char(c) || (c == ':' && sign == b':');
            free = (free && next == 0) || text[..at].chars().next_back().is_none_or(|c| !belongs(c));
            let found = match sign {
                b'\n' => Some((Node::Break, 0)),
                b':' if free => {
                    emoji::parse_shortcode(rest).map(|(emoji, length)| (Node::Text(emoji.to_owned()), length))
                }
                b'@' if free => self.match_person(rest),
                b'#' if free && !in_link => self.match_room(rest),
                _ => None,
            };
            free = found.is_some();
            match found {
                Some((Node::Text(emoji), length)) => {
                    words.push_str(&emoji);
                    at += 1 + length;
                }
                Some((node, length)) => {
                    push_text(&mut words, out);
                    out.push(node);
                    at += 1 + length;
                }
                None => {
                    words.push_str(&text[at..=at]);
                    at += 1;
                }
            }
        }
        words.push_str(&text[at..]);
        push_text(&mut words, out);
    }

    /// Whoever has the longest name that stands at the start of a text, and how long it is there, in bytes.
    fn match_person(&mut self, text: &str) -> Option<(Node, usize)> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        for end in word_ends(text, USER_NAME_CHARS_MAX) {
            let written = &text[..end];
            if let Some(person) = UserName::parse(written).ok().and_then(|name| (self.names.person)(&name)) {
                if !self.mentions.contains(&person.id) {
                    self.mentions.push(person.id);
                }
                return Some((Node::Person(person.id, person.name.to_string()), end));
            }
            if let Some(word) = BROADCAST_MENTIONS.into_iter().find(|word| written.eq_ignore_ascii_case(word)) {
                self.mentions_room = true;
                return Some((Node::All(word), end));
            }
        }
        None
    }

    /// The room with the longest name that stands at the start of a text, and how long it is there, in bytes.
    fn match_room(&mut self, text: &str) -> Option<(Node, usize)> {
        self.lookups_left = self.lookups_left.checked_sub(1)?;
        word_ends(text, ROOM_NAME_CHARS_MAX).into_iter().find_map(|end| {
            let room = Slug::from_name(&text[..end]).ok().and_then(|address| (self.names.room)(&address))?;
            Some((Node::Room(room, text[..end].to_owned()), end))
        })
    }
}

fn push_text(words: &mut String, out: &mut Vec<Node>) {
    if !words.is_empty() {
        out.push(Node::Text(std::mem::take(words)));
    }
}

/// Where a name at the start of a text may end, the farthest first: at the end of a word (by Unicode Standard Annex 29,
/// which also knows of scripts without blanks), on the same line, after at most so many characters.
fn word_ends(text: &str, chars_max: usize) -> Vec<usize> {
    let line = text.split('\n').next().unwrap_or("");
    let line = line.char_indices().nth(chars_max).map_or(line, |(end, _)| &text[..end + next_word(&text[end..])]);
    let mut ends = Vec::new();
    for (start, word) in line.split_word_bound_indices() {
        // "Ann's" and "Ann_" are one word each; only the first of them begins with a name.
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

/// How far the word goes on that stands here, so that nothing of it is taken for a whole one.
fn next_word(text: &str) -> usize {
    text.split_word_bounds().next().map_or(0, str::len)
}

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/' | '@' | '#' | '&')
}
