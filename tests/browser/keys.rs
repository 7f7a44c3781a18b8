//! Keys do what the page of help says of them, and none of them takes a letter from whoever writes.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM};

/// All that the page of help tells: by what, and what. Each is done below.
const TOLD: [&str; 16] = [
    "Ctrl k: Jump to…",
    "Alt Shift ↓: Next unread room",
    "Alt Shift ↑: Previous unread room",
    "Ctrl /: This help",
    "↑ or k: Message above",
    "↓ or j: Message below",
    "r: Reply",
    "e: Edit your message",
    "+ or :: React",
    "m: More actions",
    "?: This help",
    "Esc: Back to the message field",
    "Enter: Send",
    "Shift Enter: New line",
    "↑: In an empty field: edit your last message",
    "Esc: Close preview or reply",
];

/// Which message has the focus, or what else.
const FOCUS: &str = "const focus = document.activeElement, row = focus.closest('.message');
    return row && row === focus ? row.querySelector('.body').innerText : focus.id || focus.tagName";

impl Browser {
    async fn has_focus(&self, on: &str) {
        let script = format!("return (() => {{ {FOCUS} }})() === arguments[0]");
        self.until(&format!("the focus is on {on}"), &script, vec![json!(on)]).await;
    }

    async fn focuses(&self, message: u64) {
        self.eval("document.querySelector(`#m${arguments[0]}`).focus()", vec![json!(message)]).await;
    }

    /// Presses a key and waits for what comes of it.
    async fn sees_after(&self, key: &str, what: &str) {
        self.presses(key).await;
        self.until(&format!("{what} after {key}"), "return document.querySelector(arguments[0])", vec![json!(what)])
            .await;
    }

    /// Presses Escape and waits until nothing is open any more.
    async fn leaves(&self) {
        self.presses(Key::Escape).await;
        self.until("it is shut", "return !document.querySelector(':modal, :popover-open')", vec![]).await;
    }

