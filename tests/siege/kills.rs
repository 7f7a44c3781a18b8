//! The power is cut: the program is killed in the middle of a thousand posts and in the middle of starting, again and
//! again, at moments drawn by lot, and nothing that was answered is gone, doubled or half there.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::harness::{ANN, Ears, Guest, ROOM, ask, client, history, let_go, until, within};
use crate::lot::Lot;
use crate::process::Process;
use crate::program::{Program, command};
use crate::siege::{so_many, tell};

const WRITERS: usize = 20;
const PLANNED: usize = 1_000;
/// How often one data file goes through it.
const ROUNDS: usize = 5;

/// What a writer says under a nonce: long enough to lie on more than one page of the file.
fn text(nonce: &str) -> String {
    format!("{nonce} {}", "<é🚀> ".repeat(40)).trim_end().to_owned()
}

/// Posts under a nonce; the number of the message, or nothing if no whole answer came.
async fn post(ann: &Guest, nonce: &str) -> Option<u64> {
    let request = ann.post().json(&serde_json::json!({ "body": text(nonce), "nonce": nonce }));
    let response = within("an answer or a broken connection", request.send()).await.ok()?;
    assert_eq!(response.status(), 201, "no post is refused");
    let message: serde_json::Value = within("the rest of it", response.json()).await.ok()?;
    message["id"].as_u64()
}

/// What was sent in one life of the program: with the number where it was answered.
#[derive(Default)]
struct Sent(BTreeMap<String, Option<u64>>);

/// Starts to post a thousand messages, and kills the program after so many answers, and `not_before`.
async fn posts_until_killed(
    program: &mut Program,
    ann: &Guest,
    round: usize,
    answers: usize,
    not_before: impl Future<Output = ()>,
) -> Sent {
    let (answered, mut seen) = mpsc::unbounded_channel();
    let writers: Vec<JoinHandle<Sent>> = (0..WRITERS)
        .map(|writer| {
            let (ann, answered) = (ann.clone(), answered.clone());
            tokio::spawn(async move {
                let mut sent = Sent::default();
                for n in (writer..PLANNED).step_by(WRITERS) {
                    let nonce = format!("{round}-{n}");
                    let id = post(&ann, &nonce).await;
                    sent.0.insert(nonce, id);
                    if id.is_none() || answered.send(()).is_err() {
                        break;
                    }
                }
                sent
            })
        })
        .collect();
    for _ in 0..answers {
        within("an answer", seen.recv()).await.expect("writers write");
    }
    not_before.await;
    program.kill().await;
    let mut sent = Sent::default();
    for writer in writers {
        sent.0.extend(within("a writer", writer).await.expect("a writer does not fail").0);
    }
    sent
}

/// Everything in the room was sent, is whole and is there once; everything that was answered is there under its number.
fn is_kept(sent: &BTreeMap<String, Option<u64>>, history: &[(u64, String)]) {
    let by_text: BTreeMap<&str, u64> = history.iter().map(|(id, text)| (text.as_str(), *id)).collect();
    assert_eq!(by_text.len(), history.len(), "nothing is there twice");
    let texts: BTreeSet<String> = sent.keys().map(|nonce| text(nonce)).collect();
    assert!(by_text.keys().all(|&there| texts.contains(there)), "nothing is half there");
    for (nonce, id) in sent.iter().filter_map(|(nonce, id)| Some((nonce, (*id)?))) {
        assert_eq!(by_text.get(text(nonce).as_str()), Some(&id), "{nonce} was answered");
    }
}

/// Starts the program and kills it before it says that it has started: when it holds so many descriptors, whatever it
/// does at that moment.
async fn dies_while_it_starts(directory: &Path, descriptors: usize) {
    let mut child = command(directory).spawn().expect("the program starts");
    let process = Process(child.id().expect("it runs"));
    until("some descriptors", || async { process.descriptors().unwrap() >= descriptors }).await;
    within("the program to die", child.kill()).await.expect("it can be killed");
    let_go(directory).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_answered_is_lost_however_often_and_whenever_the_power_is_cut() {
    let mut lot = Lot::new();
    for house in 0..so_many(1, 40) {
        let directory = tempfile::tempdir().unwrap();
        let mut program = Program::start(directory.path()).await;
        let mut ann = program.guest(ANN, ROOM).await;
        let mut sent = BTreeMap::new();
        for round in 0..ROUNDS {
            let (answers, starts) = (1 + lot.below(300), lot.below(3));
            tell(&format!(
                "house {house}, round {round}: killed after {answers} answers, and {starts} times at the start"
            ));
            let new = posts_until_killed(&mut program, &ann, round, answers, async {}).await;
            assert!(new.0.values().flatten().count() >= answers, "so many were answered");
            assert!(new.0.values().any(Option::is_none), "it was killed in the middle of something");
            sent.extend(new.0);
            for _ in 0..starts {
                dies_while_it_starts(directory.path(), 3 + lot.below(6)).await;
            }
            program = Program::start(directory.path()).await;
            ann = program.again(&ann);
            is_kept(&sent, &history(&client(), &program.url, &ann.room).await);
            asks_again(&ann, &mut sent).await;
            let history = history(&client(), &program.url, &ann.room).await;
            assert_eq!(history.len(), sent.len(), "each is there once");
            is_kept(&sent, &history);
        }
    }
}

/// Whoever got no answer asks again under the same nonce, whether it had been written or not. So may whoever did get
/// one, and is told the same.
async fn asks_again(ann: &Guest, sent: &mut BTreeMap<String, Option<u64>>) {
    for (n, (nonce, id)) in sent.iter_mut().enumerate() {
        if id.is_none() || n % 17 == 0 {
            let again = post(ann, nonce).await;
            assert!(again.is_some(), "{nonce} is answered now");
            assert!(id.is_none() || *id == again, "{nonce} is what it was");
            *id = again;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on_across_a_crash_as_if_nothing_had_been() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path()).await;
    let mut ann = program.guest(ANN, ROOM).await;
    let (mut heard, mut last_id) = (Vec::new(), String::new());
    for round in 0..3 {
        let live = format!("{}{}/live?as=json&after=0", program.url, ann.room);
        let mut ears = Ears::open(client().get(live).header("last-event-id", &last_id)).await;
        assert_eq!(ears.first.name, "hello", "the place is known after the crash");
        // It hears some of them, and what it hears is durable.
        let hears = async { heard.extend(ears.hears_texts(20).await) };
        let sent = posts_until_killed(&mut program, &ann, round, 50, hears).await;
        assert!(sent.0.len() >= 50);
        last_id.clone_from(&ears.last_id);
        program = Program::start(directory.path()).await;
        ann = program.again(&ann);
    }
    let history = history(&client(), &program.url, &ann.room).await;
    let live = format!("{}{}/live?as=json", program.url, ann.room);
    let mut ears = Ears::open(client().get(live).header("last-event-id", &last_id)).await;
    heard.extend(ears.hears_texts(history.len() - heard.len()).await);
    let said: Vec<String> = history.into_iter().map(|(_, text)| text).collect();
    assert!(heard == said, "it heard all, once, in order");
    let last = ask(ann.post().body("and on")).await;
    assert_eq!((last.status, ears.hears_texts(1).await), (201, vec!["and on".to_owned()]));
}
