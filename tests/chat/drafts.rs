//! Drafts: stored per person and room until they are sent, and shown on every device.

use serde_json::json;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, escaped};
use crate::read_state::unread;

const HALF: &str = "\n half <b>a</b> \"sentence\" & </textarea><script>";

async fn saves(guest: &Guest, form: &[(&str, &str)]) -> Answer {
    guest.sends(&format!("{}/draft", guest.room), form).await
}

/// The text in the composer of a new page.
async fn composer_text(guest: &Guest) -> String {
    let page = guest.reads(&guest.room, "text/html").await;
    let (_, text) = page.text().split_once("<textarea id=\"text\"").expect("a page has a composer");
    let (_, text) = text.split_once('>').expect("a tag ends");
    let text = text.split_once("</textarea>").expect("a textarea ends").0;
    text.strip_prefix('\n').unwrap_or(text).to_owned()
}

async fn is_marked(guest: &Guest) -> bool {
    guest.reads("/rooms", "text/html").await.text().contains(", draft")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_on_the_page_and_marked_in_the_sidebar_of_its_author_only() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "").await;
    let saved = saves(&ann, &[("body", HALF)]).await;
    assert_eq!((saved.status, saved.bytes.len()), (204, 0));
    assert_eq!(composer_text(&ann).await, escaped(HALF.trim_start_matches('\n')));
    assert!(is_marked(&ann).await);
    assert_eq!((composer_text(&ben).await.as_str(), is_marked(&ben).await), ("", false));
    ben.posts("the next event").await;
    let event = ears.hears().await;
    assert!(event.data.contains("the next event"), "a draft is no event: {event:?}");
    assert_eq!(saves(&ann, &[("body", "  \n ")]).await.status, 204);
    assert_eq!((composer_text(&ann).await.as_str(), is_marked(&ann).await), ("", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_restart() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    saves(&ann, &[("body", "half a sentence")]).await;
    let house = House::open_on(house.close().await, taproom::live::ReplayLimits::default()).await;
    let ann = Guest { url: house.url.clone(), ..ann };
    assert_eq!(composer_text(&ann).await, "half a sentence");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_from_a_page_deletes_the_draft_and_one_by_a_program_does_not() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let posts = |accept: &'static str, htmx: bool| {
        let request = ann.http.post(format!("{}{}/messages", ann.url, ann.room)).header("cookie", ann.cookie());
        let request = if htmx { request.header("hx-request", "true") } else { request };
        ask(request.header("accept", accept).form(&[("body", "a whole sentence")]))
    };
    for htmx in [true, false] {
        saves(&ann, &[("body", "half a sentence")]).await;
        ann.posts("by a program").await;
        assert_eq!(composer_text(&ann).await, "half a sentence");
        assert!(posts("text/html", htmx).await.status < 400);
        assert_eq!(composer_text(&ann).await, "", "htmx: {htmx}");
        assert!(!is_marked(&ann).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_post_leaves_the_draft() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    saves(&ann, &[("body", "half a sentence")]).await;
    let request = ann.http.post(format!("{}{}/messages", ann.url, ann.room)).header("cookie", ann.cookie());
    let refused = ask(request.header("hx-request", "true").form(&[("body", " ")])).await;
    assert_eq!(refused.status, 422);
    assert_eq!(composer_text(&ann).await, "half a sentence");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_button_saves_the_draft_and_an_equal_one_is_not_written() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = ann.reads(&ann.room, "text/html").await;
    let button = format!(r#"formaction="{}/draft" formnovalidate>Save draft</button>"#, ann.room);
    assert!(page.text().contains(&button), "{}", page.text());
    let saves_by_form = || {
        let form = reqwest::multipart::Form::new().text("body", "half\r\na sentence").text("nonce", "n");
        let request = ann.http.post(format!("{}{}/draft", ann.url, ann.room)).header("cookie", ann.cookie());
        ask(request.header("accept", "text/html").multipart(form))
    };
    let answer = saves_by_form().await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    assert_eq!(composer_text(&ann).await, "half\na sentence");
    let cursor = || async { ann.reads(&ann.room, "application/json").await.json()["cursor"].clone() };
    let before = cursor().await;
    assert_eq!(saves_by_form().await.status, 303);
    assert_eq!(cursor().await, before);
    assert_eq!(unread(&ann).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_has_the_limits_of_a_message() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let message = ann.posts("said").await.to_string();
    assert_eq!(saves(&ann, &[("body", &"ü".repeat(8_000))]).await.status, 204);
    assert_eq!(composer_text(&ann).await, "ü".repeat(8_000));
    let long = saves(&ann, &[("body", &"ü".repeat(8_001))]).await;
    assert_eq!((long.status, long.text().contains("8000")), (422, true));
    assert_eq!(saves(&ann, &[("body", &"a".repeat(70_000))]).await.status, 413);
    assert_eq!(composer_text(&ann).await, "ü".repeat(8_000), "the saved draft is unchanged");
    for (reply_to, status) in [(message.as_str(), 204), ("999999", 404), ("x", 422)] {
        assert_eq!(saves(&ann, &[("body", "x"), ("reply_to", reply_to)]).await.status, status, "{reply_to}");
    }
    let path = format!("{}{}/draft", ann.url, ann.room);
    let request = ann.http.post(path).bearer_auth(&ann.token).header("accept", "application/json");
    assert_eq!(ask(request.json(&json!({"body": "by JSON", "reply_to": null}))).await.status, 204);
    assert_eq!(composer_text(&ann).await, "by JSON");
}
