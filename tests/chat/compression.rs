//! Compression: large responses are compressed if the client accepts it, small ones and streams never; and HEAD has the
//! headers of a compressed GET.

use std::io::Read;

use flate2::read::GzDecoder;
use reqwest::header::HeaderMap;

use crate::ears::Ears;
use crate::harness::{ANN, Answer, Guest, House, ROOM, ask, text_of};

/// This many messages make a page that is worth compressing.
const MESSAGES: usize = 20;

async fn open_with_long_page() -> (House, Guest) {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..MESSAGES {
        ann.posts(&format!("message {n}, with some more words to make it long enough")).await;
    }
    (house, ann)
}

async fn read_compressed(house: &House, path: &str, accept: &str, accept_encoding: &str) -> Answer {
    ask(house.get(path).header("accept", accept).header("accept-encoding", accept_encoding)).await
}

fn decompress(answer: &Answer) -> String {
    let mut text = String::new();
    GzDecoder::new(&*answer.bytes).read_to_string(&mut text).expect("gzip");
    text
}

/// The page without its nonce, which differs each time.
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
async fn large_responses_are_compressed_for_clients_that_accept_it() {
    let (house, ann) = open_with_long_page().await;
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
        for encoding in ["gzip", "gzip, deflate, br, zstd", "br;q=0.1, GZIP;q=0.5"] {
            let compressed = read_compressed(&house, path, accept, encoding).await;
            assert_eq!(
                (compressed.status, compressed.header("content-encoding")),
                (plain.status, "gzip"),
                "{path}: {encoding}"
            );
            assert_eq!(compressed.header("content-type"), plain.header("content-type"));
            assert_eq!(compressed.header("content-length"), compressed.bytes.len().to_string());
            assert!(compressed.bytes.len() < plain.bytes.len() / 2, "{path} as {accept}: {}", compressed.bytes.len());
            assert_eq!(without_nonce(&decompress(&compressed)), without_nonce(plain.text()), "{path} as {accept}");
            varies_once_by_encoding(&compressed, path);
        }
        for encoding in ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "br"] {
            let uncompressed = read_compressed(&house, path, accept, encoding).await;
            assert!(!uncompressed.has("content-encoding"), "{path}: {encoding:?}");
            assert_eq!(without_nonce(uncompressed.text()), without_nonce(plain.text()), "{path}: {encoding:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn small_responses_are_not_compressed() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.posts("hi").await;
    for (path, accept) in [(&*ann.room, "text/plain"), (&*ann.room, "application/json"), ("/up", "*/*"), ("/no", "*/*")]
    {
        let answer = read_compressed(&house, path, accept, "gzip").await;
        assert!(!answer.has("content-encoding") && answer.bytes.len() < 1_400, "{path} as {accept}");
        assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
    }
    let style = ask(house.get("/me.css").header("cookie", ann.cookie()).header("accept-encoding", "gzip")).await;
    assert!(!style.has("content-encoding") && !style.bytes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_are_never_compressed() {
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

/// The headers without the date.
fn without_date(answer: &Answer) -> HeaderMap {
    let mut headers = answer.headers.clone();
    headers.remove("date");
    headers
}

#[tokio::test(flavor = "multi_thread")]
async fn head_has_the_headers_of_get_compressed_or_not() {
    let (house, ann) = open_with_long_page().await;
    let older = format!("{}/older?before=99999", ann.room);
    let cases = [
        (&*ann.room, "text/html"),
        (&*ann.room, "application/json"),
        (&*ann.room, "text/plain"),
        (&*older, "text/html"),
        ("/nothing", "text/html"),
    ];
    for (path, accept) in cases {
        for encoding in ["gzip", "identity"] {
            let with = |request: reqwest::RequestBuilder| {
                // An anonymous page has no nonce, so it is compressed to the same length each time.
                ask(request.header("accept", accept).header("accept-encoding", encoding))
            };
            let get = with(house.get(path)).await;
            let head = with(house.http.head(format!("{}{path}", house.url))).await;
            assert_eq!(get.has("content-encoding"), encoding == "gzip", "{path} as {accept}");
            assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path} as {accept}");
            assert_eq!(without_date(&head), without_date(&get), "{path} as {accept}, {encoding}");
        }
    }
}
