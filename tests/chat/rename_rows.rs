//! A small model of how the page's script changes the rows of messages when a person is renamed. It works on their bytes.

use serde_json::Value;

use crate::harness::escaped;

/// Replaces the old name in a row by the new one, as the `renamed` event says it.
pub fn rename(row: &mut String, event: &Value) {
    let value = |field: &str| escaped(event[field].as_str().expect("the event has the field"));
    let (name, initials, path) = (value("name"), value("initials"), value("path"));
    let user = event["user"].as_u64().expect("a number");
    let avatar = |row: &mut String, from| put(row, from, "aria-hidden=\"true\">", "</span>", &initials);
    let is_author = format!("data-author=\"{user}\"");
    if row.split_once('>').is_some_and(|(tag, _)| tag.contains(&is_author)) {
        avatar(row, 0);
        let at = put(row, 0, "<a class=\"author\" href=\"", "\"", &path);
        put(row, at, ">", "</a>", &name);
    }
    if let Some(at) = row.find(&format!("<a class=\"quoted\" data-user=\"{user}\"")) {
        let at = avatar(row, at);
        put(row, at, "<strong dir=\"auto\">", "</strong>", &name);
    }
    for class in ["class=\"mention\" ", ""] {
        let mention = format!("<span {class}data-user=\"{user}\">");
        let mut from = 0;
        while let Some(at) = row[from..].find(&mention) {
            from = put(row, from + at, &mention, "</span>", &format!("@{name}"));
        }
    }
    reactions(row, &user.to_string(), &name, &initials);
}

/// Renames in the reactions. Each name in a reaction's title is between isolates, which no name contains.
fn reactions(row: &mut String, user: &str, name: &str, initials: &str) {
    let mut from = 0;
    while let Some(at) = row[from..].find("<button class=\"reaction") {
        let start = from + at;
        from = start + 1;
        let (_, reactors) = row[start..].split_once("data-reactors=\"").expect("a reaction has reactors");
        let (reactors, _) = reactors.split_once('"').unwrap();
        let Some(position) = reactors.split(' ').position(|other| other == user) else { continue };
        let mut name_at = start;
        for _ in 0..position.min(5) {
            name_at += row[name_at..].find('\u{2068}').unwrap() + '\u{2068}'.len_utf8();
        }
        if position < 5 {
            put(row, name_at, "\u{2068}", "\u{2069}", name);
        }
        let end = start + row[start..].find("</button>").unwrap();
        if position == 0 && row[start..end].contains("class=\"avatar") {
            put(row, start, "aria-hidden=\"true\">", "</span>", initials);
        }
    }
}

/// Puts `text` between the first `start` after `from` and the next `end`. Returns where the text ends.
fn put(row: &mut String, from: usize, start: &str, end: &str, text: &str) -> usize {
    let begin = from + row[from..].find(start).expect(start) + start.len();
    let length = row[begin..].find(end).expect(end);
    row.replace_range(begin..begin + length, text);
    begin + text.len()
}
