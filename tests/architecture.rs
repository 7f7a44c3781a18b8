//! Keeps the house in shape: which module may use which, how long files and functions are, and that what the README says
//! of flags is what the program takes.
#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

use std::fs;
use std::path::{Path, PathBuf};

/// Files are read from top to bottom; a longer one has two subjects.
const FILE_LINES_MAX: usize = 320;
/// What does not fit on a screen is not seen at once.
const FUNCTION_LINES_MAX: usize = 60;

/// Each module's floor. A module uses its own floor's part that is itself, and lower floors.
const FLOORS: &[(&str, u8)] = &[
    ("domain", 0),
    ("assets", 0),
    ("store", 1),
    ("meters", 1),
    ("views", 1),
    ("live", 2),
    ("engine", 3),
    ("web", 4),
    ("control", 4),
    ("config", 5),
    ("tasks", 6),
    ("app", 6),
    ("fuzzing", 6),
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

/// The top module that a file belongs to: `src/web/door.rs` and `src/web.rs` both to `web`.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    inside.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned()
}

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

#[test]
fn every_module_uses_only_lower_floors() {
    let mut uses = 0;
    for (path, text) in sources("src") {
        let own = module(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        let own_floor = floor(&own).unwrap_or_else(|| panic!("{own} has no floor"));
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(used_floor) = floor(&used) else { continue };
            uses += 1;
            let may = used == own || used_floor < own_floor;
            assert!(may, "{} uses {used}, which stands on no lower floor", path.display());
        }
    }
    assert!(uses > 50, "this test reads what the modules use: {uses}");
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
    let judges: Vec<_> = ["feed", "outcomes", "schema", "tables", "rows"]
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
        let raw = text.contains("PreEscaped(") && !path.ends_with("views/icons.rs");
        assert!(!raw, "{} goes round the escaping", path.display());
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
