//! Backups: made while people post, checked and restored; and every reason for which that is refused.

use std::fs;
use std::path::Path;

use tokio::process::Command;

use crate::harness::{ANN, BEN, ROOM, ask, client, history, within};
use crate::program::{Program, bare, contents, refuses};

/// `taproom` with these arguments and this data directory.
pub fn taproom(arguments: &[&str], data: &Path) -> Command {
    let mut command = bare();
    command.args(arguments).arg("--data").arg(data);
    command
}

/// Runs a command that must succeed, and returns what it prints.
pub async fn says(mut command: Command) -> String {
    let output = within("the program to end", command.output()).await.unwrap();
    assert!(output.status.success(), "the command succeeds");
    String::from_utf8(output.stdout).unwrap()
}

fn path(directory: &Path, file: &str) -> String {
    directory.join(file).to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_under_load_contains_an_exact_prefix_of_the_history() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let (ann, ben) = (program.guest(ANN, ROOM).await, program.guest(BEN, ROOM).await);
    for n in 0..100 {
        ann.posts(&format!("before {n}")).await;
    }
    let copy = path(other.path(), "a copy.redb");
    let mut backup = taproom(&["backup", &copy], directory.path()).spawn().unwrap();
    let mut posted_meanwhile = 0;
    let status = loop {
        ann.posts(&format!("meanwhile {posted_meanwhile}")).await;
        ben.posts("so it is").await;
        posted_meanwhile += 1;
        if let Some(status) = backup.try_wait().unwrap() {
            break status;
        }
    };
    assert!(status.success(), "the backup is made while people post");
    ann.posts("after").await;
    let all = history(&client(), &program.url, &ann.room).await;

    let restored = other.path().join("restored");
    says(taproom(&["restore", &copy], &restored)).await;
    let restored = Program::start(&restored).await;
    let copied = history(&client(), &restored.url, &ann.room).await;
    assert!(copied.len() >= 100 && copied.len() < all.len(), "{} of {} messages", copied.len(), all.len());
    assert_eq!(copied, all[..copied.len()], "nothing is missing before the last one");
    assert!(restored.again(&ann).posts("my token works").await > all.last().unwrap().0 - 2 * posted_meanwhile - 1);
}

#[tokio::test]
async fn restored_history_is_not_confused_with_its_original() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, ROOM).await;
    ann.posts("in both").await;
    let id = ann.listen("as=json").await.last_id;
    program.kill().await;
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], directory.path())).await;
    let restored = other.path().join("restored");
    says(taproom(&["restore", &copy], &restored)).await;

    let restored = Program::start(&restored).await;
    let stream = client().get(format!("{}{}/live?as=json", restored.url, ann.room)).header("last-event-id", id);
    let ears = crate::harness::Ears::open(stream).await;
    assert_eq!(ears.first.name, "reset", "an id of the original history is not resumed");
}

#[tokio::test]
async fn check_counts_the_contents_and_changes_nothing() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("one").await;
    program.guest(BEN, "another").await.posts("two").await;
    let copy = path(other.path(), "copy");
    let told = says(taproom(&["backup", &copy], directory.path())).await;
    assert!(told.contains("2 messages, 2 rooms, 2 people"), "{told}");
    let before = contents(other.path());
    let told = says(taproom(&["check", &copy], other.path())).await;
    assert!(told.contains("is whole: 2 messages, 2 rooms, 2 people; last change 4"), "{told}");
    assert_eq!(contents(other.path()), before);
}

#[tokio::test]
async fn backup_never_overwrites_and_leaves_no_partial_file() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    fs::write(other.path().join("taken"), "another file").unwrap();
    fs::create_dir(other.path().join("folder")).unwrap();
    let before = contents(other.path());
    for (name, why) in [("taken", "exists already"), ("folder", "exists already"), ("no/such/folder", "No such file")] {
        let line = refuses(taproom(&["backup", &path(other.path(), name)], directory.path())).await;
        assert!(line.contains(why), "{name}: {line}");
    }
    assert_eq!(contents(other.path()), before);
    let line = refuses(taproom(&["backup", &path(other.path(), "x")], &other.path().join("nobody"))).await;
    assert!(line.contains("holds no data file"), "{line}");
    program.guest(BEN, ROOM).await.posts("the server does not mind").await;
}

#[tokio::test]
async fn restore_never_overwrites() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], directory.path())).await;
    program.signal("TERM");
    within("the program to end", program.ended()).await;
    let before = contents(directory.path());
    let line = refuses(taproom(&["restore", &copy], directory.path())).await;
    assert!(line.contains("exists already"), "{line}");
    assert_eq!(contents(directory.path()), before);
}

#[tokio::test]
async fn unusable_files_are_neither_checked_nor_restored() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], directory.path())).await;
    let whole = fs::read(&copy).unwrap();
    fs::write(other.path().join("truncated"), &whole[..whole.len() / 2]).unwrap();
    fs::write(other.path().join("garbage"), [7; 10_000]).unwrap();
    fs::write(other.path().join("empty"), []).unwrap();
    write_newer_file(&other.path().join("newer"));
    for (name, why) in [
        ("truncated", "cannot be read"),
        ("garbage", "cannot be read"),
        ("empty", "cannot be read"),
        ("newer", "has format 99"),
        ("absent", "No such file"),
    ] {
        let file = path(other.path(), name);
        for line in [
            refuses(taproom(&["check", &file], other.path())).await,
            refuses(taproom(&["restore", &file], &other.path().join("restored"))).await,
        ] {
            assert!(line.contains(why), "{name}: {line}");
        }
    }
    assert!(!other.path().join("restored").exists(), "nothing was restored");
}

/// Writes a file of a format that does not exist yet.
fn write_newer_file(file: &Path) {
    let db = redb::Database::create(file).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(redb::TableDefinition::<&str, u64>::new("meta")).unwrap().insert("format", 99).unwrap();
    txn.commit().unwrap();
}

#[tokio::test]
async fn data_is_accessible_only_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let other = tempfile::tempdir().unwrap();
    let data = other.path().join("created by taproom");
    let program = Program::start(&data).await;
    assert_eq!(ask(client().get(format!("{}/up", program.url))).await.status, 200);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("taproom.sock")), 0o600);
    assert_eq!(mode(&data.join("taproom.redb")), 0o600);
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], &data)).await;
    assert_eq!(mode(Path::new(&copy)), 0o600, "a backup contains the same data");
}
