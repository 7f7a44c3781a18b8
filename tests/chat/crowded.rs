//! When there is too much of everything: no free seat, clients that take for ever. And a feed that is shortened under
//! whoever listens.

use taproom::domain::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{House, ask, client, within};
use crate::parts::Parts;
use crate::past::{DAY, now};

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_stops_is_alive_and_says_why_it_is_not_ready() {
    let parts = Parts::open(now(), 100).await;
    let asked = async |path: &str| {
        let answer = ask(client().get(format!("{}{path}", parts.url))).await;
        (answer.status, answer.text().to_owned())
    };
    assert_eq!(asked("/ready").await, (200, "ready\n".to_owned()));
    parts.house.engine.stop_accepting();
    assert_eq!(asked("/ready").await, (503, "stopping\n".to_owned()));
    assert_eq!(asked("/up").await, (200, "up\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_no_seat_is_told_to_come_back_and_then_finds_one() {
    let parts = Parts::open(now(), 2).await;
    let host = parts.url.strip_prefix("http://").unwrap();
    let mut seated = vec![parts.listen("").await, parts.listen("").await];
    let mut answer = String::new();
    let mut stream = TcpStream::connect(host).await.unwrap();
    within("a refusal", stream.read_to_string(&mut answer)).await.unwrap();
    let (head, words) = answer.split_once("\r\n\r\n").expect("it is an answer");
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: 5\r\n"), "{head}");
    assert!(head.contains("\r\nX-Content-Type-Options: nosniff\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nContent-Length: {}", words.len())), "{head} {words}");
    assert!(words.contains("Try again"), "{words}");

    seated.pop();
    let is_up = async || {
        let answer = client().get(format!("{}/up", parts.url)).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    };
    within("a seat", async { while !is_up().await {} }).await;
    assert!(parts.house.metrics.connections_rejected.get() >= 1, "it is counted");
}

/// The clock of these tests stands still and jumps when everybody waits, so nothing is waited for.
async fn waits_for_the_end(house: &House, request: &str) -> String {
    let mut stream = TcpStream::connect(house.host()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("the server to lose patience", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_finish_a_request_is_hung_up_on() {
    let house = House::open().await;
    for (said, answer) in [
        ("", ""),
        ("GE", ""),
        ("GET /up HTTP/1.1\r\nHost: x\r\nX-Slow: ", ""),
        ("GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "),
        ("POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nroom", "HTTP/1.1 408 "),
    ] {
        let answered = waits_for_the_end(&house, said).await;
        assert!(answered.starts_with(answer) && answered.is_empty() == answer.is_empty(), "{said:?} gets {answered:?}");
    }
    let meters = ask(house.get("/metrics")).await;
    assert!(meters.text().contains("\ntaproom_refusals_total{kind=\"too_slow\"} 1\n"), "it is counted as what it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_shortened_under_a_listener_leaves_no_silent_gap() {
    let then = Timestamp(now().0 - 40 * DAY);
    let parts = Parts::open(then, 100).await;
    parts.past.says(&parts.store, then, "long ago", 300);
    let mut ears = parts.listen("as=json").await;
    let id = ears.last_id.clone();
    // It is told nothing of these, as if it had not read for forty days; they sweep away what it heard last, and more.
    parts.past.says(&parts.store, then, "not heard", 300);
    parts.past.says(&parts.store, now(), "lately", 10_000);
    let mut again = parts.listen(&format!("as=json&after={id}")).await;
    assert_eq!(again.first.name, "reset", "whoever came back now would be told to read anew");
    parts.guest().posts("and on").await;

    let event = within("what comes first", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name != "ping" {
                return event;
            }
        }
    })
    .await;
    assert_eq!(event.name, "reset", "so is whoever was here all the time: {event:?}");
    assert_eq!(again.hears_texts(1).await, ["and on"]);
}
