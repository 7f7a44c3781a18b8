//! Every limit that a user can reach: at the limit a request succeeds, one over it is refused with a reason, and the
//! server goes on.

use reqwest::RequestBuilder;
use reqwest::multipart::Form;
use serde_json::json;
use taproom::domain::limits::{
    BODY_CHARS_MAX, LISTED_ROOMS_MAX, NONCE_BYTES_MAX, PAGE_MESSAGES, PRESENCE_NAMES_MAX, REQUEST_BODY_BYTES_MAX,
    REQUEST_HEAD_BYTES_MAX, ROOM_NAME_CHARS_MAX, USER_NAME_CHARS_MAX,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{ANN, Guest, House, ROOM, ask, within};

/// Letters of one, two, three and four bytes, of which none composes with its neighbours.
const LETTERS: [&str; 4] = ["x", "ö", "語", "🚀"];

#[test]
fn the_limits_have_their_documented_values() {
    assert_eq!((USER_NAME_CHARS_MAX, ROOM_NAME_CHARS_MAX, BODY_CHARS_MAX), (32, 80, 8_000));
    assert_eq!(
        (NONCE_BYTES_MAX, REQUEST_BODY_BYTES_MAX, REQUEST_HEAD_BYTES_MAX, PAGE_MESSAGES),
        (64, 65_536, 16_384, 50)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_has_at_most_thirty_two_characters() {
    let house = House::open().await;
    let join = |name: &str| {
        let form = house.post("/join").header("accept", "application/json");
        ask(form.form(&[("room", ROOM), ("name", name)]))
    };
    for letter in LETTERS {
        let name = letter.repeat(USER_NAME_CHARS_MAX);
        assert_eq!(join(&name).await.json()["name"], name);
        let answer = join(&(name + letter)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("32 characters"), "{}", answer.text());
    }
    let decomposed = "e\u{301}".repeat(USER_NAME_CHARS_MAX);
    assert_eq!(join(&decomposed).await.json()["name"], "é".repeat(USER_NAME_CHARS_MAX), "one letter is one character");
    let padded = format!("  {}\u{200b} ", "y".repeat(USER_NAME_CHARS_MAX));
    assert_eq!(join(&padded).await.status, 200, "invisible characters do not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_at_most_eighty_characters() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let join = |room: &str| {
        let form = house.post("/join").bearer_auth(&ann.token).header("accept", "application/json");
        ask(form.form(&[("room", room)]))
    };
    for letter in LETTERS {
        let name = letter.repeat(ROOM_NAME_CHARS_MAX);
        let url = join(&name).await.json()["url"].as_str().unwrap().to_owned();
        assert_eq!(house.read(&url, "application/json").await.json()["name"], name);
        let answer = join(&(name + letter)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("80 characters"), "{}", answer.text());
    }
}

/// The requests in which a text of 8,000 long letters fits into a body of 64 KiB.
fn posts(ann: &Guest, text: &str) -> [RequestBuilder; 3] {
    [
        ann.post().multipart(Form::new().text("body", text.to_owned())),
        ann.post().json(&json!({ "body": text })),
        ann.post().body(text.to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_at_most_eight_thousand_characters_of_any_script() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ears = ann.listen("as=json").await;
    for letter in LETTERS {
        let text = letter.repeat(BODY_CHARS_MAX);
        for request in posts(&ann, &text) {
            assert_eq!(ask(request).await.status, 201, "8000 {letter}");
            assert!(ears.hears_texts(1).await == [text.as_str()], "8000 {letter} arrive");
        }
        for request in posts(&ann, &(text + letter)) {
            let answer = ask(request).await;
            assert_eq!(answer.status, 422, "8001 {letter}");
            assert!(answer.text().contains("8000 characters"), "{}", answer.text());
        }
    }
    assert_eq!(ask(ann.post().form(&[("body", "x".repeat(BODY_CHARS_MAX))])).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_has_at_most_sixty_four_kibibytes() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    // The text is short; trailing blanks, which are trimmed, fill the body.
    let requests = |length: usize| {
        let fill = |start: &str, blank: &str, end: &str| {
            let blanks = (length - start.len() - end.len()) / blank.len();
            format!("{start}{}{end}", blank.repeat(blanks))
        };
        let post = |media_type: &'static str, body: String| {
            assert_eq!(body.len(), length, "{media_type}");
            ann.post().header("content-type", media_type).body(body)
        };
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nhi";
        [
            post("text/plain", fill("hi", " ", "")),
            post("application/x-www-form-urlencoded", fill("body=hi", "+", "")),
            post("application/json", fill("{\"body\": \"hi\"", " ", "}")),
            post("multipart/form-data; boundary=b", fill(multipart, " ", "\r\n--b--\r\n")),
        ]
    };
    for request in requests(REQUEST_BODY_BYTES_MAX) {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.json()["body"].as_str()), (201, Some("hi")));
    }
    for request in requests(REQUEST_BODY_BYTES_MAX + 1) {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (413, "application/problem+json"));
        assert!(answer.text().contains("65536 bytes"), "{}", answer.text());
    }
    assert_eq!(house.history(&ann.room).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_100_continue_need_not_send_too_much() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut stream = TcpStream::connect(house.host()).await.unwrap();
    let head = format!(
        "POST {}/messages HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        ann.room,
        REQUEST_BODY_BYTES_MAX + 1
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 413", "without a 100-continue");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_has_at_most_sixty_four_visible_characters() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let longest = "n".repeat(NONCE_BYTES_MAX);
    let too_long = format!("{longest}n");
    for (nonce, status) in [(&*longest, 201), (&*too_long, 422), ("a b", 422), ("a\tb", 422)] {
        let by_header = ask(ann.post().header("idempotency-key", nonce).body("hi")).await;
        assert_eq!(by_header.status, status, "{nonce:?}");
        let by_field = ask(ann.post().form(&[("body", "hi"), ("nonce", nonce)])).await;
        assert_eq!(by_field.status, status, "{nonce:?}");
        assert!(status == 201 || by_field.text().contains("64 visible ASCII characters"), "{}", by_field.text());
    }
    for nonce in ["nönce", "a\u{0}b", "a\nb"] {
        assert_eq!(ask(ann.post().form(&[("body", "hi"), ("nonce", nonce)])).await.status, 422, "{nonce:?}");
    }
    assert_eq!(house.history(&ann.room).await.len(), 1, "the longest nonce is a nonce");
}

/// The status of a request with a head of this length.
async fn status_of_head(house: &House, length: usize) -> String {
    let (start, end) = ("GET /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Fill: ", "\r\n\r\n");
    let head = format!("{start}{}{end}", "f".repeat(length - start.len() - end.len()));
    assert_eq!(head.len(), length);
    let mut stream = TcpStream::connect(house.host()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    within("an answer", stream.read_exact(&mut answer)).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_has_at_most_sixteen_kibibytes() {
    let house = House::open().await;
    assert_eq!(status_of_head(&house, REQUEST_HEAD_BYTES_MAX).await, "HTTP/1.1 200");
    for over in [REQUEST_HEAD_BYTES_MAX + 1, 3 * REQUEST_HEAD_BYTES_MAX] {
        assert_eq!(status_of_head(&house, over).await, "HTTP/1.1 431", "{over} bytes");
    }
    assert_eq!(ask(house.get("/up")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_landing_page_lists_the_fifty_most_recent_rooms() {
    let house = House::open().await;
    let ann = house.guest(ANN, "the first").await;
    for n in 0..LISTED_ROOMS_MAX {
        ann.in_room(&format!("room {n}")).await;
    }
    let landing = house.read("/", "text/html").await;
    assert_eq!(landing.text().matches("<a href=\"/rooms/").count(), LISTED_ROOMS_MAX);
    assert!(landing.text().contains("the latest 50 of 51") && !landing.text().contains("/rooms/the-first"));
    ann.posts("still here").await;
    let landing = house.read("/", "text/html").await;
    assert!(landing.text().contains("/rooms/the-first") && !landing.text().contains("\"/rooms/room-0\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_names_fifty_people_and_counts_all() {
    let house = House::open().await;
    let mut ears = Vec::new();
    let mut room = String::new();
    for n in 0..PRESENCE_NAMES_MAX + 2 {
        let guest = house.guest(&format!("guest {n:02}"), ROOM).await;
        ears.push(guest.listen("").await);
        room = guest.room;
    }
    let page = house.read(&room, "text/html").await;
    assert!(page.text().contains("<span>52 <span class=\"sr\">"), "all are counted");
    assert!(page.text().contains("and 2 more") && page.text().contains("guest 49"));
    assert!(!page.text().contains("guest 50"), "the list is limited");
}
