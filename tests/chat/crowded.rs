//! Overload: no free connection, clients that never finish a request, and a feed that is shortened under a listener.

use taproom::domain::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{House, ask, client, within};
use crate::parts::Parts;
use crate::past::{DAY, now};

#[tokio::test(flavor = "multi_thread")]
async fn a_stopping_server_is_up_and_says_why_it_is_not_ready() {
    let parts = Parts::open(now(), 100).await;
    let get = async |path: &str| {
        let answer = ask(client().get(format!("{}{path}", parts.url))).await;
        (answer.status, answer.text().to_owned())
    };
    assert_eq!(get("/ready").await, (200, "ready\n".to_owned()));
    parts.house.engine.stop_accepting();
    assert_eq!(get("/ready").await, (503, "stopping\n".to_owned()));
    assert_eq!(get("/up").await, (200, "up\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_above_the_connection_limit_is_rejected_and_can_connect_later() {
    let parts = Parts::open(now(), 2).await;
    let host = parts.url.strip_prefix("http://").unwrap();
    let mut streams = vec![parts.listen("").await, parts.listen("").await];
    let mut answer = String::new();
    let mut stream = TcpStream::connect(host).await.unwrap();
    within("a refusal", stream.read_to_string(&mut answer)).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("it is a response");
    assert!(head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: 5\r\n"), "{head}");
    assert!(head.contains("\r\nX-Content-Type-Options: nosniff\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head} {body}");
    assert!(body.contains("Try again"), "{body}");

    streams.pop();
    let is_up = async || {
        let answer = client().get(format!("{}/up", parts.url)).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    };
    within("a free connection", async { while !is_up().await {} }).await;
    assert!(parts.house.metrics.connections_rejected.get() >= 1, "it is counted");
}

/// The response until the server closes the connection. The clock of these tests jumps when all tasks wait, so this takes no
/// time.
async fn read_until_closed(house: &House, request: &str) -> String {
    let mut stream = TcpStream::connect(house.host()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("the timeout of the server", stream.read_to_string(&mut answer)).await.unwrap();
    answer
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_finish_a_request_is_disconnected() {
    let house = House::open().await;
    for (request, answer) in [
        ("", ""),
        ("GE", ""),
        ("GET /up HTTP/1.1\r\nHost: x\r\nX-Slow: ", ""),
        ("GET /up HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 "),
        ("POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nroom", "HTTP/1.1 408 "),
    ] {
        let answered = read_until_closed(&house, request).await;
        assert!(
            answered.starts_with(answer) && answered.is_empty() == answer.is_empty(),
            "{request:?} gets {answered:?}"
        );
    }
    let metrics = ask(house.get("/metrics")).await;
    assert!(
        metrics.text().contains("\ntaproom_requests_refused_total{kind=\"request_timeout\"} 1\n"),
        "it is counted by its kind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_shortened_under_a_listener_leaves_no_silent_gap() {
    let then = Timestamp(now().0 - 40 * DAY);
    let parts = Parts::open(then, 100).await;
    parts.past.says(&parts.store, then, "long ago", 300);
    let mut ears = parts.listen("as=json").await;
    let id = ears.last_id.clone();
    // These are not published, as if the listener had not read for forty days; they push the last event it received, and more,
    // out of the feed.
    parts.past.says(&parts.store, then, "not heard", 300);
    parts.past.says(&parts.store, now(), "lately", 10_000);
    let mut again = parts.listen(&format!("as=json&after={id}")).await;
    assert_eq!(again.first.name, "reset", "a client that resumes now must reload");
    parts.guest().posts("and on").await;

    let event = within("the first event", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name != "ping" {
                return event;
            }
        }
    })
    .await;
    assert_eq!(event.name, "reset", "and so must a client that stayed connected: {event:?}");
    assert_eq!(again.hears_texts(1).await, ["and on"]);
}
