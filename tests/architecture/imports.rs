//! Which file uses which, read from the sources: `use` declarations, re-exports followed to the file that defines a name,
//! paths written out in full, and calls of a module's own children.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources;

/// A path of names, without the leading `crate`.
type Names = Vec<String>;

/// The files that each file uses, by their paths below `src`.
pub fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let files: BTreeMap<String, String> = sources("src")
        .into_iter()
        .map(|(path, text)| (crate::inside("src", &path), without_tests(&text)))
        .filter(|(file, _)| file != "lib.rs" && file != "main.rs" && !file.ends_with("/tests.rs"))
        .collect();
    let modules: BTreeMap<Names, &String> = files.keys().map(|file| (module_path(file), file)).collect();
    let mut exports = BTreeMap::new();
    for (file, text) in &files {
        for (path, name) in declarations(text, true) {
            if let Some(path) = absolute(&path, file) {
                exports.insert([module_path(file), vec![name]].concat(), path);
            }
        }
    }
    let target = |path: &[String]| file_of(path, &modules, &exports);
    let mut graph = BTreeMap::new();
    for (file, text) in &files {
        let used = declarations(text, false).into_iter().filter_map(|(path, _)| absolute(&path, file));
        let written_out = paths(&without_declarations(text)).into_iter().filter_map(|path| {
            if path[0] == "crate" {
                return Some(path[1..].to_vec());
            }
            let child = [module_path(file), path[..1].to_vec()].concat();
            (file.ends_with("mod.rs") && modules.contains_key(&child)).then_some(child)
        });
        let uses = used.chain(written_out).filter_map(|path| target(&path)).filter(|used| used != file).collect();
        graph.insert(file.clone(), uses);
    }
    graph
}

/// The files that use each other, each with those it reaches itself by.
pub fn circles(graph: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let reached = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            for next in graph.get(file).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let all: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|file| (file, reached(file))).collect();
    let in_circle = graph.keys().filter(|file| all[file].contains(file));
    in_circle
        .map(|file| {
            let back: Vec<_> = graph[file].iter().filter(|used| all[used].contains(file)).cloned().collect();
            format!("{file} <-> {}", back.join(", "))
        })
        .collect()
}

fn module_path(file: &str) -> Names {
    file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').map(str::to_owned).collect()
}

fn without_tests(text: &str) -> String {
    text.split("#[cfg(test)]\nmod tests").next().unwrap_or("").to_owned()
}

/// A file's code without its comments and `use` declarations.
fn without_declarations(text: &str) -> String {
    let mut code = String::new();
    let mut in_declaration = false;
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or("");
        let start = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        in_declaration |= start.starts_with("use ");
        if !in_declaration {
            code.push_str(line);
            code.push('\n');
        }
        in_declaration &= !line.contains(';');
    }
    code
}

/// The file that defines what a path names: re-exports are followed, what is left over is an item of the file.
fn file_of(path: &[String], modules: &BTreeMap<Names, &String>, exports: &BTreeMap<Names, Names>) -> Option<String> {
    for length in (1..=path.len()).rev() {
        let (start, rest) = path.split_at(length);
        if let Some(exported) = exports.get(start) {
            return file_of(&[exported.clone(), rest.to_vec()].concat(), modules, exports);
        }
        if let Some(file) = modules.get(start) {
            return Some((*file).clone());
        }
    }
    None
}

/// A path of this crate without its first word; nothing for a path of another crate.
fn absolute(path: &[String], file: &str) -> Option<Names> {
    let mut own = module_path(file);
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([own, path[1..].to_vec()].concat()),
        "super" => {
            let ups = path.iter().take_while(|name| *name == "super").count();
            own.truncate(own.len().checked_sub(ups)?);
            Some([own, path[ups..].to_vec()].concat())
        }
        _ => None,
    }
}

/// What a file takes in by `use`, or passes on by `pub use`: each path, and the name it has in this file.
fn declarations(text: &str, public: bool) -> Vec<(Names, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        let Some((visibility, start)) = line.split_once("use ") else { continue };
        let is_public = visibility.starts_with("pub");
        if !(visibility.is_empty() || is_public && visibility.ends_with(' ')) || is_public != public {
            continue;
        }
        let mut tree = start.to_owned();
        while !tree.contains(';') {
            tree.push_str(lines.next().unwrap_or(";").trim());
        }
        leaves(&[], tree.split(';').next().unwrap_or(""), &mut found);
    }
    found
}

fn leaves(before: &[String], tree: &str, found: &mut Vec<(Names, String)>) {
    let tree = tree.trim();
    if let Some(group) = tree.strip_prefix('{').and_then(|group| group.strip_suffix('}')) {
        let (mut depth, mut start) = (0, 0);
        for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    if !group[start..at].trim().is_empty() {
                        leaves(before, &group[start..at], found);
                    }
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    if let Some((name, rest)) = tree.split_once("::") {
        return leaves(&[before, &[name.trim().to_owned()]].concat(), rest, found);
    }
    let (name, alias) = tree.split_once(" as ").unwrap_or((tree, tree));
    let mut path = before.to_vec();
    if name != "self" {
        path.push(name.to_owned());
    }
    let alias = if alias == "self" { path.last().cloned().unwrap_or_default() } else { alias.to_owned() };
    found.push((path, alias));
}

/// All paths of two names and more.
fn paths(code: &str) -> Vec<Names> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !is_part(c)).filter(|word| word.contains("::") && !word.starts_with(':'));
    words.map(|word| word.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect()).collect()
}
