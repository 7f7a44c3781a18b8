//! Nothing is missing, doubled or out of order, however long somebody was away and whatever happened meanwhile.

use taproom::domain::Timestamp;
use taproom::live::ReplayLimits;
use tokio::sync::mpsc;

use crate::harness::{ANN, Ears, Guest, House, ROOM, ask, text_of, within};
use crate::past::{DAY, Past, now, store};

/// A hub that remembers next to nothing, so that listeners read the feed.
const SHORT: ReplayLimits = ReplayLimits { frames_max: 2, bytes_max: 4_096 };

/// Many say much at once: `count` messages by `writers` of them, each over a connection of their own.
async fn all_say(ann: &Guest, writers: usize, count: usize) {
    let writing: Vec<_> = (0..writers)
        .map(|writer| {
            let ann = ann.clone();
            tokio::spawn(async move {
                for n in (writer..count).step_by(writers) {
                    ann.posts(&format!("message {n}")).await;
                }
            })
        })
        .collect();
    for writer in writing {
        within("a writer", writer).await.expect("a writer does not fail");
    }
}

/// The ids and texts of the next changes of a stream `as=json`.
async fn hears(ears: &mut Ears, count: usize) -> Vec<(u64, String)> {
    let mut heard = Vec::with_capacity(count);
    while heard.len() < count {
        let event = ears.hears().await;
        let seq = event.id.as_ref().unwrap().split_once('-').unwrap().1.parse().unwrap();
        heard.push((seq, text_of(&event)));
    }
    heard
}

/// Comes back after the last id that was heard, as a browser does by itself, or by the address.
async fn come_back(house: &House, room: &str, last_id: &str) -> [Ears; 2] {
    let by_header = house.listen_again(room, "as=json", last_id).await;
    let by_address = house.listen(room, &format!("as=json&after={last_id}")).await;
    assert_eq!((by_header.first.name.as_str(), by_address.first.name.as_str()), ("hello", "hello"));
    [by_header, by_address]
}

