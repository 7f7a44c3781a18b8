//! Sessions: listing them, ending one or all others, and the streams that end with them.

use serde_json::{Value, json};

use crate::account::{PASSWORD, is_known, member, send, settings, signs_in};
use crate::harness::{ANN, BEN, Ears, Guest, House, ROOM, ask};

/// The sessions of a person, as the person sees them.
async fn devices(guest: &Guest) -> Vec<Value> {
    settings(guest, "/devices", None).await.json().as_array().expect("a list").clone()
}

fn current(devices: &[Value]) -> &str {
    let mut ids = devices.iter().filter(|device| device["current"] == true);
    let id = ids.next().expect("one is the current one")["id"].as_str().expect("an id");
    assert!(ids.next().is_none(), "only one is the current one: {devices:?}");
    id
}

/// Waits for the stream's `gone` event, and asserts that nothing follows it.
pub async fn is_over(mut ears: Ears) {
    loop {
        let event = ears.next().await.expect("a gone event");
        if event.name == "gone" {
            break;
        }
        assert!(event.id.is_none(), "only presence is sent before the end: {event:?}");
    }
    assert!(ears.next().await.is_none(), "nothing follows");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_device_is_listed_and_signing_one_out_ends_its_stream() {
    let house = House::open().await;
    let desk = member(&house, ANN, ROOM).await;
    let (phone, tablet) = (signs_in(&house, &desk, PASSWORD).await, signs_in(&house, &desk, PASSWORD).await);
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let firefox = house.post("/sign-in").header("user-agent", agent).header("accept", "application/json");
    assert_eq!(ask(firefox.form(&[("name", ANN), ("password", PASSWORD)])).await.status, 200);
    let listed = devices(&desk).await;
    assert_eq!(listed.len(), 4);
    assert!(listed.iter().any(|device| device["name"] == "Firefox on Linux" && device["address"] == "127.0.0.1"));
    let page = ask(house.get("/settings/devices").header("cookie", desk.cookie())).await;
    assert_eq!(page.text().matches("this browser").count(), 1);
    assert_eq!(page.text().matches("/revoke\"").count(), 3, "the current session has no button");

    let id = current(&devices(&phone).await).to_owned();
    let (ears, others) = (phone.listen("as=json").await, tablet.listen("as=json").await);
    let revoke = house.post(&format!("/settings/devices/{id}/revoke")).header("cookie", desk.cookie());
    let revoked = ask(revoke.header("accept", "text/html")).await;
    assert_eq!((revoked.status, revoked.header("location")), (303, "/settings/devices?done=revoked"));
    is_over(ears).await;
    let resumed = house.get(&format!("{}/live", phone.room)).bearer_auth(&phone.token).header("last-event-id", "1");
    assert_eq!(ask(resumed).await.status, 401, "the old token does not resume");
    assert!(!is_known(&phone).await);
    let mut others = others;
    desk.posts("still here?").await;
    assert_eq!(others.hears_texts(1).await, ["still here?"], "the other devices still listen");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_other_devices_of_one_person_are_signed_out_at_once() {
    let house = House::open().await;
    let (desk, ben) = (member(&house, ANN, ROOM).await, member(&house, BEN, ROOM).await);
    let (phone, tablet) = (signs_in(&house, &desk, PASSWORD).await, signs_in(&house, &desk, PASSWORD).await);
    let (one, other) = (phone.listen("as=json").await, tablet.listen("as=text").await);
    let answer = settings(&desk, "/devices/revoke-others", Some(json!({}))).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    is_over(one).await;
    is_over(other).await;
    assert!(!is_known(&phone).await && !is_known(&tablet).await);
    assert!(is_known(&desk).await && is_known(&ben).await);
    assert_eq!(devices(&desk).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_sign_out_another_person() {
    let house = House::open().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, member(&house, BEN, ROOM).await);
    let id = current(&devices(&ann).await).to_owned();
    for id in [id.as_str(), "0000000000000000", "nothing", "%00", "ffffffffffffffffff"] {
        for kind in ["devices", "tokens"] {
            let answer = settings(&ben, &format!("/{kind}/{id}/revoke"), Some(json!({}))).await;
            assert_eq!(answer.status, 404, "{kind} {id}");
        }
    }
    assert!(is_known(&ann).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn changing_the_password_needs_the_old_one_and_ends_other_sessions() {
    let house = House::open().await;
    let desk = member(&house, ANN, ROOM).await;
    let phone = signs_in(&house, &desk, PASSWORD).await;
    let ears = phone.listen("as=html").await;
    let change = |current: &'static str, password: &'static str| {
        settings(&desk, "/password", Some(json!({ "current": current, "password": password })))
    };
    let wrong = change("not my password", "another password").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("current password"));
    assert!(is_known(&phone).await, "nothing has changed");
    let changed = change(PASSWORD, "another password").await;
    assert_eq!(changed.status, 200);
    let new = crate::account::with(&desk, &changed);
    is_over(ears).await;
    assert!(!is_known(&phone).await && !is_known(&desk).await, "the old tokens are invalid");
    assert!(is_known(&new).await);
    assert_eq!(send(&house, "/sign-in", json!({ "name": ANN, "password": PASSWORD })).await.status, 401);
    signs_in(&house, &new, "another password").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_cookies_are_ignored() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let mut swapped = ann.token.clone().into_bytes();
    swapped[0] = if swapped[0] == b'A' { b'B' } else { b'A' };
    let swapped = String::from_utf8(swapped).unwrap();
    let long = "A".repeat(4_000);
    for token in ["", "A", &ann.token[..42], &swapped, &long, "é", "\"", &"A".repeat(43), "__Host-taproom="] {
        for path in ["/settings", "/settings/password", "/settings/devices", "/settings/tokens", "/register"] {
            let page = house.get(path).header("cookie", format!("taproom={token}")).header("accept", "text/html");
            assert_eq!(ask(page).await.status, 401, "{path} {token}");
        }
        let sign_in = house.post("/sign-in").header("cookie", format!("taproom={token}; theme={token}"));
        let sign_in = sign_in.header("accept", "text/html").form(&[("name", ANN), ("password", PASSWORD)]);
        assert_eq!(ask(sign_in).await.status, 303, "{token}");
    }
    let ended = signs_in(&house, &ann, PASSWORD).await;
    ask(house.post("/sign-out").header("cookie", ended.cookie())).await;
    for path in ["/settings", "/settings/devices"] {
        let page = house.get(path).header("cookie", ended.cookie()).header("accept", "text/html");
        assert_eq!(ask(page).await.status, 401, "an ended session stays ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_cannot_sign_in_or_out_or_change_settings() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    for path in [
        "/sign-in",
        "/sign-out",
        "/register",
        "/recover",
        "/settings/password",
        "/settings/theme",
        "/settings/devices/revoke-others",
        "/settings/tokens",
        "/settings/recovery-codes",
    ] {
        let request = house.post(path).header("cookie", ann.cookie()).header("sec-fetch-site", "cross-site");
        let answer = ask(request.form(&[("name", ANN), ("password", PASSWORD)])).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.has("set-cookie"), "{path}");
    }
    assert!(is_known(&ann).await);
}
