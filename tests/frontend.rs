//! Checks scripts and stylesheets as the build joins them, without Node: no undefined, shadowed or unused name in a script, no
//! dead class in a stylesheet.
#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan, SourceType};

#[path = "../assets/bundle.rs"]
mod bundle;

use bundle::Part;

/// The browser's own names that our scripts use. Names that are easily meant as a variable (`name`, `event`, `status`, `top`)
/// are missing on purpose.
const BROWSER_GLOBALS: &str = "\
    AbortSignal AudioContext Boolean CSS Date Event Infinity IntersectionObserver Intl JSON Map Math \
    MutationObserver Notification Number Object Promise ResizeObserver Set String URLSearchParams Uint32Array \
    WeakSet addEventListener clearInterval clearTimeout crypto document encodeURIComponent fetch focus \
    getSelection isSecureContext localStorage location matchMedia navigator performance requestAnimationFrame \
    sessionStorage setInterval setTimeout trustedTypes undefined window";

fn is_browser_global(name: &str) -> bool {
    BROWSER_GLOBALS.split(' ').any(|global| global == name)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A script as it is joined, with the way back to the files.
struct Script {
    parts: Vec<Part>,
    text: String,
}

impl Script {
    fn new(parts: Vec<Part>) -> Self {
        let text = bundle::join(&parts);
        Self { parts, text }
    }

    /// The file and line of an offset in the joined text; nothing for vendored files, which are not ours to mend.
    fn locate(&self, offset: u32) -> Option<String> {
        let mut rest = usize::try_from(offset).unwrap();
        for part in &self.parts {
            if rest < part.text.len() {
                let line = part.text[..rest].matches('\n').count() + 1;
                return (!part.file.starts_with("vendor/")).then(|| format!("assets/{}:{line}", part.file));
            }
            rest -= part.text.len();
        }
        panic!("offset {offset} is beyond the script");
    }

    /// What is wrong with its names, and which of the browser's names it uses.
    fn lint(&self) -> (Vec<String>, BTreeSet<String>) {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, &self.text, SourceType::script()).parse();
        assert!(parsed.diagnostics.is_empty(), "the script does not parse: {:?}", parsed.diagnostics);
        let program = allocator.alloc(parsed.program);
        let analysed = SemanticBuilder::new().with_build_nodes(true).with_check_syntax_error(true).build(program);
        assert!(analysed.diagnostics.is_empty(), "the script is wrong: {:?}", analysed.diagnostics);
        let scoping = analysed.semantic.scoping();
        let mut used = BTreeSet::new();
        let mut problems = Vec::new();
        for (name, references) in scoping.root_unresolved_references() {
            for &reference in references {
                let node = analysed.semantic.nodes().get_node(scoping.get_reference(reference).node_id());
                let Some(place) = self.locate(node.span().start) else { continue };
                if is_browser_global(&name) {
                    used.insert(name.to_string());
                } else {
                    problems.push(format!("{place}: `{name}` is not defined"));
                }
            }
        }
        problems.extend(self.lint_declarations(scoping));
        problems.sort();
        (problems, used)
    }

    /// Names that hide another, are declared twice or are never read.
    fn lint_declarations(&self, scoping: &Scoping) -> Vec<String> {
        let mut problems = Vec::new();
        for symbol in scoping.symbol_ids() {
            let Some(place) = self.locate(scoping.symbol_span(symbol).start) else { continue };
            let name = scoping.symbol_name(symbol);
            let scope = scoping.symbol_scope_id(symbol);
            let mut outer = scoping.scope_ancestors(scope).skip(1);
            let hidden = outer.find_map(|outer| scoping.get_binding(outer, scoping.symbol_ident(symbol)));
            if let Some(hidden) = hidden {
                let other = self.locate(scoping.symbol_span(hidden).start);
                problems.push(format!("{place}: `{name}` shadows that of {}", other.as_deref().unwrap_or("htmx")));
            } else if is_browser_global(name) {
                problems.push(format!("{place}: `{name}` shadows that of the browser"));
            }
            if !scoping.symbol_redeclarations(symbol).is_empty() {
                problems.push(format!("{place}: `{name}` is declared more than once"));
            }
            if !scoping.get_resolved_references(symbol).any(|reference| reference.is_read()) {
                problems.push(format!("{place}: `{name}` is never read"));
            }
        }
        problems
    }
}

/// The script as it is built, with a line added to one of its files.
fn script_with(file: &str, line: &str) -> Script {
    let mut parts = bundle::script(&root().join("assets"));
    let part = parts.iter_mut().find(|part| part.file == file).unwrap();
    part.text = format!("{line}\n{}", part.text);
    Script::new(parts)
}

#[test]
fn every_name_in_the_scripts_is_declared_once_and_used() {
    let (problems, used) = Script::new(bundle::script(&root().join("assets"))).lint();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    let unused: Vec<&str> = BROWSER_GLOBALS.split(' ').filter(|name| !used.contains(*name)).collect();
    assert!(unused.is_empty(), "no script uses these of the browser's names: {unused:?}");
}

#[test]
fn the_lint_finds_each_kind_of_mistake() {
    let found = |file: &str, line: &str, expected: &str| {
        let (problems, _) = script_with(file, line).lint();
        assert!(problems.contains(&format!("assets/{file}:1: {expected}")), "{line}: {problems:?}");
    };
    found("page/copy.js", "console.log($);", "`console` is not defined");
    found("page/copy.js", "missing = 1;", "`missing` is not defined");
    found("page/base.js", "on('keydown', () => roomPath);", "`roomPath` is not defined");
    let place = Script::new(bundle::script(&root().join("assets")));
    let on = place.locate(u32::try_from(place.text.rfind("const on = ").unwrap()).unwrap()).unwrap();
    found("room/renames.js", "for (const on of [1]) $(on);", &format!("`on` shadows that of {on}"));
    found("room/renames.js", "{ const htmx = 1; $(htmx); }", "`htmx` shadows that of htmx");
    found("room/renames.js", "{ const location = 1; $(location); }", "`location` shadows that of the browser");
    found("page/copy.js", "const unheard = 1;", "`unheard` is never read");
}

#[test]
fn every_script_is_joined() {
    let joined: BTreeSet<&str> =
        bundle::script(Path::new(&root().join("assets"))).iter().map(|part| part.file).collect();
    for (path, _) in files("assets", "js") {
        let path = path.strip_prefix(root().join("assets")).unwrap().to_str().unwrap().to_owned();
        assert!(joined.contains(path.as_str()), "assets/{path} is not in assets/bundle.rs");
    }
}

/// All files below a folder with this extension.
fn files(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has {extension} files");
    found
}

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
