//! What a visit costs: everything a browser really asks for, counted on the wire between it and the server.

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

/// How long a request may take to come.
const PATIENCE: Duration = Duration::from_secs(45);

/// What has passed: the request lines, and how many bytes were answered.
#[derive(Clone, Debug, Default)]
struct Passed {
    requests: Vec<String>,
    answered: usize,
}

/// A wire that lets everything through and keeps count. Its threads end with the connections.
struct Wire {
    url: String,
    passed: Arc<(Mutex<Passed>, Condvar)>,
}

impl Wire {
    fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let passed = Arc::<(Mutex<Passed>, Condvar)>::default();
        let (server, kept) = (server.trim_start_matches("http://").to_owned(), Arc::clone(&passed));
        thread::spawn(move || {
            for browser in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { return }; // the test is over
                let (upwards, downwards) = (Arc::clone(&kept), Arc::clone(&kept));
                let (from_browser, to_server) = (browser.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || {
                    pass(from_browser, to_server, |bytes| {
                        upwards.0.lock().unwrap().hear(bytes);
                        upwards.1.notify_all();
                    });
                });
                thread::spawn(move || {
                    pass(server, browser, |bytes| downwards.0.lock().unwrap().answered += bytes.len())
                });
            }
        });
        Self { url, passed }
    }

    /// Waits until a request that starts like this has passed, and takes all that has passed since the last look.
    fn take_with(&self, last: &str) -> Passed {
        let (passed, rang) = &*self.passed;
        let waits = |passed: &mut Passed| !passed.requests.iter().any(|request| request.starts_with(last));
        let waited = rang.wait_timeout_while(passed.lock().unwrap(), PATIENCE, waits);
        std::mem::take(&mut *waited.unwrap().0)
    }
}

impl Passed {
    /// A browser waits for an answer before it sends the next request on a connection, so each starts what is read here.
    /// That somebody has read does not belong to a visit: a slow machine looks long enough at a page for that.
    fn hear(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().next().unwrap_or_default();
        let tells_what_was_read = |request: &&str| request.starts_with("POST ") && request.ends_with("/read");
        if let Some(request) = line.strip_suffix(" HTTP/1.1").filter(|request| !tells_what_was_read(request)) {
            self.requests.push(request.to_owned());
        }
    }

    fn assert_is(&self, what: &str, expected: &[&str], answered_max: usize) {
        let mut missing: Vec<&str> = expected.to_vec();
        for request in &self.requests {
            let found = missing.iter().position(|start| request.starts_with(start));
            let found = found.unwrap_or_else(|| panic!("{what}: {request} is one too many of {:#?}", self.requests));
            missing.remove(found);
        }
        assert!(missing.is_empty(), "{what}: {missing:?} was not asked for");
        assert!(self.answered <= answered_max, "{what}: {} bytes were answered", self.answered);
        assert!(self.answered > 0, "{what}: this wire counts");
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut count: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(got @ 1..) = from.read(&mut buffer) {
        count(&buffer[..got]);
        if to.write_all(&buffer[..got]).is_err() {
            break;
        }
    }
    let _gone = to.shutdown(Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_visit_is_five_small_requests_and_the_next_is_one() {
    const LINES: usize = 60;
    let words = "Some words that somebody might say in a room, and then some more of them.";
    let house = House::open_after(|past| {
        past.said(BOB, (0..LINES).map(|n| (Duration::from_secs(60 * (LINES - n) as u64), words)));
    })
    .await;
    let wire = Wire::to(&house.url);
    let ann = Browser::open().await;
    let token = house.guest(ANN).await.token;
    ann.cdp("Network.setCookie", json!({"name": "taproom", "value": token, "url": wire.url})).await;
    let (page, stream) = (format!("GET {ROOM_PATH}"), format!("GET {ROOM_PATH}/live?after="));

    ann.goes_to(&format!("{}{ROOM_PATH}", wire.url)).await;
    // The longer beginnings first: each request is counted for the first that fits.
    let all = [&*stream, "GET /me.css", "GET /assets/taproom.", "GET /assets/app.", &page];
    wire.take_with(&stream).assert_is("the first visit", &all, 60_000);
    for what in ["a reload", "a reload once more"] {
        ann.listens().await;
        ann.driver.refresh().await.expect("a reload");
        // The page has not changed, so what is answered is two heads and who is here.
        wire.take_with(&stream).assert_is(what, &[&stream, &page], 4_000);
    }
    house.guest("Chen").await.says("something new").await;
    ann.sees("something new").await;
    ann.goes_to(&format!("{}{ROOM_PATH}", wire.url)).await;
    ann.sees("something new").await;
    wire.take_with(&stream).assert_is("a visit to a page that has changed", &[&stream, &page], 16_000);
    assert_eq!(ann.complaints().await, [""; 0], "the icon and all else may be shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_can_be_said_again_after_a_reload_without_a_script() {
    let house = House::open().await;
    let ann = Browser::without_script().await;
    let token = house.guest(ANN).await.token;
    ann.cdp("Network.setCookie", json!({"name": "taproom", "value": token, "url": house.url})).await;
    let room = format!("{}{ROOM_PATH}", house.url);
    for said_before in 0..3 {
        // Twice, so that the second time nothing has changed and the browser shows the page it has.
        ann.goes_to(&room).await;
        ann.goes_to(&room).await;
        ann.keys_in("#text", "cheers").await;
        ann.clicks("#composer .send").await;
        ann.find(&format!("{}.message:target", ".message ~ ".repeat(said_before))).await;
    }
    let bob = house.guest(BOB).await;
    let said: Vec<String> = bob.reads().await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["cheers", "cheers", "cheers"]);
}
