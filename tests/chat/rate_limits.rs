//! Rate limits: at each limit, one over it, and after the time in the response. The clock only moves when a test
//! advances it.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use reqwest::RequestBuilder;
use serde_json::json;
use taproom::config::{Config, Switch};
use taproom::web::{LimitClock, LimitedAction, Rate};

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped};

/// A server with rate limits, and their clock. This machine is a trusted proxy, so that each request can choose its
/// address.
struct RateLimited {
    house: House,
    clock: FakeRelativeClock,
}

impl RateLimited {
    async fn open() -> Self {
        Self::open_as(|config| config.trusted_proxy = vec!["127.0.0.1/32".parse().unwrap()]).await
    }

    async fn open_as(change: impl FnOnce(&mut Config)) -> Self {
        let clock = FakeRelativeClock::default();
        let house = House::open_by(LimitClock::Fake(clock.clone()), |config| {
            config.rate_limits = Switch::On;
            change(config);
        });
        Self { house: house.await, clock }
    }

    /// A request to join from an address.
    fn join(&self, name: &str, address: &str) -> RequestBuilder {
        let form = self.house.post("/join").header("accept", "application/json").header("x-forwarded-for", address);
        form.form(&[("room", ROOM), ("name", name)])
    }

    /// A join form without a room: it is refused as invalid if the limit allows it, and writes nothing.
    fn try_join(&self, address: &str) -> RequestBuilder {
        let form = self.house.post("/join").header("accept", "application/json").header("x-forwarded-for", address);
        form.form(&[("room", ""), ("name", ANN)])
    }

    /// A request for the stream of a room that does not exist.
    fn listen(&self, address: &str) -> RequestBuilder {
        self.house.get("/rooms/nowhere/live").header("x-forwarded-for", address)
    }

    /// The request succeeds after the time in the response; just before a token is back it is still refused.
    async fn succeeds_after_the_wait(
        &self,
        rate: Rate,
        refused: &Answer,
        done: u16,
        request: impl Fn() -> RequestBuilder,
    ) {
        let (refill, moment) = (Duration::from_micros(rate.refill_us), Duration::from_micros(1));
        self.clock.advance(refill - moment);
        assert_eq!(ask(request()).await.status, 429, "not yet");
        self.clock.advance(Duration::from_secs(wait_s(refused)) - refill + moment);
        assert_eq!(ask(request()).await.status, done, "after {} s", wait_s(refused));
    }
}

fn post(guest: &Guest, text: &str) -> RequestBuilder {
    guest.post().json(&json!({ "body": text }))
}

/// Sends as many requests as a full bucket allows, and then one more, which must be refused. Returns the refusal.
async fn exhaust(rate: Rate, done: u16, request: impl Fn(u32) -> RequestBuilder) -> Answer {
    for n in 0..rate.burst {
        let answer = ask(request(n)).await;
        assert_eq!(answer.status, done, "{n} of {}: {}", rate.burst, answer.text());
    }
    let answer = ask(request(rate.burst)).await;
    assert_eq!(answer.status, 429, "one more than {}: {}", rate.burst, answer.text());
    assert!(answer.text().contains("Too many requests"), "{}", answer.text());
    assert_eq!(wait_s(&answer), rate.refill_us.div_ceil(1_000_000), "whole seconds until one more");
    answer
}

fn wait_s(refused: &Answer) -> u64 {
    refused.header("retry-after").parse().expect("whole seconds")
}

