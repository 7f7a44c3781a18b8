//! Sending: a message stands in the list at once, and once in every frame, whichever of answer and stream comes first;
//! what cannot go out waits, also through a reload, goes out in order, and is said once.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Binary, House};

/// Stands between the page and the answers to its posts: keeps them back, loses them, or answers itself; and keeps the
/// nonces of all posts.
const BETWEEN: &str = "const real = window.fetch;
    window.nonces = [];
    window.held = [];
    window.fetch = async (url, asked) => {
      if (asked?.method !== 'POST') return real(url, asked);
      window.nonces.push(asked.body.get('nonce'));
      if (window.refuses) return new Response(window.refuses, {status: 403});
      const answer = await real(url, asked);
      if (window.loses) throw new TypeError('lost');
      if (window.holds) await new Promise(release => window.held.push(release));
      return answer;
    };";

/// Counts in every frame how often a text is to be seen in the list.
const WATCH: &str = "window.frames_seen = [];
    const look = () => {
      const rows = [...document.querySelectorAll('#messages > .message')];
      window.frames_seen.push(rows.filter(row => row.checkVisibility() && row.querySelector('.body').innerText === arguments[0]).length);
      requestAnimationFrame(look);
    };
    look();";

impl Browser {
    async fn sits_down_behind(&self, url: &str, name: &str) {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": BETWEEN})).await;
        self.sits_down(url, name).await;
    }

    async fn sends(&self, text: &str) {
        self.writes(text).await;
        self.presses(Key::Enter).await;
    }

    /// How often the text that is watched was to be seen, in each frame from the first in which it was.
    async fn frames(&self) -> Vec<u64> {
        self.eval("window.ended = window.frames_seen.length", vec![]).await;
        self.until("another frame", "return window.frames_seen.length > window.ended + 2", vec![]).await;
        let seen = "return window.frames_seen.slice(window.frames_seen.findIndex(count => count > 0))";
        serde_json::from_value(self.eval(seen, vec![]).await).expect("numbers")
    }

