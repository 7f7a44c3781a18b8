//! What an attacker would try: pages kept in shared caches, cookies and addresses that another site chose, and
//! responses that reveal too much.

use std::net::IpAddr;

use serde_json::json;
use taproom::domain::limits::MEMBERS_PICKED_MAX;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask};

/// A host that is not this one.
const EVIL: &str = "evil.example";

/// Every address that accepts changes, for a member of the room at this path.
fn changing_paths(room: &str) -> Vec<String> {
    let room_paths =
        ["messages", "typing", "settings", "members", "members/Ben/remove", "leave", "archive", "delete", "undelete"];
    let reader_paths = ["read", "unread", "draft", "notifications"];
    let room_paths = room_paths.iter().chain(&reader_paths).map(|last| format!("{room}/{last}"));
    ["/join", "/leave", "/rooms", "/direct", "/read-all"].into_iter().map(str::to_owned).chain(room_paths).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_caches_keep_neither_private_pages_nor_errors() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let (permalink, older) = (format!("{}/messages/{id}", ann.room), format!("{}/older?before={id}", ann.room));
    let settings = format!("{}/settings", ann.room);
    let notifications = format!("{}/notifications", ann.room);
    let paths = [
        "/",
        "/rooms",
        &ann.room,
        &settings,
        &notifications,
        &older,
        &permalink,
        "/me.css",
        "/nothing",
        "/rooms/nowhere",
    ];
    for path in paths.into_iter().chain(["/join", "/assets/none.css", "/up", "/ready"]) {
        for accept in ["text/html", "text/plain", "application/json"] {
            for answer in [ann.reads(path, accept).await, house.read(path, accept).await] {
                let control = answer.header("cache-control").to_owned();
                let is_private = control == "no-store" || control.starts_with("private, ");
                assert!(is_private, "{} {path}: {control}", answer.status);
                assert!(answer.status < 400 || control == "no-store", "{} {path}: {control}", answer.status);
            }
        }
    }
    assert_eq!(ask(ann.post().body("hi")).await.header("cache-control"), "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn known_https_adds_strict_transport_security() {
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
    assert!(!ask(plain.get("/").header("x-forwarded-proto", "https")).await.has(HEADER), "no proxy is trusted");
}

#[tokio::test(flavor = "multi_thread")]
async fn known_https_ignores_cookies_that_a_neighbouring_host_could_set() {
    let house = House::open_as(|config| config.public_url = Some("https://chat.example".parse().unwrap())).await;
    let join = house.post("/join").header("host", "chat.example").header("accept", "application/json");
    let welcome = ask(join.form(&[("room", "lobby"), ("name", "Mallory")])).await;
    let token = welcome.json()["token"].as_str().unwrap().to_owned();
    let by = async |cookie: String| ask(house.get("/").header("host", "chat.example").header("cookie", cookie)).await;
    assert!(by(format!("__Host-taproom={token}")).await.text().contains("Mallory"));
    let tossed = by(format!("taproom={token}")).await;
    assert_eq!(tossed.status, 200);
    assert!(!tossed.text().contains("Mallory") && !tossed.has("set-cookie"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_chosen_by_someone_else_is_never_adopted() {
    let house = House::open().await;
    let chosen = "A".repeat(43);
    for cookie in [format!("taproom={chosen}"), format!("__Host-taproom={chosen}")] {
        let join = house.post("/join").header("cookie", cookie).header("accept", "application/json");
        let welcome = ask(join.form(&[("room", ROOM), ("name", ANN)])).await;
        if welcome.status == 409 {
            continue; // the name is taken by now, and that cookie does not prove it
        }
        assert_ne!(welcome.json()["token"], json!(chosen));
        assert!(!welcome.header("set-cookie").contains(&chosen));
    }
    let request = house.get("/rooms").header("cookie", format!("taproom={chosen}"));
    assert_eq!(ask(request).await.status, 401, "the token authenticates nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_nonce_reveals_nothing_of_a_room_one_can_no_longer_see() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let room = ann.creates("Plans", "private", BEN).await;
    let member = Guest { room: room.clone(), ..ben.clone() };
    let post = |guest: &Guest| guest.post().header("idempotency-key", "once").json(&json!({ "body": "hello" }));
    assert_eq!(ask(post(&member)).await.status, 201);
    let removal = format!("{room}/members/{}/remove", crate::harness::encoded(BEN));
    assert_eq!(ann.sends(&removal, &[]).await.status, 200);
    let renamed = ann.sends(&format!("{room}/settings"), &[("name", "Party for Ben")]).await;
    assert_eq!(renamed.status, 200);
    let again = ask(post(&ben)).await;
    assert!(!again.text().contains("party") && !format!("{:?}", again.headers).contains("party"), "{again:?}");
    assert_eq!(again.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_people_in_one_request_are_refused_before_any_is_added() {
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
    assert!(!ann.reads(&format!("{room}/settings"), "text/html").await.text().contains("Ben"), "nobody was added");
    assert_eq!(ann.sends(&format!("{room}/members"), &[("name", &enough)]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn anonymous_visitors_learn_no_address_of_a_deleted_room() {
    let house = House::open().await;
    let ann = house.guest(ANN, "lobby").await;
    let room = ann.creates("Garden", "open", "").await;
    assert_eq!(ann.sends(&format!("{room}/delete"), &[]).await.status, 204);
    let status_and_text = async |path: &str| {
        let answer = ask(house.post(&format!("{path}/undelete")).header("accept", "application/json")).await;
        (answer.status, answer.text().replace("garden", "orchard"))
    };
    assert_eq!(status_and_text(&room).await, status_and_text("/rooms/orchard").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_redirect_leads_to_another_host() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let create = async |name: &str| ann.in_room(name).await.room;
    let (slashes, back) = (create(&format!("//{EVIL}")).await, create(&format!("\\\\{EVIL}")).await);
    let (permalink, settings) = (format!("{}/messages/{id}", ann.room), format!("{}/settings", ann.room));
    let mut redirects = 0;
    let mut check = |answer: &Answer| {
        let location = answer.headers.get("location").map(|location| location.to_str().unwrap().to_owned());
        if let Some(location) = location {
            assert!(location.starts_with("/") && !location.starts_with("//") && !location.contains('\\'), "{location}");
            redirects += 1;
        }
    };
    for path in [&permalink, &slashes, &back, "/leave", &format!("//{EVIL}/rooms"), &format!("/rooms//{EVIL}")] {
        let request = house.get(path).header("accept", "text/html").header("host", EVIL);
        check(&ask(request.header("x-forwarded-host", EVIL)).await);
    }
    for (path, form) in [("/join", vec![("room", "//evil.example")]), (&settings, vec![("name", "//evil.example/x")])] {
        let request = house.post(path).bearer_auth(&ann.token).header("accept", "text/html").header("host", EVIL);
        check(&ask(request.form(&form)).await);
    }
    assert_eq!(redirects, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_site_changes_anything() {
    let house = House::open().await;
    let (ann, _ben) = (house.guest(ANN, ROOM).await, house.guest("Ben", ROOM).await);
    let page = ann.reads(&ann.room, "application/json").await.json();
    let media_types = ["text/plain", "application/x-www-form-urlencoded", "application/json", "multipart/form-data"];
    for path in changing_paths(&ann.room) {
        for media_type in media_types {
            for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
                let request = house.post(&path).header("cookie", ann.cookie()).header("content-type", media_type);
                let answer = ask(request.header(foreign.0, foreign.1).body(r#"{"body":"forged","name":"x="}"#)).await;
                assert_eq!(answer.status, 403, "{path} {media_type} {foreign:?}: {}", answer.text());
                assert!(!answer.has("set-cookie"));
            }
        }
        let read = ask(house.get(&path).header("cookie", ann.cookie()).header("sec-fetch-site", "cross-site")).await;
        assert!(matches!(read.status, 200 | 405), "reading {path} changes nothing: {}", read.status);
    }
    assert_eq!(ann.reads(&ann.room, "application/json").await.json(), page);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_origin_can_read_anything() {
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
