//! The color theme that a reader chose for one browser. It is written into the finished page, so no view needs to know it.

/// A color theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// The theme of the device.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The first bytes of every page.
const DOCUMENT_START: &str = "<!DOCTYPE html><html lang=\"en\" dir=\"ltr\"";

impl Theme {
    /// All themes.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value in forms and in the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Parses the value of a form.
    pub fn parse(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == value)
    }

    /// The page in this theme; `None` if nothing has to change, because the theme is the default or `page` is not a page.
    pub fn apply_to(self, page: &[u8]) -> Option<Vec<u8>> {
        let rest = page.strip_prefix(DOCUMENT_START.as_bytes()).filter(|_| self != Self::System)?;
        Some([DOCUMENT_START.as_bytes(), b" data-theme=\"", self.as_str().as_bytes(), b"\"", rest].concat())
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use crate::views::layout::html_document::document;
    use crate::views::layout::theme::*;

    #[test]
    fn only_whole_pages_get_a_theme() {
        let page = document("t", None, html! { p { "x" } }).into_string();
        let dark = Theme::Dark.apply_to(page.as_bytes()).expect("it is a page");
        assert!(dark.starts_with(b"<!DOCTYPE html><html lang=\"en\" dir=\"ltr\" data-theme=\"dark\"><head>"));
        assert_eq!(dark.len(), page.len() + " data-theme=\"dark\"".len());
        assert!(Theme::System.apply_to(page.as_bytes()).is_none());
        assert!(Theme::Light.apply_to(b"<article>").is_none());
    }
}
