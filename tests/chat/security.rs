//! What an attacker would try: pages that are kept where they should not be, cookies and addresses that somebody else has
//! chosen, and questions whose answers tell more than they should.

use std::net::IpAddr;

use serde_json::json;
use taproom::domain::limits::MEMBERS_PICKED_MAX;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask};

/// A host that is not this one.
const EVIL: &str = "evil.example";

/// Every address that takes something, for somebody in the room at this path.
fn taking(room: &str) -> Vec<String> {
    let of_the_room =
        ["messages", "typing", "settings", "members", "members/Ben/remove", "leave", "archive", "delete", "undelete"];
    let of_the_reader = ["read", "unread", "draft", "level"];
    let of_the_room = of_the_room.iter().chain(&of_the_reader).map(|last| format!("{room}/{last}"));
    ["/join", "/leave", "/rooms", "/direct", "/read-all"].into_iter().map(str::to_owned).chain(of_the_room).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cache_between_keeps_what_is_somebodys_own_or_went_wrong() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let (permalink, older) = (format!("{}/messages/{id}", ann.room), format!("{}/older?before={id}", ann.room));
    let settings = format!("{}/settings", ann.room);
    let involvement = format!("{}/notifications", ann.room);
    let paths = [
        "/",
        "/rooms",
        &ann.room,
        &settings,
        &involvement,
        &older,
        &permalink,
        "/me.css",
        "/nothing",
        "/rooms/nowhere",
    ];
    for path in paths.into_iter().chain(["/join", "/assets/none.css", "/up", "/ready"]) {
        for accept in ["text/html", "text/plain", "application/json"] {
            for answer in [ann.reads(path, accept).await, house.read(path, accept).await] {
                let kept = answer.header("cache-control").to_owned();
                assert!(kept == "no-store" || kept.starts_with("private, "), "{} {path}: {kept}", answer.status);
                assert!(answer.status < 400 || kept == "no-store", "{} {path}: {kept}", answer.status);
            }
        }
    }
    assert_eq!(ask(ann.post().body("hi")).await.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_https_is_known_browsers_are_told_to_come_by_nothing_else() {
    const HEADER: &str = "strict-transport-security";
    let public = House::open_as(|config| config.public_url = Some("https://chat.example".parse().unwrap())).await;
    for path in ["/", "/nothing", "/me.css", "/rooms/lobby/live"] {
        let answer = ask(public.get(path).header("host", "chat.example")).await;
        assert_eq!(answer.header(HEADER), "max-age=31536000", "{path}");
    }
    let proxied = House::open_as(|config| config.trusted_proxy = vec![IpAddr::from([127, 0, 0, 1]).into()]).await;
    let by = |scheme: &str| proxied.get("/").header("x-forwarded-for", "192.0.2.1").header("x-forwarded-proto", scheme);
    assert!(ask(by("https")).await.has(HEADER) && !ask(by("http")).await.has(HEADER));
    let plain = House::open().await;
    assert!(!ask(plain.get("/").header("x-forwarded-proto", "https")).await.has(HEADER), "nobody is believed");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_https_is_known_a_cookie_that_a_neighbouring_host_could_set_is_nobodys() {
    let house = House::open_as(|config| config.public_url = Some("https://chat.example".parse().unwrap())).await;
    let enter = house.post("/join").header("host", "chat.example").header("accept", "application/json");
    let welcome = ask(enter.form(&[("room", "lobby"), ("name", "Mallory")])).await;
    let token = welcome.json()["token"].as_str().unwrap().to_owned();
    let by = async |cookie: String| ask(house.get("/").header("host", "chat.example").header("cookie", cookie)).await;
    assert!(by(format!("__Host-taproom={token}")).await.text().contains("Mallory"));
    let tossed = by(format!("taproom={token}")).await;
    assert_eq!(tossed.status, 200);
    assert!(!tossed.text().contains("Mallory") && !tossed.has("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_somebody_else_has_chosen_is_never_taken_over() {
    let house = House::open().await;
    let chosen = "A".repeat(43);
    for cookie in [format!("taproom={chosen}"), format!("__Host-taproom={chosen}")] {
        let enter = house.post("/join").header("cookie", cookie).header("accept", "application/json");
        let welcome = ask(enter.form(&[("room", ROOM), ("name", ANN)])).await;
        if welcome.status == 409 {
            continue; // the name is hers by now, and that cookie does not show it
        }
        assert_ne!(welcome.json()["token"], json!(chosen));
        assert!(!welcome.header("set-cookie").contains(&chosen));
    }
    let shown = house.get("/rooms").header("cookie", format!("taproom={chosen}"));
    assert_eq!(ask(shown).await.status, 401, "and nobody is known by it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_sent_again_tells_nothing_of_a_room_one_no_longer_sees() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let room = ann.creates("Plans", "private", BEN).await;
    let inside = Guest { room: room.clone(), ..ben.clone() };
    let say = |guest: &Guest| guest.post().header("idempotency-key", "once").json(&json!({ "body": "hello" }));
    assert_eq!(ask(say(&inside)).await.status, 201);
    let removal = format!("{room}/members/{}/remove", crate::harness::encoded(BEN));
    assert_eq!(ann.sends(&removal, &[]).await.status, 200);
    let renamed = ann.sends(&format!("{room}/settings"), &[("name", "Party for Ben")]).await;
    assert_eq!(renamed.status, 200);
    let again = ask(say(&ben)).await;
    assert!(!again.text().contains("party") && !format!("{:?}", again.headers).contains("party"), "{again:?}");
    assert_eq!(again.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_people_than_one_request_may_bring_in_are_refused_before_any_is() {
    let house = House::open().await;
    let (ann, _ben) = (house.guest(ANN, "lobby").await, house.guest("Ben", "lobby").await);
    let room = ann.creates("Plans", "private", "").await;
    let (many, enough) = ("Ben,".repeat(MEMBERS_PICKED_MAX + 1), "Ben,".repeat(MEMBERS_PICKED_MAX));
    let requests = [
        ("/rooms", vec![("name", "Other"), ("visibility", "private"), ("members", &many)]),
        ("/direct", vec![("names", many.as_str())]),
        (&format!("{room}/members"), vec![("name", many.as_str())]),
    ];
    for (path, form) in requests {
        let answer = ann.sends(path, &form).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.text());
        assert!(answer.text().contains(&MEMBERS_PICKED_MAX.to_string()), "{path}: {}", answer.text());
    }
    assert!(!ann.reads(&format!("{room}/settings"), "text/html").await.text().contains("Ben"), "nobody was brought in");
    assert_eq!(ann.sends(&format!("{room}/members"), &[("name", &enough)]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_name_learns_at_which_address_a_room_was() {
    let house = House::open().await;
    let ann = house.guest(ANN, "lobby").await;
    let room = ann.creates("Garden", "open", "").await;
    assert_eq!(ann.sends(&format!("{room}/delete"), &[]).await.status, 204);
    let told = async |path: &str| {
        let answer = ask(house.post(&format!("{path}/undelete")).header("accept", "application/json")).await;
        (answer.status, answer.text().replace("garden", "orchard"))
    };
    assert_eq!(told(&room).await, told("/rooms/orchard").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_leads_to_another_host() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let named = async |name: &str| ann.in_room(name).await.room;
    let (slashes, back) = (named(&format!("//{EVIL}")).await, named(&format!("\\\\{EVIL}")).await);
    let (permalink, settings) = (format!("{}/messages/{id}", ann.room), format!("{}/settings", ann.room));
    let mut led = 0;
    let mut leads = |answer: &Answer| {
        let location = answer.headers.get("location").map(|location| location.to_str().unwrap().to_owned());
        if let Some(location) = location {
            assert!(location.starts_with("/") && !location.starts_with("//") && !location.contains('\\'), "{location}");
            led += 1;
        }
    };
    for path in [&permalink, &slashes, &back, "/leave", &format!("//{EVIL}/rooms"), &format!("/rooms//{EVIL}")] {
        let request = house.get(path).header("accept", "text/html").header("host", EVIL);
        leads(&ask(request.header("x-forwarded-host", EVIL)).await);
    }
    for (path, form) in [("/join", vec![("room", "//evil.example")]), (&settings, vec![("name", "//evil.example/x")])] {
        let request = house.post(path).bearer_auth(&ann.token).header("accept", "text/html").header("host", EVIL);
        leads(&ask(request.form(&form)).await);
    }
    assert_eq!(led, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_site_changes_anything_at_any_address_in_any_form() {
    let house = House::open().await;
    let (ann, _ben) = (house.guest(ANN, ROOM).await, house.guest("Ben", ROOM).await);
    let page = ann.reads(&ann.room, "application/json").await.json();
    let kinds = ["text/plain", "application/x-www-form-urlencoded", "application/json", "multipart/form-data"];
    for path in taking(&ann.room) {
        for kind in kinds {
            for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
                let request = house.post(&path).header("cookie", ann.cookie()).header("content-type", kind);
                let answer = ask(request.header(foreign.0, foreign.1).body(r#"{"body":"forged","name":"x="}"#)).await;
                assert_eq!(answer.status, 403, "{path} {kind} {foreign:?}: {}", answer.text());
                assert!(!answer.has("set-cookie"));
            }
        }
        let read = ask(house.get(&path).header("cookie", ann.cookie()).header("sec-fetch-site", "cross-site")).await;
        assert!(matches!(read.status, 200 | 405), "reading {path} does nothing: {}", read.status);
    }
    assert_eq!(ann.reads(&ann.room, "application/json").await.json(), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_origin_may_read_anything() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for path in ["/", &ann.room, "/me.css", "/up", "/nothing", &format!("{}/live", ann.room)] {
        for method in [reqwest::Method::GET, reqwest::Method::OPTIONS, reqwest::Method::HEAD] {
            let request = house.http.request(method, format!("{}{path}", house.url)).header("cookie", ann.cookie());
            let request =
                request.header("origin", "https://evil.example").header("access-control-request-method", "GET");
            let response = crate::harness::within("a head", request.send()).await.unwrap();
            assert!(!response.headers().keys().any(|name| name.as_str().starts_with("access-control-")), "{path}");
        }
    }
}