    async fn is_at(&self, end: &str) {
        let script =
            "return (location.pathname + location.search).endsWith(arguments[0]) && document.readyState === 'complete'";
        self.until(&format!("one is at {end}"), script, vec![json!(end)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_opens_over_the_page_and_tells_of_these_keys() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("half a sentence").await;
    ann.presses_with(&[Key::Control], "/").await;
    ann.until("help is open", "return document.querySelector(':modal .help')", vec![]).await;
    let told = "return [...document.querySelectorAll('.help div:has(> dt kbd)')]
        .map(line => `${line.children[0].innerText.replace(/\\s+/g, ' ').trim()}: ${line.children[1].innerText}`)";
    assert_eq!(ann.eval(told, vec![]).await, json!(TOLD));
    ann.leaves().await;
    ann.has_focus("text").await;
    ann.clicks("#places [aria-label=Help]").await;
    ann.until("help is open", "return document.querySelector(':modal .help')", vec![]).await;
    ann.presses_with(&[Key::Control], "k").await;
    ann.until(
        "one opens in place of the other",
        "return document.querySelector(':modal #go') === document.activeElement",
        vec![],
    )
    .await;
    assert_eq!(ann.number("return document.querySelectorAll('dialog').length").await, 1.0);
    ann.clicks(":modal .dialog-close button").await;
    ann.until("it is shut", "return !document.querySelector(':modal')", vec![]).await;
    assert_eq!(ann.written().await, "half a sentence");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_arrows_lead_from_message_to_message_and_letters_do_something_with_it() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let mine = ann.says("mine").await;
    let his = bob.says("his").await;
    ann.sees("his").await;
    ann.says("mine too").await;
    // From the composer back into the messages: to the last one's link.
    ann.presses_with_shift(Key::Tab).await;
    ann.presses(Key::Up).await;
    ann.has_focus("his").await;
    for (key, on) in [("k", "mine"), ("k", "mine"), ("j", "his"), ("j", "mine too"), ("j", "mine too")] {
        ann.presses(key).await;
        ann.has_focus(on).await;
    }
    for (key, on) in [(Key::Up, "his"), (Key::Down, "mine too"), (Key::Escape, "text")] {
        ann.presses(key).await;
        ann.has_focus(on).await;
    }
    ann.eval("document.querySelector('#log').focus()", vec![]).await;
    ann.presses(Key::Up).await;
    ann.has_focus("mine too").await;

    ann.focuses(his).await;
    ann.sees_after("r", "#replying .quoted").await;
    ann.has_focus("text").await;
    ann.presses(Key::Escape).await;
    ann.until("nothing is answered", "return !document.querySelector('#replying .quoted')", vec![]).await;
    for (key, opens) in [
        ("+", "#menu:popover-open .picker"),
        (":", "#menu:popover-open .picker"),
        ("m", "#menu:popover-open a[href$='/report']"),
        ("?", ":modal .help"),
    ] {
        ann.focuses(his).await;
        ann.sees_after(key, opens).await;
        ann.leaves().await;
        ann.has_focus("his").await;
    }
    ann.presses("e").await;
    ann.presses("k").await;
    ann.has_focus("mine").await;
    // Another message under the mouse is not the one that is meant.
    let body = ann.find(&format!("#m{his} .body")).await;
    ann.driver.action_chain().move_to_element_center(&body).perform().await.expect("a mouse");
    ann.presses("e").await;
    ann.is_at(&format!("/messages/{mine}/edit")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_takes_a_letter_from_whoever_writes_or_holds_another_key() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let his = bob.says("his").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    const LETTERS: &str = "jkrem+:?";
    ann.clicks("#text").await;
    ann.presses(LETTERS).await;
    assert_eq!(ann.written().await, LETTERS);
    ann.presses(Key::Up).await;
    ann.has_focus("text").await;
    ann.eval("document.querySelector('#text').value = ''; document.querySelector('#log').focus()", vec![]).await;
    ann.presses(LETTERS).await;
    assert_eq!(ann.written().await, LETTERS, "on the list they are what is written, as anywhere");
    ann.switches().await;
    ann.presses(LETTERS).await;
    assert_eq!(ann.string("return document.querySelector('#go').value").await, LETTERS);
    ann.leaves().await;

    ann.focuses(his).await;
    for held in [[Key::Alt].as_slice(), &[Key::Meta], &[Key::Control, Key::Alt], &[Key::Meta, Key::Shift]] {
        for key in ["r", "m", ":"] {
            ann.presses_with(held, key).await;
        }
    }
    ann.presses_with(&[Key::Meta], "k").await;
    ann.presses_with(&[Key::Shift], Key::Down).await;
    ann.presses_with(&[Key::Control, Key::Shift], "k").await;
    ann.has_focus("his").await;
    let open = "return document.querySelector(':modal, :popover-open, #replying .quoted')";
    // What they had asked for would have come before this.
    ann.sees_after("m", "#menu:popover-open a").await;
    ann.leaves().await;
    assert_eq!(ann.eval(open, vec![]).await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_room_with_something_new_is_a_key_away_and_so_is_the_one_before() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    for name in ["Alder", "Birch", "Zelkova"] {
        bob.sends("/rooms", &[("name", name), ("visibility", "open")]).await;
    }
    let names = ["Birch", "Zelkova"];
    for name in names {
        let path = format!("/rooms/{}/messages", name.to_lowercase());
        bob.sends(&path, &[("body", &format!("@{ANN} look"))]).await;
    }
    ann.driver.refresh().await.expect("a reload");
    ann.listens().await;
    // Whoever has looked at a room for a moment has read it, and here the moment may be a long one.
    ann.cdp("Network.enable", json!({})).await;
    ann.cdp("Network.setBlockedURLs", json!({"urls": ["*/read"]})).await;
    ann.clicks("#text").await;
    let there = |name: &str| format!("return document.querySelector('.head h1')?.innerText === {}", json!(name));
    for (key, name) in [(Key::Down, "Zelkova"), (Key::Down, "Birch"), (Key::Up, "Zelkova")] {
        ann.presses_with(&[Key::Alt, Key::Shift], key).await;
        ann.until(&format!("one is in {name}"), &there(name), vec![]).await;
        ann.listens().await;
    }
    let here = ann.string("return document.querySelector('[aria-current=page] .place-name').innerText").await;
    assert_eq!(here, "Zelkova");
    assert_ne!(here, ROOM);
}

#[tokio::test(flavor = "multi_thread")]
async fn up_where_nothing_is_written_leads_to_ones_last_message_and_else_is_the_carets() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.presses(Key::Up).await;
    let _first = ann.says("mine").await;
    let last = ann.says("mine too").await;
    bob.says("his").await;
    ann.sees("his").await;
    ann.types("one").await;
    ann.presses_with_shift(Key::Enter).await;
    ann.types("two").await;
    ann.presses(Key::Up).await;
    ann.types("!").await;
    assert_eq!(ann.written().await, "one!\ntwo");
    ann.eval("document.querySelector('#text').value = ''", vec![]).await;
    ann.presses(Key::Up).await;
    ann.is_at(&format!("/messages/{last}/edit")).await;
}
