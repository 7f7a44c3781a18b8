//! Full and read-only disks: posting is refused with words, reading goes on, and when there is room again posting works
//! without a restart. The disk is a small one in memory that only the program sees, in a namespace of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::{ANN, Ears, Guest, ROOM, ask, client, history, text_of, within};
use crate::program::{Program, bare, command, contents, refuses};

/// Room for the data file and some thousand messages.
const SMALL: &str = "mount -t tmpfs -o size=16m tmpfs \"$0\"";
/// Room for no data file.
const TINY: &str = "mount -t tmpfs -o size=4k tmpfs \"$0\"";

/// The same command, where something else is mounted at this directory: `mount` is a line of shell, in which `$0` is the
/// directory.
fn with_a_disk(mount: &str, at: &Path, command: &Command) -> Command {
    let mut inside = Command::new("unshare");
    inside.args(["--user", "--map-root-user", "--mount", "sh", "-c", &format!("{mount} && exec \"$@\"")]).arg(at);
    inside.arg(command.as_std().get_program()).args(command.as_std().get_args());
    inside.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    inside
}

/// A Taproom whose disk is small, and the way to that disk.
async fn on_a_small_disk(directory: &TempDir) -> (Program, PathBuf) {
    let taproom = command(&directory.path().join("data"));
    let program = Program::spawn(with_a_disk(SMALL, directory.path(), &taproom)).await;
    let inside = PathBuf::from(format!("/proc/{}/root{}", program.id(), directory.path().display()));
    assert!(inside.join("data/taproom.redb").exists(), "the test sees the small disk");
    (program, inside)
}

/// Fills the disk to the last byte.
fn fill(inside: &Path) {
    let full = fs::write(inside.join("filler"), vec![0; 64 * 1024 * 1024]);
    assert!(full.is_err(), "the disk is full now");
}

async fn post_status(ann: &Guest, text: &str) -> (u16, String) {
    let answer = ask(ann.post().header("accept", "text/plain").body(text.to_owned())).await;
    (answer.status, answer.text().to_owned())
}

#[tokio::test]
async fn a_full_disk_stops_posting_not_reading_and_costs_no_restart() {
    let directory = tempfile::tempdir().unwrap();
    let (program, inside) = on_a_small_disk(&directory).await;
    let ann = program.guest(ANN, ROOM).await;
    let mut ears = Ears::open(client().get(format!("{}{}/live?as=json", program.url, ann.room))).await;
    let mut said = Vec::new();
    for n in 0..20 {
        said.push(format!("before {n}"));
        ann.posts(&said[n]).await;
    }
    fill(&inside);
    said.extend(post_until_refused(&ann).await);
    let refused = post_status(&ann, "still full").await;
    assert_eq!(refused.0, 503, "there comes an end");
    assert!(refused.1.contains("could not be saved"), "it says what happened: {}", refused.1);
    let ready = ask(client().get(format!("{}/ready", program.url))).await;
    assert_eq!(
        (ready.status, ready.text()),
        (503, "not writable: failed to write to the disk\n"),
        "whoever watches is told"
    );
    assert_eq!(ask(client().get(format!("{}/up", program.url))).await.status, 200, "it is alive");
    let meters = ask(client().get(format!("{}/metrics", program.url))).await;
    let faults = meters.text().lines().find_map(|line| line.strip_prefix("taproom_faults_total ")).map(str::parse);
    assert!(faults.expect("they are counted").is_ok_and(|faults: u64| faults >= 3), "two posts, and whoever watches");
    let texts = |history: Vec<(u64, String)>| history.into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    assert_eq!(texts(history(&client(), &program.url, &ann.room).await), said, "reading goes on");

    fs::remove_file(inside.join("filler")).unwrap();
    said.push("there is room again".to_owned());
    ann.posts(said.last().unwrap()).await;
    assert_eq!(ask(client().get(format!("{}/ready", program.url))).await.status, 200);
    assert_eq!(texts(history(&client(), &program.url, &ann.room).await), said, "what was refused is not there");
    for text in &said {
        assert_eq!(&text_of(&ears.hears().await), text, "a listener has missed nothing");
    }
}

/// Posts until the disk takes no more, and answers what was said.
async fn post_until_refused(ann: &Guest) -> Vec<String> {
    let (mut said, long) = (Vec::new(), "x".repeat(7_000));
    loop {
        let text = format!("while it fills {} {long}", said.len());
        if post_status(ann, &text).await.0 != 201 {
            return said;
        }
        said.push(text);
    }
}

