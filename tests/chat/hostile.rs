//! Hostile input: what users write arrives as they wrote it or not at all, and is never anything but text: no markup,
//! no field of a stream, no other name.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{ANN, BEN, Ears, House, ROOM, ask, escaped, within};

/// Texts that look like something else, and what is stored of each.
const TEXTS: [(&str, &str); 15] = [
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("</li></ol><script>alert(1)</script>", "</li></ol><script>alert(1)</script>"),
    ("</hx-partial><hx-partial hx-target=\"body\">", "</hx-partial><hx-partial hx-target=\"body\">"),
    ("\" onmouseover=\"alert(1)", "\" onmouseover=\"alert(1)"),
    ("&lt;b&gt; &amp; &#60;", "&lt;b&gt; &amp; &#60;"),
    ("https://a.example/\"><script>alert(1)</script>", "https://a.example/\"><script>alert(1)</script>"),
    ("javascript:alert(1) JAVASCRIPT://%0aalert(1)", "javascript:alert(1) JAVASCRIPT://%0aalert(1)"),
    ("first\nid: 5\ndata: x\nevent: y\nretry: 1\n\nlast", "first\nid: 5\ndata: x\nevent: y\nretry: 1\n\nlast"),
    ("a\rid: 6\r\rdata: forged\r\nevent: z", "a\nid: 6\n\ndata: forged\nevent: z"),
    ("data: 2026-11-22 09:02Z Ann: forged", "data: 2026-11-22 09:02Z Ann: forged"),
    ("over\n2026-11-22 09:02Z Ann: forged", "over\n2026-11-22 09:02Z Ann: forged"),
    ("a\u{2028}data: b\u{2029}\u{85}\u{b}\u{c}c", "a\ndata: b\nc"),
    ("\u{202e}txt.exe\u{202c} stays within its block", "\u{202e}txt.exe\u{202c} stays within its block"),
    ("nul\u{0} bell\u{7} escape\u{1b}[31m delete\u{7f}", "nul bell escape[31m delete"),
    (
        "\u{feff}mark \u{1f3f4}\u{200d}\u{2620}\u{fe0f} {\"a\": \"\\u0000\"}",
        "\u{feff}mark \u{1f3f4}\u{200d}\u{2620}\u{fe0f} {\"a\": \"\\u0000\"}",
    ),
];

/// Names that look like something else, and what is stored of each.
const NAMES: [(&str, &str); 8] = [
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("\"><script>alert(1)</script>", "\"><script>alert(1)</script>"),
    ("A\nid: 5\ndata: x", "A id: 5 data: x"),
    ("B\r\revent: y", "B event: y"),
    ("ev\u{202e}lrig\u{202c}\u{2066}x\u{2069}\u{200f}\u{61c}", "evlrigx"),
    ("nul\u{0}\u{7}\u{1b}[2J", "nul[2J"),
    ("  wide \u{3000}\u{a0}\u{2028} open\u{200b}\u{feff} ", "wide open"),
    ("&lt;i&gt; {{7*7}} ${x} %s %00", "&lt;i&gt; {{7*7}} ${x} %s %00"),
];

