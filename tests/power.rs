//! Power cuts: the store on a disk that forgets what was not synced, and that fails at a chosen write or sync. Whatever
//! the moment, the file opens again, every answered post is there once, and nothing else is half there.
#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

#[expect(dead_code, reason = "the model uses all of it")]
#[path = "model/post.rs"]
mod post;
#[path = "model/written.rs"]
#[expect(dead_code, reason = "it also makes what is drawn")]
mod written;

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex};

use redb::StorageBackend;
use taproom::domain::{
    Actor, Applied, Body, Command, Device, Envelope, Event, MessageContent, Nonce, PostFollowUps, RoomId, RoomName,
    Timestamp, TokenHash, UserId, UserName,
};
use taproom::store::{ActiveRoom, Store, Window};
use written::Written;

/// A disk, its cache, and when it breaks.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Platter>>);

#[derive(Debug, Default)]
struct Platter {
    /// What survives the power cut.
    durable: Vec<u8>,
    /// What the program sees.
    cached: Vec<u8>,
    /// Writes and syncs so far.
    acts: usize,
    breaks_at: Option<usize>,
}

impl Disk {
    fn breaking_at(act: usize) -> Self {
        let disk = Self::default();
        disk.0.lock().unwrap().breaks_at = Some(act);
        disk
    }

    /// The disk after the power came back: with what was synced, or with all that was written, or with half of it.
    fn after_the_cut(&self, kept: Kept) -> Self {
        let platter = self.0.lock().unwrap();
        let image = match kept {
            Kept::Synced => platter.durable.clone(),
            Kept::Everything => platter.cached.clone(),
            Kept::EverySecondPage => half(&platter.durable, &platter.cached),
        };
        Self(Arc::new(Mutex::new(Platter { durable: image.clone(), cached: image, ..Platter::default() })))
    }

    fn acts(&self) -> usize {
        self.0.lock().unwrap().acts
    }
}

#[derive(Clone, Copy, Debug)]
enum Kept {
    Synced,
    Everything,
    EverySecondPage,
}

