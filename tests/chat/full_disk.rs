//! A full disk: posting is refused with words, reading goes on, and when there is room again posting works without a
//! restart. The disk is a small one in memory that only the program sees, in a namespace of its own.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::{ANN, Ears, Guest, ROOM, ask, client, history, text_of};
use crate::program::{Program, command};

/// Room for the data file and some thousand messages.
const DISK: &str = "size=16m";

/// A Taproom whose disk is small, and the way to that disk.
async fn on_a_small_disk(directory: &TempDir) -> (Program, PathBuf) {
    let taproom = command(&directory.path().join("data"));
    let mut small = Command::new("unshare");
    small.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    small.arg(format!("mount -t tmpfs -o {DISK} tmpfs \"$0\" && exec \"$@\"")).arg(directory.path());
    small.arg(taproom.as_std().get_program()).args(taproom.as_std().get_args());
    small.stdout(std::process::Stdio::piped()).kill_on_drop(true);
    let program = Program::spawn(small).await;
    let inside = PathBuf::from(format!("/proc/{}/root{}", program.id(), directory.path().display()));
    assert!(inside.join("data/taproom.redb").exists(), "the test sees the small disk");
    (program, inside)
}

/// Fills the disk to the last byte.
fn fill(inside: &std::path::Path) {
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
    let long = "x".repeat(7_000);
    let mut refused = (201, String::new());
    for n in 0..4_000 {
        let text = format!("while it fills {n} {long}");
        refused = post_status(&ann, &text).await;
        if refused.0 != 201 {
            break;
        }
        said.push(text);
    }
    assert_eq!(refused.0, 503, "there comes an end");
    assert!(refused.1.contains("could not be saved"), "it says what happened: {}", refused.1);
    assert_eq!(post_status(&ann, "still full").await.0, 503);
    let ready = ask(client().get(format!("{}/ready", program.url))).await;
    assert_eq!(
        (ready.status, ready.text()),
        (503, "not writable: the disk takes nothing\n"),
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
