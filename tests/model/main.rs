//! The store beside a model of it: the same commands, drawn at random, lead to equal answers and to an equal readable
//! state, also after the file was closed and opened again. A second store, to which nothing is sent that is refused, ends
//! with the same tables: a refusal leaves nothing behind, and carrying out a command depends on nothing but what was
//! before (the epoch, by which files tell their histories apart, is the one thing drawn when a file is made, and no
//! answer depends on it).

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

mod answers;
mod draws;
mod golden;
mod limits;
mod names;
mod once_wrong;
mod post;
mod reading;
mod rules;
mod told;
mod verb;
mod wishes;
mod written;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use redb::backends::InMemoryBackend;
use taproom::domain::{Envelope, Timestamp};
use taproom::store::Store;

use answers::Answers;
use draws::{Scale, run};
use reading::reads_like;
use rules::Model;
use wishes::commands;
use written::Written;

/// The clock of the first command.
const START: i64 = 1_795_338_131_250;
/// A run of a few days.
const SHORT: Scale = Scale { batches: 1..=16, times: 60 };

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_answers_and_reads_like_the_model_also_after_reopening(batches in run(&SHORT)) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = Store::open(directory.path()).unwrap();
        let other = Store::open_with_backend(InMemoryBackend::new()).unwrap();
        let (mut model, mut secrets, mut now) = (Model::default(), 0, START);
        for (later, batch) in &batches {
            now += later;
            let moment = u64::try_from(now).unwrap();
            let asked = commands(&model, moment, batch, &mut secrets);
            let asked: Vec<Envelope> = asked.into_iter().map(Written::asked).collect();
            let expected: Vec<_> = asked.iter().map(|asked| model.carry_out(moment, asked)).collect();
            prop_assert_eq!(&store.commit(Timestamp(moment), &asked).unwrap(), &expected);
            let done = asked.iter().zip(&expected).filter(|(_, answer)| answer.is_ok());
            let (asked, expected): (Vec<_>, Vec<_>) = done.map(|(asked, answer)| (asked.clone(), answer.clone())).unzip();
            prop_assert_eq!(&other.commit(Timestamp(moment), &asked).unwrap(), &expected);
            let at = moment.max(model.last_at);
            reads_like(&store.snapshot().unwrap(), &model, secrets, at);
            store.verify().unwrap();

            let epoch = store.epoch();
            drop(store);
            store = Store::open(directory.path()).unwrap();
            prop_assert_eq!(store.epoch(), epoch);
            reads_like(&store.snapshot().unwrap(), &model, secrets, at);
        }
        prop_assert_eq!(store.checksum().unwrap(), other.checksum().unwrap());
    }
}

/// The draws above are worth something only if they come to everything: told apart by what is asked and what it leads to.
#[test]
fn the_draws_lead_to_every_answer_there_is() {
    let (mut runner, mut answers) = (TestRunner::deterministic(), Answers::default());
    for _ in 0..400 {
        let batches = run(&SHORT).new_tree(&mut runner).unwrap().current();
        let (mut model, mut secrets, mut now) = (Model::default(), 0, START);
        for (later, batch) in &batches {
            now += later;
            let moment = u64::try_from(now).unwrap();
            for written in commands(&model, moment, batch, &mut secrets) {
                answers.count(&written.what.clone(), &model.carry_out(moment, &written.asked()));
            }
        }
    }
    answers.assert_everything_came(10);
}
