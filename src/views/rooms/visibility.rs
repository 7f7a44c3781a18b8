//! The visibility of a room: its options in forms, its description and its icon.

use crate::domain::Visibility;
use crate::views::layout::icons::Icon;

/// The visibilities that a form offers: value and label.
pub(crate) const VISIBILITY_OPTIONS: [(&str, &str); 3] =
    [("open", "Everyone here"), ("private", "Only people I invite"), ("public", "Anyone on the web")];

/// What the visibility means, as a sentence.
pub(crate) fn visibility_text(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Open => "Open room: everyone here can read and post.",
        Visibility::Public => "Public room: everyone here can post, and anyone on the web can read.",
        Visibility::Private => "Private room: only its members can see it.",
        Visibility::Direct => "Direct message: only these people can ever see it.",
    }
}

/// The icon of a room of this visibility.
pub(crate) fn visibility_icon(visibility: Visibility) -> Icon {
    match visibility {
        Visibility::Open | Visibility::Public => Icon::Hash,
        Visibility::Private => Icon::Lock,
        Visibility::Direct => Icon::People,
    }
}
