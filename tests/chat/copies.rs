//! Copies of the data: made while people talk, checked, put back; and every way in which that cannot be done.

use std::fs;
use std::path::Path;

use tokio::process::Command;

use crate::harness::{ANN, BEN, ROOM, ask, client, history, within};
use crate::program::{Program, bare, contents, refuses};

/// `taproom` with these words.
pub fn taproom(words: &[&str], data: &Path) -> Command {
    let mut command = bare();
    command.args(words).arg("--data").arg(data);
    command
}

/// Runs it; what it says.
pub async fn says(mut command: Command) -> String {
    let output = within("the program to end", command.output()).await.unwrap();
    assert!(output.status.success(), "it does its task");
    String::from_utf8(output.stdout).unwrap()
}

fn path(directory: &Path, file: &str) -> String {
    directory.join(file).to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_holds_a_prefix_of_the_order_exactly() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    let (ann, ben) = (program.guest(ANN, ROOM).await, program.guest(BEN, ROOM).await);
    for n in 0..100 {
        ann.posts(&format!("before {n}")).await;
    }
    let copy = path(other.path(), "a copy.redb");
    let mut backup = taproom(&["backup", &copy], directory.path()).spawn().unwrap();
    let mut posted_meanwhile = 0;
    let made = loop {
        ann.posts(&format!("meanwhile {posted_meanwhile}")).await;
        ben.posts("so it is").await;
        posted_meanwhile += 1;
        if let Some(status) = backup.try_wait().unwrap() {
            break status;
        }
    };
    assert!(made.success(), "the backup is made while people talk");
    ann.posts("after").await;
    let all = history(&client(), &program.url, &ann.room).await;

    let restored = other.path().join("restored");
    says(taproom(&["restore", &copy], &restored)).await;
    let again = Program::start(&restored).await;
    let kept = history(&client(), &again.url, &ann.room).await;
    assert!(kept.len() >= 100 && kept.len() < all.len(), "{} of {} messages", kept.len(), all.len());
    assert_eq!(kept, all[..kept.len()], "nothing is missing before the last one");
    assert!(again.again(&ann).posts("I am still myself").await > all.last().unwrap().0 - 2 * posted_meanwhile - 1);
}

#[tokio::test]
async fn a_restored_history_is_not_taken_for_the_one_it_was_copied_from() {
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

    let again = Program::start(&restored).await;
    let stream = client().get(format!("{}{}/live?as=json", again.url, ann.room)).header("last-event-id", id);
    let ears = crate::harness::Ears::open(stream).await;
    assert_eq!(ears.first.name, "reset", "an id of the other history leads nowhere");
}

#[tokio::test]
async fn a_check_counts_what_a_file_holds_and_changes_nothing() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("one").await;
    program.guest(BEN, "another").await.posts("two").await;
    let copy = path(other.path(), "copy");
    let told = says(taproom(&["backup", &copy], directory.path())).await;
    assert!(told.contains("2 messages, 2 rooms, 2 people"), "{told}");
    let before = contents(other.path());
    let told = says(taproom(&["check", &copy], other.path())).await;
    assert!(told.contains("is valid: 2 messages, 2 rooms, 2 people; last change 4"), "{told}");
    assert_eq!(contents(other.path()), before);
}

#[tokio::test]
async fn a_backup_never_overwrites_and_leaves_nothing_half_there() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    fs::write(other.path().join("taken"), "mine").unwrap();
    fs::create_dir(other.path().join("folder")).unwrap();
    let before = contents(other.path());
    for (name, why) in
        [("taken", "is there already"), ("folder", "is there already"), ("no/such/folder", "No such file")]
    {
        let line = refuses(taproom(&["backup", &path(other.path(), name)], directory.path())).await;
        assert!(line.contains(why), "{name}: {line}");
    }
    assert_eq!(contents(other.path()), before);
    let line = refuses(taproom(&["backup", &path(other.path(), "x")], &other.path().join("nobody"))).await;
    assert!(line.contains("has no data file"), "{line}");
    program.guest(BEN, ROOM).await.posts("the server does not mind").await;
}

#[tokio::test]
async fn a_restore_never_overwrites() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], directory.path())).await;
    program.signal("TERM");
    within("the program to end", program.ended()).await;
    let before = contents(directory.path());
    let line = refuses(taproom(&["restore", &copy], directory.path())).await;
    assert!(line.contains("is there already"), "{line}");
    assert_eq!(contents(directory.path()), before);
}

#[tokio::test]
async fn what_is_no_copy_of_ours_is_neither_checked_nor_restored() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], directory.path())).await;
    let whole = fs::read(&copy).unwrap();
    fs::write(other.path().join("truncated"), &whole[..whole.len() / 2]).unwrap();
    fs::write(other.path().join("garbage"), [7; 10_000]).unwrap();
    fs::write(other.path().join("empty"), []).unwrap();
    newer(&other.path().join("newer"));
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
    assert!(!other.path().join("restored").exists(), "nothing was put anywhere");
}

/// A file as a Taproom of the future might leave it.
fn newer(file: &Path) {
    let db = redb::Database::create(file).unwrap();
    let txn = db.begin_write().unwrap();
    txn.open_table(redb::TableDefinition::<&str, u64>::new("meta")).unwrap().insert("format", 99).unwrap();
    txn.commit().unwrap();
}

#[tokio::test]
async fn only_the_owner_of_the_data_can_reach_what_is_in_it() {
    use std::os::unix::fs::PermissionsExt;
    let other = tempfile::tempdir().unwrap();
    let data = other.path().join("made by taproom");
    let program = Program::start(&data).await;
    assert_eq!(ask(client().get(format!("{}/up", program.url))).await.status, 200);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("taproom.sock")), 0o600);
    assert_eq!(mode(&data.join("taproom.redb")), 0o600);
    let copy = path(other.path(), "copy");
    says(taproom(&["backup", &copy], &data)).await;
    assert_eq!(mode(Path::new(&copy)), 0o600, "a copy holds the same");
}
