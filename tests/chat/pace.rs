//! How fast anybody may do what costs something: at each limit, one over it, and when the time has come that the answer
//! told. Time stands still here unless a test moves it.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use reqwest::RequestBuilder;
use serde_json::json;
use taproom::config::{Config, Switch};
use taproom::web::{LimitClock, LimitedAction, Rate};

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped};

/// A house with limits, and the clock by which they are kept. This machine is a proxy that is trusted, so that everybody
/// has an address of their own choosing.
struct Paced {
    house: House,
    clock: FakeRelativeClock,
}

impl Paced {
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

    /// Somebody comes in from an address.
    fn enters(&self, name: &str, address: &str) -> RequestBuilder {
        let form = self.house.post("/join").header("accept", "application/json").header("x-forwarded-for", address);
        form.form(&[("room", ROOM), ("name", name)])
    }

    /// A form without a room: whoever may come in is told that it needs one, and nothing is written.
    fn tries(&self, address: &str) -> RequestBuilder {
        let form = self.house.post("/join").header("accept", "application/json").header("x-forwarded-for", address);
        form.form(&[("room", ""), ("name", ANN)])
    }

    /// Somebody wants to listen where nobody is.
    fn listens(&self, address: &str) -> RequestBuilder {
        self.house.get("/rooms/nowhere/live").header("x-forwarded-for", address)
    }

    /// The time that the answer told is the time to wait: a moment before a token is back the request is still refused.
    async fn is_done_when_told(&self, rate: Rate, refused: &Answer, done: u16, request: impl Fn() -> RequestBuilder) {
        let (refill, moment) = (Duration::from_micros(rate.refill_us), Duration::from_micros(1));
        self.clock.advance(refill - moment);
        assert_eq!(ask(request()).await.status, 429, "not yet");
        self.clock.advance(Duration::from_secs(wait_s(refused)) - refill + moment);
        assert_eq!(ask(request()).await.status, done, "after {} s", wait_s(refused));
    }
}

fn says(guest: &Guest, text: &str) -> RequestBuilder {
    guest.post().json(&json!({ "body": text }))
}

/// Asks as often as a full bucket allows, and then once more. Returns the answer to that, which is a refusal.
async fn at_once(rate: Rate, done: u16, request: impl Fn(u32) -> RequestBuilder) -> Answer {
    for n in 0..rate.burst {
        let answer = ask(request(n)).await;
        assert_eq!(answer.status, done, "{n} of {}: {}", rate.burst, answer.text());
    }
    let answer = ask(request(rate.burst)).await;
    assert_eq!(answer.status, 429, "one more than {}: {}", rate.burst, answer.text());
    assert!(answer.text().contains("too fast"), "{}", answer.text());
    assert_eq!(wait_s(&answer), rate.refill_us.div_ceil(1_000_000), "whole seconds until one more");
    answer
}

