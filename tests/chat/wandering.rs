//! Listeners that come and go as they like, while many write: each hears exactly what was said. What they do is drawn
//! from a seed, and the seed is told when it goes wrong.

use taproom::live::ReplayLimits;
use tokio::task::JoinHandle;

use crate::harness::{ANN, BEN, Guest, House, ROOM, within};

const ROUNDS: u64 = 8;
const WRITERS: u64 = 3;
const LISTENERS: u64 = 5;
const MESSAGES: u64 = 40;

/// Numbers that look random and are the same for the same seed (splitmix64).
struct Draw(u64);

impl Draw {
    /// One of `0..below`.
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// Hears `count` changes over as many streams as it takes, each in a form and of a length drawn by lot; the ids.
async fn wanders(guest: Guest, mut draw: Draw, count: usize) -> Vec<u64> {
    let (mut heard, mut last_id, mut streams) = (Vec::new(), String::new(), 0);
    while heard.len() < count {
        let form = ["html", "text", "json"][draw.below(3) as usize];
        let live = format!("{}{}/live?as={form}&after=0", guest.url, guest.room);
        let mut request = guest.http.get(live).header("last-event-id", &last_id);
        if draw.below(2) == 0 {
            request = request.bearer_auth(&guest.token);
        }
        let mut ears = crate::harness::Ears::open(request).await;
        assert_eq!(ears.first.name, "hello", "what it heard last is always a place to go on from");
        streams += 1;
        // Sometimes it leaves before it has heard anything.
        let stay = (draw.below(12) as usize).min(count - heard.len());
        for _ in 0..stay {
            let id = ears.hears().await.id.expect("a change has an id");
            heard.push(id.split_once('-').unwrap().1.parse().unwrap());
        }
        last_id.clone_from(&ears.last_id);
    }
    assert!(streams > 3, "it came back several times");
    heard
}

async fn round(seed: u64, tail: ReplayLimits) {
    let house = House::open_on(tempfile::tempdir().unwrap(), tail).await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let elsewhere = ann.in_room("Cellar").await;
    let count = (WRITERS * MESSAGES) as usize;
    let listeners: Vec<JoinHandle<Vec<u64>>> =
        (0..LISTENERS).map(|n| tokio::spawn(wanders(ben.clone(), Draw(seed << 8 | n), count))).collect();
    let writers: Vec<JoinHandle<()>> = (0..WRITERS)
        .map(|writer| {
            let (ann, elsewhere) = (ann.clone(), elsewhere.clone());
            tokio::spawn(async move {
                for n in 0..MESSAGES {
                    ann.posts(&format!("{writer}: {n}")).await;
                    // Changes of other rooms lie between those of this one.
                    elsewhere.posts("not here").await;
                }
            })
        })
        .collect();
    for writer in writers {
        within("a writer", writer).await.expect("a writer does not fail");
    }
    let said: Vec<u64> = house.history(&ann.room).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(said.len(), count);
    for listener in listeners {
        let heard = within("a listener", listener).await.unwrap_or_else(|e| panic!("a listener of seed {seed}: {e}"));
        assert_eq!(heard, said, "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_and_goes_hears_each_message_once_and_in_order() {
    for seed in 0..ROUNDS {
        round(seed, ReplayLimits { frames_max: 2, bytes_max: 4_096 }).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_whoever_is_told_everything_from_the_tail() {
    for seed in ROUNDS..ROUNDS + 3 {
        round(seed, ReplayLimits::default()).await;
    }
}
