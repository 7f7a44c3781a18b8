//! Stylesheets: every class and id is used, and joining and minifying changes nothing.

use crate::*;

/// The names behind this sign (`.` of classes, `#` of ids) in the selectors of a stylesheet without comments.
fn names_in_selectors(css: &str, sign: char) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for block in css.split('{') {
        let selector = block.rsplit(['}', ';']).next().unwrap_or_default();
        if selector.trim_start().starts_with('@') {
            continue;
        }
        let outside_strings: String = selector.split('"').step_by(2).collect();
        names.extend(outside_strings.split(sign).skip(1).map(leading_name).filter(|name| !name.is_empty()));
    }
    names
}

/// The class, id or word that a text begins with.
fn leading_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// Every word that may be a class or an id in a view or script: `.name` that is no call, `#name`, and the words of strings that
/// have nothing else than such words.
fn used_names() -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for ((path, text), quotes) in files("src/views", "rs").into_iter().map(|file| (file, "\"")).chain(
        files("assets", "js")
            .into_iter()
            .filter(|(path, _)| !path.iter().any(|part| part == "vendor"))
            .map(|file| (file, "'\"`")),
    ) {
        if path.ends_with("tests.rs") {
            continue;
        }
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for (at, sign) in line.match_indices(['.', '#']) {
                let name = leading_name(&line[at + 1..]);
                if sign == "#" || !line[at + 1 + name.len()..].starts_with('(') {
                    used.insert(name);
                }
            }
            for quote in quotes.chars() {
                let strings = line.split(quote).skip(1).step_by(2);
                let lists =
                    strings.filter(|text| text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, ' ' | '-')));
                used.extend(lists.flat_map(str::split_whitespace).map(str::to_owned));
            }
        }
    }
    used
}

/// The classes and ids of a stylesheet that nothing has.
fn dead_names(css: &str) -> Vec<String> {
    let used = used_names();
    // The twelve tints: `" hue-" (number)`.
    let is_used =
        |name: &str| used.contains(name) || used.contains(name.trim_end_matches(|c: char| c.is_ascii_digit()));
    let named = |sign| names_in_selectors(css, sign).into_iter().filter(|name| !is_used(name));
    named('.').map(|name| format!(".{name}")).chain(named('#').map(|name| format!("#{name}"))).collect()
}

fn stylesheet() -> String {
    bundle::minify(&bundle::join(&bundle::stylesheet(&root().join("assets"))))
}

#[test]
fn every_class_and_id_of_the_stylesheets_is_used() {
    let css = stylesheet();
    assert!(names_in_selectors(&css, '.').len() > 100, "this test reads the classes");
    assert_eq!(dead_names(&css), Vec::<String>::new());
    let planted = format!("{css}@layer parts{{.button,.button>.planted-class:hover,#planted-id .icon{{top:.5rem}}}}");
    assert_eq!(dead_names(&planted), [".planted-class", "#planted-id"]);
}

#[test]
fn every_stylesheet_is_joined_and_written_one_declaration_a_line() {
    let joined = bundle::stylesheet(&root().join("assets"));
    for (path, text) in files("assets", "css") {
        let file = path.strip_prefix(root().join("assets")).unwrap();
        assert!(
            joined.iter().any(|part| Path::new(part.file) == file),
            "{} is not in assets/bundle.rs",
            path.display()
        );
        for (n, line) in text.lines().enumerate() {
            let place = format!("{}:{}", path.display(), n + 1);
            assert!(line.chars().count() <= 120, "{place}: a line of more than 120 characters");
            let is_one = line.matches(';').count() <= 1 && (!line.contains('{') || line.ends_with('{'));
            assert!(is_one || line.contains("*/"), "{place}: more than one declaration");
            let (starts, ends) = (line.contains("/*"), line.contains("*/"));
            let is_alone = (!starts || line.trim_start().starts_with("/*")) && (!ends || line.ends_with("*/"));
            assert!(is_alone, "{place}: the minifier takes comments only where they have lines of their own");
        }
    }
}

#[test]
fn minifying_takes_only_what_means_nothing() {
    let dense = |css: &str| css.split_whitespace().collect::<String>().replace(";}", "}");
    let css = bundle::join(&bundle::stylesheet(&root().join("assets")));
    assert!(!css.contains("url("), "the minifier does not know url()");
    let minified = bundle::minify(&css);
    let mut without_comments = String::new();
    for piece in css.split("/*") {
        without_comments += piece.split_once("*/").map_or(piece, |(_, after)| after);
    }
    assert_eq!(dense(&minified), dense(&without_comments));
    assert_eq!(bundle::minify(&minified), minified);
    assert!(minified.len() * 10 < css.len() * 9, "{} of {} bytes", minified.len(), css.len());
    for (css, minified) in [
        ("a  :is(b, c) > d { top: calc(1px + 2px); }", "a :is(b,c)>d{top:calc(1px + 2px)}"),
        (".a .b + .c ~ .d:not( .e ) {}", ".a .b + .c ~ .d:not( .e ){}"),
        ("a::before { content: \"; } /* { \\\" :  x\" / \"\"; }", "a::before{content:\"; } /* { \\\" :  x\" / \"\"}"),
        ("/* one **/ a { /* two; } */ top: 0; left: 1px /* three */ }", "a{top:0;left:1px}"),
        (
            "@media (width >= 48rem) and (hover: hover) { a { margin: 0 -1px } }",
            "@media (width>= 48rem) and (hover:hover){a{margin:0 -1px}}",
        ),
    ] {
        assert_eq!(bundle::minify(css), minified);
    }
}
