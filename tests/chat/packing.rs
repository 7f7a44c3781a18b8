//! Large answers go over the wire packed to whoever takes them so, small ones and streams never; and HEAD tells of a packed
//! answer what GET would.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::header::HeaderMap;

use crate::ears::Ears;
use crate::harness::{ANN, Answer, Guest, House, ROOM, ask, text_of};

/// So many messages make a page that is worth packing.
const MESSAGES: usize = 20;

async fn house_with_a_long_page() -> (House, Guest) {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..MESSAGES {
        ann.posts(&format!("message {n}, and some words more, so that it is worth it")).await;
    }
    (house, ann)
}

async fn read_packed(house: &House, path: &str, accept: &str, accept_encoding: &str) -> Answer {
    ask(house.get(path).header("accept", accept).header("accept-encoding", accept_encoding)).await
}

fn unpack(answer: &Answer) -> String {
    let mut text = String::new();
    GzDecoder::new(&*answer.bytes).read_to_string(&mut text).expect("it is gzip");
    text
}

/// A page without its nonce, which is another each time.
fn without_nonce(page: &str) -> String {
    match page.split_once("name=\"nonce\" value=\"") {
        Some((before, after)) => before.to_owned() + after.split_once('"').expect("an attribute ends").1,
        None => page.to_owned(),
    }
}

fn varies_once_by_encoding(answer: &Answer, what: &str) {
    let named = answer.header("vary").split(", ").filter(|name| *name == "Accept-Encoding").count();
    assert_eq!(named, 1, "{what}: {}", answer.header("vary"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_is_packed_for_whoever_takes_it() {
    let (house, ann) = house_with_a_long_page().await;
    let older = format!("{}/older?before=99999", ann.room);
    let cases = [
        (&*ann.room, "text/html"),
        (&*ann.room, "application/json"),
        (&*ann.room, "text/plain"),
        (&*older, "text/html"),
        ("/", "text/html"),
        ("/nothing", "text/html"),
    ];
    for (path, accept) in cases {
        let plain = house.read(path, accept).await;
        assert!(plain.bytes.len() >= 1_400 && !plain.has("content-encoding"), "{path} as {accept}");
        varies_once_by_encoding(&plain, path);
        for wish in ["gzip", "gzip, deflate, br, zstd", "br;q=0.1, GZIP;q=0.5"] {
            let packed = read_packed(&house, path, accept, wish).await;
            assert_eq!((packed.status, packed.header("content-encoding")), (plain.status, "gzip"), "{path}: {wish}");
            assert_eq!(packed.header("content-type"), plain.header("content-type"));
            assert_eq!(packed.header("content-length"), packed.bytes.len().to_string());
            assert!(packed.bytes.len() < plain.bytes.len() / 2, "{path} as {accept}: {}", packed.bytes.len());
            assert_eq!(without_nonce(&unpack(&packed)), without_nonce(plain.text()), "{path} as {accept}");
            varies_once_by_encoding(&packed, path);
        }
        for wish in ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "br"] {
            let unpacked = read_packed(&house, path, accept, wish).await;
            assert!(!unpacked.has("content-encoding"), "{path}: {wish:?}");
            assert_eq!(without_nonce(unpacked.text()), without_nonce(plain.text()), "{path}: {wish:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_answer_is_not_packed() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("hi").await;
    for (path, accept) in [(&*ann.room, "text/plain"), (&*ann.room, "application/json"), ("/up", "*/*"), ("/no", "*/*")]
    {
        let answer = read_packed(&house, path, accept, "gzip").await;
        assert!(!answer.has("content-encoding") && answer.bytes.len() < 1_400, "{path} as {accept}");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
    }
    let style = ask(house.get("/me.css").header("cookie", ann.cookie()).header("accept-encoding", "gzip")).await;
    assert!(!style.has("content-encoding") && !style.bytes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_never_packed() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let live = format!("{}/live?as=json", ann.room);
    let room = house.get(&format!("{}?as=json", ann.room)).header("accept", "text/event-stream");
    for request in [house.get(&live), room] {
        let mut ears = Ears::open(request.header("accept-encoding", "gzip, br")).await;
        assert!(!ears.response.headers().contains_key("content-encoding"));
        let long = "as long as a page ".repeat(200);
        ann.posts(&long).await;
        assert!(text_of(&ears.hears().await).contains(long.trim()));
    }
}

/// The headers of an answer that do not tell the time.
fn lasting(answer: &Answer) -> HeaderMap {
    let mut headers = answer.headers.clone();
    headers.remove("date");
    headers
}

#[tokio::test(flavor = "multi_thread")]
async fn head_has_the_headers_of_get_packed_or_not() {
    let (house, ann) = house_with_a_long_page().await;
    let older = format!("{}/older?before=99999", ann.room);
    let cases = [
        (&*ann.room, "text/html"),
        (&*ann.room, "application/json"),
        (&*ann.room, "text/plain"),
        (&*older, "text/html"),
        ("/nothing", "text/html"),
    ];
    for (path, accept) in cases {
        for wish in ["gzip", "identity"] {
            let with = |request: reqwest::RequestBuilder| {
                // Nobody asks, so the page has no nonce, and is packed to the same length each time.
                ask(request.header("accept", accept).header("accept-encoding", wish))
            };
            let get = with(house.get(path)).await;
            let head = with(house.http.head(format!("{}{path}", house.url))).await;
            assert_eq!(get.has("content-encoding"), wish == "gzip", "{path} as {accept}");
            assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path} as {accept}");
            assert_eq!(lasting(&head), lasting(&get), "{path} as {accept}, {wish}");
        }
    }
}
