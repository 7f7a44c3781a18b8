//! With the keyboard alone: everything is reached, in order, and seen; and nothing that arrives takes the focus away.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM};

/// What has the focus: its name, and whether one sees that.
const FOCUS: &str = "
  const focus = document.activeElement;
  if (focus === document.body) return null;
  const ring = e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; };
  const box = focus.getBoundingClientRect();
  return {
    name: (focus.ariaLabel || (focus.labels && focus.labels[0]?.textContent) || focus.innerText).trim().replace(/\\s+/g, ' '),
    seen: (ring(focus) || ring(focus.closest('.composer-box') ?? focus))
      && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth && box.width > 0,
  };";

impl Browser {
    /// Presses Tab until the focus leaves the page; returns the names of all that had it.
    async fn tabs_through(&self) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            self.presses(Key::Tab).await;
            let focus = self.eval(FOCUS, vec![]).await;
            if focus == Value::Null || names.len() > 40 {
                return names;
            }
            assert_eq!(focus["seen"], json!(true), "one does not see the focus on {focus}");
            names.push(focus["name"].as_str().expect("a name").to_owned());
        }
    }

    /// Presses Tab until this has the focus.
    pub async fn tabs_to(&self, css: &str) {
        for _ in 0..40 {
            self.presses(Key::Tab).await;
            if self.eval("return document.activeElement.matches(arguments[0])", vec![json!(css)]).await == json!(true) {
                return;
            }
        }
        panic!("Tab does not lead to {css}");
    }

    async fn focused(&self) -> String {
        self.string("return document.activeElement.id || document.activeElement.className").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tab_leads_through_the_room_in_reading_order() {
    let house = House::open().await;
    house.guest(BOB).await.says("hello").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.driver.refresh().await.expect("a fresh page, without a focus");
    ann.listens().await;
    let names = ann.tabs_through().await;
    let log = format!("Messages in {ROOM}");
    let expected = [
        "Write a message",
        "Taproom",
        "Jump to…",
        "Help",
        "New room",
        ROOM,
        "New direct message",
        "…",
        "Settings",
        &format!("Notifications for {ROOM}"),
        "Room settings",
        "1 person here",
        &log,
        "Today",
        BOB,
        "…",
        "More",
        &format!("Message {ROOM}"),
        "Send",
    ];
    assert_eq!(names.len(), expected.len(), "{names:?}");
    for (name, expected) in names.iter().zip(expected) {
        // What stands on the button with the faces and on the message's time depends on who and when.
        assert!(expected == "…" || name.ends_with(expected), "{name} where {expected} should be: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pointer_that_rests_on_a_picture_is_told_what_it_does() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("hello").await;
    let pictures = "return [...document.querySelectorAll('.icon-button')]
        .map(button => [button.ariaLabel, button.title.startsWith(button.ariaLabel)])";
    let pictures = ann.eval(pictures, vec![]).await;
    let pictures = pictures.as_array().expect("a list");
    assert!(pictures.contains(&json!(["Jump to…", true])), "{pictures:?}");
    for picture in pictures {
        assert!(picture[0].is_string() && picture[1] == json!(true), "{picture}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_passed_with_the_keyboard_alone() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.goes_to(&house.url).await;
    ann.tabs_to("#room").await;
    ann.types(ROOM).await;
    assert_eq!(ann.string("return document.querySelector('#room').value").await, ROOM, "Tab selects what stands there");
    ann.tabs_to("#name").await;
    ann.types(ANN).await;
    ann.presses(Key::Enter).await;
    ann.listens().await;

    ann.presses(Key::Tab).await;
    assert_eq!(ann.focused().await, "skip", "the first stop is the way past everything");
    assert!(ann.find(".skip").await.is_displayed().await.expect("a link"));
    ann.presses(Key::Enter).await;
    assert_eq!(ann.focused().await, "text");
    ann.types("one").await;
    ann.presses_with_shift(Key::Enter).await;
    ann.types("two").await;
    assert_eq!(ann.written().await, "one\ntwo", "Shift and Enter break the line");
    ann.presses(Key::Enter).await;
    ann.sees("one\ntwo").await;
    assert_eq!(ann.focused().await, "text", "one can go on writing");
    assert_eq!(ann.written().await, "");
    ann.presses(Key::Enter).await;
    ann.says("three").await;
    assert_eq!(ann.texts().await, ["one\ntwo", "three"], "Enter alone sends nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_questions_open_and_shut_with_the_keyboard() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.tabs_to(".faces").await;
    ann.presses(Key::Enter).await;
    ann.opens("#here").await;
    assert!(ann.find("#here").await.text().await.expect("a text").contains(ANN));
    ann.presses(Key::Escape).await;
    ann.shuts("#here").await;
    assert_eq!(ann.focused().await, "faces", "the focus is where it was");

    ann.clicks(".head").await;
    ann.tabs_to(".me a").await;
    ann.presses(Key::Enter).await;
    ann.find("[popovertarget=leave]").await;
    ann.tabs_to("[popovertarget=leave]").await;
    ann.presses(Key::Space).await;
    ann.opens("#leave").await;
    ann.presses(Key::Tab).await;
    let inside = "return document.querySelector('#leave').contains(document.activeElement)";
    assert_eq!(ann.eval(inside, vec![]).await, json!(true), "the question comes next, wherever it stands in the page");
    ann.presses(Key::Escape).await;
    ann.shuts("#leave").await;
    assert_eq!(ann.eval("return document.activeElement.matches('[popovertarget=leave]')", vec![]).await, json!(true));
    ann.presses(Key::Enter).await;
    ann.tabs_to("#leave .danger").await;
    ann.presses(Key::Enter).await;
    ann.find("#name").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_takes_neither_focus_nor_caret_nor_selection() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("something to select").await;
    ann.writes("a draft of mine").await;
    ann.eval("document.querySelector('#text').setSelectionRange(2, 7)", vec![]).await;
    for n in 0..5 {
        bob.says(&format!("interruption {n}")).await;
    }
    ann.sees("interruption 4").await;
    assert_eq!(ann.focused().await, "text");
    assert_eq!(ann.written().await, "a draft of mine");
    let caret = "const text = document.querySelector('#text'); return `${text.selectionStart} ${text.selectionEnd}`";
    assert_eq!(ann.string(caret).await, "2 7");
    ann.types("verse").await;
    assert_eq!(ann.written().await, "a verse of mine", "typing goes on where it was");

    ann.tabs_to(".send").await;
    let select = "getSelection().selectAllChildren(document.querySelector('.message .body'))";
    ann.eval(select, vec![]).await;
    bob.says("one more").await;
    ann.sees("one more").await;
    assert_eq!(ann.focused().await, "icon-button send");
    assert_eq!(ann.string("return String(getSelection()).trim()").await, "something to select");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_types_without_choosing_a_place_writes_a_message() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.presses("typed anywhere").await;
    assert_eq!(ann.written().await, "typed anywhere");
    ann.presses(Key::Enter).await;
    ann.sees("typed anywhere").await;

    ann.clicks(".faces").await;
    ann.opens("#here").await;
    ann.presses("x").await;
    assert_eq!(ann.written().await, "", "but not while a list is open");
}
