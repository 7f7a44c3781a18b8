//! Limits of one person, one address and one name, so that others are not affected.

use governor::clock::FakeRelativeClock;
use reqwest::RequestBuilder;
use serde_json::json;
use taproom::config::Switch;
use taproom::web::serve::ConnectionLimits;
use taproom::web::{LimitClock, LimitedAction, RateLimits};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::account::{PASSWORD, member, settings};
use crate::harness::{ANN, Answer, BEN, Ears, House, ROOM, ask, client, until, within};
use crate::parts::Parts;
use crate::past::{now, store};

/// A server with rate limits behind a trusted proxy on this machine. Its clock does not move.
async fn open_with_rate_limits() -> House {
    House::open_by(LimitClock::Fake(FakeRelativeClock::default()), |config| {
        config.rate_limits = Switch::On;
        config.trusted_proxy = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await
}

async fn signs_in(house: &House, address: &str, password: &str) -> Answer {
    let form = house.post("/sign-in").header("accept", "application/json").header("x-forwarded-for", address);
    ask(form.json(&json!({ "name": ANN, "password": password }))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn password_guesses_elsewhere_do_not_lock_the_owner_out() {
    let house = open_with_rate_limits().await;
    member(&house, ANN, ROOM).await;
    let (each, all) = (LimitedAction::SignIn.quota().person.burst, LimitedAction::TryPassword.quota().person.burst);
    for _ in 0..each {
        assert_eq!(signs_in(&house, "192.0.2.1", "a guess").await.status, 401);
    }
    assert_eq!(signs_in(&house, "192.0.2.1", PASSWORD).await.status, 429, "that address can't guess any more");
    assert_eq!(signs_in(&house, "192.0.2.2", PASSWORD).await.status, 200, "other addresses are not affected");
    for n in each + 1..all {
        assert_eq!(signs_in(&house, &format!("198.51.100.{n}"), "a guess").await.status, 401, "{n} of {all}");
    }
    let refused = signs_in(&house, "203.0.113.1", "a guess").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "15"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn account_changes_and_reports_share_a_rate_limit() {
    let house = open_with_rate_limits().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, member(&house, BEN, ROOM).await);
    let message = ben.posts("text").await;
    let codes = async || settings(&ann, "/recovery-codes", Some(json!({}))).await.status;
    for n in 0..LimitedAction::MinorChange.quota().person.burst {
        assert_eq!(codes().await, 200, "{n}");
    }
    assert_eq!(codes().await, 429);
    let token = json!({ "name": "deploys", "scopes": "read" });
    assert_eq!(settings(&ann, "/tokens", Some(token.clone())).await.status, 429);
    assert_eq!(settings(&ann, "/devices/revoke-others", Some(json!({}))).await.status, 429);
    let report = format!("{}/messages/{message}/report", ann.room);
    let refused = ann.sends(&report, &[("reason", "rude")]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "2"));
    let page = ann.http.post(format!("{}{report}", ann.url)).bearer_auth(&ann.token).header("accept", "text/html");
    let page = ask(page.form(&[("reason", "it is <rude>")])).await;
    assert!(page.status == 429 && page.text().contains("it is &lt;rude&gt;"), "it shows what was typed");
    assert_eq!(ben.sends(&report, &[("reason", "mine")]).await.status, 201, "others can still report");
    assert_eq!(settings(&ben, "/tokens", Some(token)).await.status, 201);
}

/// The status of a request for a stream. A stream that starts is closed at once.
async fn listen_status(request: RequestBuilder) -> u16 {
    within("an answer", request.send()).await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_a_limit_of_open_streams() {
    // On the system clock: the number of requests below, until the server notices the closed stream, is not known.
    let house = House::open_as(|config| config.rate_limits = Switch::On).await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut open = Vec::new();
    for _ in 0..32 {
        open.push(ann.listen("as=json").await);
    }
    let another = || house.get(&format!("{}/live", ann.room)).bearer_auth(&ann.token);
    let refused = ask(another()).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "60"), "{}", refused.text());
    assert!(refused.text().contains("Close some"), "{}", refused.text());
    let mut other = ben.listen("as=json").await;
    ann.posts("heard").await;
    assert_eq!(other.hears_texts(1).await.len(), 1, "others can still listen");
    open.pop();
    until("a free permit", || async { listen_status(another()).await == 200 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_a_limit_of_open_streams_also_behind_a_proxy() {
    let (directory, limits) =
        (tempfile::tempdir().unwrap(), ConnectionLimits { total: 100, per_address: 100, exempt: Vec::new() });
    let parts = Parts::with(store(directory.path()), now(), limits, |state| {
        state.rate_limits = Some(RateLimits::new(LimitClock::default(), 2));
        state.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    })
    .await;
    let path = format!("{}{}/live", parts.url, parts.guest().room);
    let from = |address: &str| client().get(&path).header("x-forwarded-for", address);
    let mut open = vec![Ears::open(from("2001:db8::1")).await, Ears::open(from("2001:db8::2")).await];
    assert_eq!(ask(from("2001:db8::3")).await.status, 429, "the third of a network is refused");
    open.push(Ears::open(from("2001:db8:0:1::1")).await);
    open.push(Ears::open(from("192.0.2.1")).await);
    open.remove(0);
    until("a free permit", || async { listen_status(from("2001:db8::3")).await == 200 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_a_limit_of_connections_except_exempt_ones() {
    let read_refusal = async |parts: &Parts| {
        let mut stream = TcpStream::connect(parts.url.strip_prefix("http://").unwrap()).await.unwrap();
        let mut answer = String::new();
        within("a refusal", stream.read_to_string(&mut answer)).await.unwrap();
        answer
    };
    let directory = tempfile::tempdir().unwrap();
    let limits = ConnectionLimits { total: 10, per_address: 2, exempt: Vec::new() };
    let parts = Parts::with(store(directory.path()), now(), limits, |_| {}).await;
    let mut connected = vec![parts.listen("").await, parts.listen("").await];
    let answer = read_refusal(&parts).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    assert!(head.starts_with("HTTP/1.1 429 ") && head.contains("\r\nRetry-After: 60\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nContent-Length: {}", body.len())), "{head} {body}");
    connected.pop();
    let is_up = async || client().get(format!("{}/up", parts.url)).send().await.is_ok_and(|up| up.status() == 200);
    until("a free connection", is_up).await;

    let directory = tempfile::tempdir().unwrap();
    let limits = ConnectionLimits { total: 4, per_address: 2, exempt: vec!["127.0.0.0/8".parse().unwrap()] };
    let parts = Parts::with(store(directory.path()), now(), limits, |_| {}).await;
    let mut connected = Vec::new();
    for _ in 0..4 {
        connected.push(parts.listen("").await);
    }
    assert!(read_refusal(&parts).await.starts_with("HTTP/1.1 503 "), "only when all connections are taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_can_be_turned_off() {
    let clock = LimitClock::Fake(FakeRelativeClock::default());
    let house = House::open_by(clock, |config| config.rate_limits = Switch::Off).await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..=LimitedAction::Post.quota().person.burst {
        ann.posts(&n.to_string()).await;
    }
}