fn half(durable: &[u8], cached: &[u8]) -> Vec<u8> {
    let mut image = cached.to_vec();
    for (number, page) in image.chunks_mut(4096).enumerate().filter(|(number, _)| number % 2 == 1) {
        let start = number * 4096;
        let old = durable.get(start..(start + page.len()).min(durable.len())).unwrap_or(&[]);
        page[..old.len()].copy_from_slice(old);
        page[old.len()..].fill(0);
    }
    image
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().cached.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.0.lock().unwrap();
        let start = offset as usize;
        out.copy_from_slice(platter.cached.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.lock().unwrap().cached.resize(length as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.acts()?;
        platter.durable = platter.cached.clone();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        platter.acts()?;
        platter.cached[offset as usize..offset as usize + data.len()].copy_from_slice(data);
        Ok(())
    }
}

impl Platter {
    /// Counts a write or a sync, and fails if it is the one at which the disk breaks, or a later one.
    fn acts(&mut self) -> io::Result<()> {
        self.acts += 1;
        if self.breaks_at.is_some_and(|at| self.acts >= at) { Err(io::Error::other("the disk broke")) } else { Ok(()) }
    }
}

const PEOPLE: u64 = 3;
const BATCHES: u64 = 9;

fn enter(n: u64) -> Envelope {
    let (room, name) = (RoomName::parse("Café 12/3 <i>").unwrap(), UserName::parse(&format!("<b>{n}</b>")).unwrap());
    Envelope {
        actor: Actor::Anonymous,
        nonce: None,
        command: Command::Join { room, name, token: TokenHash([n as u8; 32]), device: Device::default() },
    }
}

fn post(room: RoomId, user: UserId, text: &str) -> Envelope {
    let body = Body::parse(text).unwrap();
    Envelope {
        actor: Actor::User(user),
        nonce: Nonce::parse(text).unwrap(),
        command: Command::Post {
            room,
            content: MessageContent::from_body(body),
            reply_to: None,
            follow_ups: PostFollowUps::default(),
        },
    }
}

/// Lets people come in and talk until they are done or the disk breaks; what was answered. Nothing if it broke before
/// there was a whole file: whoever makes one gives it its name only afterwards.
fn talk(disk: &Disk) -> Option<BTreeSet<String>> {
    let mut answered = BTreeSet::new();
    let store = Store::open_with_backend(disk.clone()).ok()?;
    let Ok(entered) = store.commit(Timestamp(0), &(0..PEOPLE).map(enter).collect::<Vec<_>>()) else {
        return Some(answered);
    };
    let people: Vec<(UserId, RoomId)> = entered
        .iter()
        .map(|done| match done.as_ref().map(|done| done.event) {
            Ok(Event::PersonJoined { user, room }) => (user, room),
            other => panic!("people come in: {other:?}"),
        })
        .collect();
    for batch in 0..BATCHES {
        let texts: Vec<String> = (0..=batch % 5).map(|n| format!("{batch}-{n}")).collect();
        let asked = |(n, text): (usize, &String)| post(people[n % 3].1, people[n % 3].0, text);
        let asked: Vec<Envelope> = texts.iter().enumerate().map(asked).collect();
        let Ok(done) = store.commit(Timestamp(batch * 60_000), &asked) else { break };
        assert!(done.iter().all(|done| matches!(done, Ok(Applied { is_replay: false, .. }))), "nobody said it before");
        answered.extend(texts);
    }
    Some(answered)
}

/// What is on the disk when it is opened again. Every row is read, and whether they fit together.
fn found(disk: &Disk) -> Vec<String> {
    let store = Store::open_with_backend(disk.clone()).expect("the file opens again");
    store.verify().expect("everything in it fits together");
    let snapshot = store.snapshot().unwrap();
    let Some(ActiveRoom { room, .. }) = snapshot.active_rooms(1, None, Timestamp(0)).unwrap().pop() else {
        return Vec::new();
    };
    let (mut texts, mut after) = (Vec::new(), taproom::domain::Seq(0));
    loop {
        let page = snapshot.message_page(room.id, Window::After(after)).unwrap();
        texts.extend(page.messages.iter().map(|message| message.body.clone()));
        match page.messages.last() {
            Some(last) => after = last.id,
            None => return texts,
        }
    }
}

#[test]
fn whenever_the_disk_breaks_what_was_answered_is_there_once_and_nothing_is_half_there() {
    let whole = Disk::default();
    let all = talk(&whole).expect("a good disk");
    assert_eq!(
        all.len() as u64,
        (0..BATCHES).map(|batch| batch % 5 + 1).sum::<u64>(),
        "on a good disk everything is answered"
    );
    let (acts, mut cut_short, mut more_than_answered) = (whole.acts(), 0, 0);
    assert!(acts > 100, "there are many moments to break at: {acts}");
    for at in 1..=acts {
        let disk = Disk::breaking_at(at);
        let Some(answered) = talk(&disk) else { continue };
        cut_short += usize::from(answered.len() < all.len());
        for kept in [Kept::Synced, Kept::Everything, Kept::EverySecondPage] {
            let image = disk.after_the_cut(kept);
            let texts = found(&image);
            let once: BTreeSet<String> = texts.iter().cloned().collect();
            assert_eq!(once.len(), texts.len(), "act {at}, {kept:?}: nothing is there twice");
            assert!(answered.is_subset(&once), "act {at}, {kept:?}: what was answered is there");
            more_than_answered += usize::from(once.len() > answered.len());
        }
    }
    assert!(cut_short > acts / 2, "most breaks cut the talk short: {cut_short} of {acts}");
    assert!(more_than_answered > 0, "sometimes a commit is whole though its answer was lost");
}

#[test]
fn what_may_have_been_lost_can_be_sent_again_and_is_there_once() {
    let whole = Disk::default();
    let all = talk(&whole).expect("a good disk");
    for at in (1..=whole.acts()).step_by(7) {
        let disk = Disk::breaking_at(at);
        if talk(&disk).is_none_or(|answered| answered.is_empty()) {
            continue;
        }
        let image = disk.after_the_cut(Kept::Synced);
        let store = Store::open_with_backend(image.clone()).unwrap();
        let snapshot = store.snapshot().unwrap();
        let (room, user) = (snapshot.active_rooms(1, None, Timestamp(0)).unwrap()[0].room.id, UserId(1));
        drop(snapshot);
        // The first person said the first text of each batch.
        for batch in 0..BATCHES {
            store.commit(Timestamp(batch * 60_000), &[post(room, user, &format!("{batch}-0"))]).unwrap()[0]
                .as_ref()
                .unwrap();
        }
        drop(store);
        let texts = found(&image);
        for batch in 0..BATCHES {
            let text = format!("{batch}-0");
            assert_eq!(texts.iter().filter(|found| **found == text).count(), 1, "act {at}: {text}");
        }
        assert!(texts.iter().all(|text| all.contains(text)));
    }
}

/// The transactions of a house in which everything happens that may happen.
fn house() -> Vec<(Timestamp, Vec<Envelope>)> {
    let runs = include_str!("model/run.jsonl").split("\n\n\n").map(|run| run.split("\n\n").collect::<Vec<_>>());
    let longest = runs.max_by_key(Vec::len).unwrap();
    let batch = |lines: &str| {
        let lines: Vec<Written> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (lines[0].at, lines.into_iter().map(Written::asked).collect())
    };
    longest.into_iter().map(batch).collect()
}

/// Carries out a house until it is done or the disk breaks: the digests of the tables after each transaction. None if it
/// broke before there was a whole file.
fn keep(disk: &Disk, house: &[(Timestamp, Vec<Envelope>)]) -> Option<Vec<[u8; 32]>> {
    let store = Store::open_with_backend(disk.clone()).ok()?;
    let mut digests = vec![store.checksum().unwrap()];
    for (at, batch) in house {
        if store.commit(*at, batch).is_err() {
            break;
        }
        digests.push(store.checksum().unwrap());
    }
    Some(digests)
}

#[test]
fn whenever_the_disk_breaks_a_house_is_as_it_was_before_a_change_or_after_it() {
    let (whole, house) = (Disk::default(), house());
    let all = keep(&whole, &house).expect("a good disk");
    assert!(all.len() == house.len() + 1 && whole.acts() > 200, "{} acts", whole.acts());
    let (mut before, mut after) = (0, 0);
    for at in (1..=whole.acts()).step_by(5) {
        let disk = Disk::breaking_at(at);
        let Some(digests) = keep(&disk, &house) else { continue };
        let answered = digests.len() - 1;
        for kept in [Kept::Synced, Kept::Everything, Kept::EverySecondPage] {
            let store = Store::open_with_backend(disk.after_the_cut(kept)).expect("the file opens again");
            store.verify().expect("everything in it fits together");
            let digest = store.checksum().unwrap();
            let next = all.get(answered + 1).is_some_and(|next| *next == digest);
            assert!(next || digest == all[answered], "act {at}, {kept:?}: something is half there");
            before += usize::from(!next);
            after += usize::from(next);
        }
    }
    assert!(before > 50 && after > 0, "{before} times before, {after} times after");
}