    async fn waits_with(&self, count: usize) {
        let told = "return document.querySelector('#waiting').textContent === arguments[0]";
        let told_count = format!("{count} message{} queued", if count == 1 { "" } else { "s" });
        self.until(&format!("{count} wait"), told, vec![json!(told_count)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_stands_there_once_in_every_frame_if_the_stream_is_first() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, house.guest(BOB).await);
    ann.sits_down_behind(&house.url, ANN).await;
    ann.eval(WATCH, vec![json!("hello")]).await;
    ann.eval("window.holds = true", vec![]).await;
    ann.sends("hello").await;
    let pending = "const row = document.querySelector('.pending'); return row && row.ariaHidden === 'true' && row.checkVisibility()";
    ann.until("it is there at once", pending, vec![]).await;
    assert_eq!(ann.written().await, "");
    ann.until("the stream has brought it", "return document.querySelector('.message[id]')", vec![]).await;
    bob.says("another").await;
    ann.until(
        "what others say is seen",
        "return document.querySelectorAll('.message[id]:not([hidden])').length",
        vec![],
    )
    .await;
    ann.eval("window.held.forEach(release => release())", vec![]).await;
    ann.until("it is settled", "return !document.querySelector('.pending, [hidden].message')", vec![]).await;
    let frames = ann.frames().await;
    assert!(frames.iter().all(|count| *count == 1), "{frames:?}");
    assert_eq!(ann.texts().await, ["hello", "another"]);

    ann.eval("window.refuses = 'not today.'", vec![]).await;
    ann.sends("stays").await;
    ann.find(".failed").await;
    bob.says("one more").await;
    ann.sees("one more").await;
    let below = "return document.querySelector('#messages').lastElementChild.matches('.failed')";
    assert_eq!(ann.eval(below, vec![]).await, json!(true), "what is not sent stays below all that is");
    let days = "return document.querySelectorAll('.day').length";
    assert_eq!(ann.number(days).await, 1.0, "and does not part a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_stands_there_once_in_every_frame_if_the_answer_is_first() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, house.guest(BOB).await);
    ann.sits_down_behind(&house.url, ANN).await;
    ann.eval(WATCH, vec![json!("hello")]).await;
    ann.hides(true).await; // a hidden tab has no stream
    ann.sends("hello").await;
    ann.sees("hello").await;
    ann.hides(false).await;
    bob.says("another").await;
    ann.sees("another").await;
    let frames = ann.frames().await;
    assert!(frames.iter().all(|count| *count == 1), "{frames:?}");
    assert_eq!(ann.texts().await, ["hello", "another"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_has_two_ways_out() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, house.guest(BOB).await);
    ann.sits_down_behind(&house.url, ANN).await;
    ann.eval("window.refuses = 'not today.'", vec![]).await;
    ann.sends("one").await;
    let failed = "return document.querySelectorAll('.failed').length === arguments[0]";
    ann.until("it was not sent", failed, vec![json!(1)]).await;
    ann.sends("two").await;
    ann.until("nor the next", failed, vec![json!(2)]).await;
    let why = ann.string("return document.querySelector('.failed .error').innerText").await;
    assert!(why.starts_with("Not sent: not today."), "{why}");
    ann.is_accessible("not-sent").await;

    ann.driver.refresh().await.expect("a reload");
    ann.until("a reload keeps both", failed, vec![json!(2)]).await;
    ann.listens().await;
    ann.clicks(".failed .link:last-child").await;
    assert_eq!(ann.written().await, "one", "the first comes back to be changed");
    ann.fills("#text", "").await;
    ann.clicks(".failed .link").await;
    ann.sees("two").await;
    assert_eq!(ann.texts().await, ["two"]);
    assert_eq!(bob.reads().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_sent_again_under_its_own_nonce() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down_behind(&house.url, ANN).await;
    ann.eval("window.refuses = 'not today.'", vec![]).await;
    ann.sends("one").await;
    ann.find(".failed .link").await;
    ann.eval("window.refuses = null", vec![]).await;
    ann.clicks(".failed .link").await;
    ann.sees("one").await;
    let nonces = ann.eval("return window.nonces", vec![]).await;
    assert!(nonces[0] == nonces[1] && nonces[2].is_null(), "{nonces}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_its_answer_got_lost_is_said_once() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, house.guest(BOB).await);
    ann.sits_down_behind(&house.url, ANN).await;
    ann.eval(WATCH, vec![json!("hello")]).await;
    ann.eval("window.loses = true", vec![]).await;
    ann.sends("hello").await;
    ann.waits_with(1).await;
    ann.until("the stream has brought it", "return document.querySelector('.message[id]')", vec![]).await;
    ann.eval("window.loses = false", vec![]).await;
    ann.until("it is settled", "return !document.querySelector('.pending, [hidden].message')", vec![]).await;
    let frames = ann.frames().await;
    assert!(frames.iter().all(|count| *count == 1), "{frames:?}");

    ann.eval("window.loses = true", vec![]).await;
    ann.sends("and again").await;
    ann.waits_with(1).await;
    ann.driver.refresh().await.expect("a reload");
    ann.listens().await;
    ann.says("the end").await;
    assert_eq!(ann.texts().await, ["hello", "and again", "the end"]);
    assert_eq!(bob.reads().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_without_a_connection_waits_and_goes_out_in_order_also_after_a_reload() {
    let mut server = Binary::start().await;
    let bob = server.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&server.url, ANN).await;
    ann.says("before").await;
    server.kill();
    let mut said = vec!["before".to_owned()];
    for n in 0..10 {
        said.push(format!("into the void {n}"));
        ann.sends(&said[said.len() - 1]).await;
    }
    ann.waits_with(10).await;
    ann.picture("waiting").await;
    assert_eq!(ann.number("return document.querySelectorAll('.pending').length").await, 10.0);
    assert_eq!(ann.texts().await, ["before"], "nothing says that it was sent");

    server.start_again();
    ann.driver.refresh().await.expect("a reload");
    ann.sees("into the void 9").await;
    ann.until("nothing waits", "return !document.querySelector('.pending')", vec![]).await;
    assert_eq!(ann.texts().await, said);
    server.kill();
    ann.sends("once more").await;
    ann.waits_with(1).await;
    server.start_again();
    ann.sees("once more").await;
    said.push("once more".to_owned());
    let kept: Vec<String> = bob.reads().await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(kept, said);
    ann.until("nothing is left behind", "return localStorage.length === 0", vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_slash_does_is_done_and_leaves_nothing_on_its_way() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.sends("/help ").await; // with a blank: nothing is offered then, which Enter would take
    let told = "return document.querySelector('#say-error').textContent.includes('/topic')
                && !document.querySelector('.pending')";
    ann.until("the words behind a slash are told", told, vec![]).await;
    ann.sends("/nonsense of mine").await;
    let back = "return document.querySelector('#text').value === '/nonsense of mine'";
    ann.until("what is none comes back", back, vec![]).await;
    ann.fills("#text", "/topic Bread").await;
    ann.presses(Key::Enter).await;
    let topic = "return document.querySelector('.topic')?.textContent === 'Bread'";
    ann.until("the topic is there", topic, vec![]).await;
    ann.listens().await;
    assert!(ann.rows().await.is_empty());
    let left = "return localStorage.length === 0 && !document.querySelector('.pending')";
    ann.until("nothing is left behind", left, vec![]).await;
}
