//! The stream of a room: what it says first, what it says in each form, from where on, and what it never says.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::Value;

use crate::harness::{ANN, BEN, House, ROOM, ask, text_of};

/// The number in an id `epoch-seq`, and the epoch.
fn parts(id: &str) -> (&str, u64) {
    let (epoch, seq) = id.split_once('-').expect("an id has an epoch");
    assert!(epoch.len() == 8 && epoch.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    (epoch, seq.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_is_told_at_once_where_it_stands() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ears = house.listen(&ann.room, "").await;
    assert_eq!((ears.first.name.as_str(), ears.first.data.as_str()), ("hello", "listening"));
    let here = ears.last_id.clone();
    let (epoch, seq) = parts(&here);
    for (header, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(ears.response.headers()[header], value);
    }
    let id = ann.posts("hi").await;
    assert!(id > seq);
    assert_eq!(ears.hears().await.id, Some(format!("{epoch}-{id}")), "a message's number is its place");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_readers_hear_a_writer_at_once_in_the_form_they_chose() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    for form in ["html", "text", "json"] {
        let query = format!("as={form}");
        let (mut first, mut second) = (ben.listen(&query).await, house.listen(&ann.room, &query).await);
        for n in 0..20 {
            let id = ann.posts(&format!("<i>{n}</i>\nand on")).await;
            let (a, b) = (first.hears().await, second.hears().await);
            assert_eq!(a, b, "both hear the same");
            assert_eq!(parts(a.id.as_ref().unwrap()).1, id);
            match form {
                "html" => {
                    assert!(a.data.starts_with(r##"<hx-partial hx-target="#messages" hx-swap="beforeend"><li "##));
                    assert!(a.data.contains(&format!("<p>&lt;i&gt;{n}&lt;/i&gt;<br>and on</p>")));
                }
                "text" => assert!(a.data.ends_with(&format!("Z {ANN}: <i>{n}</i>\n    and on"))),
                _ => {
                    let change: Value = serde_json::from_str(&a.data).unwrap();
                    assert_eq!((change["kind"].as_str(), change["seq"].as_u64()), (Some("posted"), Some(id)));
                    assert_eq!(change["message"]["id"], id);
                    assert_eq!(change["message"]["author"], ANN);
                    assert_eq!(change["message"]["body"], format!("<i>{n}</i>\nand on"));
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_one_room_is_not_heard_in_another() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let elsewhere = ann.in_room("Cellar").await;
    let mut ears = house.listen(&ann.room, "as=json").await;
    elsewhere.posts("in the cellar").await;
    ann.posts("here").await;
    assert_eq!(ears.hears_texts(1).await, ["here"]);
    let mut caught_up = house.listen(&ann.room, "as=json&after=0").await;
    elsewhere.posts("in the cellar").await;
    ann.posts("again").await;
    assert_eq!(caught_up.hears_texts(2).await, ["here", "again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_starts_where_its_page_ends() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("on the page").await;
    let page = house.read(&ann.room, "text/html").await;
    let json = house.read(&ann.room, "application/json").await.json();
    let after = ann.posts("after the page").await;
    let (_, address) = page.text().split_once("hx-sse:connect=\"").expect("the page has a stream");
    let address = address.split_once('"').unwrap().0;
    let mut ears = crate::harness::Ears::open(house.get(&format!("{address}&as=json"))).await;
    assert_eq!(ears.hears_texts(1).await, ["after the page"]);
    let cursor = json["cursor"].as_str().unwrap();
    let mut ears = house.listen(&ann.room, &format!("as=json&after={cursor}")).await;
    assert_eq!(ears.hears_texts(1).await, ["after the page"], "a program finds its place in the JSON");

    let old = house.read(&format!("{}?before={}", ann.room, u64::MAX), "text/html").await;
    assert!(old.text().contains("hx-sse:connect"), "a page that shows the latest is live");
    let older = house.read(&format!("{}?before={after}", ann.room), "text/html").await;
    assert!(!older.text().contains("hx-sse:connect"), "a page of old messages is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on_from_the_later_of_page_and_stream() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let start = house.listen(&ann.room, "").await.last_id;
    let epoch = parts(&start).0;
    let mut ids = Vec::new();
    for n in 0..3 {
        ids.push(format!("{epoch}-{}", ann.posts(&format!("message {n}")).await));
    }
    let bare = parts(&ids[1]).1.to_string();
    let mut all = Vec::new();
    for (after, last_id, missed) in [
        ("", start.as_str(), 3),
        ("", &ids[0], 2),
        (&*ids[0], "", 2),
        (&*bare, "", 1),
        ("0", "", 3),
        (&*start, &ids[1], 1),
        (&*ids[1], &start, 1),
        (&*bare, &start, 1),
        ("0", &ids[2], 0),
        ("", "", 0),
        // The page was made before the server's file was put back from elsewhere, the stream after.
        ("ffffffff-0", &ids[1], 1),
    ] {
        let query = if after.is_empty() { "as=json".to_owned() } else { format!("as=json&after={after}") };
        let mut ears = house.listen_again(&ann.room, &query, last_id).await;
        assert_eq!(ears.first.name, "hello", "{query} {last_id}");
        let heard = ears.hears_texts(missed).await;
        assert_eq!(heard, ["message 0", "message 1", "message 2"][3 - missed..], "{query} {last_id}");
        all.push((query, ears));
    }
    ann.posts("last").await;
    for (query, mut ears) in all {
        assert_eq!(text_of(&ears.hears().await), "last", "and nothing in between: {query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_from_nowhere_is_told_to_read_anew_and_goes_on_from_now() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("before").await;
    let here = house.listen(&ann.room, "").await.last_id;
    let (epoch, now) = parts(&here);
    let foreign = format!("{:08x}-{id}", u32::from_str_radix(epoch, 16).unwrap() ^ 1);
    let (future, bare_future) = (format!("{epoch}-{}", now + 1), (now + 1).to_string());
    let farthest = format!("{epoch}-{}", u64::MAX);
    let nowhere = [
        (format!("after={foreign}"), ""),
        (format!("after={future}"), ""),
        (format!("after={bare_future}"), ""),
        (String::new(), &*foreign),
        (String::new(), &*future),
        (String::new(), &*farthest),
        ("after=0".to_owned(), &*foreign),
    ];
    let mut all = Vec::new();
    for (query, last_id) in &nowhere {
        let ears = house.listen_again(&ann.room, &format!("as=json&{query}"), last_id).await;
        assert_eq!((ears.first.name.as_str(), &ears.last_id), ("reset", &here), "{query} {last_id}");
        all.push(ears);
    }
    ann.posts("after").await;
    for mut ears in all {
        assert_eq!(ears.hears_texts(1).await, ["after"], "it goes on without what came before");
    }
    let mut again = house.listen_again(&ann.room, "as=json", &here).await;
    assert_eq!(again.first.name, "hello");
    assert_eq!(again.hears_texts(1).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_id_or_no_form_is_refused() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let live = |query: &str| house.get(&format!("{}/live{query}", ann.room));
    let wrongs: Vec<RequestBuilder> = vec![
        live("?after=x"),
        live("?after="),
        live("?after=-1"),
        live("?after=1-2"),
        live("?after=99999999999999999999"),
        live("?as=xml"),
        live("?as="),
        live("").header("last-event-id", "x"),
        live("").header("last-event-id", "0000000g-1"),
        live("").header("last-event-id", "ä"),
        live("?after=1").header("last-event-id", "1 1"),
    ];
    let xml = ask(live("?as=xml").header("accept", "text/event-stream")).await;
    assert!(xml.text().contains("`as` must be html, text or json"), "it says what would do: {}", xml.text());
    for (n, wrong) in wrongs.into_iter().enumerate() {
        let answer = ask(wrong.header("accept", "text/event-stream")).await;
        assert_eq!((answer.status, answer.header("content-type")), (422, "text/plain; charset=utf-8"), "way {n}");
    }
}

/// The clock of this test stands still and jumps when everybody waits, so nothing is waited for.
#[tokio::test(start_paused = true)]
async fn a_silent_stream_beats_every_fifteen_seconds() {
    let house = House::open().await;
    let start = tokio::time::Instant::now();
    let directory = house.close().await;
    let ann = {
        let store = crate::past::store(directory.path());
        crate::past::Past::enters(&store, crate::past::now(), ANN, ROOM)
    };
    let house = House::open_on(directory, Default::default()).await;
    let mut ears = house.listen(&ann.guest(&house).room, "as=json").await;
    for beat in 1..=3 {
        let ping = ears.next().await.expect("the stream goes on");
        assert_eq!((ping.name.as_str(), ping.id), ("ping", None));
        assert!(start.elapsed() >= Duration::from_secs(15 * beat));
    }
}
