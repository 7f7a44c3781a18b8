//! Whatever a text says, a browser makes of it paragraphs, line breaks and links that lead to the web, and shows the
//! text itself. Read by html5ever, which reads HTML as browsers do.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scraper::node::Node;
use scraper::{ElementRef, Html};
use taproom::domain::{Slug, Author, Body, Message, Timestamp, Grouping, LazyDetails, Seq, UserId, UserName};
use taproom::{fuzzing, views};

/// Every tag that a row may have, with its attributes.
const ROW: [(&str, &[&str]); 7] = [
    ("li", &["id", "class", "data-author", "tabindex"]),
    ("div", &["class", "dir"]),
    ("span", &["class", "dir", "aria-hidden"]),
    ("time", &["datetime"]),
    ("a", &["class", "href", "rel", "target", "dir", "tabindex"]),
    ("p", &[]),
    ("br", &[]),
];
/// The same of a text: nothing but the last of them, and a link has no class.
const TEXT: [(&str, &[&str]); 3] = [("a", &["href", "rel", "target"]), ("p", &[]), ("br", &[])];

/// The same of a text that is marked up.
const MARKED: [(&str, &[&str]); 16] = [
    ("a", &["href", "rel", "target"]),
    ("p", &[]),
    ("br", &[]),
    ("hr", &[]),
    ("strong", &[]),
    ("em", &[]),
    ("s", &[]),
    ("code", &[]),
    ("pre", &["tabindex"]),
    ("blockquote", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("span", &["class", "data-user"]),
    // What html5ever's fragments stand in.
    ("head", &[]),
    ("body", &[]),
];

// Parts by tabs: an address, an author, a text.
fuzz_target!(|input: &[u8]| {
    let input = String::from_utf8_lossy(input);
    let mut parts = input.splitn(3, '\t');
    let mut part = || parts.next().unwrap_or("");
    let (address, author, text) = (part(), part(), part());
    // As the store would give them if anything ever got in uncleaned, and as it does.
    a_row_is_harmless(address, author, text);
    a_text_is_harmless(text);
    a_marked_up_text_is_harmless(text);
    if let Ok(body) = Body::parse(text) {
        a_text_reads_as_it_was_written(body.as_str());
        if let (Ok(author), Ok(address)) = (UserName::parse(author), Slug::from_name(address)) {
            a_row_shows_its_author(&address, author.as_str(), body.as_str());
        }
    }
});

fn a_text_is_harmless(text: &str) {
    let html = fuzzing::render_paragraphs(text);
    assert!(html.len() <= 16 * text.len() + 64, "{} bytes of {}", html.len(), text.len());
    only_these(&Html::parse_fragment(&html), &TEXT, |href| is_web(href));
}

fn a_marked_up_text_is_harmless(text: &str) {
    let Some(html) = fuzzing::render_markdown(text) else { return };
    // Eight times what is left of it when it is composed, which may be three times as long.
    assert!(html.len() <= 24 * text.len() + 2_048, "{} bytes of {}", html.len(), text.len());
    only_these(&Html::parse_fragment(&html), &MARKED, |href| {
        is_web(href) || href.to_ascii_lowercase().starts_with("mailto:") || href.starts_with("/rooms/")
    });
}

fn a_row_is_harmless(address: &str, author: &str, text: &str) {
    let address = Slug::from_stored(address.to_owned());
    let html = row(&address, author, text);
    let written = address.as_str().len() + author.len() + text.len();
    assert!(html.len() <= 1_024 + 16 * written, "{} bytes of {written}", html.len());
    let here = format!("{}/messages/7", address.path());
    let person = Author { id: UserId(3), name: author.into() }.path();
    only_these(&Html::parse_fragment(&html), &ROW, |href| {
        is_web(href) || href == here || href == format!("{here}/actions") || href == person
    });
}

fn a_text_reads_as_it_was_written(body: &str) {
    let html = Html::parse_fragment(&fuzzing::render_paragraphs(body));
    assert!(lines(&read(html.root_element())).eq(lines(body)), "{body:?}");
    for link in elements(&html).filter(|element| element.value().name() == "a") {
        assert_eq!(link.attr("href"), Some(read(link).as_str()), "a link leads where it says");
    }
}

fn a_row_shows_its_author(address: &Slug, author: &str, body: &str) {
    let html = Html::parse_fragment(&row(address, author, body));
    let of_class = |class: &str| {
        let mut found = elements(&html).filter(|element| element.value().classes().any(|one| one == class));
        let only = found.next().unwrap_or_else(|| panic!("a row has a .{class}"));
        assert!(found.next().is_none(), "a row has one .{class}");
        read(only)
    };
    assert_eq!(of_class("author"), author);
    assert!(lines(&of_class("body")).eq(lines(body)));
    assert_eq!(elements(&html).filter(|element| element.value().name() == "li").count(), 1);
}

fn row(address: &Slug, author: &str, text: &str) -> String {
    let message = Message {
        id: Seq(7),
        author: Author { id: UserId(3), name: author.into() },
        at: Timestamp(1_795_338_131_250),
        body: text.to_owned(),
        html: None,
        grouping: Grouping { continues_group: text.len() % 2 == 0, starts_day: false },
        details: LazyDetails::default(),
    };
    views::message::row(address, &message).into_string()
}

fn only_these(html: &Html, allowed: &[(&str, &[&str])], leads_somewhere: impl Fn(&str) -> bool) {
    for node in html.tree.root().descendants() {
        match node.value() {
            Node::Text(_) | Node::Fragment | Node::Document => {}
            Node::Element(element) if element.name() == "html" => assert_eq!(element.attrs().count(), 0),
            Node::Element(element) => {
                let found = allowed.iter().find(|(tag, _)| *tag == element.name());
                let (_, attributes) = found.unwrap_or_else(|| panic!("<{}> is none of ours", element.name()));
                for (name, value) in element.attrs() {
                    assert!(attributes.contains(&name), "<{} {name}> is none of ours", element.name());
                    assert!(name != "href" || leads_somewhere(value), "{value:?} leads nowhere");
                }
            }
            other => panic!("none of ours: {other:?}"),
        }
    }
}

fn is_web(href: &str) -> bool {
    let href = href.to_ascii_lowercase();
    href.starts_with("http://") || href.starts_with("https://")
}

fn elements(html: &Html) -> impl Iterator<Item = ElementRef<'_>> {
    html.tree.root().descendants().filter_map(ElementRef::wrap)
}

/// What one reads of it, in lines.
fn read(element: ElementRef) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        match node.value() {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(element) if matches!(element.name(), "p" | "br") => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// The lines that show something: how many blank ones stand between paragraphs makes no difference.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').filter(|line| !line.trim().is_empty())
}
