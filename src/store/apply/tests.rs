//! Checks the list of tables that each command uses: reads the sources of `apply` and follows the calls.
//!
//! It relies on the style of these files: functions start at the beginning of a line, tables are fields of `t` or
//! `tables`, and a table is written by `rows::put`, `rows::remove` or one of the methods in `WRITES`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::store::apply::TABLES_BY_COMMAND;

const WRITES: [&str; 4] = ["insert(", "remove(", "retain_in(", "pop_first("];

/// Tables, and whether each is written.
type TableUse = BTreeMap<String, bool>;

struct Function {
    body: String,
    uses: TableUse,
}

#[test]
fn each_command_uses_exactly_its_listed_tables() {
    let functions = read_functions();
    let mut found = String::from("\n");
    for (dispatch, prefix) in [
        ("execute", ""),
        ("execute_account", "Account::"),
        ("execute_room", "Room::"),
        ("execute_read_state", "ReadState::"),
        ("execute_person", "Person::"),
        ("execute_server", "Server::"),
    ] {
        let (before, arms) = functions[dispatch].body.split_once("match ").expect("a dispatch is a match");
        let before = before.split_once(") -> Outcome").map_or("", |(_, body)| body);
        for arm in split_arms(arms) {
            let name: String = arm.chars().take_while(char::is_ascii_alphanumeric).collect();
            if dispatch == "execute" && ["Account", "Room", "ReadState", "Person", "Server"].contains(&name.as_str()) {
                continue; // its commands have their own lines
            }
            let uses = collect_uses(&functions, &format!("{before}{arm}"));
            let tables: Vec<_> = uses.iter().map(|(table, written)| format!("{table}{}", mark(*written))).collect();
            found += &format!("{prefix}{name}: {}\n", tables.join(" "));
        }
    }
    assert!(found.lines().count() > 40, "the commands were not found: {found}");
    assert!(
        found == TABLES_BY_COMMAND,
        "A command uses other tables than TABLES_BY_COMMAND in store/apply/mod.rs lists. If that is intended, the list is now:\n{found}"
    );
}

fn mark(written: bool) -> &'static str {
    if written { "*" } else { "" }
}

/// All functions of `apply` and of the feed.
fn read_functions() -> BTreeMap<String, Function> {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let mut texts = vec![fs::read_to_string(store.join("feed.rs")).expect("feed.rs exists")];
    let mut folders = vec![store.join("apply")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") && !path.ends_with("idempotency.rs") {
                texts.push(fs::read_to_string(path).expect("a file"));
            }
        }
    }
    let tables = table_names(&fs::read_to_string(store.join("table/mod.rs")).expect("table/mod.rs exists"));
    assert!(tables.len() > 30, "the tables were not found: {tables:?}");
    let mut functions = BTreeMap::new();
    for text in texts {
        for piece in format!("\n{text}").replace("\npub(crate) fn ", "\nfn ").split("\nfn ").skip(1) {
            let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let body = piece.split("\n}\n").next().expect("a function").to_owned();
            let uses = find_uses(&body, &tables);
            let twin = functions.insert(name.clone(), Function { body, uses });
            assert!(twin.is_none(), "`apply` has two functions named {name}");
        }
    }
    functions
}

/// The fields of `Tables` that are tables.
fn table_names(source: &str) -> BTreeSet<String> {
    let fields = source.split("struct Tables").nth(1).expect("Tables").split("\n}\n").next().expect("its fields");
    let is_table = |line: &&str| line.contains("RowTable<") || line.contains("LazyTable<");
    let name = |line: &str| line.trim().strip_prefix("pub ").and_then(|rest| rest.split(':').next()).map(str::to_owned);
    fields.lines().filter(is_table).filter_map(name).collect()
}

/// The tables that a function uses directly.
fn find_uses(body: &str, tables: &BTreeSet<String>) -> TableUse {
    let mut uses = TableUse::new();
    let mut record = |table: &str, written: bool| *uses.entry(table.to_owned()).or_default() |= written;
    // Joined into one line without comments, to undo rustfmt's wrapping.
    let code = body.lines().map(|line| line.split("//").next().unwrap_or("").trim()).collect::<Vec<_>>().join(" ");
    let code = code.replace("( ", "(").replace(" .", ".");
    for (at, _) in code.match_indices('.') {
        let before = &code[..at];
        let start = ["t", "tables"].iter().find_map(|name| before.strip_suffix(name));
        let start = start.filter(|start| !start.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
        let Some(start) = start else { continue };
        let rest = &code[at + 1..];
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if name == "update_room_count" {
            record("meta", true);
        } else if name == "cached_settings" {
            record("settings", false);
        } else if tables.contains(&name) {
            let start = start.strip_suffix("&mut ").unwrap_or(start);
            let after = rest[name.len()..].strip_prefix(".open()?").unwrap_or(&rest[name.len()..]);
            let through_rows = ["rows::put(", "rows::remove("].iter().any(|call| start.ends_with(call));
            let directly =
                WRITES.iter().any(|write| after.strip_prefix('.').is_some_and(|call| call.starts_with(write)));
            // `let versions = t.versions.open()?;`: the table is written if the local is.
            let local = start.strip_suffix(" = ").filter(|_| after.starts_with(';'));
            let local = local.and_then(|rest| rest.rsplit(' ').next());
            let through_local = local.is_some_and(|local| {
                code.contains(&format!("rows::put({local},"))
                    || WRITES.iter().any(|write| code.contains(&format!("{local}.{write}")))
            });
            record(&name, through_rows || directly || through_local);
        }
    }
    uses
}

/// All tables that a piece of code uses, directly or through the functions that it calls.
fn collect_uses(functions: &BTreeMap<String, Function>, code: &str) -> TableUse {
    let (mut uses, mut seen, mut waiting) = (TableUse::new(), BTreeSet::new(), called_functions(functions, code));
    while let Some(name) = waiting.pop() {
        if seen.insert(name.clone()) {
            let function = &functions[&name];
            for (table, written) in &function.uses {
                *uses.entry(table.clone()).or_default() |= written;
            }
            let body = function.body.split_once(") ").map_or("", |(_, body)| body);
            waiting.extend(called_functions(functions, body));
        }
    }
    uses
}

fn called_functions(functions: &BTreeMap<String, Function>, code: &str) -> Vec<String> {
    let mut called = Vec::new();
    for (at, _) in code.match_indices('(') {
        let start = code[..at].rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_').map_or(0, |before| before + 1);
        let name = &code[start..at];
        if functions.contains_key(name) && !code[..start].ends_with('.') {
            called.push(name.to_owned());
        }
    }
    called
}

/// The arms of a match over commands, each starting with the name of its command.
fn split_arms(arms: &str) -> Vec<String> {
    let is_start = |line: &str| {
        let line = line.strip_prefix("        ").filter(|rest| !rest.starts_with([' ', '}']));
        line.and_then(|line| line.split_once("::"))
            .filter(|(kind, _)| ["C", "Command", "ReadStateCommand"].contains(kind))
            .map(|(_, rest)| rest.to_owned())
    };
    let mut found: Vec<String> = Vec::new();
    for line in arms.lines() {
        match (is_start(line), found.last_mut()) {
            (Some(start), _) => found.push(start + "\n"),
            (None, Some(last)) => *last += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    found
}
