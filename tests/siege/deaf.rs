//! Listeners that stop reading in a busy room. Everybody else hears everything, in order; they themselves miss nothing
//! when they read on or come back; and the program holds no more for each of them than it promised.

use std::time::{Duration, Instant};

use crate::harness::{Guest, ROOM};
use crate::line::{Line, Listener};
use crate::siege::{Besieged, is_full, so_many, tell};

/// What one may cost, in KiB: the piece that the socket does not take (16, or one longer frame), and as much for the connection itself.
const EACH_KIB_MAX: f64 = 128.0;
/// What all together may cost, in KiB: the tail of the room, and what the cache of the data file grows by.
const ALL_KIB_MAX: f64 = 96.0 * 1024.0;
/// So many long messages are more than the kernel holds for somebody who does not read: 2.6 MB on loopback.
const LONG: usize = 100;
/// How often the room is measured, with and without those who do not read.
const SHORT: usize = 50;
/// Within this time whoever does not read is hung up on: a minute, and what the kernel adds by asking ever less often.
const LETS_GO_WITHIN: Duration = Duration::from_secs(240);

/// What is said: 32 kB and a number.
fn long(n: usize) -> String {
    format!("{n} {}", "🚀".repeat(7_990))
}

/// Says it all, each when all who read have heard the one before; how long one took.
async fn say(ann: &Guest, readers: &mut [Listener], texts: impl ExactSizeIterator<Item = String>) -> Duration {
    let (begun, count) = (Instant::now(), texts.len());
    for text in texts {
        ann.posts(&text).await;
        for reader in &mut *readers {
            assert!(reader.hears().await == text, "whoever reads hears all, in order");
        }
    }
    begun.elapsed() / u32::try_from(count).unwrap()
}

/// So many who have come and read nothing of what is said.
async fn deaf(house: &Besieged, count: usize) -> Vec<Listener> {
    let mut deaf = Vec::new();
    for _ in 0..count {
        deaf.push(Line::open_narrow(house.host()).await.listen(house.room(), None).await);
    }
    deaf
}

async fn hears_all_of_it(listener: &mut Listener, from: usize) {
    for n in from..LONG {
        assert!(listener.hears().await == long(n), "it hears {n}, in order");
    }
}

/// Some read on. Some come back with the id of what they heard last, and hear the rest.
async fn lose_nothing(house: &Besieged, mut not_reading: Vec<Listener>) {
    let back = not_reading.split_off(not_reading.len() - 4);
    for mut listener in not_reading {
        listener.line.widen();
        hears_all_of_it(&mut listener, 0).await;
    }
    for mut listener in back {
        listener.line.widen();
        assert!(listener.hears().await == long(0));
        let mut again = Line::open(house.host()).await.listen(house.room(), Some(&listener.last_id)).await;
        drop(listener);
        hears_all_of_it(&mut again, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_stop_reading_delay_nobody_cost_little_and_lose_nothing() {
    let house = Besieged::open().await;
    let ann = house.program.guest("Ann", house.room()).await.in_room(ROOM).await;
    let mut readers = deaf(&house, 5).await;
    readers.iter_mut().for_each(|reader| reader.line.widen());
    say(&ann, &mut readers, (0..LONG).map(long)).await; // what is needed once is taken
    let (count, descriptors) = (so_many(200, 1_000), house.process.descriptors().unwrap());
    let short = |round: usize| (0..SHORT).map(move |n| format!("{round}, {n}"));
    for round in 0..so_many(1, 5) {
        let without = say(&ann, &mut readers, short(round)).await;
        let memory = house.process.rss_kib().unwrap();
        let mut not_reading = deaf(&house, count).await;
        say(&ann, &mut readers, (0..LONG).map(long)).await;
        let cost = house.process.rss_kib().unwrap() - memory;
        let with = say(&ann, &mut readers, short(round)).await;
        tell(&format!(
            "a message takes {without:?} to be heard; beside {count} who do not read, {with:?}; they cost {cost} KiB"
        ));
        assert!(cost < ALL_KIB_MAX + EACH_KIB_MAX * count as f64, "{count} who do not read cost {cost} KiB");
        lose_nothing(&house, not_reading.split_off(count - 8)).await;
        if is_full() && round == 0 {
            let took = house.lets_go_within(LETS_GO_WITHIN, descriptors).await;
            tell(&format!("those who did not read were hung up on after {took:?}"));
        }
        drop(not_reading);
        house.lets_go_of_all_but(descriptors).await;
    }
}
