//! Files that older Taprooms left: what was said in them goes on. `old/` holds a file of each format, compressed; each was
//! made by the Taproom of its time.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use taproom::domain::RoomName;

use crate::copies::{says, taproom};
use crate::harness::{ANN, Ears, Guest, ROOM, ask, client, history};
use crate::program::{Program, contents};

/// In each of the files Ann has said five things, and these are the numbers of them; Ben has said one more.
const SAID: [u64; 5] = [3, 4, 5, 6, 7];
const ANNS_TOKEN: &str = "jjIUMPhVX278FOTIHGiD_htRQZkN60KqCqHINikWi9E";

fn unpack(format: u8, file: &Path) {
    let packed = format!("{}/tests/chat/old/format-{format}.redb.gz", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(packed).unwrap()).read_to_end(&mut bytes).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Ann, as her token is still known.
fn ann(program: &Program) -> Guest {
    let room = RoomName::parse(ROOM).unwrap().address().path().to_owned();
    Guest { name: ANN.to_owned(), token: ANNS_TOKEN.to_owned(), room, url: program.url.clone(), http: client() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_an_older_format_is_taken_over_with_everything_in_it() {
    let directory = tempfile::tempdir().unwrap();
    unpack(1, &directory.path().join("taproom.redb"));
    let mut program = Program::start(directory.path()).await;
    for life in 1..=2 {
        let ann = ann(&program);
        let all = history(&client(), &program.url, &ann.room).await;
        assert_eq!(all.iter().take(5).map(|(id, _)| *id).collect::<Vec<_>>(), SAID);
        assert_eq!(all[0].1, "said in format 1: 1 <b>é🚀</b>");
        // What was done once is still done once, and what happened is still told in order.
        let again = ask(ann.post().header("idempotency-key", "old-1").body("said in format 1: 1 <b>é🚀</b>")).await;
        assert_eq!(again.json()["id"], 3);
        let mut ears = Ears::open(client().get(format!("{}{}/live?as=text&after=4", program.url, ann.room))).await;
        ann.posts("and it goes on").await;
        assert!(ears.hears().await.data.contains("said in format 1: 3"));
        assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 6 + life, "everything, and what is new");
        program.kill().await;
        program = Program::start(directory.path()).await;
    }
    drop(program);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_is_checked_without_changing_it_and_can_be_put_back() {
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("copy.redb");
    unpack(1, &copy);
    let before = contents(other.path());
    let file = copy.to_str().unwrap();
    let told = says(taproom(&["check", file], other.path())).await;
    assert!(told.contains("is whole: 6 messages, 3 rooms, 2 people; last change 9"), "{told}");
    assert_eq!(contents(other.path()), before);
    let restored = other.path().join("restored");
    says(taproom(&["restore", file], &restored)).await;
    let program = Program::start(&restored).await;
    let ann = ann(&program);
    assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 6);
    ann.posts("in the restored one").await;
}
