//! Any bytes of any type as the body of a request: they are read or refused, always the same however they arrive in
//! pieces, and what a form, a JSON object or a text says is what is read. Other readers give the second opinion.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use taproom::fuzzing::RequestBody;

const URLENCODED: &str = "application/x-www-form-urlencoded";
const FIELDS: [&str; 4] = ["body", "nonce", "room", "name"];

// The first line is the type of the body.
fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|&b| b == b'\n').unwrap_or(input.len());
    let (kind, body) = (&input[..end], input.get(end + 1..).unwrap_or(b""));
    let Some(sent) = read(kind, body, body.len().max(1)) else { return };
    for piece in [3, 50] {
        assert_eq!(read(kind, body, piece).as_ref(), Some(&sent), "in pieces of {piece}");
    }
    if let Ok(sent) = sent {
        another_reads_the_same(kind, body, &sent);
    }
    a_form_says_what_was_typed(&String::from_utf8_lossy(body));
});

fn read(kind: &[u8], body: &[u8], piece: usize) -> Option<Result<RequestBody, String>> {
    let pieces = body.chunks(piece).map(Bytes::copy_from_slice).collect();
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
    }
    RUNTIME.with(|runtime| runtime.block_on(RequestBody::read(kind, pieces, &FIELDS)))
}

fn another_reads_the_same(kind: &[u8], body: &[u8], sent: &RequestBody) {
    // A type that is not ASCII is none.
    let kind = std::str::from_utf8(kind).ok().filter(|kind| kind.is_ascii()).unwrap_or("");
    match kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase().as_str() {
        "multipart/form-data" => assert_eq!(sent.text(), None),
        "application/json" => {
            let object: serde_json::Map<String, Value> = serde_json::from_slice(body).expect("it was read");
            for (name, value) in &object {
                let text = match value {
                    Value::String(text) => Some(text.clone()),
                    Value::Number(number) => Some(number.to_string()),
                    Value::Null => Some(String::new()),
                    Value::Bool(_) | Value::Array(_) | Value::Object(_) => None, // no texts
                };
                assert_eq!(sent.get(name), text.as_deref());
            }
        }
        URLENCODED if sent.text().is_none() => {
            let pairs: Vec<_> = form_urlencoded::parse(body).collect();
            for (n, (name, value)) in pairs.iter().enumerate() {
                if pairs[..n].iter().all(|(earlier, _)| earlier != name) {
                    assert_eq!(sent.get(name), Some(&**value));
                }
            }
        }
        URLENCODED => {
            assert!(form_urlencoded::parse(body).next().is_some());
            assert_eq!(sent.text().map(str::as_bytes), Some(body));
        }
        _ => assert_eq!(sent.text().map(str::as_bytes), Some(body)),
    }
}

/// The same text as a browser's two kinds of forms, as JSON and bare.
fn a_form_says_what_was_typed(typed: &str) {
    let says = |kind: &str, body: &str| {
        let sent = read(kind.as_bytes(), body.as_bytes(), 1024).expect("a good type").expect("a good body");
        assert_eq!(sent.get("body").or(sent.text()), Some(typed), "{kind}: {body:?}");
    };
    let mut form = form_urlencoded::Serializer::new(String::new());
    says(URLENCODED, &form.append_pair("nonce", "n").append_pair("body", typed).finish());
    says("application/json; charset=utf-8", &serde_json::json!({ "nonce": 1, "body": typed }).to_string());
    says("text/plain", typed);
    if !typed.contains("--line") {
        let part = |name: &str, value: &str| {
            format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let whole = part("nonce", "n") + &part("body", typed) + "--line--\r\n";
        says("multipart/form-data; boundary=line", &whole);
    }
}
