//! A Taproom of a test's own: in this process, or as the real binary where it is to be killed; people who take part by
//! plain HTTP; and a past, written into the data file before the server opens it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use governor::clock::FakeRelativeClock;
use serde_json::{Value, json};
use taproom::app::{self, RunningServer};
use taproom::config::{Config, Switch};
use taproom::domain::{
    AccountCommand, Actor, Body, Command, Device, Envelope, Event, MessageContent, PasswordHash, PostFollowUps,
    RoomName, SingleLine, Timestamp, Token, UserName,
};
use taproom::live::ReplayLimits;
use taproom::store::Store;
use taproom::web::LimitClock;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Names that break out of any HTML they are pasted into.
pub const ANN: &str = "<b>Ann</b> & \"Co\"";
pub const BOB: &str = "Bob' onclick='alert(1)";
/// The room of most tests, and its address.
pub const ROOM: &str = "Café 12/3 🚀 <i>";
pub const ROOM_PATH: &str = "/rooms/caf%C3%A9-12-3-%F0%9F%9A%80-%3Ci%3E";

/// How many tests may have browsers open at once: each browser is a dozen processes.
static TABLES: Semaphore = Semaphore::const_new(2);

/// A Taproom in this process.
pub struct House {
    pub url: String,
    running: RunningServer,
    _data: TempDir,
    _table: SemaphorePermit<'static>,
}

impl House {
    pub async fn open() -> Self {
        Self::open_after(|_| {}).await
    }

    /// Opens it on a data directory in which something has happened already.
    pub async fn open_after(happened: impl FnOnce(&mut Past)) -> Self {
        let table = TABLES.acquire().await.expect("nobody closes the semaphore");
        let data = directory();
        let mut past = Past::open(data.path());
        happened(&mut past);
        drop(past);
        // A long evening is said within seconds here.
        let running = app::start(&config(data.path(), Switch::Off)).await.expect("a free port and a fresh directory");
        Self::of(running, data, table)
    }

    /// Opens it with limits on how fast one may be, kept by this clock.
    pub async fn open_paced(clock: FakeRelativeClock) -> Self {
        let table = TABLES.acquire().await.expect("nobody closes the semaphore");
        let data = directory();
        let config = config(data.path(), Switch::On);
        let running = app::start_with(&config, ReplayLimits::default(), LimitClock::Fake(clock)).await;
        Self::of(running.expect("a free port and a fresh directory"), data, table)
    }

    fn of(running: RunningServer, data: TempDir, table: SemaphorePermit<'static>) -> Self {
        Self { url: format!("http://{}", running.address()), running, _data: data, _table: table }
    }

    /// The path of the link that makes somebody its owner; nobody is when it opens.
    pub fn owner_path(&self) -> &str {
        self.running.setup_path().expect("nobody owns it")
    }

    /// Somebody who takes part without a browser.
    pub async fn guest(&self, name: &str) -> Guest {
        Guest::enter(&self.url, name).await
    }
}

/// The real binary, which can be killed and comes back on the same port.
pub struct Binary {
    pub url: String,
    port: u16,
    process: Option<Child>,
    data: TempDir,
    _table: SemaphorePermit<'static>,
}

impl Binary {
    pub async fn start() -> Self {
        let table = TABLES.acquire().await.expect("nobody closes the semaphore");
        let mut binary = Self { url: String::new(), port: 0, process: None, data: directory(), _table: table };
        binary.start_again();
        binary
    }

    /// Starts it on the port and the directory it had.
    pub fn start_again(&mut self) {
        assert!(self.process.is_none(), "it still runs");
        let mut process = Process::new(env!("CARGO_BIN_EXE_taproom"))
            .args(["--listen", &localhost(self.port).to_string(), "--log", "off", "--rate-limits", "off", "--data"])
            .arg(self.data.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        let line = first_line(&mut process, "Taproom listens on ").expect("Taproom starts");
        self.process = Some(process);
        self.url = line.trim().to_owned();
        self.port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("an address with a port");
    }

    /// Pulls the plug.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().expect("it is ours");
        process.wait().expect("it was killed");
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(&mut self) {
        let mut process = self.process.take().expect("it runs");
        let asked = Process::new("kill").args(["-TERM", &process.id().to_string()]).status().expect("there is a kill");
        assert!(asked.success(), "SIGTERM could not be sent");
        let status = process.wait().expect("it ends");
        assert!(status.success(), "it ended with {status}");
    }

    /// Lets it begin anew with nothing, as if its data had been thrown away.
    pub fn forget(&mut self) {
        assert!(self.process.is_none(), "it still runs");
        self.data = directory();
    }

    pub async fn guest(&self, name: &str) -> Guest {
        Guest::enter(&self.url, name).await
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _already_gone = process.kill();
            let _reaped = process.wait();
        }
    }
}

/// Somebody who takes part by plain HTTP.
pub struct Guest {
    url: String,
    pub token: String,
    http: reqwest::Client,
}

impl Guest {
    /// Whoever has this token.
    pub fn with(url: &str, token: &str) -> Self {
        Self { url: url.to_owned(), token: token.to_owned(), http: reqwest::Client::new() }
    }

