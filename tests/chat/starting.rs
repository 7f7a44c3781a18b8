//! Starting: the program says in two lines where it is and how to use it; and where it cannot start, in one line what
//! is wrong and what to do, leaving everything on the disk as it was, to the byte.

use std::fs;
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase, TableDefinition};
use tempfile::TempDir;

use crate::harness::{ANN, ROOM, client, history, let_go};
use crate::past::{Past, now, store};
use crate::program::{Program, bare, command, contents, refuses};
use crate::terminal;

/// A directory with a good data file, closed in peace.
async fn good() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    {
        let store = store(directory.path());
        Past::enters(&store, now(), ANN, ROOM).says(&store, now(), "message", 200);
    }
    let_go(directory.path()).await;
    let file = directory.path().join("taproom.redb");
    assert!(fs::metadata(&file).unwrap().len() > 10_000, "it holds something");
    (directory, file)
}

/// What it says when it does not start on this directory, which it leaves as it was.
async fn says_no(data: &Path, around: &Path) -> String {
    let before = contents(around);
    let line = refuses(command(data)).await;
    assert!(contents(around) == before, "nothing changes on disk: {line}");
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_it_is_and_a_line_that_works() {
    let directory = tempfile::tempdir().unwrap();
    let program = Program::start(&directory.path().join("made/by/itself")).await;
    assert!(program.url.starts_with("http://127.0.0.1:") && !program.url.ends_with(":0"));
    assert!(program.example.starts_with("curl ") && program.example.contains(&program.url), "{}", program.example);
    let printed = terminal::run(&program.example).await;
    assert_eq!(printed.lines().filter(|line| line.starts_with("curl ")).count(), 3, "{printed}");
    assert!(directory.path().join("made/by/itself/taproom.redb").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn variables_say_the_same_as_flags_and_flags_go_first() {
    let directory = tempfile::tempdir().unwrap();
    let (by_variable, by_flag) = (directory.path().join("variable"), directory.path().join("flag"));
    let mut variables = bare();
    variables.env("TAPROOM_LISTEN", "127.0.0.2:0").env("TAPROOM_DATA", &by_variable).env("TAPROOM_LOG", "off");
    let program = Program::spawn(variables).await;
    assert!(program.url.starts_with("http://127.0.0.2:"));
    assert!(by_variable.join("taproom.redb").is_file());

    let mut both = command(&by_flag);
    both.env("TAPROOM_LISTEN", "127.0.0.2:0").env("TAPROOM_DATA", &by_variable).env("TAPROOM_LOG", "nonsense=");
    let program = Program::spawn(both).await;
    assert!(program.url.starts_with("http://127.0.0.1:"));
    assert!(by_flag.join("taproom.redb").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn its_help_tells_each_flag_its_variable_and_its_default() {
    let output = bare().arg("--help").output().await.unwrap();
    assert!(output.status.success());
    let help = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = help.split_whitespace().collect();
    for part in [
        "Real-time chat rooms in one small binary",
        "Usage: taproom",
        "--listen <ADDRESS:PORT>",
        "[env: TAPROOM_LISTEN=]",
        "[default: 127.0.0.1:8000]",
        "--data <DIRECTORY>",
        "[env: TAPROOM_DATA=]",
        "[default: data]",
        "--log <LEVEL>",
        "[env: TAPROOM_LOG=]",
        "[default: info]",
        "--version",
    ] {
        assert!(words.join(" ").contains(part), "{part} stands in\n{help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 100), "it fits a terminal\n{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_and_nothing_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _holds_it = std::net::TcpListener::bind(taken).unwrap();
    let mut command = bare();
    command.args(["--listen", &taken.to_string(), "--data"]).arg(directory.path().join("data"));
    let line = refuses(command).await;
    assert!(line.contains(&taken.to_string()) && line.contains("--listen"), "{line}");
    assert!(contents(directory.path()).is_empty() && fs::read_dir(directory.path()).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_made_or_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a file");
    fs::write(&file, "not a directory").unwrap();
    for data in [file.join("below"), file.join("far/below"), file.clone()] {
        let line = says_no(&data, directory.path()).await;
        assert!(line.contains("a file") && line.contains("--data"), "{line}");
    }
    fs::create_dir(directory.path().join("taproom.redb")).unwrap();
    let line = says_no(directory.path(), directory.path()).await;
    assert!(line.contains("taproom.redb"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_file_in_use_stays_with_whoever_has_it() {
    let directory = tempfile::tempdir().unwrap();
    let first = Program::start(directory.path()).await;
    let ann = first.guest(ANN, ROOM).await;
    let id = ann.posts("mine").await;
    let line = says_no(directory.path(), directory.path()).await;
    assert!(line.contains("in use by another Taproom") && line.contains("--data"), "{line}");
    let next = ann.posts("still mine").await;
    let both = [(id, "mine".to_owned()), (next, "still mine".to_owned())];
    assert_eq!(history(&client(), &first.url, &ann.room).await, both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_newer_taproom_is_left_to_it() {
    let (directory, file) = good().await;
    {
        let db = Database::open(&file).unwrap();
        let txn = db.begin_write().unwrap();
        let meta: TableDefinition<&str, u64> = TableDefinition::new("meta");
        assert!(txn.open_table(meta).unwrap().insert("format", 99).unwrap().is_some(), "there is a format to change");
        txn.commit().unwrap();
    }
    let_go(directory.path()).await;
    let line = says_no(directory.path(), directory.path()).await;
    assert!(line.contains("format 99") && line.contains("newer Taproom"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_something_else_is_left_alone() {
    let numbers: TableDefinition<u64, u64> = TableDefinition::new("numbers");
    let meta: TableDefinition<u64, &str> = TableDefinition::new("meta");
    for has_meta in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        {
            let db = Database::create(directory.path().join("taproom.redb")).unwrap();
            let txn = db.begin_write().unwrap();
            txn.open_table(numbers).unwrap().insert(1, 2).unwrap();
            if has_meta {
                txn.open_table(meta).unwrap().insert(1, "format").unwrap();
            }
            txn.commit().unwrap();
        }
        let_go(directory.path()).await;
        let line = says_no(directory.path(), directory.path()).await;
        assert!(line.contains("something else"), "{line}");
        let db = Database::open(directory.path().join("taproom.redb")).unwrap();
        assert!(db.begin_read().unwrap().open_table(numbers).unwrap().get(1).unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_told_and_not_touched() {
    let (directory, file) = good().await;
    let whole = fs::read(&file).unwrap();
    let mut wrong_start = whole.clone();
    wrong_start[0] ^= 1;
    let mut damages = vec![
        ("one byte", vec![0]),
        ("noise", (0..40_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()),
        ("nothing but zeros", vec![0; 100_000]),
        ("a page of text", b"<!doctype html>".repeat(1_000)),
        ("another first byte", wrong_start),
    ];
    for length in [8, 320, 4_096, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        damages.push(("cut short", whole[..length].to_vec()));
    }
    for (what, bytes) in damages {
        fs::write(&file, &bytes).unwrap();
        let line = says_no(directory.path(), directory.path()).await;
        assert!(line.contains("cannot be read as a data file"), "{what}, {} bytes: {line}", bytes.len());
        assert!(line.contains("Restore a backup"), "{what}: it says what to do: {line}");
    }
    fs::write(&file, whole).unwrap();
    Program::start(directory.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_cut_short_after_a_crash_is_not_touched_either() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, ROOM).await;
    for n in 0..50 {
        ann.posts(&format!("message {n}")).await;
    }
    program.kill().await;
    let file = directory.path().join("taproom.redb");
    let whole = fs::read(&file).unwrap();
    for length in [320, 4_096, whole.len() / 2, whole.len() * 3 / 4] {
        fs::write(&file, &whole[..length]).unwrap();
        let line = says_no(directory.path(), directory.path()).await;
        assert!(line.contains("cannot be read as a data file"), "{length} bytes: {line}");
    }
    fs::write(&file, whole).unwrap();
    let program = Program::start(directory.path()).await;
    assert_eq!(history(&client(), &program.url, &ann.room).await.len(), 50, "the whole file mends itself");
}
