//! What is counted, read as a program that watches reads it: it moves with what happens, tells nothing that anybody
//! wrote, and only those who may see it do.

use std::net::SocketAddr;

use reqwest::RequestBuilder;
use serde_json::json;
use taproom::app::{self, RunningServer};
use tempfile::TempDir;

use crate::harness::{ANN, Answer, BEN, House, ROOM, ask, client, config, guest, until};

const TOKEN: &str = "0123456789abcdef";

/// The meters at one moment.
struct Meters(String);

impl Meters {
    async fn read(url: &str) -> Self {
        let answer = ask(client().get(format!("{url}/metrics"))).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self(answer.text().to_owned())
    }

    /// A number, by its name and labels; 0 if it is not there.
    fn get(&self, name: &str) -> f64 {
        let value = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().expect("it is a number"))
    }

    fn deliveries(&self) -> f64 {
        ["tail", "feed"]
            .iter()
            .map(|source| self.get(&format!("taproom_deliveries_total{{source=\"{source}\"}}")))
            .sum()
    }
}

/// Waits until a number is what it should be.
async fn reads(url: &str, name: &str, expected: f64) {
    until(name, || async { Meters::read(url).await.get(name) == expected }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_meters_move_with_what_happens() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let before = Meters::read(&house.url).await;
    assert_eq!((before.get("taproom_posts_total"), before.deliveries()), (0.0, 0.0));
    assert_eq!((before.get("taproom_batch_commands_count"), before.get("taproom_commit_seconds_count")), (1.0, 1.0));

    let mut ears = ann.listen("as=json").await;
    reads(&house.url, "taproom_listeners", 1.0).await;
    for _ in 0..2 {
        let post = ann.post().header("idempotency-key", "once").json(&json!({ "body": "hi" }));
        assert_eq!(ask(post).await.status, 201);
    }
    assert_eq!(ears.hears_texts(1).await, ["hi"]);
    reads(&house.url, "taproom_fan_out_seconds_count", 1.0).await;
    let after = Meters::read(&house.url).await;
    assert_eq!((after.get("taproom_posts_total"), after.deliveries()), (1.0, 1.0), "sent twice, posted once");
    assert_eq!((after.get("taproom_batch_commands_count"), after.get("taproom_batch_commands_sum")), (3.0, 3.0));
    assert_eq!(after.get("taproom_batch_commands_bucket{le=\"1.0\"}"), 3.0, "each was a batch of one");
    assert_eq!(after.get("taproom_commit_seconds_count"), 3.0);
    assert!(after.get("taproom_commit_seconds_sum") > 0.0);
    assert!(after.get("taproom_connections") >= 1.0);
    drop(ears);
    reads(&house.url, "taproom_listeners", 0.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_is_counted_apart() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for text in ["one", "two", "three"] {
        ann.posts(text).await;
    }
    let mut ears = ann.listen("as=json&after=0").await;
    assert_eq!(ears.hears_texts(3).await, ["one", "two", "three"]);
    let meters = Meters::read(&house.url).await;
    assert_eq!(meters.get("taproom_deliveries_total{source=\"feed\"}"), 3.0);
    assert!(meters.get("taproom_feed_read_bytes_total") > 100.0, "and what it was, in bytes");
    assert_eq!(meters.get("taproom_resets_total"), 0.0);
    let lost = house.listen(&ann.room, "after=00000000-1").await;
    assert_eq!(lost.first.name, "reset");
    assert_eq!(Meters::read(&house.url).await.get("taproom_resets_total"), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_the_table_of_addresses_and_streams_have_no_duration() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("hi").await;
    let _ears = ann.listen("").await;
    for path in [&ann.room, "/rooms/nowhere", "/nothing/at/all", "/nothing/else"] {
        house.read(path, "text/html").await;
    }
    let meters = Meters::read(&house.url).await;
    let count = |route: &str, status: &str| {
        meters.get(&format!("taproom_http_requests_total{{route=\"{route}\",status=\"{status}\"}}"))
    };
    assert_eq!(count("/rooms/:room/messages", "2xx"), 1.0);
    assert_eq!((count("/rooms/:room", "2xx"), count("/rooms/:room", "4xx")), (1.0, 1.0));
    assert_eq!((count("unmatched", "4xx"), count("/rooms/:room/live", "2xx")), (2.0, 1.0));
    let timed = |route: &str| meters.get(&format!("taproom_http_request_seconds_count{{route=\"{route}\"}}"));
    assert_eq!((timed("/rooms/:room"), timed("/rooms/:room/live")), (2.0, 0.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_counted_by_its_kind() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let enter = |room: &str, name: &str| house.post("/join").form(&[("room", room), ("name", name)]);
    let page = |room: &str, name: &str| enter(room, name).header("accept", "text/html");
    let long = "x".repeat(9_000);
    let refused: [(&str, RequestBuilder); 19] = [
        ("name_blank", enter("a", " ")),
        ("name_too_long", enter("a", &long)),
        ("name_taken", enter("a", ANN)),
        ("name_taken", page("a", ANN)), // a form that is shown again, with the reason beside its field
        ("room_blank", enter(" ", "Cy")),
        ("room_too_long", enter(&long, "Cy")),
        ("room_unknown", house.get("/rooms/nowhere")),
        ("message_unknown", house.get(&format!("{}/messages/999999", ann.room))),
        ("body_blank", ann.post().body(" ")),
        ("body_too_long", ann.post().body(long.clone())),
        ("nonce_invalid", ben.post().header("idempotency-key", long.clone()).body("hi")),
        ("name_needed", house.post(&format!("{}/messages", ann.room)).body("hi")),
        ("token_unknown", house.get(&ann.room).bearer_auth("nobody")),
        ("foreign_origin", house.post("/leave").header("sec-fetch-site", "cross-site")),
        ("too_large", ann.post().body("x".repeat(70_000))),
        ("unreadable", ann.post().header("content-type", "application/json").body("{")),
        ("query_invalid", house.get(&format!("{}?before=soon", ann.room))),
        ("nothing", house.get("/nowhere")),
        ("method_unknown", house.post("/up")),
    ];
    for (kind, request) in refused {
        let name = format!("taproom_refusals_total{{kind=\"{kind}\"}}");
        let before = Meters::read(&house.url).await.get(&name);
        let answer = ask(request).await;
        assert!((400..500).contains(&answer.status), "{kind} is refused: {}", answer.status);
        assert_eq!(Meters::read(&house.url).await.get(&name), before + 1.0, "{kind} is counted, once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_is_valid_in_both_forms_and_its_labels_are_bounded() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("hi").await;
    house.read("/rooms/nowhere", "text/html").await;
    let old = ask(house.get("/metrics")).await;
    assert_eq!(old.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let new = house.read("/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5").await;
    assert_eq!(new.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(new.text().ends_with("\n# EOF\n"));

    let mut samples = 0;
    for line in old.text().lines().filter(|line| *line != "# EOF") {
        if let Some(comment) = line.strip_prefix("# ") {
            let words: Vec<&str> = comment.splitn(3, ' ').collect();
            let known = ["counter", "gauge", "histogram"];
            assert!(matches!(words[0], "HELP" | "UNIT") || words[0] == "TYPE" && known.contains(&words[2]), "{line}");
            continue;
        }
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        assert!(name.starts_with("taproom_") || name.starts_with("process_"), "{line}");
        for label in name.split_once('{').map_or("", |(_, labels)| labels).split("\",") {
            let key = label.split('=').next().unwrap_or("");
            assert!(["", "kind", "route", "status", "source", "le", "version"].contains(&key), "{key} in {line}");
        }
        samples += 1;
    }
    assert!(samples > 60, "there is much to see: {samples}");
    let meters = Meters(old.text().to_owned());
    assert_eq!(meters.get(&format!("taproom_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"))), 1.0);
    for there in ["taproom_data_file_bytes", "process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
        assert!(meters.get(there) > 1.0, "{there}");
    }
    assert!(meters.get("process_start_time_seconds") > 1.7e9, "seconds after 1970");
}

/// A house whose meters have a token, for programs on other machines.
async fn with_token() -> (RunningServer, TempDir, SocketAddr) {
    let directory = tempfile::tempdir().unwrap();
    let config = taproom::config::Config { metrics_token: Some(TOKEN.to_owned()), ..config(directory.path()) };
    let running = app::start(&config).await.unwrap();
    let address = running.address();
    (running, directory, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_only_this_machine_reads_them_and_not_through_a_proxy() {
    let (house, (_running, _directory, address)) = (House::open().await, with_token().await);
    for url in [house.url.clone(), format!("http://{address}")] {
        let metrics = || client().get(format!("{url}/metrics"));
        let nowhere = ask(client().get(format!("{url}/nowhere"))).await;
        let is_hidden = |answer: Answer, what: &str| {
            assert_eq!((answer.status, answer.text()), (404, nowhere.text()), "{what} looks like nothing is there");
        };
        assert_eq!(ask(metrics()).await.status, 200);
        let port = url.rsplit(':').next().unwrap();
        for here in [format!("localhost:{port}"), format!("[::1]:{port}"), "LOCALHOST".to_owned()] {
            assert_eq!(ask(metrics().header("host", &here)).await.status, 200, "{here} is this machine");
        }
        for header in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
            is_hidden(ask(metrics().header(header, "127.0.0.1")).await, header);
            is_hidden(ask(metrics().header(header, "")).await, header);
        }
        for host in ["chat.example", "localhost.chat.example:8000", "192.0.2.1:8000", "127.0.0.1.nip.example"] {
            is_hidden(ask(metrics().header("host", host)).await, host);
        }
        for wrong in ["0123456789abcdeg", "0123456789abcde", "", "Bearer 0123456789abcdef"] {
            is_hidden(ask(metrics().header("via", "1.1 proxy").bearer_auth(wrong)).await, wrong);
        }
        is_hidden(ask(metrics().header("via", "1.1 proxy").basic_auth("x", Some(TOKEN))).await, "another scheme");
    }
    let elsewhere = client().get(format!("{}/metrics", house.url)).header("via", "1.1 proxy").bearer_auth(TOKEN);
    assert_eq!(ask(elsewhere).await.status, 404, "where no token was given, none is right");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_token_they_are_read_from_anywhere() {
    let (_running, _directory, address) = with_token().await;
    let url = format!("http://{address}");
    let ann = guest(&client(), &url, ANN, ROOM).await;
    ann.posts("hi").await;
    let metrics = client().get(format!("{url}/metrics")).header("x-forwarded-for", "192.0.2.7").bearer_auth(TOKEN);
    let answer = ask(metrics.header("host", "chat.example")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert_eq!(Meters(answer.text().to_owned()).get("taproom_posts_total"), 1.0);
}
