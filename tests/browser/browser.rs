//! A Chromium of a test's own, with its chromedriver and an empty profile; what can be asked of it, and the one way to
//! wait: for a condition of the page, with what the page shows instead in the panic when it does not come.

use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};

use super::harness::{directory, first_line};

/// How long a condition may take to come. Far longer than any does: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long one look at a page lasts, at most: a page that reloads itself takes the look with it.
const LOOK: Duration = Duration::from_secs(2);
const INSTALL: &str = "Install Chromium and its driver (Debian: apt-get install chromium chromium-driver).";
const FLAGS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--window-size=1440,900",
];

/// One browser with one window. Fields are dropped in this order: the session, its driver, the profile.
pub struct Browser {
    pub driver: WebDriver,
    _chromedriver: Chromedriver,
    _profile: TempDir,
}

struct Chromedriver(Child);

impl Chromedriver {
    /// Starts it on a port of its own choice. It may choose one that somebody takes before it does, and then ends.
    fn start() -> (Self, String) {
        for _ in 0..5 {
            let process = Process::new("chromedriver")
                .args(["--port=0", "--log-level=SEVERE"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("chromedriver does not start: {error}. {INSTALL}"));
            let mut chromedriver = Self(process);
            if let Some(port) = first_line(&mut chromedriver.0, "started successfully on port ") {
                return (chromedriver, format!("http://127.0.0.1:{}", port.trim_end_matches('.')));
            }
        }
        panic!("chromedriver ends before it has started. {INSTALL}");
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

impl Browser {
    /// A browser with a wide window and a mouse, in English, in UTC, in which nothing moves.
    pub async fn open() -> Self {
        Self::with(json!({})).await
    }

    /// A browser in which somebody has switched JavaScript off.
    pub async fn without_script() -> Self {
        Self::with(json!({"profile.managed_default_content_settings.javascript": 2})).await
    }

    async fn with(preferences: Value) -> Self {
        let profile = directory();
        let (chromedriver, url) = Chromedriver::start();
        let driver = WebDriver::new(url, capabilities(&profile, preferences))
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}. {INSTALL}"));
        let browser = Self { driver, _chromedriver: chromedriver, _profile: profile };
        browser.driver.set_script_timeout(LOOK * 5).await.expect("a timeout");
        browser.cdp("Emulation.setTimezoneOverride", json!({"timezoneId": "UTC"})).await;
        browser.prefers("light", "reduce").await;
        browser.notes_streams().await;
        browser
    }

    /// Lets pages that this tab opens from now on note that their stream is open.
    pub async fn notes_streams(&self) {
        let note = "addEventListener('htmx:sse:after:connection', () => { window.hears = true })";
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": note})).await;
    }

    /// Asks the browser itself, by its own protocol.
    pub async fn cdp(&self, command: &'static str, params: Value) -> Value {
        let answer = self.driver.cmd(Cdp { command, params }).await;
        answer.and_then(|answer| answer.value()).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub async fn goes_to(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// A window of this size; narrow ones belong to phones, with a touch screen.
    pub async fn resize(&self, width: u32, height: u32) {
        let mobile = width < 768;
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        self.cdp("Emulation.setTouchEmulationEnabled", json!({"enabled": mobile, "maxTouchPoints": 1})).await;
    }

    /// Sets what a reader has set in their system: `light` or `dark`, and whether things may move (`no-preference`) or
    /// not (`reduce`), so that a test need not wait for colours and pages to fade.
    pub async fn prefers(&self, scheme: &str, motion: &str) {
        let features = json!([
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({"features": features})).await;
    }

    /// Runs the body of a function in the page and returns what it returns.
    pub async fn eval(&self, script: &str, args: Vec<Value>) -> Value {
        let answer = self.driver.execute(script, args).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}")).json().clone()
    }

    /// Waits until the body of a function, run in the page, returns something true; returns that. It looks again
    /// whenever another page takes the place of this one.
    pub async fn until(&self, what: &str, script: &str, args: Vec<Value>) -> Value {
        let watching = format!(
            "const done = arguments[arguments.length - 1], args = [...arguments].slice(0, -1);
             const end = performance.now() + {};
             const look = () => {{
               let found = null;
               try {{ found = (function () {{ {script} }}).apply(window, args); }} catch (error) {{ }}
               if (found || performance.now() > end) done(found || null); else setTimeout(look, 20);
             }};
             look();",
            LOOK.as_millis()
        );
        let since = Instant::now();
        let mut last = String::new();
        while since.elapsed() < PATIENCE {
            match self.driver.execute_async(watching.as_str(), args.clone()).await {
                Ok(found) if *found.json() != Value::Null => return found.json().clone(),
                Ok(_) => {}
                Err(error) => last = first_of(&error),
            }
        }
        panic!("{what}: that did not happen {last}\n{}", self.account().await);
    }

    /// The one element that matches, once it is there.
    pub async fn find(&self, css: &str) -> WebElement {
        let found = self.driver.query(By::Css(css)).wait(PATIENCE, Duration::from_millis(50)).first().await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css} ({})\n{}", first_of(&error), self.account().await),
        }
    }

    /// Clicks on it, as one does: the mouse goes there first, which may show what only stands there under a mouse.
    /// What goes with a page that another takes the place of is looked for on that other one.
    pub async fn clicks(&self, css: &str) {
        let since = Instant::now();
        loop {
            let element = self.find(css).await;
            match self.tries_to_click(&element).await {
                Ok(()) => return,
                Err(error) if is_stale(&error) && since.elapsed() < PATIENCE => {}
                Err(error) => panic!("{css} cannot be clicked ({})\n{}", first_of(&error), self.account().await),
            }
        }
    }

    /// Clicks on what leads to another page, and waits until this one has gone: what is looked for next may stand on
    /// both.
    pub async fn clicks_away(&self, css: &str) {
        let clicked = self.find(css).await;
        self.clicks(css).await;
        let gone = clicked.wait_until().wait(PATIENCE, Duration::from_millis(50)).stale().await;
        if let Err(error) = gone {
            panic!("{css} leads nowhere ({})\n{}", first_of(&error), self.account().await);
        }
    }

    async fn tries_to_click(&self, element: &WebElement) -> WebDriverResult<()> {
        if !element.is_displayed().await? {
            element.scroll_into_view().await?;
            self.driver.action_chain().move_to_element_center(element).perform().await?;
        }
        element.click().await
    }

    /// Presses keys on whatever has the focus.
    pub async fn presses(&self, keys: impl Into<TypingData>) {
        let keys: TypingData = keys.into();
        pressed(self.driver.action_chain().send_keys(keys).perform().await);
    }

    /// Holds Shift and presses a key.
    pub async fn presses_with_shift(&self, key: Key) {
        let chain = self.driver.action_chain().key_down(Key::Shift).send_keys(key).key_up(Key::Shift);
        pressed(chain.perform().await);
    }

    /// Holds some keys and presses another.
    pub async fn presses_with(&self, held: &[Key], key: impl Into<TypingData>) {
        let mut chain = self.driver.action_chain();
        for held in held {
            chain = chain.key_down(held.clone());
        }
        let key: TypingData = key.into();
        chain = chain.send_keys(key);
        for held in held {
            chain = chain.key_up(held.clone());
        }
        pressed(chain.perform().await);
    }

    /// Types into whatever has the focus, any character there is.
    pub async fn types(&self, text: &str) {
        self.cdp("Input.insertText", json!({"text": text})).await;
    }

    /// What the browser wrote into its console since the last look, warnings and worse.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.expect("chromedriver keeps a log");
        entries.into_iter().map(|entry| format!("{} {}", entry.level, entry.message)).collect()
    }

    /// A picture of the window, if pictures were asked for.
    pub async fn picture(&self, name: &str) {
        let Some(directory) = std::env::var_os("TAPROOM_SCREENSHOTS").map(PathBuf::from) else { return };
        std::fs::create_dir_all(&directory).expect("TAPROOM_SCREENSHOTS is a directory that can be made");
        let file = directory.join(format!("{name}.png"));
        self.driver.screenshot(&file).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// What a page shows, for whoever reads why a test failed.
    async fn account(&self) -> String {
        let url = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let title = self.driver.title().await.unwrap_or_default();
        let shown = self.driver.execute("return document.body.innerText", vec![]).await;
        let shown = shown.map(|text| text.json().as_str().unwrap_or_default().to_owned()).unwrap_or_default();
        let words: Vec<&str> = shown.split_whitespace().collect();
        let end = words[words.len().saturating_sub(80)..].join(" ");
        let log = self.driver.browser_log().await.unwrap_or_default();
        let log: Vec<String> = log.into_iter().map(|entry| entry.message).collect();
        self.picture("failed").await;
        format!("at {url} “{title}”\nit shows: …{end}\nits console: {log:#?}")
    }
}

fn capabilities(profile: &TempDir, preferences: Value) -> ChromeCapabilities {
    let mut capabilities = ChromeCapabilities::new();
    let set = || -> WebDriverResult<()> {
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        capabilities.add_experimental_option("prefs", preferences)?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)
    };
    set().expect("these are strings");
    capabilities
}

/// Whether an element has gone with its page.
fn is_stale(error: &WebDriverError) -> bool {
    error.to_string().contains("stale element")
}

/// What a WebDriver error says, without the driver's own stack.
fn first_of(error: &WebDriverError) -> String {
    let text = error.to_string();
    let said = text.split("Stacktrace:").next().unwrap_or_default();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A command of the Chrome DevTools Protocol, as chromedriver passes it on.
#[derive(Debug)]
struct Cdp {
    command: &'static str,
    params: Value,
}

impl FormatRequestData for Cdp {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let body = json!({"cmd": self.command, "params": self.params});
        RequestData::new(reqwest::Method::POST, format!("/session/{session}/goog/cdp/execute")).add_body(body)
    }
}

/// A key that leads to another page may take the driver's answer along.
fn pressed(answer: WebDriverResult<()>) {
    match answer {
        Err(error) if format!("{error:?}").contains("aborted by navigation") => {}
        answer => answer.expect("there is a keyboard"),
    }
}