fn wait_s(refused: &Answer) -> u64 {
    refused.header("retry-after").parse().expect("whole seconds")
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_completed_so_fast() {
    let paced = Paced::open().await;
    let ann = paced.house.guest(ANN, ROOM).await;
    let path = format!("/autocomplete?room={}&q=@", &ann.room["/rooms/".len()..]);
    let rate = LimitedAction::Autocomplete.quota().person;
    let asks = || paced.house.get(&path).bearer_auth(&ann.token).header("accept", "application/json");
    let refused = at_once(rate, 200, |_| asks()).await;
    paced.is_done_when_told(rate, &refused, 200, asks).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_are_looked_for_so_fast_with_a_name_or_without() {
    let paced = Paced::open().await;
    let ann = paced.house.guest(ANN, ROOM).await;
    let (person, address) = (LimitedAction::SearchRooms.quota().person, LimitedAction::SearchRooms.quota().address);
    let seeks = |q: &str, from: &str| {
        let request = paced.house.get(&format!("/switcher?q={q}")).header("accept", "application/json");
        request.header("x-forwarded-for", from)
    };
    let hers = || seeks("nowhere", "192.0.2.1").bearer_auth(&ann.token);
    let refused = at_once(person, 200, |_| hers()).await;
    assert_eq!(ask(seeks("+", "192.0.2.1").bearer_auth(&ann.token)).await.status, 200, "her list is there as ever");
    paced.is_done_when_told(person, &refused, 200, hers).await;
    at_once(address, 200, |_| seeks("nowhere", "192.0.2.9")).await;
    assert_eq!(ask(seeks("nowhere", "192.0.2.8")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_posts_so_fast_and_others_as_fast_as_before() {
    let paced = Paced::open().await;
    let (ann, ben) = (paced.house.guest(ANN, ROOM).await, paced.house.guest(BEN, ROOM).await);
    let rate = LimitedAction::Post.quota().person;
    let refused = at_once(rate, 201, |n| says(&ann, &n.to_string())).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!((refused.json()["title"].as_str(), refused.json()["status"].as_u64()), (Some("Too fast"), Some(429)));
    ben.posts("from Ben").await;
    let elsewhere = says(&ann, "x").header("x-forwarded-for", "192.0.2.77");
    assert_eq!(ask(elsewhere).await.status, 429, "the person counts, wherever they are");
    assert_eq!(paced.house.history(&ann.room).await.len() as u32, rate.burst + 1, "what was refused was not said");
    paced.is_done_when_told(rate, &refused, 201, || says(&ann, "at last")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_school_comes_in_at_once_and_other_addresses_do_not_wait_for_it() {
    let paced = Paced::open().await;
    let rate = LimitedAction::Join.quota().address;
    let refused = at_once(rate, 200, |n| paced.enters(&format!("Pupil {n}"), "192.0.2.1")).await;
    for other in ["192.0.2.2", "::ffff:192.0.2.3", "2001:db8::1"] {
        assert_eq!(ask(paced.enters(&format!("From {other}"), other)).await.status, 200, "{other}");
    }
    for same in ["::ffff:192.0.2.1", "198.51.100.9, 192.0.2.1", "192.0.2.1:4711"] {
        assert_eq!(ask(paced.tries(same)).await.status, 429, "{same} is the same");
    }
    paced.is_done_when_told(rate, &refused, 200, || paced.enters("The last pupil", "192.0.2.1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neighbours_in_one_network_of_ipv6_share_what_it_may() {
    let paced = Paced::open().await;
    at_once(LimitedAction::Join.quota().address, 422, |n| paced.tries(&format!("2001:db8:0:1:{n:x}::{n:x}"))).await;
    assert_eq!(ask(paced.tries("2001:db8:0:2::1")).await.status, 422, "another network is another");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_house_lets_so_many_in_from_wherever_they_come() {
    let paced = Paced::open().await;
    let rate = LimitedAction::Join.quota().server;
    let from = |n: u32| format!("198.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255);
    let refused = at_once(rate, 422, |n| paced.tries(&from(n))).await;
    paced.is_done_when_told(rate, &refused, 422, || paced.tries("203.0.113.1")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_opens_some_rooms_and_goes_on_into_those_there_are() {
    let paced = Paced::open().await;
    let ann = paced.house.guest(ANN, ROOM).await;
    let enters = |room: &str| {
        let form = paced.house.post("/join").bearer_auth(&ann.token).header("accept", "application/json");
        form.form(&[("room", room)])
    };
    let Rate { burst, refill_us } = LimitedAction::CreateRoom.quota().person;
    let refused = at_once(Rate { burst, refill_us }, 200, |n| enters(&format!("Room {n}"))).await;
    assert_eq!(ask(paced.house.get(&format!("/rooms/room-{burst}"))).await.status, 404, "it was not opened");
    assert_eq!(ask(enters("Room 0")).await.status, 200, "that is there");
    paced.clock.advance(Duration::from_secs(wait_s(&refused)));
    assert_eq!(ask(enters("One more")).await.status, 200);

    let rate = LimitedAction::Join.quota().person;
    paced.clock.advance(Duration::from_micros(rate.refill_us) * rate.burst);
    let refused = at_once(rate, 200, |_| enters(ROOM)).await;
    paced.is_done_when_told(rate, &refused, 200, || enters(ROOM)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_rooms_so_fast_and_nobody_has_to_read_them_anew_all_the_time() {
    let paced = Paced::open().await;
    let ann = paced.house.guest(ANN, ROOM).await;
    let change = |what: &str, form: &[(&str, &str)]| {
        let request = paced.house.post(&format!("{}/{what}", ann.room)).bearer_auth(&ann.token);
        request.header("accept", "application/json").form(form)
    };
    let rate = LimitedAction::ChangeRoom.quota().person;
    let refused = at_once(rate, 200, |n| change("settings", &[("topic", &n.to_string())])).await;
    for what in ["archive", "delete", "leave", "undelete"] {
        assert!(matches!(ask(change(what, &[])).await.status, 404 | 429), "{what} is no way round it");
    }
    paced.is_done_when_told(rate, &refused, 200, || change("archive", &[("archived", "no")])).await;
    assert_eq!(ask(says(&ann, "x")).await.status, 201, "talking is another matter");
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_opened_so_fast_by_a_person_and_from_an_address() {
    let paced = Paced::open().await;
    let (ann, ben) = (paced.house.guest(ANN, ROOM).await, paced.house.guest(BEN, ROOM).await);
    let (person, address) = (LimitedAction::OpenStream.quota().person, LimitedAction::OpenStream.quota().address);
    let ann_listens = || paced.listens("192.0.2.1").bearer_auth(&ann.token);
    let refused = at_once(person, 404, |_| ann_listens()).await;
    let as_stream = paced.house.get(&ann.room).bearer_auth(&ann.token).header("accept", "text/event-stream");
    assert_eq!(ask(as_stream).await.status, 429, "by whichever address it is asked for");
    assert_eq!(ask(paced.house.get(&ann.room).bearer_auth(&ann.token)).await.status, 200, "a page is no stream");
    let mut ears = ben.listen("as=json").await;
    ann.posts("heard by those who listen").await;
    assert_eq!(ears.hears_texts(1).await.len(), 1);
    paced.is_done_when_told(person, &refused, 404, ann_listens).await;
    drop(Ears::open(paced.house.get(&format!("{}/live", ann.room)).bearer_auth(&ann.token)).await);

    let refused = at_once(address, 404, |_| paced.listens("192.0.2.9")).await;
    assert_eq!(ask(paced.listens("192.0.2.8")).await.status, 404);
    paced.is_done_when_told(address, &refused, 404, || paced.listens("192.0.2.9")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_behind_a_proxy_have_shares_of_their_own_and_forging_makes_none() {
    // Trusted is another machine, so what this one says of whom it asks for is not believed.
    let paced = Paced::open_as(|config| config.trusted_proxy = vec!["192.0.2.0/24".parse().unwrap()]).await;
    at_once(LimitedAction::Join.quota().address, 422, |n| paced.tries(&format!("198.51.{}.{}", n >> 8, n & 255))).await;

    let paced = Paced::open().await;
    at_once(LimitedAction::Join.quota().address, 422, |n| {
        // What a client writes itself stands to the left of what the proxy adds.
        paced.tries(&format!("198.51.{}.{}, 192.0.2.1", n >> 8, n & 255))
    })
    .await;
    assert_eq!(ask(paced.tries("192.0.2.2")).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_trusted_proxy_this_machine_has_no_limit_but_persons_and_the_house_have() {
    let paced = Paced::open_as(|_| {}).await;
    for _ in 0..=LimitedAction::Join.quota().address.burst {
        assert_eq!(ask(paced.tries("192.0.2.1")).await.status, 422);
    }
    let ann = paced.house.guest(ANN, ROOM).await;
    let from = |n: u32| format!("192.0.2.{n}");
    at_once(LimitedAction::Post.quota().person, 201, |n| says(&ann, "x").header("x-forwarded-for", from(n))).await;
    let done = LimitedAction::Join.quota().address.burst + 2;
    for _ in done..LimitedAction::Join.quota().server.burst {
        assert_eq!(ask(paced.tries("192.0.2.1")).await.status, 422);
    }
    assert_eq!(ask(paced.tries("192.0.2.1")).await.status, 429, "the house is full of tries");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_pace_off_there_is_no_limit() {
    let paced = Paced::open_as(|config| config.rate_limits = Switch::Off).await;
    let ann = paced.house.guest(ANN, ROOM).await;
    for n in 0..=LimitedAction::Post.quota().person.burst {
        ann.posts(&n.to_string()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_keeps_what_was_typed_too_fast() {
    let paced = Paced::open().await;
    at_once(LimitedAction::Join.quota().address, 422, |_| paced.tries("192.0.2.1")).await;
    let form = paced.house.post("/join").header("accept", "text/html").header("x-forwarded-for", "192.0.2.1");
    let page = ask(form.form(&[("room", ROOM), ("name", BEN)])).await;
    assert_eq!((page.status, page.header("content-type")), (429, "text/html; charset=utf-8"));
    assert_eq!(wait_s(&page), 1);
    for part in [format!(r#"value="{}""#, escaped(ROOM)), format!(r#"value="{}""#, escaped(BEN)), "too fast".to_owned()]
    {
        assert!(page.text().contains(&part), "{part}: {}", page.text());
    }
    assert!(!page.has("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_too_fast_is_kept_and_sent_again_once() {
    let paced = Paced::open().await;
    let ann = paced.house.guest(ANN, ROOM).await;
    let rate = LimitedAction::Post.quota().person;
    at_once(rate, 201, |n| says(&ann, &n.to_string())).await;

    let text = "\n</textarea><b>first</b> & \"second\"\r\n third";
    let send = |accept: &'static str| {
        let request = paced.house.post(&format!("{}/messages", ann.room)).header("cookie", ann.cookie());
        request.header("accept", accept).form(&[("body", text), ("nonce", "typed-1")])
    };
    let fragment = ask(send("text/html").header("hx-request", "true")).await;
    assert_eq!((fragment.status, wait_s(&fragment)), (429, 1));
    assert!(fragment.text().contains("too fast") && !fragment.text().contains("<html"), "{}", fragment.text());
    assert_eq!(ask(send("application/json")).await.header("content-type"), "application/problem+json");
    assert_eq!(ask(send("text/plain")).await.text(), "That was too fast. Wait a second, then send it again.\n");

    let page = ask(send("text/html")).await;
    assert_eq!((page.status, wait_s(&page)), (429, 1));
    let kept = format!("name=\"body\" required rows=\"5\" dir=\"auto\">\n{}</textarea>", escaped(text));
    assert!(page.text().contains(&kept), "{kept} in {}", page.text());
    assert!(page.text().contains(&format!(r#"action="{}/messages""#, ann.room)));
    assert!(page.text().contains(r#"name="nonce" value="typed-1""#), "the same message is sent, once");
    paced.clock.advance(Duration::from_secs(1));
    for _ in 0..2 {
        assert_eq!(ask(send("text/html")).await.status, 303);
    }
    assert_eq!(paced.house.history(&ann.room).await.len() as u32, rate.burst + 1, "and said once");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_for_being_too_fast_are_counted() {
    let paced = Paced::open_as(|_| {}).await;
    let ann = paced.house.guest(ANN, ROOM).await;
    at_once(LimitedAction::Post.quota().person, 201, |_| says(&ann, "x")).await;
    assert_eq!(ask(says(&ann, "x")).await.status, 429);
    let meters = ask(paced.house.get("/metrics")).await;
    assert!(meters.text().contains("taproom_requests_refused_total{kind=\"rate_limited\"} 2\n"), "{}", meters.text());
}