#[tokio::test]
async fn a_data_file_that_cannot_be_opened_is_still_read_and_one_that_was_not_whole_is_taken_up_again_unasked() {
    let directory = tempfile::tempdir().unwrap();
    let (program, inside) = on_a_small_disk(&directory).await;
    let ann = program.guest(ANN, ROOM).await;
    fill(&inside);
    let mut said = post_until_refused(&ann).await;
    let (file, away) = (inside.join("data/taproom.redb"), inside.join("away"));
    fs::rename(&file, &away).unwrap();
    fs::remove_file(inside.join("filler")).unwrap();
    let texts = async || history(&client(), &program.url, &ann.room).await.into_iter().map(|(_, text)| text);
    assert_eq!(post_status(&ann, "there is room, and no file").await.0, 503);
    assert!(texts().await.eq(said.clone()), "reading goes on");

    fs::write(&file, "").unwrap();
    assert_ne!(post_status(&ann, "a file that is none").await.0, 201);
    let page = || ask(client().get(format!("{}{}", program.url, ann.room)));
    assert_eq!(page().await.status, 500, "it was let go of to be opened again");
    fs::rename(&away, &file).unwrap();
    within("the file to be opened", async { while page().await.status != 200 {} }).await;
    said.push("as if nothing had been".to_owned());
    ann.posts(said.last().unwrap()).await;
    assert!(texts().await.eq(said), "what was refused is not there");
}

/// A directory with data: somebody has spoken, and then the program was stopped.
async fn with_data() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path()).await;
    program.guest(ANN, ROOM).await.posts("hello").await;
    stopped(&mut program).await;
    directory
}

async fn stopped(program: &mut Program) {
    program.signal("TERM");
    within("the program to end", program.ended()).await;
}

/// `taproom` with these words.
fn taproom(words: &[&str], file: &Path, data: &Path) -> Command {
    let mut command = bare();
    command.args(words).arg(file).arg("--data").arg(data);
    command
}

#[tokio::test]
async fn on_a_read_only_disk_it_does_not_start_and_says_why() {
    let data = with_data().await;
    let copied = format!("mount -t tmpfs tmpfs \"$0\" && cp -r '{}'/. \"$0\"", data.path().display());
    for filled in ["mount -t tmpfs tmpfs \"$0\"", &copied] {
        let mount = tempfile::tempdir().unwrap();
        let read_only = format!("{filled} && mount -o remount,ro \"$0\"");
        let line = refuses(with_a_disk(&read_only, mount.path(), &command(mount.path()))).await;
        let words = ["Read-only file system", "--data", mount.path().to_str().unwrap()];
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    }
}

#[tokio::test]
async fn on_a_disk_that_is_too_small_it_says_so() {
    let mount = tempfile::tempdir().unwrap();
    let line = refuses(with_a_disk(TINY, mount.path(), &command(&mount.path().join("data")))).await;
    assert!(!line.contains("move the file away"), "there is nothing yet that could be moved: {line}");
    assert!(line.contains("No space left on device") && line.contains("--data"), "{line}");
}

#[tokio::test]
async fn a_backup_that_does_not_fit_is_refused_in_words_and_nobody_else_notices() {
    let (data, mount) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = mount.path().join("copy");
    // The program that runs makes the copy: it sees the disk that is too small.
    let mut program = Program::spawn(with_a_disk(TINY, mount.path(), &command(data.path()))).await;
    let ann = program.guest(ANN, ROOM).await;
    ann.posts("hello").await;
    let inside = PathBuf::from(format!("/proc/{}/root{}", program.id(), mount.path().display()));
    for _ in 0..3 {
        let line = refuses(taproom(&["backup"], &copy, data.path())).await;
        assert!(line.contains("No space left on device") && line.contains("copy"), "{line}");
        assert!(contents(&inside).is_empty(), "nothing is half there");
        ann.posts("nobody notices").await;
    }
    stopped(&mut program).await;
    // No program runs: the command makes the copy itself.
    let line = refuses(with_a_disk(TINY, mount.path(), &taproom(&["backup"], &copy, data.path()))).await;
    assert!(line.contains("No space left on device") && line.contains("copy"), "{line}");
    let program = Program::start(data.path()).await;
    assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 4);
}

#[tokio::test]
async fn a_copy_on_a_read_only_disk_is_checked_like_any_other() {
    let data = with_data().await;
    let file = data.path().join("taproom.redb");
    let read_only = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"";
    let mut check = with_a_disk(read_only, data.path(), &taproom(&["check"], &file, data.path()));
    let output = within("the program to end", check.stderr(Stdio::piped()).output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + std::str::from_utf8(&output.stderr).unwrap();
    assert!(output.status.success() && said.contains("is whole: 1 message, 1 room, 1 person"), "{said}");
}
