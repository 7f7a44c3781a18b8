//! Light or dark, as a reader likes it on this device. It is written into the finished page, so that no page needs to know.

/// What a reader has chosen for one browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the device has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How every page of ours starts.
const DOCUMENT_START: &str = "<!DOCTYPE html><html lang=\"en\" dir=\"ltr\"";

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word for it, in forms and in the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word)
    }

    /// The page in this theme. What is no page stays as it is.
    pub fn apply_to(self, page: &[u8]) -> Option<Vec<u8>> {
        let rest = page.strip_prefix(DOCUMENT_START.as_bytes()).filter(|_| self != Self::System)?;
        Some([DOCUMENT_START.as_bytes(), b" data-theme=\"", self.as_str().as_bytes(), b"\"", rest].concat())
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use crate::views::layout;
    use crate::views::layout::theme::*;

    #[test]
    fn a_page_of_ours_is_painted_and_nothing_else_is() {
        let page = layout::document("t", None, html! { p { "x" } }).into_string();
        let dark = Theme::Dark.apply_to(page.as_bytes()).expect("it is a page");
        assert!(dark.starts_with(b"<!DOCTYPE html><html lang=\"en\" dir=\"ltr\" data-theme=\"dark\"><head>"));
        assert_eq!(dark.len(), page.len() + " data-theme=\"dark\"".len());
        assert!(Theme::System.apply_to(page.as_bytes()).is_none());
        assert!(Theme::Light.apply_to(b"<article>").is_none());
    }
}
