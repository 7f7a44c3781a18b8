//! The store beside a model of it: the same commands, drawn at random, lead to equal answers and to an equal readable
//! state, also after the file was closed and opened again; and in two empty files to the same state, because carrying
//! out a command depends on nothing but what was before (the epoch, by which files tell their histories apart, is the
//! one thing drawn when a file is made, and no answer depends on it).

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

mod draws;
mod golden;
mod reading;
mod rules;
mod wishes;

use proptest::prelude::*;
use taproom::domain::{Done, Event, Moment, Refusal};
use taproom::store::Store;

use draws::{Scale, batch};
use reading::reads_like;
use rules::Model;
use wishes::commands;

/// The clock of the first command.
const START: i64 = 1_795_338_131_250;
/// A short run in a small house.
const SHORT: Scale = Scale { crowd: 1, times: 60 };

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_answers_and_reads_like_the_model_also_after_reopening(batches in prop::collection::vec(batch(&SHORT), 1..8)) {
        let directories = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [mut store, other] = directories.each_ref().map(|directory| Store::open(directory.path()).unwrap());
        let (mut model, mut hashes, mut now) = (Model::default(), Vec::new(), START);
        for (later, batch) in &batches {
            now += later;
            let moment = u64::try_from(now).unwrap();
            let asked = commands(&model, batch, &mut hashes);
            let expected: Vec<_> = asked.iter().map(|asked| model.carry_out(moment, asked)).collect();
            prop_assert_eq!(&store.commit(Moment(moment), &asked).unwrap(), &expected);
            prop_assert_eq!(&other.commit(Moment(moment), &asked).unwrap(), &expected);
            reads_like(&store.snapshot().unwrap(), &model, &hashes);

            let epoch = store.epoch();
            drop(store);
            store = Store::open(directories[0].path()).unwrap();
            prop_assert_eq!(store.epoch(), epoch);
            reads_like(&store.snapshot().unwrap(), &model, &hashes);
        }
        reads_like(&other.snapshot().unwrap(), &model, &hashes);
    }
}

/// The draws above are worth something only if they come to everything: told apart by what they lead to.
#[test]
fn the_draws_lead_to_every_answer_there_is() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = [0; KINDS];
    for _ in 0..48 {
        let batches = prop::collection::vec(batch(&SHORT), 1..8).new_tree(&mut runner).unwrap().current();
        let (mut model, mut hashes, mut now) = (Model::default(), Vec::new(), START);
        for (later, batch) in &batches {
            now += later;
            for asked in commands(&model, batch, &mut hashes) {
                seen[kind(&model.carry_out(u64::try_from(now).unwrap(), &asked))] += 1;
            }
        }
    }
    assert!(seen.iter().all(|&count| count > 10), "each of them several times: {seen:?}");
}

/// How many kinds of answers there are.
const KINDS: usize = 9;

fn kind(answer: &Result<Done, Refusal>) -> usize {
    match answer {
        Ok(Done { again: true, .. }) => 0,
        Ok(Done { event: Event::Entered { .. }, .. }) => 1,
        Ok(Done { event: Event::Opened { .. }, .. }) => 2,
        Ok(Done { event: Event::Posted { .. }, .. }) => 3,
        Ok(Done { event: Event::Left { .. }, .. }) => 4,
        Err(Refusal::NameTaken(_)) => 5,
        Err(Refusal::NameNeeded) => 6,
        Err(Refusal::RoomUnknown(_)) => 7,
        Err(Refusal::TokenUnknown) => 8,
        other => panic!("no command of these is answered so: {other:?}"),
    }
}