    async fn enter(url: &str, name: &str) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        let asked = http.post(format!("{url}/join")).header("accept", "application/json");
        let answer = asked.json(&json!({"room": ROOM, "name": name})).send().await.expect("the server answers");
        assert_eq!(answer.status(), 200, "{name} could not come in");
        let welcome: Value = answer.json().await.expect("a JSON object");
        let token = welcome["token"].as_str().expect("a token").to_owned();
        Self { url: url.to_owned(), token, http }
    }

    /// Sends a form to an address, as a program; returns what is answered.
    pub async fn sends(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let asked = self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = asked.header("accept", "application/json").form(form).send().await.expect("the server answers");
        assert!(answer.status().is_success(), "{path} was answered {}", answer.status());
        answer.json().await.unwrap_or_default()
    }

    /// What an address answers a program.
    pub async fn asks(&self, path: &str) -> Value {
        let asked = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        let answer = asked.header("accept", "application/json").send().await.expect("the server answers");
        answer.json().await.expect("a JSON object")
    }

    /// Says something in the room of the tests; returns the number of the message.
    pub async fn says(&self, body: &str) -> u64 {
        let asked = self.http.post(format!("{}{ROOM_PATH}/messages", self.url)).bearer_auth(&self.token);
        let asked = asked.header("accept", "application/json").json(&json!({"body": body}));
        let answer = asked.send().await.expect("the server answers");
        assert_eq!(answer.status(), 201, "the message was refused");
        let message: Value = answer.json().await.expect("a JSON object");
        message["id"].as_u64().expect("an id")
    }

    /// What the server keeps of the room's latest page: number and text of each message.
    pub async fn reads(&self) -> Vec<(u64, String)> {
        let asked = self.http.get(format!("{}{ROOM_PATH}", self.url)).header("accept", "application/json");
        let page: Value = asked.send().await.expect("the server answers").json().await.expect("a JSON object");
        let messages = page["messages"].as_array().expect("messages").iter();
        messages.map(|m| (m["id"].as_u64().expect("an id"), m["body"].as_str().expect("a text").to_owned())).collect()
    }
}

/// What happened before the server was started, at moments of the test's choosing.
pub struct Past {
    store: Store,
}

impl Past {
    fn open(data: &Path) -> Self {
        Self { store: Store::open(data).expect("a fresh directory") }
    }

    /// Somebody says things in the room of the tests, each at a moment: so long ago.
    pub fn said<'a>(&mut self, name: &str, lines: impl IntoIterator<Item = (Duration, &'a str)>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is set");
        let moment = |ago: Duration| Timestamp(u64::try_from((now - ago).as_millis()).expect("a moment of this age"));
        let mut lines = lines.into_iter().peekable();
        let first = lines.peek().expect("something is said").0;
        let mut bits = [7; 32];
        getrandom::fill(&mut bits).expect("random numbers");
        let (room, name) = (RoomName::parse(ROOM).expect("a room"), UserName::parse(name).expect("a name"));
        let entered = self.does(
            moment(first),
            Actor::Anonymous,
            Command::Join { room, name, token: Token::new(bits).hash(), device: Device::default() },
        );
        let Event::PersonJoined { user, room } = entered else { panic!("nobody came in: {entered:?}") };
        for (ago, text) in lines {
            let body = Body::parse(text).expect("a text");
            self.does(
                moment(ago),
                Actor::User(user),
                Command::Post {
                    room,
                    content: MessageContent::from_body(body),
                    reply_to: None,
                    follow_ups: PostFollowUps::default(),
                },
            );
        }
    }

    /// Somebody takes the house; their token.
    pub fn owned_by(&mut self, name: &str) -> String {
        let (token, device) = (Token::new([9; 32]), Device::default());
        let house = SingleLine::parse("house", "Fern Street", 40).expect("a name");
        let (name, password) = (UserName::parse(name).expect("a name"), PasswordHash::new("$none$".to_owned()));
        let own = AccountCommand::SetUpServer { server_name: house, name, password, token: token.hash(), device };
        self.does(taproom::engine::now(), Actor::Anonymous, Command::Account(own));
        token.to_text()
    }

    fn does(&self, now: Timestamp, who: Actor, command: Command) -> Event {
        let asked = Envelope { actor: who, nonce: None, command };
        let mut answers = self.store.commit(now, &[asked]).expect("the file can be written");
        answers.pop().expect("one answer").expect("nothing to refuse").event
    }
}

/// Waits for a process to say that it is ready, and returns what follows `mark` on that line; nothing if it ends before.
pub fn first_line(process: &mut Child, mark: &str) -> Option<String> {
    let stdout = process.stdout.take().expect("its output is piped");
    let mut lines = BufReader::new(stdout).lines();
    let found = lines.by_ref().map_while(Result::ok).find_map(|line| Some(line.split_once(mark)?.1.to_owned()));
    // What it says later is read and thrown away, so that it never writes into a closed pipe.
    std::thread::spawn(move || lines.for_each(drop));
    found
}

pub fn directory() -> TempDir {
    tempfile::Builder::new().prefix("taproom-browser-").tempdir().expect("a directory for this test")
}

fn config(data: &Path, pace: Switch) -> Config {
    Config {
        listen: localhost(0),
        data: data.to_owned(),
        log: "off".to_owned(),
        metrics_token: None,
        trusted_proxy: Vec::new(),
        public_url: None,
        rate_limits: pace,
    }
}

fn localhost(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
