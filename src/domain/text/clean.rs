//! Removes characters that must never reach a page. The rest stays as it was written.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Makes one line that can be a name: NFC, without controls, bidirectional marks and invisible characters. Every run of
/// white space becomes one space; there is none at the ends.
pub(crate) fn clean_line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| !is_hidden_char(c));
    // Composed last, because a removed character may have been between a letter and its accent.
    let visible: String = visible.nfc().collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Makes a text of several lines: NFC, with `\n` as line ends, no controls except newline and tab, no blank lines at
/// either end and no white space at the very end.
pub(crate) fn clean_text(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let text: String = unix.chars().filter(|&c| c == '\n' || c == '\t' || !c.is_control()).collect();
    let text = if is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.nfc().collect() };
    let blank_bytes = text.lines().take_while(|line| line.trim().is_empty()).map(|line| line.len() + 1).sum::<usize>();
    text.get(blank_bytes..).unwrap_or("").trim_end().to_owned()
}

/// Makes the key under which equivalent names are equal: compatibility forms, case and joiners are folded.
pub(crate) fn fold(line: &str) -> String {
    let is_visible = |c: &char| !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    line.nfkc().filter(is_visible).flat_map(char::to_lowercase).nfc().collect()
}

/// Whether a text has no visible character.
pub(crate) fn is_invisible(text: &str) -> bool {
    fold(&clean_line(text)).is_empty()
}

/// Whether a character changes how its neighbours read, or is invisible, so that two names would look the same.
/// (Bidirectional controls: Unicode Standard Annex 9, section 2.)
fn is_hidden_char(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // bidirectional
            | '\u{ad}' | '\u{34f}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}' // invisible
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}') // letters without a shape
}

#[cfg(test)]
mod tests {
    use crate::domain::text::clean::*;

    #[test]
    fn clean_line_strips_invisible_characters() {
        assert_eq!(clean_line("  Ann\t\n  Lee "), "Ann Lee");
        assert_eq!(clean_line("ev\u{202e}il\u{0}\u{1b}[31m"), "evil[31m");
        assert_eq!(clean_line("\u{3164}\u{200b}\u{2800}"), "");
        assert_eq!(clean_line("e\u{301}"), "é");
        assert_eq!(clean_line("👩\u{200d}🚀"), "👩\u{200d}🚀");
    }

    #[test]
    fn clean_text_keeps_lines_and_indentation() {
        assert_eq!(clean_text("\r\n \n  fn a() {\r\n\tb()\r}\n\n"), "  fn a() {\n\tb()\n}");
        assert_eq!(clean_text("a\u{0}\u{7}\u{1b}b\u{85}"), "ab");
        assert_eq!(clean_text(" \n \t "), "");
        assert_eq!(clean_text(""), "");
    }

    #[test]
    fn cleaned_text_is_nfc_after_stripping() {
        assert_eq!(clean_line("e\u{200b}\u{301}"), "é");
        assert_eq!(clean_line("e\u{34f}\u{301}"), "é");
        assert_eq!(clean_text("e\u{0}\u{301}"), "é");
    }

    #[test]
    fn equivalent_names_fold_equal() {
        assert_eq!(fold("ANN"), fold("ann"));
        assert_eq!(fold("Ａｎｎ"), fold("ann"));
        assert_eq!(fold("A\u{200d}nn"), fold("ann"));
        assert_eq!(fold("Rene\u{200d}\u{301}"), fold("René"));
        assert_eq!(clean_line("A\u{34f}d\u{e0100}a"), "Ada");
        assert_ne!(fold("ann"), fold("anne"));
    }
}