async fn misses(count: usize, writers: usize, tail: ReplayLimits) {
    let house = House::open_on(tempfile::tempdir().unwrap(), tail).await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ears = house.listen(&ann.room, "as=json").await;
    ann.posts("heard").await;
    assert_eq!(ears.hears_texts(1).await, ["heard"]);
    let last_id = ears.last_id.clone();
    drop(ears);
    all_say(&ann, writers, count).await;

    let history = house.history(&ann.room).await;
    assert_eq!(history.len(), count + 1);
    let mut back = come_back(&house, &ann.room, &last_id).await;
    for ears in &mut back {
        assert!(hears(ears, count).await == history[1..], "all that was missed, once, in order");
    }
    let id = ann.posts("and on").await;
    for ears in &mut back {
        assert_eq!(hears(ears, 1).await, [(id, "and on".to_owned())], "and then what comes next");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_missed_messages_are_heard_once_and_in_order() {
    misses(500, 20, ReplayLimits::default()).await;
    misses(500, 20, SHORT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_missed_messages_are_heard_once_and_in_order() {
    misses(5_000, 64, ReplayLimits::default()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_while_the_server_was_away_is_heard_in_every_form() {
    let directory = tempfile::tempdir().unwrap();
    let past = {
        let store = store(directory.path());
        let past = Past::enters(&store, now(), ANN, ROOM);
        past.says(&store, now(), "heard", 1);
        past
    };
    let house = House::open_on(directory, SHORT).await;
    let mut ears = house.listen(&past.guest(&house).room, "as=json&after=0").await;
    assert_eq!(ears.hears_texts(1).await, ["heard 0"]);
    let last_id = ears.last_id.clone();
    let directory = house.close().await;
    past.says(&store(directory.path()), now(), "missed", 1_000);

    let house = House::open_on(directory, SHORT).await;
    let ann = past.guest(&house);
    for form in ["html", "text", "json"] {
        let mut ears = house.listen_again(&ann.room, &format!("as={form}"), &last_id).await;
        for n in 0..1_000 {
            let event = ears.hears().await;
            assert!(event.data.contains(&format!("missed {n}")), "message {n} as {form}: {event:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_away_longer_than_the_feed_reaches_is_told_to_read_anew() {
    let directory = tempfile::tempdir().unwrap();
    let (past, floor, last) = {
        let store = store(directory.path());
        let then = Timestamp(now().0 - 40 * DAY);
        let past = Past::enters(&store, then, ANN, ROOM);
        let floor = past.says(&store, then, "long ago", 300);
        // Each of these sweeps what is too old, as long as ten thousand remain.
        let last = past.says(&store, now(), "lately", 10_000);
        (past, floor, last)
    };
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let ann = past.guest(&house);
    assert_eq!(last - floor, 10_000, "the feed holds the last ten thousand");
    for old in [0, floor - 300, floor - 1] {
        let ears = house.listen(&ann.room, &format!("as=json&after={old}")).await;
        assert_eq!(ears.first.name, "reset", "after {old}");
    }
    let mut ears = house.listen(&ann.room, &format!("as=json&after={floor}")).await;
    assert_eq!(ears.first.name, "hello", "whoever heard the last of the old ones missed nothing that is gone");
    let heard = hears(&mut ears, 10_000).await;
    let expected: Vec<(u64, String)> = (0..10_000).map(|n| (floor + 1 + n, format!("lately {n}"))).collect();
    assert!(heard == expected, "all ten thousand, once, in order");
    assert_eq!(house.history(&ann.room).await.len(), 10_300, "the messages themselves are all still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_joins_a_listener_late_hears_what_was_said_before_either_came() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..3 {
        ann.posts(&format!("before {n}")).await;
    }
    let mut first = house.listen(&ann.room, "as=json").await;
    ann.posts("to the first").await;
    assert_eq!(first.hears_texts(1).await, ["to the first"], "there is a hub with a tail that starts here");
    let mut late = house.listen(&ann.room, "as=json&after=0").await;
    assert_eq!(late.hears_texts(4).await, ["before 0", "before 1", "before 2", "to the first"]);
}

/// Says so many things in a room where nobody listens yet, while somebody comes after the first `answers` of them: reads
/// the page, and listens from where it ends; what they read and hear.
async fn is_told_to_whoever_comes_in_between(ann: Guest, count: usize, answers: usize) -> Vec<(u64, String)> {
    let (answered, mut seen) = mpsc::unbounded_channel();
    let writer = ann.clone();
    let writer = tokio::spawn(async move {
        for n in 0..count {
            answered.send(writer.posts(&format!("message {n}")).await).unwrap();
        }
    });
    for _ in 0..answers {
        within("a post", seen.recv()).await.expect("the writer writes");
    }
    let page = ask(ann.http.get(format!("{}{}", ann.url, ann.room)).header("accept", "application/json")).await.json();
    let read = page["messages"].as_array().expect("a page has messages").iter();
    let read = read.map(|message| (message["id"].as_u64().unwrap(), message["body"].as_str().unwrap().to_owned()));
    let mut all: Vec<(u64, String)> = read.collect();
    let mut ears = ann.listen(&format!("as=json&after={}", page["cursor"].as_str().unwrap())).await;
    all.extend(hears(&mut ears, count - all.len()).await);
    within("the writer", writer).await.expect("the writer does not fail");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_listener_of_a_room_loses_nothing_that_is_said_as_it_comes() {
    const ROUNDS: usize = 16;
    const ROOMS: usize = 16;
    const EACH: usize = 6;
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for round in 0..ROUNDS {
        // Rooms whose hubs are born among their posts, each at another moment.
        let mut rooms = Vec::new();
        for n in 0..ROOMS {
            let ann = ann.in_room(&format!("room {round} {n}")).await;
            let hearing = tokio::spawn(is_told_to_whoever_comes_in_between(ann.clone(), EACH, n % EACH));
            rooms.push((ann.room, hearing));
        }
        for (room, hearing) in rooms {
            let heard = within("a listener", hearing).await.expect("a listener does not fail");
            assert_eq!(heard, house.history(&room).await, "{room}");
        }
    }
}
