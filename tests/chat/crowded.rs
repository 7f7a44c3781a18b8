//! When there is too much of everything: a full queue, no free seat, clients that take for ever. And a feed that is
//! shortened under whoever listens. These houses are put together from their parts, so that a test holds the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use taproom::domain::{Body, Command, Moment, RoomId, UserId, Who};
use taproom::engine::{Engine, Problem};
use taproom::live::{Hubs, Tail};
use taproom::meters::Meters;
use taproom::store::Store;
use taproom::web::{self, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::harness::{ANN, Ears, Guest, House, ROOM, ask, client, within};
use crate::past::{DAY, Past, now};

/// A house of parts: the server, and the store under it.
struct Parts {
    store: Arc<Store>,
    house: Arc<web::House>,
    url: String,
    /// Who is in it.
    past: Past,
    _directory: TempDir,
}

impl Parts {
    /// One in which somebody came in at this moment, with so many seats.
    async fn open(at: Moment, seats: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(crate::past::store(directory.path()));
        let past = Past::enters(&store, at, ANN, ROOM);
        let meters = Arc::new(Meters::default());
        let hubs = Arc::new(Hubs::new(Tail::default(), tokio::runtime::Handle::current(), Arc::clone(&meters)));
        let engine = Engine::start(Arc::clone(&store), Arc::clone(&hubs), Arc::clone(&meters)).unwrap();
        let house =
            web::House { store: Arc::clone(&store), engine, hubs, meters: Arc::clone(&meters), metrics_token: None };
        let house = Arc::new(house);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let endpoint = web::endpoint(Arc::clone(&house));
        tokio::spawn(serve::serve(listener, endpoint, seats, meters, std::future::pending::<()>(), Duration::ZERO));
        Self { store, house, url, past, _directory: directory }
    }

    fn guest(&self) -> Guest {
        self.past.guest_at(&self.url)
    }

    async fn listen(&self, query: &str) -> Ears {
        Ears::open(client().get(format!("{}{}/live?{query}", self.url, self.guest().room))).await
    }
}

/// Keeps the queue full of posts that nobody waits for, until it is told to stop.
fn keep_full(house: &Arc<web::House>, room: RoomId, user: UserId, stop: &Arc<AtomicBool>) -> JoinHandle<usize> {
    let (house, stop) = (Arc::clone(house), Arc::clone(stop));
    tokio::task::spawn_blocking(move || {
        let body = Body::parse(&"x".repeat(2_000)).unwrap();
        let mut taken = 0;
        while !stop.load(Ordering::Acquire) {
            let mut command =
                Box::pin(house.engine.execute(Who::User(user), None, Command::Post { room, body: body.clone() }));
            // A command stands in the queue once it was polled; its answer is of no interest.
            let polled = command.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
            match polled {
                // The writer may even be faster than this look.
                std::task::Poll::Pending | std::task::Poll::Ready(Ok(_)) => taken += 1,
                std::task::Poll::Ready(Err(Problem::Busy)) => std::thread::yield_now(),
                std::task::Poll::Ready(other) => panic!("{other:?} at once"),
            }
        }
        taken
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_is_told_at_once_and_empties_again() {
    let parts = Parts::open(now(), 100).await;
    let (ann, stop) = (parts.guest(), Arc::new(AtomicBool::new(false)));
    let filling = keep_full(&parts.house, parts.past.room(), parts.past.user(), &stop);
    let busy = within("a full queue", async {
        loop {
            let answer = ask(ann.post().body("one of them")).await;
            match answer.status {
                201 => {}
                503 => return answer,
                other => panic!("{other}: {}", answer.text()),
            }
        }
    })
    .await;
    assert_eq!((busy.header("retry-after"), busy.header("content-type")), ("1", "application/problem+json"));
    assert!(busy.text().contains("Wait a second and send it again."));
    assert_eq!(ask(client().get(format!("{}/up", parts.url))).await.status, 200, "reading goes on");
    stop.store(true, Ordering::Release);
    assert!(within("the other", filling).await.unwrap() > 4_096, "the queue held what it promised");
    within("an empty queue", async { while ask(ann.post().body("after")).await.status != 201 {} }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_stops_is_alive_and_says_why_it_is_not_ready() {
    let parts = Parts::open(now(), 100).await;
    let asked = async |path: &str| {
        let answer = ask(client().get(format!("{}{path}", parts.url))).await;
        (answer.status, answer.text().to_owned())
    };
    assert_eq!(asked("/ready").await, (200, "ready\n".to_owned()));
    parts.house.engine.refuse();
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
    assert!(head.contains(&format!("\r\nContent-Length: {}", words.len())), "{head} {words}");
    assert!(words.contains("Try again"), "{words}");

    seated.pop();
    let is_up = async || {
        let answer = client().get(format!("{}/up", parts.url)).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    };
    within("a seat", async { while !is_up().await {} }).await;
    assert!(parts.house.meters.turned_away.get() >= 1, "it is counted");
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
        ("POST /enter HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nroom", "HTTP/1.1 408 "),
    ] {
        let answered = waits_for_the_end(&house, said).await;
        assert!(answered.starts_with(answer) && answered.is_empty() == answer.is_empty(), "{said:?} gets {answered:?}");
    }
    let meters = ask(house.get("/metrics")).await;
    assert!(meters.text().contains("\ntaproom_refusals_total{kind=\"too_slow\"} 1\n"), "it is counted as what it is");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_shortened_under_a_listener_leaves_no_silent_gap() {
    let then = Moment(now().0 - 40 * DAY);
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
