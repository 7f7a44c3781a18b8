//! What somebody has begun to write is kept for them, on every device, until it goes out.

use serde_json::json;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, escaped};
use crate::reading::unread;

const HALF: &str = "\n half <b>a</b> \"sentence\" & </textarea><script>";

async fn keeps(guest: &Guest, form: &[(&str, &str)]) -> Answer {
    guest.sends(&format!("{}/draft", guest.room), form).await
}

/// What stands in the composer when the page comes.
async fn written(guest: &Guest) -> String {
    let page = guest.reads(&guest.room, "text/html").await;
    let (_, text) = page.text().split_once("<textarea id=\"text\"").expect("a page has a composer");
    let (_, text) = text.split_once('>').expect("a tag ends");
    let text = text.split_once("</textarea>").expect("a textarea ends").0;
    text.strip_prefix('\n').unwrap_or(text).to_owned()
}

async fn is_marked(guest: &Guest) -> bool {
    guest.reads("/rooms", "text/html").await.text().contains(", a draft")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_comes_with_the_page_and_is_marked_in_the_list_for_its_writer_alone() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "").await;
    let kept = keeps(&ann, &[("body", HALF)]).await;
    assert_eq!((kept.status, kept.bytes.len()), (204, 0));
    assert_eq!(written(&ann).await, escaped(HALF.trim_start_matches('\n')));
    assert!(is_marked(&ann).await);
    assert_eq!((written(&ben).await.as_str(), is_marked(&ben).await), ("", false));
    ben.posts("an end for who hears nothing of it").await;
    let event = ears.hears().await;
    assert!(event.data.contains("an end"), "the room is not told: {event:?}");
    assert_eq!(keeps(&ann, &[("body", "  \n ")]).await.status, 204);
    assert_eq!((written(&ann).await.as_str(), is_marked(&ann).await), ("", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_restart() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    keeps(&ann, &[("body", "half a sentence")]).await;
    let house = House::open_on(house.close().await, taproom::live::ReplayLimits::default()).await;
    let ann = Guest { url: house.url.clone(), ..ann };
    assert_eq!(written(&ann).await, "half a sentence");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_out_from_a_page_is_a_draft_no_more_and_what_a_program_says_leaves_it() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let says = |accept: &'static str, htmx: bool| {
        let asked = ann.http.post(format!("{}{}/messages", ann.url, ann.room)).header("cookie", ann.cookie());
        let asked = if htmx { asked.header("hx-request", "true") } else { asked };
        ask(asked.header("accept", accept).form(&[("body", "a whole sentence")]))
    };
    for htmx in [true, false] {
        keeps(&ann, &[("body", "half a sentence")]).await;
        ann.posts("by a program").await;
        assert_eq!(written(&ann).await, "half a sentence");
        assert!(says("text/html", htmx).await.status < 400);
        assert_eq!(written(&ann).await, "", "htmx: {htmx}");
        assert!(!is_marked(&ann).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_refused_leaves_the_draft() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    keeps(&ann, &[("body", "half a sentence")]).await;
    let asked = ann.http.post(format!("{}{}/messages", ann.url, ann.room)).header("cookie", ann.cookie());
    let refused = ask(asked.header("hx-request", "true").form(&[("body", " ")])).await;
    assert_eq!(refused.status, 422);
    assert_eq!(written(&ann).await, "half a sentence");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_a_button_keeps_it_and_the_same_again_is_not_written() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let page = ann.reads(&ann.room, "text/html").await;
    let button = format!(r#"formaction="{}/draft" formnovalidate>Keep as draft</button>"#, ann.room);
    assert!(page.text().contains(&button), "{}", page.text());
    let keeps_by_form = || {
        let form = reqwest::multipart::Form::new().text("body", "half\r\na sentence").text("nonce", "n");
        let asked = ann.http.post(format!("{}{}/draft", ann.url, ann.room)).header("cookie", ann.cookie());
        ask(asked.header("accept", "text/html").multipart(form))
    };
    let answer = keeps_by_form().await;
    assert_eq!((answer.status, answer.header("location")), (303, ann.room.as_str()));
    assert_eq!(written(&ann).await, "half\na sentence");
    let cursor = || async { ann.reads(&ann.room, "application/json").await.json()["cursor"].clone() };
    let before = cursor().await;
    assert_eq!(keeps_by_form().await.status, 303);
    assert_eq!(cursor().await, before);
    assert_eq!(unread(&ann).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_as_long_as_a_message_and_answers_one_that_is_there() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let said = ann.posts("said").await.to_string();
    assert_eq!(keeps(&ann, &[("body", &"ü".repeat(8_000))]).await.status, 204);
    assert_eq!(written(&ann).await, "ü".repeat(8_000));
    let long = keeps(&ann, &[("body", &"ü".repeat(8_001))]).await;
    assert_eq!((long.status, long.text().contains("8000")), (422, true));
    assert_eq!(keeps(&ann, &[("body", &"a".repeat(70_000))]).await.status, 413);
    assert_eq!(written(&ann).await, "ü".repeat(8_000), "what was kept is still there");
    for (answered, status) in [(said.as_str(), 204), ("999999", 404), ("x", 422)] {
        assert_eq!(keeps(&ann, &[("body", "x"), ("reply_to", answered)]).await.status, status, "{answered}");
    }
    let path = format!("{}{}/draft", ann.url, ann.room);
    let asked = ann.http.post(path).bearer_auth(&ann.token).header("accept", "application/json");
    assert_eq!(ask(asked.json(&json!({"body": "by JSON", "reply_to": null}))).await.status, 204);
    assert_eq!(written(&ann).await, "by JSON");
}
