//! Tokens for scripts: shown once, good for what their owner lets them, and never for the account.

use serde_json::{Value, json};

use crate::account::{PASSWORD, is_known, member, settings, signs_in};
use crate::harness::{ANN, BEN, Guest, House, ROOM, ask};
use crate::read_state::{reads_to, unread};
use crate::sessions::is_over;

/// Makes one; what its owner is told.
async fn make(guest: &Guest, name: &str, scopes: &str) -> Value {
    let answer = settings(guest, "/tokens", Some(json!({ "name": name, "scopes": scopes }))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.text());
    answer.json()
}

fn script(guest: &Guest, made: &Value) -> Guest {
    Guest { token: made["token"].as_str().expect("it is told").to_owned(), ..guest.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_good_for_its_scopes_and_for_nothing_else() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    for (scopes, reads, posts) in [("read", true, false), ("post", false, true), ("read post", true, true)] {
        let script = script(&ann, &make(&ann, "deploys", scopes).await);
        let get = |path: &str| ask(house.get(path).bearer_auth(&script.token).header("accept", "application/json"));
        for path in [script.room.clone(), format!("{}/older?before=1", script.room), "/".to_owned()] {
            assert_eq!(get(&path).await.status, if reads { 200 } else { 403 }, "{scopes} {path}");
        }
        let live = house.get(&format!("{}/live", script.room)).bearer_auth(&script.token);
        assert_eq!(live.send().await.unwrap().status(), if reads { 200 } else { 403 }, "{scopes}");
        let post = ask(script.post().json(&json!({ "body": "17 is out" }))).await;
        assert_eq!(post.status, if posts { 201 } else { 403 }, "{scopes}");
        let basic = house.post(&format!("{}/messages", script.room)).basic_auth(&script.name, Some(&script.token));
        assert_eq!(ask(basic.body("by name")).await.status, if posts { 201 } else { 403 }, "{scopes}");
        let stranger = house.post(&format!("{}/messages", script.room)).basic_auth(BEN, Some(&script.token));
        assert_eq!(ask(stranger.body("as somebody else")).await.status, 401, "{scopes}");
        for path in ["", "/devices", "/tokens", "/password", "/recovery-codes"] {
            assert_eq!(settings(&script, path, None).await.status, 403, "{scopes} {path}");
        }
        for (path, fields) in [
            ("/settings/password", json!({ "current": PASSWORD, "password": "another password" })),
            ("/settings/tokens", json!({ "name": "more", "scopes": "read" })),
            ("/settings/recovery-codes", json!({})),
            ("/settings/devices/revoke-others", json!({})),
            ("/register", json!({ "password": PASSWORD })),
            ("/leave", json!({})),
            ("/sign-out", json!({})),
            ("/join", json!({ "room": "another" })),
        ] {
            let answer = ask(house.post(path).bearer_auth(&script.token).json(&fields)).await;
            assert_eq!(answer.status, 403, "{scopes} {path}");
        }
    }
    assert_eq!(settings(&ann, "/tokens", None).await.json().as_array().unwrap().len(), 3, "none was made by another");
    signs_in(&house, &ann, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_says_has_read_nothing_for_its_owner_unless_it_may_read_and_never_what_speaks_to_them() {
    let house = House::open().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let only_posts = script(&ann, &make(&ann, "deploys", "post").await);
    let also_reads = script(&ann, &make(&ann, "terminal", "read post").await);
    reads_to(&ann, ben.posts("read").await).await;
    ben.posts("one").await;
    only_posts.posts("17 is out").await;
    ben.posts("three").await;
    assert_eq!(unread(&ann).await, (3, 0), "what came before a job's words is as new to her as it was");
    also_reads.posts("I see").await;
    ben.posts("one").await;
    assert_eq!(unread(&ann).await, (1, 0), "whoever speaks where they read has read");
    for (call, by) in [(format!("@{ANN}, look"), &also_reads), ("@room, look".to_owned(), &ann)] {
        let before = ben.posts("before").await;
        let (calls, hers) = (ben.posts(&call).await, by.posts("again").await);
        let last = ben.posts("last").await;
        assert!(before < calls && calls < hers);
        assert_eq!(unread(&ann).await, (3, 1), "from “{call}” on it is all unread");
        reads_to(&ann, last).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_once_with_a_line_that_works_and_is_over_when_its_owner_says_so() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let form = [("name", "<b>deploys</b>"), ("scopes", "read"), ("scopes", "post")];
    let make = house.post("/settings/tokens").header("cookie", ann.cookie()).header("accept", "text/html").form(&form);
    let page = ask(make).await;
    assert_eq!((page.status, page.header("cache-control")), (201, "no-store"));
    assert!(!page.text().contains("<b>deploys"));
    let token = page.text().split_once(r#"<code id="token">"#).unwrap().1.split('<').next().unwrap().to_owned();
    let line = page.text().split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    assert!(line.contains(&token) && line.contains(&house.url), "{line}");
    let said = crate::terminal::run(line).await;
    assert!(said.ends_with(&format!("{ANN}: Hello\n")), "{said}");

    let listed = ask(house.get("/settings/tokens").header("cookie", ann.cookie())).await;
    assert!(!listed.text().contains(&token), "it is shown once");
    assert!(listed.text().contains("&lt;b&gt;deploys&lt;/b&gt;"));
    let script = Guest { token, ..ann.clone() };
    let ears = script.listen("as=json").await;
    let id = settings(&ann, "/tokens", None).await.json()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(settings(&ann, &format!("/tokens/{id}/revoke"), Some(json!({}))).await.status, 204);
    is_over(ears).await;
    assert_eq!(ask(script.post().json(&json!({ "body": "still?" }))).await.status, 401);
    assert_eq!(settings(&ann, &format!("/tokens/{id}/revoke"), Some(json!({}))).await.status, 404, "it is over once");
    assert!(is_known(&ann).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_leaves_the_scripts_alone_and_a_guest_has_none() {
    let house = House::open().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let script = script(&ann, &make(&ann, "deploys", "post").await);
    let change = json!({ "current": PASSWORD, "password": "another password" });
    assert_eq!(settings(&ann, "/password", Some(change)).await.status, 200);
    script.posts("made on purpose, ended on purpose").await;
    for path in ["/tokens", "/password", "/recovery-codes"] {
        let refused = settings(&ben, path, None).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text().contains("Create an account first."));
    }
    let made = settings(&ben, "/tokens", Some(json!({ "name": "x", "scopes": "read" }))).await;
    assert_eq!(made.status, 403);
    let page = ask(house.get("/settings").header("cookie", ben.cookie())).await;
    assert!(page.text().contains("/register") && !page.text().contains("/settings/tokens"));
}
