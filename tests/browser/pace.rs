//! Somebody sends more than anybody can type: what they wrote stays with them, with a script and without.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use serde_json::json;
use taproom::web::LimitedAction;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, House};

/// Sends so many messages past the composer; how often that was answered with a message.
const SEND_MANY: &str = "
    const form = document.querySelector('#composer');
    const send = n => fetch(form.action, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({ body: `message ${n}` }),
    });
    return Promise.all([...Array(arguments[0]).keys()].map(send))
      .then(answers => answers.filter(answer => answer.status === 201).length);";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_too_fast_goes_out_by_itself_in_time() {
    let clock = FakeRelativeClock::default();
    let house = House::open_paced(clock.clone()).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let burst = LimitedAction::Post.quota().person.burst;
    assert_eq!(ann.eval(SEND_MANY, vec![json!(burst + 5)]).await, json!(burst), "the others were too fast");

    ann.writes("too fast").await;
    ann.presses(Key::Enter).await;
    let waits = "return document.querySelector('#waiting').textContent === '1 message queued'";
    ann.until("it waits", waits, vec![]).await;
    clock.advance(Duration::from_secs(1));
    ann.sees("too fast").await;

    // The next is the second that a second brings, and then there is none left for the form as it is without a script.
    ann.says("in time").await;
    ann.writes("without a script").await;
    ann.eval("document.querySelector('#composer').submit()", vec![]).await;
    ann.find(".panel textarea").await;
    ann.is_accessible("too-fast").await;
    assert_eq!(ann.written().await, "without a script");
    clock.advance(Duration::from_secs(1));
    ann.clicks(".panel form button").await;
    ann.sees("without a script").await;
}
