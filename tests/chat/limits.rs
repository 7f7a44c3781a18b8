//! Every limit that somebody can hit: at it all is well, one over it is refused in words, and the server goes on.

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
fn the_limits_are_those_that_were_promised() {
    assert_eq!((USER_NAME_CHARS_MAX, ROOM_NAME_CHARS_MAX, BODY_CHARS_MAX), (32, 80, 8_000));
    assert_eq!(
        (NONCE_BYTES_MAX, REQUEST_BODY_BYTES_MAX, REQUEST_HEAD_BYTES_MAX, PAGE_MESSAGES),
        (64, 65_536, 16_384, 50)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_has_at_most_thirty_two_characters() {
    let house = House::open().await;
    let enter = |name: &str| {
        let form = house.post("/join").header("accept", "application/json");
        ask(form.form(&[("room", ROOM), ("name", name)]))
    };
    for letter in LETTERS {
        let name = letter.repeat(USER_NAME_CHARS_MAX);
        assert_eq!(enter(&name).await.json()["name"], name);
        let answer = enter(&(name + letter)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("32 characters"), "{}", answer.text());
    }
    let decomposed = "e\u{301}".repeat(USER_NAME_CHARS_MAX);
    assert_eq!(enter(&decomposed).await.json()["name"], "é".repeat(USER_NAME_CHARS_MAX), "one letter is one character");
    let padded = format!("  {}\u{200b} ", "y".repeat(USER_NAME_CHARS_MAX));
    assert_eq!(enter(&padded).await.status, 200, "what is not seen does not count");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_at_most_eighty_characters() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let open = |room: &str| {
        let form = house.post("/join").bearer_auth(&ann.token).header("accept", "application/json");
        ask(form.form(&[("room", room)]))
    };
    for letter in LETTERS {
        let name = letter.repeat(ROOM_NAME_CHARS_MAX);
        let url = open(&name).await.json()["url"].as_str().unwrap().to_owned();
        assert_eq!(house.read(&url, "application/json").await.json()["name"], name);
        let answer = open(&(name + letter)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("80 characters"), "{}", answer.text());
    }
}

/// The ways in which a text of 8,000 long letters fits into a body of 64 KiB.
fn ways(ann: &Guest, text: &str) -> [RequestBuilder; 3] {
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
        for way in ways(&ann, &text) {
            assert_eq!(ask(way).await.status, 201, "8000 {letter}");
            assert!(ears.hears_texts(1).await == [text.as_str()], "8000 {letter} arrive");
        }
        for way in ways(&ann, &(text + letter)) {
            let answer = ask(way).await;
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
    // The text is short; blanks at its end, which are not kept, fill the body.
    let of = |length: usize| {
        let fill = |start: &str, blank: &str, end: &str| {
            let blanks = (length - start.len() - end.len()) / blank.len();
            format!("{start}{}{end}", blank.repeat(blanks))
        };
        let post = |kind: &'static str, body: String| {
            assert_eq!(body.len(), length, "{kind}");
            ann.post().header("content-type", kind).body(body)
        };
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nhi";
        [
            post("text/plain", fill("hi", " ", "")),
            post("application/x-www-form-urlencoded", fill("body=hi", "+", "")),
            post("application/json", fill("{\"body\": \"hi\"", " ", "}")),
            post("multipart/form-data; boundary=b", fill(multipart, " ", "\r\n--b--\r\n")),
        ]
    };
    for request in of(REQUEST_BODY_BYTES_MAX) {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.json()["body"].as_str()), (201, Some("hi")));
    }
    for request in of(REQUEST_BODY_BYTES_MAX + 1) {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (413, "application/problem+json"));
        assert!(answer.text().contains("65536 bytes"), "{}", answer.text());
    }
    assert_eq!(house.history(&ann.room).await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_before_sending_too_much_is_spared_sending() {
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
    assert_eq!(answer, b"HTTP/1.1 413", "without leave to go on");
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

/// The status of a request whose head, to its last byte, is so long.
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
async fn the_door_lists_the_fifty_rooms_where_something_happened_last() {
    let house = House::open().await;
    let ann = house.guest(ANN, "the first").await;
    for n in 0..LISTED_ROOMS_MAX {
        ann.in_room(&format!("room {n}")).await;
    }
    let door = house.read("/", "text/html").await;
    assert_eq!(door.text().matches("<a href=\"/rooms/").count(), LISTED_ROOMS_MAX);
    assert!(door.text().contains("the latest 50 of 51") && !door.text().contains("/rooms/the-first"));
    ann.posts("still here").await;
    let door = house.read("/", "text/html").await;
    assert!(door.text().contains("/rooms/the-first") && !door.text().contains("\"/rooms/room-0\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_crowd_fifty_are_named_and_all_are_counted() {
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
    assert!(!page.text().contains("guest 50"), "the list is not endless");
}
