//! What a figure must be read with: when, on which machine, of which commit. The machine is described, not named.

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde_json::{Value, json};

/// When and where this is.
pub fn describe(data: &Path) -> Value {
    json!({
        "date": Timestamp::now().strftime("%Y-%m-%dT%H:%MZ").to_string(),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "cpu": field("/proc/cpuinfo", "model name"),
        "kernel": read("/proc/sys/kernel/osrelease"),
        "memory": field("/proc/meminfo", "MemTotal"),
        "disk": filesystem(data),
        "commit": commit(),
    })
}

/// The same as one line.
pub fn line(data: &Path) -> String {
    let machine = describe(data);
    let fields = machine.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| format!("{name}: {}", value.to_string().trim_matches('"')))
        .collect::<Vec<_>>()
        .join("; ")
}

fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_default().trim().to_owned()
}

fn field(file: &str, name: &str) -> String {
    let text = read(file);
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
    value.unwrap_or("unknown").trim().to_owned()
}

/// The type of the filesystem that a directory lies on.
fn filesystem(directory: &Path) -> String {
    let directory = fs::canonicalize(directory).unwrap_or_default();
    let mounts = read("/proc/self/mounts");
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((Path::new(fields.next()?), fields.next()?))
    });
    let around = mounts.filter(|(point, _)| directory.starts_with(point));
    let nearest = around.max_by_key(|(point, _)| point.components().count());
    nearest.map_or_else(|| "unknown".to_owned(), |(_, kind)| kind.to_owned())
}

/// The commit of the sources that `cargo bench` has just built; with a plus if something was changed since.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(env!("CARGO_MANIFEST_DIR")).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|changes| !changes.is_empty());
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    if changed { commit + "+" } else { commit }
}
