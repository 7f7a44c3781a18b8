//! Posting messages: every encoding, every format of the answer, and nonces.

use reqwest::RequestBuilder;
use reqwest::multipart::Form;
use serde_json::json;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, within};

/// The text of these tests: a form must encode it, and HTML must escape it.
const TEXT: &str = "a+b & c=d 100% <i>ü</i> 🚀\nsecond line";

fn plain(ann: &Guest) -> RequestBuilder {
    ann.http.post(format!("{}{}/messages", ann.url, ann.room)).header("cookie", ann.cookie())
}

fn id_in(location: &str) -> u64 {
    location.rsplit_once(|c: char| !c.is_ascii_digit()).unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_posted_in_any_usual_encoding() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let curl = |body: &'static str| plain(&ann).header("content-type", "application/x-www-form-urlencoded").body(body);
    let requests = [
        (plain(&ann).form(&[("body", TEXT), ("nonce", "n1")]), TEXT),
        (plain(&ann).form(&[("body", "a\r\nb\rc")]), "a\nb\nc"),
        (plain(&ann).multipart(Form::new().text("body", TEXT).text("nonce", "n2")), TEXT),
        (plain(&ann).json(&json!({ "body": TEXT, "nonce": "n3" })), TEXT),
        (plain(&ann).json(&json!({ "body": 17, "nonce": null })), "17"),
        (plain(&ann).body(TEXT), TEXT),
        (plain(&ann).header("content-type", "text/plain; charset=utf-8").body(TEXT), TEXT),
        (curl("hi"), "hi"),
        (curl("100% & more = fun + games"), "100% & more = fun + games"),
        (curl("body=a%20b+c"), "a b c"),
    ];
    let mut expected = Vec::new();
    for (request, text) in requests {
        let answer = ask(request.header("accept", "application/json")).await;
        assert_eq!((answer.status, answer.json()["body"].as_str()), (201, Some(text)), "{}", answer.text());
        expected.push((answer.json()["id"].as_u64().unwrap(), text.to_owned()));
    }
    assert_eq!(house.history(&ann.room).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn htmx_gets_the_row() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for _retry in 0..2 {
        let form = plain(&ann).header("hx-request", "true").header("accept", "text/html");
        let answer = ask(form.form(&[("body", TEXT), ("nonce", "mine")])).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(crate::rooms::ids_in(answer.text()).len(), 1, "the row is in it");
    }
    assert_eq!(house.history(&ann.room).await.len(), 1, "a retry with the same nonce posts nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_is_redirected_and_a_program_gets_a_location() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for accept in ["text/html,*/*;q=0.8", "*/*"] {
        let answer = ask(plain(&ann).header("accept", accept).form(&[("body", "hi")])).await;
        let id = id_in(answer.header("location"));
        assert_eq!((answer.status, answer.header("location")), (303, &*format!("{}#m{id}", ann.room)), "{accept}");
    }
    let created_id = |answer: &Answer| {
        let id = id_in(answer.header("location"));
        assert_eq!((answer.status, answer.header("location")), (201, &*format!("{}/messages/{id}", ann.room)));
        id
    };
    for request in [plain(&ann).body("hi"), plain(&ann).header("accept", "text/plain").form(&[("body", "hi")])] {
        let answer = ask(request).await;
        created_id(&answer);
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(answer.text().ends_with(&format!("Z {ANN}: hi\n")));
    }
    for request in
        [plain(&ann).json(&json!({"body": "hi"})), plain(&ann).header("accept", "application/json").body("hi")]
    {
        let answer = ask(request).await;
        assert_eq!(answer.json()["id"], created_id(&answer));
        assert_eq!((answer.json()["author"].as_str(), answer.json()["body"].as_str()), (Some(ANN), Some("hi")));
    }
    assert_eq!(house.history(&ann.room).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn blank_or_malformed_messages_are_refused() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let form = |kind: &'static str, body: &'static str| plain(&ann).header("content-type", kind).body(body);
    let invalid = [
        plain(&ann).form(&[("body", " \r\n\t ")]),
        plain(&ann).form(&[("nonce", "n")]),
        plain(&ann).body(""),
        plain(&ann).body("\u{0}\u{7}"),
        plain(&ann).json(&json!({ "text": "hi" })),
        plain(&ann).json(&json!({ "body": ["hi"] })),
        plain(&ann).json(&json!(["hi"])),
        form("application/json", "{\"body\": \"hi\""),
        form("multipart/form-data", "hi"),
        form("multipart/form-data; boundary=x", "--x\r\nhi"),
        plain(&ann).multipart(Form::new().text("nonce", "n")),
    ];
    for (n, request) in invalid.into_iter().enumerate() {
        let answer = ask(request.header("accept", "text/plain")).await;
        assert_eq!(answer.status, 422, "request {n}: {}", answer.text());
        assert!(answer.text().ends_with(".\n"), "the error is a sentence: {}", answer.text());
    }
    assert!(house.history(&ann.room).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_posts_at_once_with_one_nonce_are_one_message() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "as=json").await;
    let ten: Vec<_> = (0..10)
        .map(|n| {
            let body = json!({ "body": TEXT, "nonce": "one" });
            let post = if n % 2 == 0 {
                ann.post().json(&body)
            } else {
                ann.post().header("idempotency-key", "one").body(TEXT)
            };
            tokio::spawn(ask(post))
        })
        .collect();
    let mut ids = Vec::new();
    for answer in ten {
        let answer = within("ten answers", answer).await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
        ids.push(answer.json()["id"].as_u64().unwrap());
    }
    assert_eq!(ids, vec![ids[0]; 10], "all ten answers name one message");
    let last = ben.posts("and on").await;
    assert_eq!(ears.hears_texts(2).await, [TEXT, "and on"], "listeners get it once");
    assert_eq!(house.history(&ann.room).await, [(ids[0], TEXT.to_owned()), (last, "and on".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_means_the_same_message_after_a_restart() {
    let house = House::open().await;
    let mut ann = house.guest(ANN, ROOM).await;
    let post = |ann: &Guest| ask(ann.post().header("idempotency-key", "one").body(TEXT));
    let first = post(&ann).await.json();
    let house = House::open_on(house.close().await, Default::default()).await;
    ann.url.clone_from(&house.url);
    let retry = post(&ann).await;
    assert_eq!((retry.status, &retry.json()), (201, &first));
    assert_eq!(house.history(&ann.room).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_belongs_to_its_sender() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let post = |guest: &Guest, nonce: &str| ask(guest.post().json(&json!({ "body": "hi", "nonce": nonce })));
    let anns = post(&ann, "one").await.json()["id"].as_u64();
    let bens = post(&ben, "one").await.json()["id"].as_u64();
    assert!(anns.is_some() && bens.is_some() && anns != bens, "another person's nonce is another post");
    assert_ne!(post(&ann, "two").await.json()["id"].as_u64(), anns);

    let first =
        ask(ann.post().header("idempotency-key", "one").json(&json!({ "body": "other", "nonce": "three" }))).await;
    assert_eq!(
        (first.json()["id"].as_u64(), first.json()["body"].as_str()),
        (anns, Some("hi")),
        "the header takes precedence"
    );

    assert_eq!(house.history(&ann.room).await.len(), 3);
    let unreadable = ask(ann.post().header("idempotency-key", "schlüssel").body("hi")).await;
    assert_eq!(unreadable.status, 422, "an invalid key is not ignored");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_text_under_a_spent_page_nonce_is_another_message() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for (n, page) in [("hx-request", "true"), ("accept", "text/html")].into_iter().enumerate() {
        let send = |text: &str| {
            let form =
                house.post(&format!("{}/messages", ann.room)).header("cookie", ann.cookie()).header(page.0, page.1);
            ask(form.form(&[("body", text), ("nonce", "from the cache".replace(' ', "-").as_str())]))
        };
        let (first, corrected) =
            (format!("{n}: the answer was lost"), format!("{n}: the answer was lost, so I wrote more"));
        for text in [&first, &first, &corrected, &corrected, &first] {
            assert!(send(text).await.status < 400);
        }
        let texts: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts[2 * n..], [first, corrected], "each once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_message_can_be_corrected_under_its_nonce() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    assert_eq!(ask(ann.post().form(&[("body", " "), ("nonce", "one")])).await.status, 422);
    assert_eq!(ask(ann.post().form(&[("body", "corrected"), ("nonce", "one")])).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_nonce_two_posts_are_two_messages() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let (first, second) = (ann.posts("ha").await, ann.posts("ha").await);
    assert_eq!(house.history(&ann.room).await, [(first, "ha".to_owned()), (second, "ha".to_owned())]);
    assert_eq!(ask(ann.post().form(&[("body", "ha"), ("nonce", "")])).await.status, 201);
    assert_eq!(house.history(&ann.room).await.len(), 3, "an empty nonce is no nonce");
}

#[tokio::test(flavor = "multi_thread")]
async fn consecutive_messages_of_one_author_continue_a_group() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    for guest in [&ann, &ann, &ben, &ann] {
        guest.posts("hi").await;
    }
    let json = house.read(&ann.room, "application/json").await.json();
    let continues: Vec<bool> =
        json["messages"].as_array().unwrap().iter().map(|m| m["continues_group"] == true).collect();
    // If midnight in UTC falls between the first two, the second starts a day.
    let days: Vec<&str> =
        json["messages"].as_array().unwrap().iter().map(|m| &m["at"].as_str().unwrap()[..10]).collect();
    assert_eq!(continues, [false, days[0] == days[1], false, false]);
}
