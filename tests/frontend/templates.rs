//! Scripts clone the markup that the server prints, and write none of their own.

use crate::*;

/// Our own scripts, without comments.
fn script_lines() -> Vec<(String, String)> {
    let scripts = files("assets", "js").into_iter().filter(|(path, _)| !path.iter().any(|part| part == "vendor"));
    let lines = scripts.flat_map(|(path, text)| {
        let path = path.strip_prefix(root()).unwrap().display().to_string();
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
        lines.map(|(n, line)| (format!("{path}:{}", n + 1), line.to_owned())).collect::<Vec<_>>()
    });
    lines.collect()
}

/// Where a script makes an element with a class that the rows of a message list have, or makes one without the helper.
fn copied_markup(lines: &[(String, String)]) -> Vec<String> {
    const ROW_CLASSES: [&str; 12] = [
        "author",
        "avatar",
        "body",
        "day",
        "edge-link",
        "error",
        "message",
        "message-head",
        "own-only",
        "quoted",
        "sending",
        "wait",
    ];
    let copies = |line: &str| {
        let calls = line.split("createElement('").skip(1);
        let mut classes = calls.flat_map(|call| call.split('\'').nth(2)).flat_map(str::split_whitespace);
        classes.any(|class| ROW_CLASSES.contains(&class))
    };
    let is_raw = |(place, line): &(String, String)| {
        line.contains("document.createElement") && !place.starts_with("assets/page/base.js:")
    };
    lines.iter().filter(|line| is_raw(line) || copies(&line.1)).map(|(place, _)| place.clone()).collect()
}

#[test]
fn scripts_clone_the_markup_of_messages_from_templates() {
    let lines = script_lines();
    assert_eq!(copied_markup(&lines), Vec::<String>::new());
    let planted = [
        "const row = createElement('li', 'message');",
        "head.append(createElement('span', 'tag own-only', 'you'));",
        "const link = document.createElement('a');",
        "box = createElement('dialog', 'dialog over');",
    ];
    let planted: Vec<_> = planted.iter().enumerate().map(|(n, line)| (n.to_string(), (*line).to_owned())).collect();
    assert_eq!(copied_markup(&planted), ["0", "1", "2"]);

    let words = |text: &str| text.split(|c: char| !(c.is_ascii_lowercase() || c == '-')).map(str::to_owned).collect();
    let template_ids = |text: &str| -> BTreeSet<String> {
        let words: Vec<String> = words(text);
        words.into_iter().filter(|word| word.ends_with("-template")).collect()
    };
    let cloned: BTreeSet<String> = lines.iter().flat_map(|(_, line)| template_ids(line)).collect();
    let views = files("src/views", "rs").into_iter();
    let printed: BTreeSet<String> = views
        .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.trim_start().starts_with("template #"))
        .flat_map(|line| template_ids(&line))
        .collect();
    assert!(cloned.len() > 5, "this test finds the templates");
    assert_eq!(cloned, printed, "every template is cloned, and each that is cloned is printed");
}
