//! Any sequence of commands, in any batches, at any moments, also after closing and opening the file: the store answers
//! and reads like the model that its own tests have, and every row of it fits the others.
#![no_main]

#[path = "../../tests/model/reading/mod.rs"]
mod reading;
#[path = "../../tests/model/rules/mod.rs"]
mod rules;
#[path = "../../tests/model/verb.rs"]
mod verb;
#[path = "../../tests/model/wishes/mod.rs"]
mod wishes;
#[path = "../../tests/model/written.rs"]
mod written;

use std::io;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use taproom::domain::{Asked, Moment};
use taproom::store::Store;

use reading::reads_like;
use rules::Model;
use verb::Verb;
use wishes::{Batch, Wish, commands};
use written::Written;

/// The clock of the first command.
const START: i64 = 1_795_338_131_250;
const HOUR: i64 = 60 * 60 * 1_000;
/// To both sides of where a person is named again, a day ends and an outcome is forgotten; beyond the end of a session; and
/// back.
const LATER: [i64; 9] = [0, 299_999, 300_000, -HOUR, 13 * HOUR, 48 * HOUR - 1, 48 * HOUR, 90 * 24 * HOUR, 1 << 50];

fuzz_target!(|input: &[u8]| {
    let disk = Arc::new(InMemoryBackend::new());
    let mut store = open(&disk);
    let (mut model, mut secrets, mut now, mut at) = (Model::default(), 0, START, 0);
    for (later, batch) in batches(input) {
        now = (now + later).max(0);
        let moment = now.unsigned_abs();
        let written = commands(&model, moment, &batch, &mut secrets);
        let asked: Vec<Asked> = written.into_iter().map(Written::asked).collect();
        let expected: Vec<_> = asked.iter().map(|asked| model.carry_out(moment, asked)).collect();
        assert_eq!(store.commit(Moment(moment), &asked).expect("memory takes all"), expected);
        at = moment.max(model.last_at);
        if later == 0 {
            let before = (store.epoch(), store.digest().expect("memory can be read"));
            drop(store);
            store = open(&disk);
            assert_eq!((store.epoch(), store.digest().expect("memory can be read")), before);
        }
    }
    reads_like(&store.snapshot().expect("memory can be read"), &model, secrets, at);
    let counts = store.verify().expect("all rows fit together");
    let posts: usize = model.rooms.iter().map(|room| room.posts.len()).sum();
    assert_eq!((counts.changes, counts.messages), (model.last, posts as u64));
    assert_eq!((counts.rooms, counts.people), (model.rooms.len() as u64, model.users.len() as u64));
});

/// Six bytes are a wish, or the end of a batch and how much later the next one comes.
fn batches(input: &[u8]) -> Vec<Batch> {
    let mut all: Vec<Batch> = vec![(0, Vec::new())];
    for bytes in input.chunks_exact(6).take(64) {
        let [what, who, how, numbers @ ..]: [usize; 6] = std::array::from_fn(|n| usize::from(bytes[n]));
        let Some(verb) = Verb::ALL.get(what % (Verb::ALL.len() + 1)) else {
            all.push((LATER[who % LATER.len()], Vec::new()));
            continue;
        };
        let (nonce, times) = ([None, None, Some(0), Some(1)][how % 4], if how / 4 == 63 { 60 } else { 1 });
        let wish = Wish { who: who % 64, nonce, verb: *verb, numbers: numbers.map(|n| n % 64), times };
        all.last_mut().expect("it has one").1.push(wish);
    }
    all
}

fn open(disk: &Arc<InMemoryBackend>) -> Store {
    Store::open_on(Disk(Arc::clone(disk))).expect("memory takes all")
}

/// Memory that outlives the store on it, as a file does.
#[derive(Debug)]
struct Disk(Arc<InMemoryBackend>);

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}
