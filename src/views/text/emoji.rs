//! Emoji: shortcodes between colons (those of GitHub), search by name, and texts of emoji alone.

use emojis::Emoji;
use unicode_segmentation::UnicodeSegmentation;

/// A text of at most this many emoji and nothing else is shown large.
const EMOJI_ONLY_MAX: usize = 6;
/// The longest shortcode, in bytes.
const SHORTCODE_BYTES_MAX: usize = 48;
/// The longest text of [`EMOJI_ONLY_MAX`] emoji, in bytes. Longer texts are not examined.
const EMOJI_ONLY_BYTES_MAX: usize = EMOJI_ONLY_MAX * (SHORTCODE_BYTES_MAX + 2);

/// Parses a shortcode at the start of a text that follows a colon. Gives the emoji, and the length of the shortcode in bytes
/// with its final colon.
pub(crate) fn parse_shortcode(text: &str) -> Option<(&'static str, usize)> {
    let end = text.bytes().take(SHORTCODE_BYTES_MAX + 1).position(|byte| byte == b':')?;
    let emoji = emojis::get_by_shortcode(&text[..end])?;
    let is_complete = !text[end + 1..].starts_with(|c: char| c.is_alphanumeric());
    is_complete.then(|| (emoji.as_str(), end + 1))
}

/// Whether a text is one to [`EMOJI_ONLY_MAX`] emoji and nothing else.
pub(crate) fn is_only_emoji(text: &str) -> bool {
    if text.len() > EMOJI_ONLY_BYTES_MAX
        || text.starts_with(|c: char| c.is_ascii() && !matches!(c, ':' | '#' | '*' | '0'..='9'))
    {
        return false; // nearly all texts
    }
    let (mut rest, mut count) = (text.trim(), 0);
    while !rest.is_empty() {
        let length = match rest.strip_prefix(':').and_then(parse_shortcode) {
            Some((_, length)) => 1 + length,
            None => {
                let Some(grapheme) = rest.graphemes(true).next().filter(|grapheme| emojis::get(grapheme).is_some())
                else {
                    return false;
                };
                grapheme.len()
            }
        };
        (rest, count) = (rest[length..].trim_start(), count + 1);
    }
    (1..=EMOJI_ONLY_MAX).contains(&count)
}

/// Emoji whose names contain `query`, at most `limit`, as pairs of name and emoji. Names that begin with it come first.
pub fn matching_emoji(query: &str, limit: usize) -> Vec<(&'static str, &'static str)> {
    let letters = query.trim().trim_matches(':').to_lowercase().replace([' ', '-'], "_");
    let mut matches: Vec<(usize, &str, &str)> = emojis::iter()
        .flat_map(|emoji: &'static Emoji| emoji.shortcodes().map(|name| (name, emoji.as_str())))
        .filter_map(|(name, emoji)| Some((name.find(&letters)?.min(1), name, emoji))) // 0: at the start
        .collect();
    matches.sort_by_key(|&(rank, name, _)| (rank, if letters.is_empty() { 0 } else { name.len() }));
    matches.truncate(limit);
    matches.into_iter().map(|(_, name, emoji)| (name, emoji)).collect()
}

#[cfg(test)]
mod tests {
    use crate::views::text::emoji::*;

    #[test]
    fn one_to_six_emoji_are_emoji_only() {
        for text in ["🎉", "🥖🫒🎉", ":tada:", ":tada: 🎉\n:+1:", "👩🏽‍🚀", "🎉🎉🎉🎉🎉🎉", "❤️", "🇩🇪"]
        {
            assert!(is_only_emoji(text), "{text}");
        }
        for text in ["", " ", "hi", "🎉 hi", "🎉🎉🎉🎉🎉🎉🎉", ":nothing:", "12", "#", "*", "é", ":tada"]
        {
            assert!(!is_only_emoji(text), "{text}");
        }
    }

    #[test]
    fn names_that_begin_with_the_query_come_first() {
        let matches = matching_emoji("smile", 50);
        assert_eq!(matches[0], ("smile", "😄"));
        assert!(matches.iter().any(|(name, _)| *name == "sweat_smile"));
        assert!(matches.len() < 50);
        assert_eq!(matching_emoji("", 50).len(), 50);
        assert_eq!(matching_emoji(":TADA", 1), [("tada", "🎉")]);
        assert!(matching_emoji("<script>", 50).is_empty());
    }
}
