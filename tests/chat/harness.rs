//! What every test stands on: a house of its own with its own directory and port, guests that speak and ears that
//! listen, all over real sockets. Nothing here waits for a time; everything waits for what is to happen, and says what
//! did not.

use std::fs::File;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use taproom::app::{self, RunningServer};
use taproom::config::{Config, Switch};
use taproom::live::ReplayLimits;
use taproom::web::LimitClock;
use tempfile::TempDir;

pub use crate::ears::{Ears, text_of};

/// A name that is markup, an attribute and an entity at once. Names are hostile here unless a test needs another.
pub const ANN: &str = r#"<b>"Ann" & 'Bo'</b>"#;
/// Another of the kind, with a colon, which Basic credentials must survive.
pub const BEN: &str = "Ben: <script>ü</script>";
/// A room whose name needs folding, dashes, percent-encoding and escaping.
pub const ROOM: &str = "Café 12/3 🚀 <i>";

/// Waits for something that must happen. The time is no measure of speed, only of hopelessness.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    const PATIENCE: Duration = Duration::from_secs(60);
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("waited {PATIENCE:?} in vain for {what}"))
}

/// Asks again and again until the answer is yes, for what no event tells.
pub async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    within(what, async {
        while !ask().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A client that shows what the server says: no redirect followed, nothing unpacked, no cookie kept.
pub fn client() -> Client {
    Client::builder().redirect(Policy::none()).no_gzip().no_brotli().no_proxy().build().unwrap()
}

/// A Taproom that runs in this process.
pub struct House {
    running: RunningServer,
    directory: TempDir,
    /// Its origin, without a slash at the end.
    pub url: String,
    /// Whoever asks, without a name.
    pub http: Client,
}

impl House {
    /// An empty one.
    pub async fn open() -> Self {
        Self::open_on(tempfile::tempdir().unwrap(), ReplayLimits::default()).await
    }

    /// One on a directory where something may be already, whose hubs keep a tail of this size.
    pub async fn open_on(directory: TempDir, tail: ReplayLimits) -> Self {
        let config = config(directory.path());
        Self::start(directory, &config, tail, LimitClock::default()).await
    }

    /// An empty one with another configuration.
    pub async fn open_as(change: impl FnOnce(&mut Config)) -> Self {
        Self::open_by(LimitClock::default(), change).await
    }

    /// The same, with limits by this clock.
    pub async fn open_by(clock: LimitClock, change: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut config = config(directory.path());
        change(&mut config);
        Self::start(directory, &config, ReplayLimits::default(), clock).await
    }

    async fn start(directory: TempDir, config: &Config, tail: ReplayLimits, clock: LimitClock) -> Self {
        let_go(directory.path()).await;
        let running = app::start_with(config, tail, clock).await.expect("it starts");
        let url = format!("http://{}", running.address());
        Self { running, directory, url, http: client() }
    }

    /// Stops it, and gives back what it leaves behind.
    pub async fn close(self) -> TempDir {
        within("the house to close", self.running.stop()).await;
        let_go(self.directory.path()).await;
        self.directory
    }

    /// Its host and port.
    pub fn host(&self) -> &str {
        self.url.strip_prefix("http://").expect("it speaks plain HTTP")
    }

    /// The path of the link that makes somebody its owner, if nobody is.
    pub fn owner_path(&self) -> Option<&str> {
        self.running.setup_path()
    }

    /// A request to read.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    /// A request to change something.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url))
    }

    /// The same page as a browser, a program, a terminal would ask for it.
    pub async fn read(&self, path: &str, accept: &str) -> Answer {
        ask(self.get(path).header("accept", accept)).await
    }

    /// Somebody new, in a room.
    pub async fn guest(&self, name: &str, room: &str) -> Guest {
        guest(&self.http, &self.url, name, room).await
    }

    /// Ears without a name in the room at this path.
    pub async fn listen(&self, room: &str, query: &str) -> Ears {
        Ears::open(self.get(&format!("{room}/live?{query}"))).await
    }

    /// The same, by somebody who comes back and says what they heard last.
    pub async fn listen_again(&self, room: &str, query: &str, last_id: &str) -> Ears {
        Ears::open(self.get(&format!("{room}/live?{query}")).header("last-event-id", last_id)).await
    }

    /// The texts of all messages of the room at this path, oldest first, read page by page.
    pub async fn history(&self, room: &str) -> Vec<(u64, String)> {
        history(&self.http, &self.url, room).await
    }
}

/// A text as it must stand in HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A name as it stands in a path.
pub fn encoded(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Waits until nobody holds the data file in this directory. A process that another test is just starting has, for a
/// moment, a copy of everything this one has open, the lock on the file with it.
pub async fn let_go(directory: &Path) {
    let file = directory.join("taproom.redb");
    until("the data file to be let go of", || async {
        let Ok(file) = File::open(&file) else { return true };
        // What is taken here is given back for all copies at once.
        file.try_lock().is_ok() && file.unlock().is_ok()
    })
    .await;
}

/// The configuration of a house on this directory. Tests say much at once, so it has no limits on how fast; `pace.rs`
/// turns them on.
pub fn config(directory: &Path) -> Config {
    Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: directory.to_owned(),
        log: "off".to_owned(),
        metrics_token: None,
        trusted_proxy: Vec::new(),
        public_url: None,
        rate_limits: Switch::Off,
    }
}

/// Somebody new in the house at this origin.
pub async fn guest(http: &Client, url: &str, name: &str, room: &str) -> Guest {
    let enter = http.post(format!("{url}/join")).header("accept", "application/json");
    let answer = ask(enter.form(&[("room", room), ("name", name)])).await;
    assert_eq!(answer.status, 200, "{name} comes in: {}", answer.text());
    let welcome = answer.json();
    let field = |key: &str| welcome[key].as_str().expect("a welcome has four texts").to_owned();
    Guest { name: field("name"), token: field("token"), room: field("url"), url: url.to_owned(), http: http.clone() }
}

/// The texts of all messages of the room at this path, oldest first, read page by page.
pub async fn history(http: &Client, url: &str, room: &str) -> Vec<(u64, String)> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = http.get(format!("{url}{room}?after={after}")).header("accept", "application/json");
        let page = ask(page).await.json();
        for message in page["messages"].as_array().expect("a page has messages") {
            after = message["id"].as_u64().expect("a message has an id");
            all.push((after, message["body"].as_str().expect("a message has a body").to_owned()));
        }
        if page["newer"] == false {
            return all;
        }
    }
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// A header that is there once.
    pub fn header(&self, name: &str) -> &str {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().unwrap_or_else(|| panic!("there is a header {name} in {:?}", self.headers));
        assert!(values.next().is_none(), "there is one header {name} in {:?}", self.headers);
        value.to_str().expect("headers are ASCII")
    }

    /// Whether there is such a header.
    pub fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).expect("texts are UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e} in {:?}", self.text()))
    }
}

