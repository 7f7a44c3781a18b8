//! What stands in a run of words: bare links, people who are spoken to, rooms, emoji by name, line ends.

use linkify::LinkFinder;
use unicode_segmentation::UnicodeSegmentation;

use super::tree::Node;
use super::{Names, emoji, finder, is_web};
use crate::domain::limits::{NAME_CHARS_MAX, ROOM_CHARS_MAX};
use crate::domain::{Address, EVERYBODY, UserId, UserName};

/// How many signs of one text are followed up, whether they lead to somebody or not.
const SIGNS_MAX: usize = 50;

/// What was found in the words of a text so far.
pub(super) struct Words<'a> {
    names: &'a Names<'a>,
    finder: LinkFinder,
    signs_left: usize,
    pub mentions: Vec<UserId>,
    pub calls_all: bool,
}

impl<'a> Words<'a> {
    pub fn new(names: &'a Names<'a>) -> Self {
        Self { names, finder: finder(), signs_left: SIGNS_MAX, mentions: Vec::new(), calls_all: false }
    }

    /// Reads a run of words, as far as they may be read where they stand: a link holds no other.
    pub fn read(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        if in_link || !text.contains("://") {
            return self.between_links(text, in_link, out);
        }
        let spans: Vec<(bool, &str)> =
            self.finder.spans(text).map(|span| (span.kind().is_some(), span.as_str())).collect();
        for (is_link, text) in spans {
            if is_link && is_web(text) {
                out.push(Node::Link(text.to_owned(), vec![Node::Text(text.to_owned())]));
            } else {
                self.between_links(text, in_link, out);
            }
        }
    }

    fn between_links(&mut self, text: &str, in_link: bool, out: &mut Vec<Node>) {
        let (mut words, mut at, mut free) = (String::new(), 0, true);
        while let Some(next) = text[at..].find(['\n', '@', '#', ':']) {
            words.push_str(&text[at..at + next]);
            at += next;
            let rest = &text[at + 1..];
            let sign = text.as_bytes()[at];
            // A sign within a word or an address is a part of it, and so is a colon behind another: "std::io::x".
            let belongs = |c: char| is_of_word(c) || (c == ':' && sign == b':');
            free = (free && next == 0) || text[..at].chars().next_back().is_none_or(|c| !belongs(c));
            let found = match sign {
                b'\n' => Some((Node::Break, 0)),
                b':' if free => emoji::named(rest).map(|(emoji, length)| (Node::Text(emoji.to_owned()), length)),
                b'@' if free => self.person(rest),
                b'#' if free && !in_link => self.room(rest),
                _ => None,
            };
            free = found.is_some();
            match found {
                Some((Node::Text(emoji), length)) => {
                    words.push_str(&emoji);
                    at += 1 + length;
                }
                Some((node, length)) => {
                    push_words(&mut words, out);
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
        push_words(&mut words, out);
    }

    /// Whoever has the longest name that stands at the start of a text, and how long it is there, in bytes.
    fn person(&mut self, text: &str) -> Option<(Node, usize)> {
        self.signs_left = self.signs_left.checked_sub(1)?;
        for end in ends(text, NAME_CHARS_MAX) {
            let written = &text[..end];
            if let Some(person) = UserName::parse(written).ok().and_then(|name| (self.names.person)(&name)) {
                if !self.mentions.contains(&person.id) {
                    self.mentions.push(person.id);
                }
                return Some((Node::Person(person.id, person.name.to_string()), end));
            }
            if let Some(word) = EVERYBODY.into_iter().find(|word| written.eq_ignore_ascii_case(word)) {
                self.calls_all = true;
                return Some((Node::All(word), end));
            }
        }
        None
    }

    /// The room with the longest name that stands at the start of a text, and how long it is there, in bytes.
    fn room(&mut self, text: &str) -> Option<(Node, usize)> {
        self.signs_left = self.signs_left.checked_sub(1)?;
        ends(text, ROOM_CHARS_MAX).into_iter().find_map(|end| {
            let room = Address::of(&text[..end]).ok().and_then(|address| (self.names.room)(&address))?;
            Some((Node::Room(room, text[..end].to_owned()), end))
        })
    }
}

fn push_words(words: &mut String, out: &mut Vec<Node>) {
    if !words.is_empty() {
        out.push(Node::Text(std::mem::take(words)));
    }
}

/// Where a name at the start of a text may end, the farthest first: at the end of a word (by Unicode Standard Annex 29,
/// which also knows of scripts without blanks), on the same line, after at most so many characters.
fn ends(text: &str, chars_max: usize) -> Vec<usize> {
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

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '/' | '@' | '#' | '&')
}
