//! What the script of a page does with the rows when somebody is called otherwise, as a small model on their bytes.

use serde_json::Value;

use crate::harness::escaped;

/// Puts the new name, as it is told, in the place of the old one in a row.
pub fn rename(row: &mut String, told: &Value) {
    let word = |field: &str| escaped(told[field].as_str().expect("it is told"));
    let (name, initials, path) = (word("name"), word("initials"), word("path"));
    let user = told["user"].as_u64().expect("a number");
    let face = |row: &mut String, from| put(row, from, "aria-hidden=\"true\">", "</span>", &initials);
    let own = format!("data-author=\"{user}\"");
    if row.split_once('>').is_some_and(|(tag, _)| tag.contains(&own)) {
        face(row, 0);
        let at = put(row, 0, "<a class=\"author\" href=\"", "\"", &path);
        put(row, at, ">", "</a>", &name);
    }
    if let Some(at) = row.find(&format!("<a class=\"quoted\" data-user=\"{user}\"")) {
        let at = face(row, at);
        put(row, at, "<strong dir=\"auto\">", "</strong>", &name);
    }
    for class in ["class=\"mention\" ", ""] {
        let mention = format!("<span {class}data-user=\"{user}\">");
        let mut from = 0;
        while let Some(at) = row[from..].find(&mention) {
            from = put(row, from + at, &mention, "</span>", &format!("@{name}"));
        }
    }
    pills(row, &user.to_string(), &name, &initials);
}

/// The names in the title of each reaction stand between signs that no name has.
fn pills(row: &mut String, user: &str, name: &str, initials: &str) {
    let mut from = 0;
    while let Some(at) = row[from..].find("<button class=\"reaction") {
        let start = from + at;
        from = start + 1;
        let (_, reactors) = row[start..].split_once("data-reactors=\"").expect("a reaction has reactors");
        let (reactors, _) = reactors.split_once('"').unwrap();
        let Some(place) = reactors.split(' ').position(|other| other == user) else { continue };
        let mut named = start;
        for _ in 0..place.min(5) {
            named += row[named..].find('\u{2068}').unwrap() + '\u{2068}'.len_utf8();
        }
        if place < 5 {
            put(row, named, "\u{2068}", "\u{2069}", name);
        }
        let end = start + row[start..].find("</button>").unwrap();
        if place == 0 && row[start..end].contains("class=\"avatar") {
            put(row, start, "aria-hidden=\"true\">", "</span>", initials);
        }
    }
}

/// Puts words between the first `start` from there on and the next `end`; where they end.
fn put(row: &mut String, from: usize, start: &str, end: &str, words: &str) -> usize {
    let begin = from + row[from..].find(start).expect(start) + start.len();
    let length = row[begin..].find(end).expect(end);
    row.replace_range(begin..begin + length, words);
    begin + words.len()
}