/// Sends a request and reads all of the answer.
pub async fn ask(request: RequestBuilder) -> Answer {
    within("an answer", async {
        let response = request.send().await.expect("there is an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.expect("it has an end").to_vec() }
    })
    .await
}

/// Somebody with a name.
#[derive(Clone)]
pub struct Guest {
    pub name: String,
    pub token: String,
    /// The path of the room they came into.
    pub room: String,
    pub url: String,
    pub http: Client,
}

impl Guest {
    /// A post to the room they came into, as a program makes it, still without what is said.
    pub fn post(&self) -> RequestBuilder {
        let url = format!("{}{}/messages", self.url, self.room);
        self.http.post(url).bearer_auth(&self.token).header("accept", "application/json")
    }

    /// Sends a form to an address, as a program.
    pub async fn sends(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        ask(request.header("accept", "application/json").form(form)).await
    }

    /// Reads an address in this form.
    pub async fn reads(&self, path: &str, accept: &str) -> Answer {
        ask(self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token).header("accept", accept)).await
    }

    /// Listens to the room at this path.
    pub async fn listens(&self, room: &str, query: &str) -> Ears {
        let request = self.http.get(format!("{}{room}/live?{query}", self.url));
        Ears::open(request.bearer_auth(&self.token)).await
    }

    /// Creates a room of this kind with these members; its path.
    pub async fn creates(&self, name: &str, kind: &str, members: &str) -> String {
        let answer = self.sends("/rooms", &[("name", name), ("visibility", kind), ("members", members)]).await;
        assert_eq!(answer.status, 201, "{name} is created: {}", answer.text());
        answer.header("location").to_owned()
    }

    /// Says something there; the number of the message.
    pub async fn posts(&self, text: &str) -> u64 {
        let answer = ask(self.post().json(&json!({ "body": text }))).await;
        assert_eq!(answer.status, 201, "{text:?} is posted: {}", answer.text());
        answer.json()["id"].as_u64().expect("a message has an id")
    }

    /// The cookie of a browser that has this name.
    pub fn cookie(&self) -> String {
        format!("taproom={}", self.token)
    }

    /// The same person in another room, which opens if there is none.
    pub async fn in_room(&self, room: &str) -> Self {
        let enter = self.http.post(format!("{}/join", self.url)).bearer_auth(&self.token);
        let answer = ask(enter.header("accept", "application/json").form(&[("room", room)])).await;
        assert_eq!(answer.status, 200, "{room} opens: {}", answer.text());
        Self { room: answer.json()["url"].as_str().expect("a welcome names the room").to_owned(), ..self.clone() }
    }

    /// Ears with this name.
    pub async fn listen(&self, query: &str) -> Ears {
        Ears::open(self.http.get(format!("{}{}/live?{query}", self.url, self.room)).bearer_auth(&self.token)).await
    }
}
