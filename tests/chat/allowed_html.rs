//! Checks that HTML contains only the tags, attributes, classes and URLs that a message may have, in the exact form in which
//! they are written. Everything else fails, however a browser would read it.

/// The name of an attribute, and a check of its value.
type Attribute = (&'static str, fn(&str) -> bool);

/// Every tag that a message may contain, with its attributes.
const TAGS: [(&str, &[Attribute]); 15] = [
    ("div", &[("class", is_body), ("dir", |value| value == "auto")]),
    ("p", &[]),
    ("br", &[]),
    ("hr", &[]),
    ("strong", &[]),
    ("em", &[]),
    ("s", &[]),
    ("code", &[]),
    ("pre", &[("tabindex", |value| value == "0")]),
    ("blockquote", &[]),
    ("ul", &[]),
    ("ol", &[("start", is_number)]),
    ("li", &[]),
    ("span", &[("class", is_class), ("data-user", is_number)]),
    ("a", &[("href", is_link), ("rel", is_rel), ("target", |value| value == "_blank")]),
];

/// Panics if `html` contains anything else, or if a tag is not closed where it must be.
pub fn check(html: &str, text: &str) {
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "a loose > in {html}, of {text:?}");
        let end = rest.find('>').unwrap_or_else(|| panic!("a tag without end in {html}, of {text:?}"));
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_owned()), "{html}, of {text:?}");
            continue;
        }
        let name = tag.split(' ').next().unwrap();
        assert!(is_allowed(name, &tag[name.len()..]), "<{tag}> is not allowed, of {text:?}");
        if !matches!(name, "br" | "hr") {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty() && !rest.contains('>'), "{html}, of {text:?}");
}

/// Whether this is an allowed tag with allowed attributes only, each in double quotes.
fn is_allowed(name: &str, mut attributes: &str) -> bool {
    let Some((_, allowed)) = TAGS.iter().find(|(tag, _)| *tag == name) else { return false };
    while !attributes.is_empty() {
        let Some((attribute, rest)) = attributes.strip_prefix(' ').and_then(|rest| rest.split_once("=\"")) else {
            return false;
        };
        let Some((value, rest)) = rest.split_once('"') else { return false };
        if !allowed.iter().any(|(name, is_valid)| *name == attribute && is_valid(value)) {
            return false;
        }
        attributes = rest;
    }
    true
}

fn is_body(class: &str) -> bool {
    matches!(class, "body" | "body emoji")
}

fn is_class(class: &str) -> bool {
    matches!(class, "mention" | "t-key" | "t-str" | "t-num" | "t-fn" | "t-type" | "t-com")
}

fn is_rel(rel: &str) -> bool {
    rel == "nofollow noopener ugc"
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_link(href: &str) -> bool {
    let href = href.to_ascii_lowercase();
    ["http://", "https://", "mailto:", "/rooms/"].iter().any(|start| href.starts_with(start))
}
