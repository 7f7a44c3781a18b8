//! Runs of commands, recorded, with the digests of the tables that they led to. Whoever carries them out again gets the
//! same tables, today and after every change that means to change nothing.
//!
//! `run.jsonl` has the runs, each in a house of its own: a command on a line, a blank line between transactions, two
//! between houses. `run.sha256` has a digest for each house.

use std::path::PathBuf;
use std::{env, fs};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use redb::backends::InMemoryBackend;
use taproom::domain::{Applied, Envelope, Refusal};
use taproom::store::Store;

use crate::START;
use crate::answers::Answers;
use crate::draws::{Scale, run};
use crate::rules::Model;
use crate::wishes::{Wish, commands};
use crate::written::Written;

/// How to record anew: `digest` after a change of the tables that is meant, `run` to draw other commands as well.
const RECORD: &str = "TAPROOM_RECORD";
const HOUSES: usize = 30;
const SCALE: Scale = Scale { batches: 20..=28, times: 7 };

/// The commands of one house, by transactions.
type Run = Vec<Vec<Written>>;

#[test]
fn the_recorded_runs_leave_the_very_tables_that_they_left_when_they_were_recorded() {
    let wish = env::var(RECORD).unwrap_or_default();
    if wish == "run" {
        fs::write(file("run.jsonl"), written(&drawn())).unwrap();
    }
    let (mut answers, mut digests) = (Answers::default(), String::new());
    for run in read(&fs::read_to_string(file("run.jsonl")).unwrap()) {
        let (first, second) = run.split_at(run.len() / 2);
        let once = Store::open_with_backend(InMemoryBackend::new()).unwrap();
        let seen = [carry_out(&once, first), carry_out(&once, second)].concat();
        run.iter().flatten().zip(&seen).for_each(|(written, answer)| answers.count(&written.what, answer));

        let directory = tempfile::tempdir().unwrap();
        let again = [first, second].map(|half| {
            let store = Store::open(directory.path()).unwrap();
            (carry_out(&store, half), store.checksum().unwrap())
        });
        assert_eq!([again[0].0.as_slice(), &again[1].0].concat(), seen);
        assert_eq!(again[1].1, once.checksum().unwrap(), "the same commands left other tables in another file");
        digests += &(again[1].1.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n");
    }
    answers.assert_everything_came(2);

    if wish == "run" || wish == "digest" {
        fs::write(file("run.sha256"), &digests).unwrap();
    }
    assert_eq!(
        digests,
        fs::read_to_string(file("run.sha256")).unwrap(),
        "the recorded commands leave other tables than they did. Files that people have hold what older versions wrote: \
         if the tables were changed on purpose, they need a new format and a migration, and the digests are recorded anew \
         by {RECORD}=digest cargo test --test model golden"
    );
}

fn carry_out(store: &Store, run: &[Vec<Written>]) -> Vec<Result<Applied, Refusal>> {
    let commit = |batch: &Vec<Written>| {
        let asked: Vec<Envelope> = batch.iter().cloned().map(Written::asked).collect();
        store.commit(batch[0].at, &asked).unwrap()
    };
    run.iter().flat_map(commit).collect()
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/model").join(name)
}

/// Draws the runs. The dice fall the same way every time.
fn drawn() -> Vec<Run> {
    let mut runner = TestRunner::deterministic();
    let mut drawn = || {
        let batches = run(&SCALE).new_tree(&mut runner).unwrap().current();
        let (mut model, mut secrets, mut now) = (Model::default(), 0, START);
        let commands_of = |(later, batch): (i64, Vec<Wish>)| {
            now += later;
            let moment = u64::try_from(now).unwrap();
            let written = commands(&model, moment, &batch, &mut secrets);
            for written in &written {
                let _answer = model.carry_out(moment, &written.clone().asked());
            }
            written
        };
        batches.into_iter().map(commands_of).collect()
    };
    (0..HOUSES).map(|_| drawn()).collect()
}

fn read(text: &str) -> Vec<Run> {
    let batch = |lines: &str| lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    text.split("\n\n\n").map(|run| run.split("\n\n").map(batch).collect()).collect()
}

fn written(runs: &[Run]) -> String {
    let batch = |batch: &Vec<Written>| batch.iter().map(line).collect::<String>();
    let run = |run: &Run| run.iter().map(batch).collect::<Vec<_>>().join("\n");
    runs.iter().map(run).collect::<Vec<_>>().join("\n\n")
}

fn line(written: &Written) -> String {
    let json = serde_json::to_string(written).unwrap();
    // What is unseen, or changes how its neighbours read, must be seen in a review.
    let escape = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    json.chars().map(escape).collect::<String>() + "\n"
}
