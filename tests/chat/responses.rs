//! What all responses have in common: security headers, forms of an error, methods, HTTP/2, assets and health checks.

use std::future::poll_fn;
use std::pin::Pin;

use hyper::body::Body as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::{Client, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{ANN, Answer, House, ROOM, ask, within};

fn is_protected(answer: &Answer, what: &str) {
    let csp: Vec<&str> = answer.header("content-security-policy").split("; ").collect();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types htmx",
    ] {
        assert!(csp.contains(&directive), "{what}: {directive}");
    }
    assert!(!answer.header("content-security-policy").contains("unsafe-"), "{what}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_response_has_the_security_headers() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let id = ann.posts("hi").await;
    let asset = asset_paths(&house).await.remove(0);
    let permalink = format!("{}/messages/{id}", ann.room);
    let paths = ["/", &ann.room, &permalink, &asset, "/me.css", "/up", "/ready", "/nothing", "/rooms/nowhere", "/join"];
    for path in paths {
        for accept in ["text/html", "text/plain", "application/json"] {
            is_protected(&house.read(path, accept).await, path);
        }
    }
    is_protected(&ask(ann.post().body("hi")).await, "a post");
    is_protected(&ask(ann.post().body(" ")).await, "a refused post");
    is_protected(&ask(house.post(&format!("{}/messages", ann.room)).body("hi")).await, "an anonymous post");
    let stream = house.listen(&ann.room, "").await.response;
    assert_eq!(stream.headers()["x-content-type-options"], "nosniff");
    assert!(stream.headers().contains_key("content-security-policy"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_has_the_requested_form() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for (path, status, title) in
        [("/nothing", 404, "Not found"), ("/rooms/nowhere", 404, "Not found"), ("/join", 405, "Method not allowed")]
    {
        let page = house.read(path, "text/html,*/*;q=0.1").await;
        assert_eq!((page.status, page.header("content-type")), (status, "text/html; charset=utf-8"), "{path}");
        assert!(page.text().starts_with("<!DOCTYPE html>") && page.text().contains(&format!("<h1>{title}</h1>")));

        let json = house.read(path, "application/json").await;
        assert_eq!((json.status, json.header("content-type")), (status, "application/problem+json"), "{path}");
        let document = json.json();
        assert_eq!(
            (document["type"].as_str(), document["status"].as_u64()),
            (Some("about:blank"), Some(status.into()))
        );
        assert_eq!(document["title"], title);
        let detail = document["detail"].as_str().unwrap();

        for accept in ["text/plain", "*/*", "text/event-stream"] {
            let text = house.read(path, accept).await;
            assert_eq!((text.status, text.header("content-type")), (status, "text/plain; charset=utf-8"), "{path}");
            assert_eq!(text.text(), format!("{detail}\n"), "the same text in each form");
        }
        assert!(json.header("vary").contains("Accept") && page.header("vary").contains("HX-Request"));
    }
    let fragment = ask(ann.post().header("hx-request", "true").form(&[("body", "")])).await;
    assert_eq!((fragment.status, fragment.header("content-type")), (422, "text/html; charset=utf-8"));
    assert!(fragment.text().ends_with("Write something first.") && !fragment.text().contains("<html"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_method_gets_the_allowed_ones() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let (read, change, both) = ("GET, HEAD", "POST", "GET, HEAD, POST");
    let addresses = [
        ("/".to_owned(), read),
        (ann.room.clone(), read),
        (format!("{}/live", ann.room), read),
        (format!("{}/older?before=1", ann.room), read),
        (format!("{}/messages/1", ann.room), read),
        ("/me.css".to_owned(), read),
        ("/up".to_owned(), read),
        ("/join".to_owned(), change),
        ("/leave".to_owned(), change),
        ("/sign-out".to_owned(), change),
        ("/sign-in".to_owned(), both),
        ("/register".to_owned(), both),
        ("/recover".to_owned(), both),
        ("/reset/x".to_owned(), both),
        ("/setup/x".to_owned(), both),
        ("/settings".to_owned(), read),
        ("/settings/theme".to_owned(), change),
        ("/settings/password".to_owned(), both),
        ("/settings/devices".to_owned(), read),
        ("/settings/devices/x/revoke".to_owned(), change),
        ("/settings/devices/revoke-others".to_owned(), change),
        ("/settings/tokens".to_owned(), both),
        ("/settings/tokens/x/revoke".to_owned(), change),
        ("/settings/recovery-codes".to_owned(), both),
        (format!("{}/messages", ann.room), change),
    ];
    for (path, allowed) in addresses {
        let refused = match allowed {
            "POST" => Method::GET,
            "GET, HEAD" => Method::POST,
            _ => Method::OPTIONS,
        };
        for method in [refused, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = ask(house.http.request(method.clone(), format!("{}{path}", house.url))).await;
            assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let live = format!("{}/live", ann.room);
    for (path, status) in [("/", 200), (&*ann.room, 200), ("/up", 200), ("/nothing", 404), (&live, 200)] {
        let head = ask(house.http.head(format!("{}{path}", house.url))).await;
        assert_eq!((head.status, head.bytes.len()), (status, 0), "{path}");
        if path != live {
            assert_eq!(head.header("content-type"), ask(house.get(path)).await.header("content-type"), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_survives_head_of_a_stream() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut stream = tokio::net::TcpStream::connect(house.host()).await.unwrap();
    let head = format!("HEAD {}/live HTTP/1.1\r\nHost: x\r\n\r\n", ann.room);
    let up = "GET /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all((head + up).as_bytes()).await.unwrap();
    let mut received = String::new();
    within("both answers", stream.read_to_string(&mut received)).await.unwrap();
    let (first, second) = received.split_once("\r\n\r\n").unwrap();
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("text/event-stream"), "{received}");
    assert!(second.starts_with("HTTP/1.1 200") && second.ends_with("up\n"), "{received}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_checks_report_a_running_and_writable_server() {
    let house = House::open().await;
    for (path, text) in [("/up", "up\n"), ("/ready", "ready\n")] {
        let answer = ask(house.get(path)).await;
        assert_eq!((answer.status, answer.text()), (200, text));
    }
}

/// The addresses of the assets that the landing page uses.
async fn asset_paths(house: &House) -> Vec<String> {
    let landing = house.read("/", "text/html").await;
    let mut paths: Vec<String> = ["href=\"", "src=\""]
        .iter()
        .flat_map(|attribute| landing.text().split(attribute).skip(1).filter_map(|rest| rest.split_once('"')))
        .map(|(path, _)| path.to_owned())
        .filter(|path| path.starts_with("/assets/"))
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_compressed_immutable_and_equal_in_every_encoding() {
    let house = House::open().await;
    let paths = asset_paths(&house).await;
    assert_eq!(paths.len(), 2, "a script and a stylesheet: {paths:?}");
    let clients = [("br", Client::builder().no_gzip()), ("gzip", Client::builder().no_brotli())];
    let clients = clients.map(|(name, builder)| (name, builder.no_proxy().build().unwrap()));
    for path in &paths {
        let plain = ask(house.get(path)).await;
        assert_eq!((plain.status, plain.header("cache-control")), (200, "public, max-age=31536000, immutable"));
        assert!(!plain.has("content-encoding") && !plain.bytes.is_empty());
        let refused = ask(house.get(path).header("accept-encoding", "br;q=0, gzip;q=0, identity")).await;
        assert!(!refused.has("content-encoding"));
        for (encoding, client) in &clients {
            let compressed = ask(house.get(path).header("accept-encoding", *encoding)).await;
            assert_eq!(
                (compressed.header("content-encoding"), compressed.header("vary")),
                (*encoding, "Accept-Encoding")
            );
            assert_eq!(compressed.header("content-type"), plain.header("content-type"));
            assert!(compressed.bytes.len() < plain.bytes.len(), "{path} is smaller as {encoding}");
            let decoded = ask(client.get(format!("{}{path}", house.url))).await;
            assert!(decoded.bytes == plain.bytes, "{path} is the same as {encoding}");
        }
    }
    let both = ask(house.get(&paths[0]).header("accept-encoding", "gzip, deflate, br")).await;
    assert_eq!(both.header("content-encoding"), "br", "the smaller of two");
    let media_types = ["text/javascript; charset=utf-8", "text/css; charset=utf-8"];
    for (path, media_type) in paths.iter().zip(media_types) {
        assert_eq!(ask(house.get(path)).await.header("content-type"), media_type, "{path}");
    }
    for path in ["/assets/app.js", "/assets/", "/assets/..%2f..%2fCargo.toml", "/assets/app.000000000000.js"] {
        assert_eq!(ask(house.get(path)).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_works_with_prior_knowledge() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let stream = tokio::net::TcpStream::connect(house.host()).await.unwrap();
    let (mut ask, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = |method: &str, path: String, body: &str| {
        let request = hyper::Request::builder().method(method).uri(format!("{}{path}", house.url));
        request.header("authorization", format!("Bearer {}", ann.token)).body(body.to_owned()).unwrap()
    };
    let live = ask.send_request(request("GET", format!("{}/live?as=json", ann.room), ""));
    let mut live = within("a stream", live).await.unwrap().into_body();
    let posted = ask.send_request(request("POST", format!("{}/messages", ann.room), "over HTTP/2"));
    let posted = within("an answer", posted).await.unwrap();
    assert_eq!((posted.version(), posted.status().as_u16()), (hyper::Version::HTTP_2, 201));
    let mut received = Vec::new();
    within("the message", async {
        while !String::from_utf8_lossy(&received).contains("over HTTP/2") {
            let frame = poll_fn(|cx| Pin::new(&mut live).poll_frame(cx)).await.expect("the stream goes on");
            received.extend_from_slice(frame.unwrap().data_ref().expect("a data frame"));
        }
    })
    .await;
}
