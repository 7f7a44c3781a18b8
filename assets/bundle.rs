//! The order in which scripts and stylesheets are joined. `build.rs` and `tests/frontend.rs` both include this file, so what
//! is checked is what is built.

use std::fs;
use std::path::Path;

const HTMX: [&str; 2] = ["vendor/htmx.min.js", "vendor/hx-sse.min.js"];

/// The scripts of every page, in the order in which they run. They share one scope.
const EVERY_PAGE: [&str; 11] = [
    "page/base.js",
    "page/forms.js",
    "page/copy.js",
    "page/local_time.js",
    "page/dialog.js",
    "page/quick_switcher.js",
    "page/shortcuts.js",
    "page/autocomplete.js",
    "page/browser_notifications.js",
    "page/badges.js",
    "page/notifications_poll.js",
];

/// The scripts of a page with messages, in the order in which they run. They share a scope inside that scope.
const ROOM_PAGE: [&str; 16] = [
    "room/room.js",
    "room/message_list.js",
    "room/day_lines.js",
    "room/unread.js",
    "room/read_marks.js",
    "composer/composer.js",
    "composer/drafts.js",
    "composer/preview.js",
    "composer/typing.js",
    "composer/replies.js",
    "composer/outbox.js",
    "room/message_tools.js",
    "room/message_navigation.js",
    "room/reactions.js",
    "room/renames.js",
    "room/connection.js",
];

/// The stylesheets. `layers.css` fixes the order of the layers, so the order of the others matters only within a layer.
const STYLES: [&str; 14] = [
    "css/layers.css",
    "css/reset.css",
    "css/tokens.css",
    "css/base.css",
    "css/parts.css",
    "css/overlays.css",
    "css/frame.css",
    "css/message.css",
    "css/message_text.css",
    "css/message_extras.css",
    "css/composer.css",
    "css/pages.css",
    "css/landing.css",
    "css/prefs.css",
];

/// A piece of a joined file.
pub struct Part {
    /// The file below `assets`, or nothing for what stands between files.
    pub file: &'static str,
    pub text: String,
}

/// The script: htmx and its extension, and around our own scripts the two scopes that they share.
pub fn script(assets: &Path) -> Vec<Part> {
    let files = |files: &'static [&str]| files.iter().map(|&file| read(assets, file));
    let between = |text: &str| std::iter::once(Part { file: "", text: text.to_owned() });
    files(&HTMX)
        .chain(between("(() => {\n'use strict';\n"))
        .chain(files(&EVERY_PAGE))
        .chain(between("if ($('#messages')) {\n"))
        .chain(files(&ROOM_PAGE))
        .chain(between("}\n})();\n"))
        .collect()
}

/// The stylesheet, before it is minified.
pub fn stylesheet(assets: &Path) -> Vec<Part> {
    STYLES.iter().map(|&file| read(assets, file)).collect()
}

/// The stylesheet without comments, and without whitespace where it can mean nothing: beside `{`, `}`, `;`, `,` and `>`, and
/// after `:`. Elsewhere it may be a combinator of a selector or part of `calc()`, and one space of it stays. Strings stay as
/// they are. `tests/frontend.rs` keeps `url()` without quotation marks, which this does not know, out of the stylesheets.
pub fn minify(css: &str) -> String {
    let mut minified = String::with_capacity(css.len());
    let mut rest = css.chars().peekable();
    let mut has_space = false;
    while let Some(c) = rest.next() {
        if c == '/' && rest.peek() == Some(&'*') {
            rest.next();
            let mut last = ' ';
            for c in rest.by_ref() {
                if last == '*' && c == '/' {
                    break;
                }
                last = c;
            }
            has_space = true;
            continue;
        }
        if c.is_ascii_whitespace() {
            has_space = true;
            continue;
        }
        let is_inside = !minified.is_empty() && !minified.ends_with(['{', '}', ';', ',', '>', ':']);
        if has_space && is_inside && !matches!(c, '{' | '}' | ';' | ',' | '>') {
            minified.push(' ');
        }
        has_space = false;
        if c == '}' && minified.ends_with(';') {
            minified.pop();
        }
        minified.push(c);
        if matches!(c, '"' | '\'') {
            while let Some(inner) = rest.next() {
                minified.push(inner);
                if inner == '\\' {
                    minified.extend(rest.next());
                } else if inner == c {
                    break;
                }
            }
        }
    }
    minified
}

/// The parts as one text.
pub fn join(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

fn read(assets: &Path, file: &'static str) -> Part {
    let text = fs::read_to_string(assets.join(file)).unwrap_or_else(|error| panic!("assets/{file}: {error}"));
    Part { file, text: format!("{}\n", text.trim_end()) }
}
