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

#[path = "../../assets/bundle.rs"]
mod bundle;
mod styles;
mod templates;

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
                if is_browser_global(name) {
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
