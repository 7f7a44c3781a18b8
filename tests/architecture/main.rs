//! Checks the structure of the code: which module may use which, that no two files use each other, how large files, functions
//! and folders are, and that the README lists the flags that exist.
#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

mod imports;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Files are read from top to bottom; a longer one has two subjects, in lines.
const FILE_LINES_MAX: usize = 320;
/// What does not fit on a screen is not seen at once, in lines.
const FUNCTION_LINES_MAX: usize = 60;
/// A longer list of files is not read, but searched.
const FOLDER_FILES_MAX: usize = 15;

/// The layer of each top-level module. A module uses itself and lower layers only.
const LAYERS: &[(&str, u8)] = &[
    ("domain", 0),
    ("assets", 0),
    ("clock", 1),
    ("secrets", 2),
    ("store", 3),
    ("metrics", 3),
    ("views", 3),
    ("live", 4),
    ("engine", 5),
    ("web", 6),
    ("control", 6),
    ("config", 7),
    ("commands", 8),
    ("app", 8),
    ("fuzzing", 8),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(found.len() > 3, "{folder} has sources");
    found
}

/// The path of a file below a folder of the project.
fn inside(folder: &str, path: &Path) -> String {
    path.strip_prefix(root().join(folder)).unwrap().to_string_lossy().into_owned()
}

/// The top-level module of a file: `web` for `src/web/routes.rs`.
fn module(path: &Path) -> String {
    inside("src", path).split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

fn layer(module: &str) -> Option<u8> {
    LAYERS.iter().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

#[test]
fn every_module_uses_only_lower_layers() {
    let mut uses = 0;
    for (path, text) in sources("src") {
        let own = module(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        let own_layer = layer(&own).unwrap_or_else(|| panic!("{own} has no layer"));
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(used_layer) = layer(&used) else { continue };
            uses += 1;
            let is_allowed = used == own || used_layer < own_layer;
            assert!(is_allowed, "{} uses {used}, which is on no lower layer", path.display());
        }
    }
    assert!(uses > 50, "this test reads what the modules use: {uses}");
}

#[test]
fn no_two_files_use_each_other() {
    let graph = imports::graph();
    let uses: usize = graph.values().map(std::collections::BTreeSet::len).sum();
    assert!(uses > 500, "this test reads what the files use: {uses}");
    let circles = imports::circles(&graph);
    assert!(circles.is_empty(), "files that use each other:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_of_files_is_found() {
    let uses = |file: &str, used: &str| (file.to_owned(), [used.to_owned()].into());
    let graph = [uses("a", "b"), uses("b", "c"), uses("c", "b"), uses("d", "a")].into();
    assert_eq!(imports::circles(&graph), ["b <-> c", "c <-> b"]);
}

#[test]
fn a_folder_has_few_files() {
    let mut folders = BTreeMap::new();
    for (path, _) in sources("src") {
        *folders.entry(path.parent().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(folders.len() > 20, "the sources are in folders: {}", folders.len());
    for (folder, files) in folders {
        assert!(files <= FOLDER_FILES_MAX, "{} has {files} files", folder.display());
    }
}

#[test]
fn the_domain_is_pure() {
    let impure =
        ["std::fs", "std::net", "std::io", "std::time::SystemTime", "Instant::now", "getrandom", "tokio", "async fn"];
    for (path, text) in sources("src/domain") {
        for word in impure {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn applying_reads_no_clock_and_draws_nothing() {
    let judges: Vec<_> = ["feed", "table/schema", "table/mod", "table/rows"]
        .iter()
        .map(|file| root().join(format!("src/store/{file}.rs")))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .chain(sources("src/store/apply"))
        .collect();
    for (path, text) in judges {
        for word in ["SystemTime", "Instant", "getrandom", "HashMap", "HashSet", "now()"] {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn only_views_write_html() {
    for (path, text) in sources("src") {
        let own = module(&path);
        let writes = text.contains("html!") || text.contains("PreEscaped");
        assert!(!writes || own == "views", "{} writes HTML", path.display());
        let raw = text.contains("PreEscaped(") && !path.ends_with("views/layout/icons.rs");
        assert!(!raw, "{} bypasses the escaping", path.display());
    }
}

#[test]
fn files_and_functions_are_short_and_say_what_they_are_for() {
    for folder in ["src", "tests", "benches"] {
        for (path, text) in sources(folder) {
            let lines: Vec<&str> = text.lines().collect();
            assert!(lines.len() <= FILE_LINES_MAX, "{} has {} lines", path.display(), lines.len());
            assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
            for (start, length) in functions(&lines) {
                assert!(length <= FUNCTION_LINES_MAX, "{}:{start} is a function of {length} lines", path.display());
            }
        }
    }
}

/// Where each function starts, and how many lines it has; by indentation, which rustfmt guarantees.
fn functions(lines: &[&str]) -> Vec<(usize, usize)> {
    let starts = lines.iter().enumerate().filter(|(_, line)| {
        let code = line.trim_start();
        let code = ["pub(super) ", "pub(crate) ", "pub ", "async ", "const "]
            .iter()
            .fold(code, |c, word| c.strip_prefix(word).unwrap_or(c));
        code.starts_with("fn ")
    });
    starts
        .filter_map(|(start, line)| {
            let indent = &line[..line.len() - line.trim_start().len()];
            let end = lines[start..].iter().position(|line| *line == format!("{indent}}}"))?;
            Some((start + 1, end + 1))
        })
        .collect()
}

#[test]
fn the_readme_has_every_flag_and_no_other() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let config = fs::read_to_string(root().join("src/config.rs")).unwrap();
    let variables: Vec<&str> = config.split("env = \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(variables.len() >= 3);
    for variable in &variables {
        let flag = format!("--{}", variable.trim_start_matches("TAPROOM_").to_lowercase().replace('_', "-"));
        let row = readme.lines().find(|line| line.starts_with('|') && line.contains(variable));
        assert!(
            row.is_some_and(|row| row.contains(&format!("`{flag}`"))),
            "README has no row for {flag} and {variable}"
        );
    }
    let rows = readme.lines().filter(|line| line.starts_with("| `--")).count();
    assert_eq!(rows, variables.len(), "README has rows of flags that there are not");
}

#[test]
fn the_tests_that_the_security_page_names_are_there() {
    let page = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let named: Vec<(&str, &str)> = page.split('`').filter_map(|part| part.split_once(".rs: ")).collect();
    assert!(named.len() > 90, "the page names {} tests", named.len());
    for (file, test) in named {
        let text = fs::read_to_string(root().join(format!("{file}.rs"))).unwrap_or_default();
        assert!(text.contains(&format!("fn {test}(")), "there is no test {test} in {file}.rs");
    }
}

#[test]
fn vendored_files_are_what_they_say() {
    let digest = |file: &str| {
        use sha2::{Digest, Sha256};
        let bytes = fs::read(root().join(file)).unwrap();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    for (folder, note) in [("assets/vendor", "VENDORED.md"), ("tests/browser", "VENDORED.md")] {
        let note = fs::read_to_string(root().join(folder).join(note)).unwrap();
        let files: Vec<PathBuf> =
            fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        let scripts: Vec<&PathBuf> = files.iter().filter(|file| file.extension().is_some_and(|e| e == "js")).collect();
        assert!(!scripts.is_empty(), "{folder} has scripts");
        for script in scripts {
            let hash = digest(&format!("{folder}/{}", script.file_name().unwrap().to_string_lossy()));
            assert!(note.contains(&hash), "{folder}: the note does not have the sha256 of {}", script.display());
        }
    }
}
