//! Any sequence of commands, in any batches, at any moments, also after closing and opening the file: the store answers
//! and reads like the model that its own tests have, and every row of it fits the others.
#![no_main]

#[path = "../../tests/model/reading.rs"]
mod reading;
#[path = "../../tests/model/rules.rs"]
mod rules;
#[path = "../../tests/model/wishes.rs"]
mod wishes;

use std::io;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use taproom::domain::Moment;
use taproom::store::Store;

use reading::reads_like;
use rules::Model;
use wishes::{Batch, Draw, Wish, commands};

/// The clock of the first command.
const START: i64 = 1_795_338_131_250;
const HOUR: i64 = 60 * 60 * 1_000;
/// To both sides of where a person is named again, a day ends and an outcome is forgotten; and back.
const LATER: [i64; 8] = [0, 299_999, 300_000, -HOUR, 13 * HOUR, 48 * HOUR - 1, 48 * HOUR, 1 << 50];

fuzz_target!(|input: &[u8]| {
    let disk = Arc::new(InMemoryBackend::new());
    let mut store = open(&disk);
    let (mut model, mut hashes, mut now) = (Model::default(), Vec::new(), START);
    for (later, batch) in batches(input) {
        now = (now + later).max(0);
        let moment = now.unsigned_abs();
        let asked = commands(&model, &batch, &mut hashes);
        let expected: Vec<_> = asked.iter().map(|asked| model.carry_out(moment, asked)).collect();
        assert_eq!(store.commit(Moment(moment), &asked).expect("memory takes all"), expected);
        if later == 0 {
            let before = (store.epoch(), store.digest().expect("memory can be read"));
            drop(store);
            store = open(&disk);
            assert_eq!((store.epoch(), store.digest().expect("memory can be read")), before);
        }
    }
    reads_like(&store.snapshot().expect("memory can be read"), &model, &hashes);
    let counts = store.verify().expect("all rows fit together");
    let posts: usize = model.rooms.iter().map(|room| room.posts.len()).sum();
    assert_eq!((counts.changes, counts.messages), (model.last, posts as u64));
    assert_eq!((counts.rooms, counts.people), (model.rooms.len() as u64, model.users.len() as u64));
});

/// Whom and which room a number means: mostly the first, who are there, sometimes nobody and none.
const OFTEN: [usize; 8] = [0, 0, 0, 1, 1, 2, 3, 99];

/// Three bytes are a wish, or the end of a batch and how much later the next one comes.
fn batches(input: &[u8]) -> Vec<Batch> {
    let mut all: Vec<Batch> = vec![(0, Vec::new())];
    for bytes in input.chunks_exact(3).take(64) {
        let [what, who, which] = [bytes[0], bytes[1], bytes[2]].map(usize::from);
        let draw = match what % 8 {
            0 => {
                all.push((LATER[which % LATER.len()], Vec::new()));
                continue;
            }
            1 => Draw::Leave { token: OFTEN[which % 8] },
            2 => Draw::Open { room: which % 8 },
            3 | 4 => Draw::Enter { room: which % 8, name: which / 8 % 12 },
            _ => Draw::Post { room: OFTEN[which % 8], text: bytes[2], times: if which == 0 { 60 } else { 1 } },
        };
        let nonce = [None, None, Some(0), Some(1)][who % 4];
        all.last_mut().expect("it has one").1.push(Wish { who: OFTEN[who / 4 % 8], nonce, draw });
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
