//! The labels of form fields in error texts.
//!
//! The text of an error names a field by its key in backticks, which is what a program sends. A page shows the label of the
//! field in its place: beside the field its own label, and anywhere else the one in the table here.

use std::borrow::Cow;

/// The keys of fields, and their labels where an error is not shown beside its field.
const LABELS: [(&str, &str); 34] = [
    ("allow_guests", "Allow new guests"),
    ("archived", "Archive"),
    ("block_addresses", "Block their IP addresses"),
    ("body", "Message"),
    ("code", "Recovery code"),
    ("current", "Current password"),
    ("date", "Date"),
    ("delete_messages", "Delete all their messages"),
    ("duration", "Duration"),
    ("expires", "Expires after"),
    ("favorite", "Favourite"),
    ("join_policy", "Who can join"),
    ("level", "Notifications"),
    ("members", "Add people"),
    ("message", "Message"),
    ("name", "Name"),
    ("names", "To"),
    ("password", "Password"),
    ("q", "Search"),
    ("reaction", "Reaction"),
    ("reason", "Reason"),
    ("reply_to", "Reply to"),
    ("role", "Role"),
    ("room", "Room"),
    ("room_creation", "Who can create rooms"),
    ("rooms", "Private rooms"),
    ("scopes", "Scopes"),
    ("server", "Server name"),
    ("shown", "Show when I'm online"),
    ("slow_mode_s", "Slow mode"),
    ("theme", "Appearance"),
    ("topic", "Topic"),
    ("uses", "Max. uses"),
    ("visibility", "Who can see it"),
];

/// The text of an error with `label` in place of the key `name`.
pub(crate) fn with_label<'a>(error: &'a str, name: &str, label: &str) -> Cow<'a, str> {
    let key = format!("`{name}`");
    if error.contains(&key) { error.replace(&key, &format!("“{label}”")).into() } else { error.into() }
}

/// The text of an error with labels in place of all keys that have one.
pub(crate) fn with_labels(error: &str) -> Cow<'_, str> {
    if !error.contains('`') {
        return error.into();
    }
    let replace_key = |text: String, (name, label): &(&str, &str)| with_label(&text, name, label).into_owned();
    LABELS.iter().fold(error.to_owned(), replace_key).into()
}

#[cfg(test)]
mod tests {
    use crate::domain::Refusal;
    use crate::views::layout::field_labels::*;

    #[test]
    fn a_page_shows_the_label_where_a_program_reads_the_key() {
        for refusal in [
            Refusal::FieldBlank("slow_mode_s"),
            Refusal::FieldTooLong("slow_mode_s", 5),
            Refusal::FieldInvalid("slow_mode_s"),
        ] {
            let text = refusal.to_string();
            assert!(text.contains("`slow_mode_s`"), "{text}");
            assert_eq!(with_label(&text, "slow_mode_s", "Seconds"), text.replace("`slow_mode_s`", "“Seconds”"));
            assert_eq!(with_labels(&text), text.replace("`slow_mode_s`", "“Slow mode”"));
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["Wrong name or password.", "There is no room called “`x`”.", "`"] {
            assert_eq!(with_label(text, "name", "Name"), text);
            assert_eq!(with_labels(text), text);
        }
    }
}
