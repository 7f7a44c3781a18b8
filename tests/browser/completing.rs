//! Completing in a real browser: a list beside what is written, which the keyboard, the mouse and a finger take from, and
//! which never stands in the way of whoever wants to send.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

/// The options that can be seen, the chosen one with a star.
const OFFERED: &str = "
  const box = document.querySelector('#choices');
  return box.hidden ? [] : [...box.children].map(option =>
    (option.ariaSelected === 'true' ? '*' : '') + option.querySelector('.place-name, code').textContent);";

impl Browser {
    async fn offered(&self) -> Vec<String> {
        serde_json::from_value(self.eval(OFFERED, vec![]).await).expect("a list of texts")
    }

    /// Waits until exactly this is offered.
    async fn is_offered(&self, names: &[&str]) {
        let what = format!("{names:?} is offered");
        let script = format!(
            "const offered = (() => {{ {OFFERED} }})();
            return JSON.stringify(offered) === JSON.stringify(arguments[0])"
        );
        self.until(&what, &script, vec![json!(names)]).await;
    }

    /// Waits until something is offered.
    async fn is_offered_something(&self) {
        self.until("something is offered", &format!("return (() => {{ {OFFERED} }})().length > 0"), vec![]).await;
    }

    /// What a screen reader is told of the text and of the list.
    async fn told(&self) -> Value {
        let script =
            "const text = document.activeElement, list = document.getElementById(text.getAttribute('aria-controls'));
            const option = document.getElementById(text.getAttribute('aria-activedescendant'));
            return [text.id, list.role, option && option.role, option && option.ariaSelected]";
        self.eval(script, vec![]).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arrows_choose_enter_and_tab_take_and_only_then_enter_sends() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    house.guest("Bobby").await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("so @bob").await;
    ann.is_offered(&["*Bobby", BOB]).await;
    assert_eq!(ann.told().await, json!(["text", "listbox", "option", "true"]));
    ann.is_accessible("completing").await;
    ann.presses(Key::Down).await;
    ann.is_offered(&["Bobby", &format!("*{BOB}")]).await;
    ann.presses(Key::Down).await;
    ann.is_offered(&["*Bobby", BOB]).await;
    ann.presses(Key::Up).await;
    ann.presses(Key::Enter).await;
    assert_eq!(ann.written().await, format!("so @{BOB} "));
    assert_eq!(ann.offered().await, [] as [&str; 0]);
    assert_eq!(ann.told().await, json!(["text", "listbox", null, null]));
    ann.types("and :tad").await;
    ann.is_offered(&["*:tada:", ":stadium:"]).await;
    ann.presses(Key::Tab).await;
    assert_eq!(ann.written().await, format!("so @{BOB} and 🎉 "));
    assert_eq!(ann.eval("return document.activeElement.id", vec![]).await, json!("text"), "Tab went nowhere");
    ann.presses(Key::Enter).await;
    ann.sees(&format!("so @{BOB} and 🎉")).await;
    assert_eq!(ann.complaints().await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn escape_puts_the_list_away_and_nothing_else() {
    let house = House::open().await;
    let said = house.guest(BOB).await.says("what do you think?").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.goes_to(&format!("{}{ROOM_PATH}?reply={said}#text", house.url)).await;
    ann.listens().await;
    ann.writes("@bo").await;
    ann.is_offered_something().await;
    ann.presses(Key::Escape).await;
    assert_eq!(ann.offered().await, [] as [&str; 0]);
    assert_eq!(ann.written().await, "@bo");
    assert_eq!(ann.eval("return document.querySelector('#replying').hidden", vec![]).await, json!(false));
    ann.types("b").await;
    ann.presses(Key::Enter).await;
    ann.sees("@bob").await;
    ann.writes("@bo").await;
    ann.is_offered_something().await;
    assert!(ann.written().await == "@bo", "another sign is offered something again");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_begins_no_word_and_what_nothing_is_found_for_is_sent_as_before() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.eval("window.asked = []; const real = fetch; window.fetch = (to, how) => { if (String(to).includes('/autocomplete')) asked.push(new URL(to, location).searchParams.get('q')); return real(to, how) }", vec![]).await;
    for text in ["mail a@bob.org", "at 12:30", "so :D", "a/b", "1 #", "x :", "see https://a.org/#bo"] {
        ann.writes(text).await;
        // Longer than the page waits before it asks: its timer is the first to be due.
        ann.driver.execute_async("setTimeout(arguments[0], 100)", vec![]).await.expect("time passes");
        ann.presses(Key::Enter).await;
        ann.sees(text).await;
    }
    assert_eq!(ann.eval("return asked", vec![]).await, json!([]), "nothing was asked for");
    ann.writes("@nobody").await;
    ann.until("it is asked for once", "return asked.length === 1", vec![]).await;
    ann.presses(Key::Enter).await;
    ann.sees("@nobody").await;
    ann.writes("/").await;
    ann.is_offered(&["*/me", "/shrug", "/topic", "/help"]).await;
    ann.types("sh").await;
    ann.is_offered(&["*/shrug"]).await;
    ann.presses(Key::Enter).await;
    ann.types("who knows").await;
    ann.presses(Key::Enter).await;
    ann.sees("who knows ¯\\_(ツ)_/¯").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_and_one_that_was_outrun_show_nothing() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    house.guest("Cleo").await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    // Answers wait until the test lets them go, the first one last.
    let held = "window.held = []; const real = fetch;
        window.fetch = (to, how) => String(to).includes('/autocomplete')
          ? new Promise(go => held.push(() => real(to, how).then(go))) : real(to, how)";
    ann.eval(held, vec![]).await;
    ann.writes("@b").await;
    ann.until("it is asked for", "return held.length === 1", vec![]).await;
    ann.eval("document.querySelector('#text').select()", vec![]).await;
    ann.types("@cle").await;
    ann.until("it is asked for", "return held.length === 2", vec![]).await;
    ann.eval("held[1]()", vec![]).await;
    ann.is_offered(&["*Cleo"]).await;
    ann.driver
        .execute_async(
            "const done = arguments[0]; held[0]().then(() => setTimeout(() => requestAnimationFrame(done), 200))",
            vec![],
        )
        .await
        .expect("it comes");
    assert_eq!(ann.offered().await, ["*Cleo"]);
    ann.presses(Key::Escape).await;
    ann.types(" @b").await;
    ann.until("it is asked for", "return held.length === 3", vec![]).await;
    ann.presses(Key::Enter).await;
    ann.sees("@cle @b").await;
    ann.driver
        .execute_async(
            "const done = arguments[0]; held[2]().then(() => setTimeout(() => requestAnimationFrame(done), 200))",
            vec![],
        )
        .await
        .expect("it comes");
    assert_eq!(ann.offered().await, [] as [&str; 0], "the text has gone out");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_input_method_is_left_alone() {
    let house = House::open().await;
    house.guest("田中").await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("@").await;
    ann.is_offered_something().await;
    ann.cdp("Input.imeSetComposition", json!({"text": "たなか", "selectionStart": 3, "selectionEnd": 3})).await;
    assert_eq!(ann.offered().await, [] as [&str; 0], "nothing is offered while one composes");
    ann.cdp("Input.imeSetComposition", json!({"text": "田中", "selectionStart": 2, "selectionEnd": 2})).await;
    ann.cdp("Input.insertText", json!({"text": "田中"})).await;
    ann.is_offered(&["*田中"]).await;
    ann.presses(Key::Enter).await;
    assert_eq!(ann.written().await, "@田中 ");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_takes_on_a_phone_and_nothing_is_wider_than_it() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    let ann = Browser::open().await;
    ann.resize(390, 844).await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("/").await;
    ann.is_offered_something().await;
    ann.picture("completing-slash-390").await;
    let fits = "const {left, right, top, bottom} = document.querySelector('#choices').getBoundingClientRect();
        const text = document.querySelector('#text').getBoundingClientRect();
        return left >= 0 && right <= innerWidth && top >= 0 && bottom <= text.top && document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(ann.eval(fits, vec![]).await, json!(true));
    ann.fills("#text", "hi @b").await;
    ann.is_offered(&[&format!("*{BOB}")]).await;
    ann.clicks("#choices > li").await;
    assert_eq!(ann.written().await, format!("hi @{BOB} "));
    assert_eq!(ann.eval("return document.activeElement.id", vec![]).await, json!("text"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_to_edit_completes_too() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let id = ann.says("hello you").await;
    ann.goes_to(&format!("{}{ROOM_PATH}/messages/{id}/edit", house.url)).await;
    ann.until("one can write", "return document.activeElement.id === 'text'", vec![]).await;
    ann.presses("!").await;
    assert_eq!(ann.written().await, "hello you!", "one goes on where the text ends");
    ann.fills("#text", "hello you @b").await;
    ann.is_offered(&[&format!("*{BOB}")]).await;
    ann.is_accessible("completing-edit").await;
    ann.presses(Key::Enter).await;
    assert_eq!(ann.written().await, format!("hello you @{BOB} "));
    ann.clicks(".actions .primary").await;
    ann.listens().await;
    let edited = format!("return document.querySelector('#m{id} .mention')?.innerText");
    assert_eq!(ann.until("it is edited", &edited, vec![]).await, json!(format!("@{BOB}")));
}
