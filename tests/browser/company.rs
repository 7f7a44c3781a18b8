//! Who else is there: who is typing, and whether somebody is here with whom one talks.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

impl Browser {
    /// Waits until this stands in the foot of the composer, and nothing else.
    async fn sees_typing(&self, words: &str) {
        let script = "return document.querySelector('#typing').innerText.replace('•••', '').trim() === arguments[0]";
        self.until(&format!("“{words}” stands below the composer"), script, vec![json!(words)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_the_other_type_and_nobody_themselves_until_it_is_sent() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;
    ann.sees_here(2).await;

    ann.writes("a").await;
    bob.sees_typing(&format!("{ANN} is typing")).await;
    ann.sees_typing("").await;
    bob.writes("b").await;
    ann.sees_typing(&format!("{BOB} is typing")).await;
    bob.sees_typing(&format!("{ANN} is typing")).await;
    ann.presses(Key::Enter).await;
    bob.sees("a").await;
    bob.sees_typing("").await;
    assert_eq!(bob.written().await, "b", "and what he writes is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_that_one_types_now_and_then_and_not_of_nothing() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let count = "const real = window.fetch;
        window.told = [];
        window.fetch = (address, ...rest) => { told.push(address); return real(address, ...rest); };";
    ann.eval(count, vec![]).await;
    ann.writes("  ").await;
    assert_eq!(ann.number("return told.length").await, 0.0, "blanks are nothing");
    // All within one turn of the page, so that no time passes.
    let types = "const text = document.querySelector('#text');
        for (const letter of 'a long sentence') {
          text.value += letter;
          text.dispatchEvent(new Event('input', {bubbles: true}));
        }
        return told.join()";
    assert_eq!(ann.string(types).await, format!("{ROOM_PATH}/typing"), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dot_beside_a_talk_follows_the_other_live() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    bob.sits_down(&house.url, BOB).await;
    ann.sits_down(&house.url, ANN).await;
    let begin =
        "return (await fetch('/direct', {method: 'POST', body: new URLSearchParams({names: arguments[0]})})).ok";
    assert_eq!(ann.eval(begin, vec![json!(BOB)]).await, json!(true));
    ann.goes_to(&format!("{}{}", house.url, ROOM_PATH)).await;
    ann.listens().await;
    let says =
        "return [...document.querySelectorAll('.sidebar .place-name')].some(name => name.textContent === arguments[0])";
    ann.until("he is here", says, vec![json!(format!("{BOB}, here now"))]).await;
    assert_eq!(ann.number("return document.querySelectorAll('.sidebar .avatar > .dot.here').length").await, 1.0);
    bob.eval("await fetch('/leave', {method: 'POST'})", vec![]).await;
    ann.until("he is gone", says, vec![json!(format!("{BOB}, away"))]).await;
    assert_eq!(ann.number("return document.querySelectorAll('.sidebar .dot.here').length").await, 0.0);
    assert_eq!(ann.number("return document.querySelectorAll('.sidebar .avatar > .dot').length").await, 1.0);
}