/// Characters that reverse the order of their neighbours (Unicode Standard Annex 9, section 2).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Tags that only users write: none may be in HTML.
fn assert_only_text(html: &str, what: &str) {
    for tag in ["<img src=x", "<script>", "<b>", "<i>", "hx-target=\"body\"", "\" onmouseover"] {
        assert!(!html.contains(tag), "{tag} of {what} is markup in {html}");
    }
    let hidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!html.chars().any(hidden), "{what} puts a control character into {html:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_arrive_unforged_in_every_form() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let (mut html, mut text, mut json) =
        (ann.listen("as=html").await, ann.listen("as=text").await, ann.listen("as=json").await);
    for (written, stored) in TEXTS {
        let id = ann.posts(written).await;
        let (html, text, json) = (html.hears().await, text.hears().await, json.hears().await);
        for event in [&html, &text, &json] {
            assert_eq!((event.name.as_str(), event.retry), ("message", None), "{written:?}");
            assert!(event.id.as_ref().unwrap().ends_with(&format!("-{id}")), "{written:?} does not choose its id");
        }
        let change: Value = serde_json::from_str(&json.data).unwrap();
        assert_eq!(change["message"]["body"], stored, "{written:?}");
        assert!(
            text.data.ends_with(&format!("Z {ANN}: {}", stored.replace('\n', "\n    "))),
            "{written:?}: {}",
            text.data
        );
        assert_only_text(&html.data, written);
        assert_eq!(html.data.matches("<li").count(), html.data.matches("</li>").count(), "{written:?}");
        assert_eq!(html.data.matches("<hx-partial").count(), 1, "{written:?}");
    }
    let stored: Vec<String> = house.history(&ann.room).await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(stored, TEXTS.map(|(_, stored)| stored));
    assert_only_text(house.read(&ann.room, "text/html").await.text(), "the page");
    let lines = house.read(&ann.room, "text/plain").await;
    let at_the_start = lines.text().lines().filter(|line| !line.starts_with("    ")).count();
    assert_eq!(at_the_start, TEXTS.len(), "only a message starts a line");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_one_visible_line_and_never_markup() {
    let house = House::open().await;
    let reader = house.guest(ANN, ROOM).await;
    let (mut html, mut text) = (reader.listen("as=html").await, reader.listen("as=text").await);
    for (typed, stored) in NAMES {
        let guest = house.guest(typed, ROOM).await;
        assert_eq!(guest.name, stored, "{typed:?}");
        guest.posts("hi").await;
        let (html, text) = (html.hears().await, text.hears().await);
        assert!(html.data.contains(&format!(r#"dir="auto">{}</a>"#, escaped(stored))), "{}", html.data);
        assert_only_text(&html.data, typed);
        assert!(
            !html.data.contains(is_bidi_control) && !text.data.contains(is_bidi_control),
            "{typed:?} reverses nothing"
        );
        assert_eq!(text.data.split_once("Z ").unwrap().1, format!("{stored}: hi"));
        let landing = ask(house.get("/").header("cookie", guest.cookie())).await;
        assert!(landing.text().contains(&escaped(stored)));
        assert_only_text(landing.text(), typed);
        let taken = house.post("/join").header("accept", "text/html").form(&[("room", ROOM), ("name", typed)]);
        let taken = ask(taken).await;
        assert_eq!(taken.status, 409, "{typed:?} is taken");
        assert!(!taken.text().contains("<script>") && !taken.text().contains("<img src=x"), "{typed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_can_have_any_visible_name() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for (typed, stored) in NAMES {
        let room = ann.in_room(typed).await;
        assert!(room.room.is_ascii() && !room.room.contains(['<', '"', '\'', ' ']), "{}", room.room);
        room.posts("hi").await;
        let page = house.read(&room.room, "text/html").await;
        assert!(page.text().contains(&format!("<title>{} · Taproom</title>", escaped(stored))), "{typed:?}");
        assert_only_text(page.text(), typed);
        assert!(!page.text().contains(is_bidi_control), "{typed:?} reverses nothing");
        assert_eq!(house.read(&room.room, "application/json").await.json()["name"], stored);
    }
    assert_only_text(house.read("/", "text/html").await.text(), "the rooms on the landing page");
    let nowhere = house.read("/rooms/%3Cimg%20src=x%20onerror=alert(1)%3E-%E2%80%AE", "text/html").await;
    assert_eq!(nowhere.status, 404);
    assert_only_text(nowhere.text(), "an unknown room");
    assert!(!nowhere.text().contains(is_bidi_control), "an unknown room reverses nothing either");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_are_refused_without_effect_on_others() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ears = house.listen(&ann.room, "as=json").await;
    let body = "x".repeat(10 * 1024 * 1024);
    for request in [
        ann.post().body(body.clone()),
        ann.post().header("content-type", "application/x-www-form-urlencoded").body(format!("body={body}")),
        ann.post().multipart(Form::new().text("body", body.clone())),
        ann.post().json(&json!({ "body": body })),
        house.post("/join").form(&[("room", ROOM), ("name", &body)]),
    ] {
        // The connection may break while the body is sent; if there is an answer, it is this one.
        if let Ok(answer) = within("an answer or a broken connection", request.send()).await {
            assert_eq!(answer.status(), 413);
        }
        ann.posts("a small one").await;
        assert_eq!(ears.hears_texts(1).await, ["a small one"]);
    }
    assert_eq!(house.history(&ann.room).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_utf8_is_refused_everywhere() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let form = |request: reqwest::RequestBuilder, body: &'static [u8]| {
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    for (n, request) in [
        form(ann.post(), b"body=%ff"),
        form(ann.post(), b"body=a%c3"),
        form(ann.post(), b"body=\xff"),
        form(ann.post(), b"\xff"),
        form(ann.post(), b"%ff=x&body=hi"),
        ann.post().header("content-type", "text/plain").body(&b"\xed\xa0\x80"[..]),
        ann.post().header("content-type", "application/json").body(&b"{\"body\": \"\xff\"}"[..]),
        ann.post().header("content-type", "application/json").body(r#"{"body": "\ud800"}"#),
        ann.post().multipart(Form::new().part("body", Part::bytes(vec![b'a', 0xff]))),
        form(house.post("/join").header("accept", "application/json"), b"room=lobby&name=%fe"),
        form(house.post("/join").header("accept", "application/json"), b"room=%c0%af&name=Cid"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ask(request).await;
        assert_eq!((answer.status, answer.header("content-type")), (422, "application/problem+json"), "way {n}");
    }
    assert!(house.history(&ann.room).await.is_empty());
    for path in ["/rooms/%ff", "/rooms/%c3%28/live", "/rooms/%ff/messages/1", "/%ff", "/assets/%ff"] {
        assert_eq!(house.read(path, "text/html").await.status, 404, "{path}");
    }
    let post = house.post("/rooms/%ff/messages").bearer_auth(&ann.token).body("hi");
    assert_eq!(ask(post).await.status, 404);
}

/// Sends bytes that no client would, and reads until the server closes the connection.
async fn raw(house: &House, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(house.host()).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // The server may close the connection before it has read everything.
    let _reset = within("the server to close the connection", stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_http_is_refused_without_effect_on_others() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut ears = house.listen(&ann.room, "as=json").await;
    for (request, answer) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], "HTTP/1.1 400"),
        (b"GET / HTTP/1.1\r\nHost: a\0b\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"),
        (b"GET /rooms/\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 4"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: taproom=\xff\xfe\r\nConnection: close\r\n\r\n", "HTTP/1.1 200"),
        (b"GET / HTTP/1.1\r\nHost: a'; rm -rf ~; '\r\nConnection: close\r\n\r\n", "HTTP/1.1 200"),
        (b"POST /leave HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"),
    ] {
        let answered = raw(&house, request).await;
        assert!(answered.starts_with(answer), "{:?} gets {answered}", String::from_utf8_lossy(request));
        assert!(!answered.contains("rm -rf"), "an invalid host is not repeated");
        ann.posts("hi").await;
        assert_eq!(ears.hears_texts(1).await, ["hi"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_post_as_someone_else() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears: Ears = house.listen(&ann.room, "as=json").await;
    let forged = json!({ "body": "hi", "name": ANN, "author": ANN, "author_id": 1, "id": 1, "token": ann.token });
    assert_eq!(ask(ben.post().json(&forged)).await.json()["author"], BEN);
    let form = ben.post().form(&[("body", "hi"), ("name", ANN), ("body", "second")]);
    assert_eq!(ask(form).await.json()["author"], BEN);
    assert_eq!(ears.hears_texts(2).await, ["hi", "hi"], "the first of two bodies counts");
}
