//! A tab that nobody looks at gives its stream back, counts what it misses, and catches up when it is looked at again;
//! and a stream that has fallen silent is opened anew.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

/// Keeps the page's own timers, so that a test can let their time pass at once.
const TIMERS: &str = "const set = window.setInterval;
    window.every = {};
    window.setInterval = (what, ms, ...rest) => {
      (window.every[ms] ??= []).push(what);
      return set(what, ms, ...rest);
    };";

impl Browser {
    /// Pages that are opened from here on keep their timers.
    pub async fn keeps_timers(&self) {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": TIMERS})).await;
    }

    /// Lets the time of the first timer of so many milliseconds pass.
    pub async fn lets_pass(&self, ms: u32) {
        self.eval(&format!("window.every[{ms}][0]()"), vec![]).await;
    }

    /// Puts the tab into the background, or back; headless browsers never do so themselves.
    pub async fn hides(&self, hidden: bool) {
        let script = "Object.defineProperty(document, 'hidden', {get: () => arguments[0], configurable: true});
                      Object.defineProperty(document, 'visibilityState',
                        {get: () => arguments[0] ? 'hidden' : 'visible', configurable: true});
                      document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))";
        let script = script.replace("arguments[0]", if hidden { "true" } else { "false" });
        self.eval(&script, vec![]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_tab_gives_up_its_stream_and_catches_up_when_it_returns() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.keeps_timers().await;
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;
    bob.sees_here(2).await;
    bob.says("seen").await;
    ann.sees("seen").await;
    ann.until(
        "the server knows what she has seen",
        "return performance.getEntriesByType('resource').some(asked => asked.name.endsWith('/read'))",
        vec![],
    )
    .await;
    let title = ann.driver.title().await.expect("a title");

    ann.hides(true).await;
    bob.sees_here(1).await;
    bob.says("missed 1").await;
    bob.says("missed 2").await;
    assert_eq!(ann.texts().await, ["seen"], "a hidden tab does not listen");
    assert_eq!(ann.number("return window.every[60000].length").await, 1.0, "it asks every 60 seconds what it misses");
    ann.lets_pass(60_000).await;
    let counted = "return document.title === arguments[0]";
    ann.until("the title counts what is missed", counted, vec![json!(format!("(2) {title}"))]).await;
    assert_eq!(ann.texts().await, ["seen"]);

    ann.hides(false).await;
    bob.sees_here(2).await;
    ann.sees("missed 2").await;
    ann.until("what is seen is not counted any more", counted, vec![json!(title)]).await;
    bob.says("live again").await;
    ann.sees("live again").await;
    assert_eq!(ann.texts().await, ["seen", "missed 1", "missed 2", "live again"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_opened_in_the_background_listens_only_when_it_is_looked_at() {
    let house = House::open().await;
    let bob = Browser::open().await;
    bob.sits_down(&house.url, BOB).await;
    bob.says("before").await;
    let reader = Browser::open().await;
    let hidden = "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});
                  Object.defineProperty(document, 'visibilityState', {get: () => 'hidden', configurable: true});";
    reader.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": hidden})).await;
    reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    reader.until("the page has started", "return window.htmx && document.readyState === 'complete'", vec![]).await;
    bob.says("after").await;
    assert_eq!(reader.texts().await, ["before"]);
    bob.sees_here(1).await;

    reader.hides(false).await;
    bob.sees_here(2).await;
    reader.sees("after").await;
    assert_eq!(reader.texts().await, ["before", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_has_fallen_silent_is_opened_anew() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.keeps_timers().await;
    ann.sits_down(&house.url, ANN).await;
    bob.says("before").await;
    ann.sees("before").await;
    assert_eq!(ann.number("return window.every[5000].length").await, 1.0, "it looks every 5 seconds");
    let count = "window.opened = 0;
                 document.addEventListener('htmx:sse:after:connection', () => { window.opened++; });
                 window.every[5000][0]();";
    ann.eval(count, vec![]).await;
    // A heartbeat comes every 15 seconds; three of them and more have not come.
    ann.eval("const now = Date.now; Date.now = () => now() + 46000; window.every[5000][0]()", vec![]).await;
    ann.until("the stream is opened anew", "return window.opened === 1", vec![]).await;
    bob.says("after").await;
    ann.sees("after").await;
    assert_eq!(ann.texts().await, ["before", "after"]);
}
