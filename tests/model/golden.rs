//! A long run of commands, recorded, with the digest of the tables that they led to. Whoever carries them out again gets
//! the same tables, today and after every change that means to change nothing.
//!
//! `run.jsonl` is the run, a command on a line, a blank line between transactions; `run.sha256` is the digest.

use std::path::PathBuf;
use std::{env, fs};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use redb::backends::InMemoryBackend;
use serde::{Deserialize, Serialize};
use taproom::domain::{Asked, Body, Command, Device, Moment, Nonce, RoomId, RoomName, UserId, UserName, Who};
use taproom::store::Store;

use crate::draws::{Scale, batch};
use crate::rules::Model;
use crate::wishes::{Wish, commands, token};
use crate::{KINDS, START, kind};

/// How to record anew: `digest` after a change of the tables that is meant, `run` to draw other commands as well.
const RECORD: &str = "TAPROOM_RECORD";
const BATCHES: usize = 320;

/// The commands of one transaction, and its moment.
type Batch = (Moment, Vec<Asked>);

#[test]
fn the_recorded_run_leaves_the_very_tables_that_it_left_when_it_was_recorded() {
    let wish = env::var(RECORD).unwrap_or_default();
    if wish == "run" {
        fs::write(file("run.jsonl"), written(&drawn())).unwrap();
    }
    let run = read(&fs::read_to_string(file("run.jsonl")).unwrap());
    let (first, second) = run.split_at(run.len() / 2);

    let once = Store::open_on(InMemoryBackend::new()).unwrap();
    let seen = [carry_out(&once, first), carry_out(&once, second)].concat();
    let counts: Vec<usize> = (0..KINDS).map(|kind| seen.iter().filter(|&&seen| seen == kind).count()).collect();
    assert!(seen.len() > 1_500 && counts.iter().all(|&count| count > 10), "the run comes to everything: {counts:?}");

    let directory = tempfile::tempdir().unwrap();
    let again = [first, second].map(|half| {
        let store = Store::open(directory.path()).unwrap();
        (carry_out(&store, half), store.digest().unwrap())
    });
    assert_eq!([again[0].0.as_slice(), &again[1].0].concat(), seen);
    assert_eq!(again[1].1, once.digest().unwrap(), "the same commands left other tables in another file");

    let digest = again[1].1.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    if wish == "run" || wish == "digest" {
        fs::write(file("run.sha256"), &digest).unwrap();
    }
    assert_eq!(
        digest,
        fs::read_to_string(file("run.sha256")).unwrap(),
        "the recorded commands leave other tables than they did. Files that people have hold what older versions wrote: \
         if the tables were changed on purpose, they need a new format and a migration, and the digest is recorded anew \
         by {RECORD}=digest cargo test --test model golden"
    );
}

/// What kinds of answers come.
fn carry_out(store: &Store, run: &[Batch]) -> Vec<usize> {
    run.iter().flat_map(|(now, batch)| store.commit(*now, batch).unwrap()).map(|answer| kind(&answer)).collect()
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/model").join(name)
}

/// Draws a run. The dice fall the same way every time.
fn drawn() -> Vec<Batch> {
    let scale = Scale { crowd: 5, times: 4 };
    let batches = prop::collection::vec(batch(&scale), BATCHES);
    let batches = batches.new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let (mut model, mut hashes, mut now) = (Model::default(), Vec::new(), START);
    let commands_of = |(later, batch): (i64, Vec<Wish>)| {
        now += later;
        let moment = u64::try_from(now).unwrap();
        let asked = commands(&model, &batch, &mut hashes);
        for asked in &asked {
            let _answer = model.carry_out(moment, asked);
        }
        (Moment(moment), asked)
    };
    batches.into_iter().map(commands_of).collect()
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
struct Line {
    at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(flatten)]
    command: Written,
}

/// A command as it is written down. A token is its number.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Written {
    Enter { room: String, name: String, token: u64 },
    Open { room: String },
    Post { room: RoomId, body: String },
    Leave { token: u64 },
}

fn read(text: &str) -> Vec<Batch> {
    let batch = |lines: &str| {
        let lines: Vec<Line> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines[0].at, lines.into_iter().map(asked).collect())
    };
    text.split("\n\n").map(batch).collect()
}

fn asked(Line { at: _, who, nonce, command }: Line) -> Asked {
    let nonce = nonce.and_then(|nonce| Nonce::parse(&nonce).unwrap());
    let room = |name: &str| RoomName::parse(name).unwrap();
    let command = match command {
        Written::Enter { room: r, name, token: number } => Command::Enter {
            room: room(&r),
            name: UserName::parse(&name).unwrap(),
            token: token(number),
            device: Device::default(),
        },
        Written::Open { room: r } => Command::Open { room: room(&r) },
        Written::Post { room, body } => Command::Post { room, body: Body::parse(&body).unwrap() },
        Written::Leave { token: number } => Command::Leave { token: token(number) },
    };
    Asked { who: who.map_or(Who::Nobody, Who::User), nonce, command }
}

fn written(run: &[Batch]) -> String {
    let batch = |(at, batch): &Batch| batch.iter().map(|asked| line(*at, asked)).collect::<String>();
    run.iter().map(batch).collect::<Vec<_>>().join("\n")
}

fn line(at: Moment, asked: &Asked) -> String {
    let number = |token: &[u8; 32]| u64::from_be_bytes(*token.first_chunk().unwrap());
    let command = match &asked.command {
        Command::Enter { room, name, token, .. } => {
            Written::Enter { room: room.as_str().into(), name: name.to_string(), token: number(&token.0) }
        }
        Command::Open { room } => Written::Open { room: room.as_str().into() },
        Command::Post { room, body } => Written::Post { room: *room, body: body.as_str().into() },
        Command::Leave { token } => Written::Leave { token: number(&token.0) },
        other => panic!("not drawn: {other:?}"),
    };
    let who = match asked.who {
        Who::Nobody | Who::Operator => None,
        Who::User(user) => Some(user),
    };
    let nonce = asked.nonce.as_ref().map(|nonce| nonce.as_str().to_owned());
    let json = serde_json::to_string(&Line { at, who, nonce, command }).unwrap();
    // What is unseen, or changes how its neighbours read, must be seen in a review.
    let escape = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    json.chars().map(escape).collect::<String>() + "\n"
}
