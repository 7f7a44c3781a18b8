//! Personal tokens for scripts: shown once, limited to their scopes, and without access to the account.

use serde_json::{Value, json};

use crate::account::{PASSWORD, is_known, member, settings, signs_in};
use crate::harness::{ANN, BEN, Guest, House, ROOM, ask};
use crate::read_state::{reads_to, unread};
use crate::sessions::is_over;

/// Creates a token, and returns the answer as JSON.
async fn create(guest: &Guest, name: &str, scopes: &str) -> Value {
    let answer = settings(guest, "/tokens", Some(json!({ "name": name, "scopes": scopes }))).await;
    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"), "{}", answer.text());
    answer.json()
}

/// The same person with the new token.
fn script(guest: &Guest, created: &Value) -> Guest {
    Guest { token: created["token"].as_str().expect("a token").to_owned(), ..guest.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_allows_only_its_scopes() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    for (scopes, reads, posts) in [("read", true, false), ("post", false, true), ("read post", true, true)] {
        let script = script(&ann, &create(&ann, "deploys", scopes).await);
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
        assert_eq!(ask(stranger.body("as another person")).await.status, 401, "{scopes}");
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
    assert_eq!(settings(&ann, "/tokens", None).await.json().as_array().unwrap().len(), 3, "no token created another");
    signs_in(&house, &ann, PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn posting_marks_as_read_only_with_the_read_scope_and_never_a_mention() {
    let house = House::open().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let only_posts = script(&ann, &create(&ann, "deploys", "post").await);
    let also_reads = script(&ann, &create(&ann, "terminal", "read post").await);
    reads_to(&ann, ben.posts("read").await).await;
    ben.posts("one").await;
    only_posts.posts("17 is out").await;
    ben.posts("three").await;
    assert_eq!(unread(&ann).await, (3, 0), "a post without the read scope marks nothing as read");
    also_reads.posts("I see").await;
    ben.posts("one").await;
    assert_eq!(unread(&ann).await, (1, 0), "a post with the read scope marks as read");
    for (mention, poster) in [(format!("@{ANN}, look"), &also_reads), ("@room, look".to_owned(), &ann)] {
        let before = ben.posts("before").await;
        let (mentioned, posted) = (ben.posts(&mention).await, poster.posts("again").await);
        let last = ben.posts("last").await;
        assert!(before < mentioned && mentioned < posted);
        assert_eq!(unread(&ann).await, (3, 1), "everything from “{mention}” on stays unread");
        reads_to(&ann, last).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_with_a_working_command_and_can_be_revoked() {
    let house = House::open().await;
    let ann = member(&house, ANN, ROOM).await;
    let form = [("name", "<b>deploys</b>"), ("scopes", "read"), ("scopes", "post")];
    let request =
        house.post("/settings/tokens").header("cookie", ann.cookie()).header("accept", "text/html").form(&form);
    let page = ask(request).await;
    assert_eq!((page.status, page.header("cache-control")), (201, "no-store"));
    assert!(!page.text().contains("<b>deploys"));
    let token = page.text().split_once(r#"<code id="token">"#).unwrap().1.split('<').next().unwrap().to_owned();
    let line = page.text().split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
    assert!(line.contains(&token) && line.contains(&house.url), "{line}");
    let output = crate::terminal::run(line).await;
    assert!(output.ends_with(&format!("{ANN}: Hello\n")), "{output}");

    let listed = ask(house.get("/settings/tokens").header("cookie", ann.cookie())).await;
    assert!(!listed.text().contains(&token), "the list does not show the token");
    assert!(listed.text().contains("&lt;b&gt;deploys&lt;/b&gt;"));
    let script = Guest { token, ..ann.clone() };
    let ears = script.listen("as=json").await;
    let id = settings(&ann, "/tokens", None).await.json()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(settings(&ann, &format!("/tokens/{id}/revoke"), Some(json!({}))).await.status, 204);
    is_over(ears).await;
    assert_eq!(ask(script.post().json(&json!({ "body": "still?" }))).await.status, 401);
    assert_eq!(
        settings(&ann, &format!("/tokens/{id}/revoke"), Some(json!({}))).await.status,
        404,
        "a revoked token is gone"
    );
    assert!(is_known(&ann).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_survive_a_password_change_and_need_an_account() {
    let house = House::open().await;
    let (ann, ben) = (member(&house, ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let script = script(&ann, &create(&ann, "deploys", "post").await);
    let change = json!({ "current": PASSWORD, "password": "another password" });
    assert_eq!(settings(&ann, "/password", Some(change)).await.status, 200);
    script.posts("still valid").await;
    for path in ["/tokens", "/password", "/recovery-codes"] {
        let refused = settings(&ben, path, None).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text().contains("Create an account first."));
    }
    let refused = settings(&ben, "/tokens", Some(json!({ "name": "x", "scopes": "read" }))).await;
    assert_eq!(refused.status, 403);
    let page = ask(house.get("/settings").header("cookie", ben.cookie())).await;
    assert!(page.text().contains("/register") && !page.text().contains("/settings/tokens"));
}