#[tokio::test(flavor = "multi_thread")]
async fn autocomplete_has_a_rate_limit() {
    let server = RateLimited::open().await;
    let ann = server.house.guest(ANN, ROOM).await;
    let path = format!("/autocomplete?room={}&q=@", &ann.room["/rooms/".len()..]);
    let rate = LimitedAction::Autocomplete.quota().person;
    let request = || server.house.get(&path).bearer_auth(&ann.token).header("accept", "application/json");
    let refused = exhaust(rate, 200, |_| request()).await;
    server.succeeds_after_the_wait(rate, &refused, 200, request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn room_search_has_a_rate_limit_for_people_and_addresses() {
    let server = RateLimited::open().await;
    let ann = server.house.guest(ANN, ROOM).await;
    let (person, address) = (LimitedAction::SearchRooms.quota().person, LimitedAction::SearchRooms.quota().address);
    let search = |q: &str, from: &str| {
        let request = server.house.get(&format!("/switcher?q={q}")).header("accept", "application/json");
        request.header("x-forwarded-for", from)
    };
    let by_ann = || search("nowhere", "192.0.2.1").bearer_auth(&ann.token);
    let refused = exhaust(person, 200, |_| by_ann()).await;
    assert_eq!(
        ask(search("+", "192.0.2.1").bearer_auth(&ann.token)).await.status,
        200,
        "a list without a search is not limited"
    );
    server.succeeds_after_the_wait(person, &refused, 200, by_ann).await;
    exhaust(address, 200, |_| search("nowhere", "192.0.2.9")).await;
    assert_eq!(ask(search("nowhere", "192.0.2.8")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_rate_limit_does_not_slow_others() {
    let server = RateLimited::open().await;
    let (ann, ben) = (server.house.guest(ANN, ROOM).await, server.house.guest(BEN, ROOM).await);
    let rate = LimitedAction::Post.quota().person;
    let refused = exhaust(rate, 201, |n| post(&ann, &n.to_string())).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(
        (refused.json()["title"].as_str(), refused.json()["status"].as_u64()),
        (Some("Too many requests"), Some(429))
    );
    ben.posts("from Ben").await;
    let elsewhere = post(&ann, "x").header("x-forwarded-for", "192.0.2.77");
    assert_eq!(ask(elsewhere).await.status, 429, "a person has one limit for all addresses");
    assert_eq!(server.house.history(&ann.room).await.len() as u32, rate.burst + 1, "refused messages are not posted");
    server.succeeds_after_the_wait(rate, &refused, 201, || post(&ann, "at last")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_can_join_at_once_and_other_addresses_do_not_wait() {
    let server = RateLimited::open().await;
    let rate = LimitedAction::Join.quota().address;
    let refused = exhaust(rate, 200, |n| server.join(&format!("Pupil {n}"), "192.0.2.1")).await;
    for other in ["192.0.2.2", "::ffff:192.0.2.3", "2001:db8::1"] {
        assert_eq!(ask(server.join(&format!("From {other}"), other)).await.status, 200, "{other}");
    }
    for same in ["::ffff:192.0.2.1", "198.51.100.9, 192.0.2.1", "192.0.2.1:4711"] {
        assert_eq!(ask(server.try_join(same)).await.status, 429, "{same} is the same");
    }
    server.succeeds_after_the_wait(rate, &refused, 200, || server.join("The last pupil", "192.0.2.1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ipv6_network_shares_one_limit() {
    let server = RateLimited::open().await;
    exhaust(LimitedAction::Join.quota().address, 422, |n| server.try_join(&format!("2001:db8:0:1:{n:x}::{n:x}"))).await;
    assert_eq!(ask(server.try_join("2001:db8:0:2::1")).await.status, 422, "another network has its own limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn joins_have_a_limit_for_the_whole_server() {
    let server = RateLimited::open().await;
    let rate = LimitedAction::Join.quota().server;
    let from = |n: u32| format!("198.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255);
    let refused = exhaust(rate, 422, |n| server.try_join(&from(n))).await;
    server.succeeds_after_the_wait(rate, &refused, 422, || server.try_join("203.0.113.1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn creating_rooms_is_limited_apart_from_joining_them() {
    let server = RateLimited::open().await;
    let ann = server.house.guest(ANN, ROOM).await;
    let join = |room: &str| {
        let form = server.house.post("/join").bearer_auth(&ann.token).header("accept", "application/json");
        form.form(&[("room", room)])
    };
    let Rate { burst, refill_us } = LimitedAction::CreateRoom.quota().person;
    let refused = exhaust(Rate { burst, refill_us }, 200, |n| join(&format!("Room {n}"))).await;
    assert_eq!(ask(server.house.get(&format!("/rooms/room-{burst}"))).await.status, 404, "it was not created");
    assert_eq!(ask(join("Room 0")).await.status, 200, "that one exists");
    server.clock.advance(Duration::from_secs(wait_s(&refused)));
    assert_eq!(ask(join("One more")).await.status, 200);

    let rate = LimitedAction::Join.quota().person;
    server.clock.advance(Duration::from_micros(rate.refill_us) * rate.burst);
    let refused = exhaust(rate, 200, |_| join(ROOM)).await;
    server.succeeds_after_the_wait(rate, &refused, 200, || join(ROOM)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn room_changes_have_a_rate_limit_on_every_route() {
    let server = RateLimited::open().await;
    let ann = server.house.guest(ANN, ROOM).await;
    let change = |path: &str, form: &[(&str, &str)]| {
        let request = server.house.post(&format!("{}/{path}", ann.room)).bearer_auth(&ann.token);
        request.header("accept", "application/json").form(form)
    };
    let rate = LimitedAction::ChangeRoom.quota().person;
    let refused = exhaust(rate, 200, |n| change("settings", &[("topic", &n.to_string())])).await;
    for path in ["archive", "delete", "leave", "undelete"] {
        assert!(matches!(ask(change(path, &[])).await.status, 404 | 429), "{path} has the same limit");
    }
    server.succeeds_after_the_wait(rate, &refused, 200, || change("archive", &[("archived", "no")])).await;
    assert_eq!(ask(post(&ann, "x")).await.status, 201, "posting has its own limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_streams_has_a_rate_limit_for_people_and_addresses() {
    let server = RateLimited::open().await;
    let (ann, ben) = (server.house.guest(ANN, ROOM).await, server.house.guest(BEN, ROOM).await);
    let (person, address) = (LimitedAction::OpenStream.quota().person, LimitedAction::OpenStream.quota().address);
    let ann_listens = || server.listen("192.0.2.1").bearer_auth(&ann.token);
    let refused = exhaust(person, 404, |_| ann_listens()).await;
    let as_stream = server.house.get(&ann.room).bearer_auth(&ann.token).header("accept", "text/event-stream");
    assert_eq!(ask(as_stream).await.status, 429, "the limit holds for both addresses of the stream");
    assert_eq!(ask(server.house.get(&ann.room).bearer_auth(&ann.token)).await.status, 200, "a page is not a stream");
    let mut ears = ben.listen("as=json").await;
    ann.posts("sent to open streams").await;
    assert_eq!(ears.hears_texts(1).await.len(), 1);
    server.succeeds_after_the_wait(person, &refused, 404, ann_listens).await;
    drop(Ears::open(server.house.get(&format!("{}/live", ann.room)).bearer_auth(&ann.token)).await);

    let refused = exhaust(address, 404, |_| server.listen("192.0.2.9")).await;
    assert_eq!(ask(server.listen("192.0.2.8")).await.status, 404);
    server.succeeds_after_the_wait(address, &refused, 404, || server.listen("192.0.2.9")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_a_proxy_have_their_own_limits_and_forged_headers_do_not() {
    // Another machine is trusted, so the headers of this one are ignored.
    let server = RateLimited::open_as(|config| config.trusted_proxy = vec!["192.0.2.0/24".parse().unwrap()]).await;
    exhaust(LimitedAction::Join.quota().address, 422, |n| server.try_join(&format!("198.51.{}.{}", n >> 8, n & 255)))
        .await;

    let server = RateLimited::open().await;
    exhaust(LimitedAction::Join.quota().address, 422, |n| {
        // What a client sends itself is to the left of what the proxy appends.
        server.try_join(&format!("198.51.{}.{}, 192.0.2.1", n >> 8, n & 255))
    })
    .await;
    assert_eq!(ask(server.try_join("192.0.2.2")).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loopback_address_has_no_limit_without_a_trusted_proxy() {
    let server = RateLimited::open_as(|_| {}).await;
    for _ in 0..=LimitedAction::Join.quota().address.burst {
        assert_eq!(ask(server.try_join("192.0.2.1")).await.status, 422);
    }
    let ann = server.house.guest(ANN, ROOM).await;
    let from = |n: u32| format!("192.0.2.{n}");
    exhaust(LimitedAction::Post.quota().person, 201, |n| post(&ann, "x").header("x-forwarded-for", from(n))).await;
    let done = LimitedAction::Join.quota().address.burst + 2;
    for _ in done..LimitedAction::Join.quota().server.burst {
        assert_eq!(ask(server.try_join("192.0.2.1")).await.status, 422);
    }
    assert_eq!(ask(server.try_join("192.0.2.1")).await.status, 429, "the server has no tokens left");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_landing_page_keeps_what_was_typed_when_limited() {
    let server = RateLimited::open().await;
    exhaust(LimitedAction::Join.quota().address, 422, |_| server.try_join("192.0.2.1")).await;
    let form = server.house.post("/join").header("accept", "text/html").header("x-forwarded-for", "192.0.2.1");
    let page = ask(form.form(&[("room", ROOM), ("name", BEN)])).await;
    assert_eq!((page.status, page.header("content-type")), (429, "text/html; charset=utf-8"));
    assert_eq!(wait_s(&page), 1);
    for part in [
        format!(r#"value="{}""#, escaped(ROOM)),
        format!(r#"value="{}""#, escaped(BEN)),
        "Too many requests".to_owned(),
    ] {
        assert!(page.text().contains(&part), "{part}: {}", page.text());
    }
    assert!(!page.has("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limited_message_is_kept_and_posted_once() {
    let server = RateLimited::open().await;
    let ann = server.house.guest(ANN, ROOM).await;
    let rate = LimitedAction::Post.quota().person;
    exhaust(rate, 201, |n| post(&ann, &n.to_string())).await;

    let text = "\n</textarea><b>first</b> & \"second\"\r\n third";
    let send = |accept: &'static str| {
        let request = server.house.post(&format!("{}/messages", ann.room)).header("cookie", ann.cookie());
        request.header("accept", accept).form(&[("body", text), ("nonce", "typed-1")])
    };
    let fragment = ask(send("text/html").header("hx-request", "true")).await;
    assert_eq!((fragment.status, wait_s(&fragment)), (429, 1));
    assert!(fragment.text().contains("Too many requests") && !fragment.text().contains("<html"), "{}", fragment.text());
    assert_eq!(ask(send("application/json")).await.header("content-type"), "application/problem+json");
    assert_eq!(ask(send("text/plain")).await.text(), "Too many requests. Wait 1 second, then try again.\n");

    let page = ask(send("text/html")).await;
    assert_eq!((page.status, wait_s(&page)), (429, 1));
    let textarea = format!("name=\"body\" required rows=\"5\" dir=\"auto\">\n{}</textarea>", escaped(text));
    assert!(page.text().contains(&textarea), "{textarea} in {}", page.text());
    assert!(page.text().contains(&format!(r#"action="{}/messages""#, ann.room)));
    assert!(page.text().contains(r#"name="nonce" value="typed-1""#), "it keeps the nonce");
    server.clock.advance(Duration::from_secs(1));
    for _ in 0..2 {
        assert_eq!(ask(send("text/html")).await.status, 303);
    }
    assert_eq!(server.house.history(&ann.room).await.len() as u32, rate.burst + 1, "and posted once");
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limit_refusals_are_counted() {
    let server = RateLimited::open_as(|_| {}).await;
    let ann = server.house.guest(ANN, ROOM).await;
    exhaust(LimitedAction::Post.quota().person, 201, |_| post(&ann, "x")).await;
    assert_eq!(ask(post(&ann, "x")).await.status, 429);
    let metrics = ask(server.house.get("/metrics")).await;
    assert!(metrics.text().contains("taproom_requests_refused_total{kind=\"rate_limited\"} 2\n"), "{}", metrics.text());
}
