//! What becomes of a message after it was said, as two people see it: edited, answered, reacted to, pinned, removed; live in
//! both windows, without a script, and never in the way of whoever reads or writes.

use serde_json::{Value, json};
use thirtyfour::Key;
use thirtyfour::prelude::*;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

/// Sends a form to an address below a message, as the person in this browser.
const SENDS: &str = "const [message, act, field, value] = arguments;
    const body = new URLSearchParams({[field]: value});
    return fetch(location.pathname + `/messages/${message}/${act}`, {method: 'POST', body}).then(a => a.ok)";

impl Browser {
    async fn does(&self, message: u64, act: &str, field: &str, value: &str) {
        let sent = self.eval(SENDS, vec![json!(message), json!(act), json!(field), json!(value)]).await;
        assert_eq!(sent, json!(true), "{act}");
    }

    /// Waits until there is such an element in a message; what it says.
    async fn sees_in(&self, message: u64, css: &str, words: &str) {
        let script = "const found = document.querySelector(`#m${arguments[0]} ${arguments[1]}`);
            return found !== null && found.textContent.includes(arguments[2])";
        self.until(&format!("{css} says {words}"), script, vec![json!(message), json!(css), json!(words)]).await;
    }

    /// Waits until there is no such element.
    async fn misses(&self, css: &str) {
        self.until(&format!("{css} is gone"), "return !document.querySelector(arguments[0])", vec![json!(css)]).await;
    }

    /// Moves the mouse over a message, and clicks on one of the tools that come.
    async fn uses_tool(&self, message: u64, tool: &str) {
        let body = self.find(&format!("#m{message} .body")).await;
        self.driver.action_chain().move_to_element_center(&body).perform().await.expect("a mouse");
        let there = "const tools = document.querySelector('#tools');
            return !tools.hidden && tools.lastElementChild.href.endsWith(`/messages/${arguments[0]}/actions`)";
        self.until("the tools are there", there, vec![json!(message)]).await;
        self.clicks(&format!("#tools [aria-label={tool}]")).await;
    }
}

/// The clock of a message, and the day by which it is grouped: the reader's own, not the server's.
const TIME: &str = "const row = document.querySelector(`#m${arguments[0]}`);
    return [row.querySelector('time').textContent, row.dataset.day]";

async fn both_see(windows: [&Browser; 2], message: u64, within: &str, text: &str) {
    for window in windows {
        window.sees_in(message, within, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_change_appears_in_both_windows() {
    let house = House::open().await;
    let (ann, bob) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    bob.sits_down(&house.url, BOB).await;
    let first = ann.says("teh first").await;
    bob.sees("teh first").await;
    let time = bob.eval(TIME, vec![json!(first)]).await;
    assert!(time[1].is_string(), "{time}");

    ann.does(first, "edit", "body", "the *first*").await;
    both_see([&ann, &bob], first, ".body em", "first").await;
    both_see([&ann, &bob], first, ".edited", "edited").await;
    assert_eq!(bob.eval(TIME, vec![json!(first)]).await, time, "the clock is the reader's own still");

    bob.uses_tool(first, "React").await;
    bob.opens("#menu").await;
    bob.is_accessible("picker").await;
    bob.clicks("#menu button[value='🎉']").await;
    both_see([&ann, &bob], first, ".reaction", "🎉 1").await;
    bob.shuts("#menu").await;
    ann.clicks(&format!("#m{first} .reaction[value='🎉']")).await;
    both_see([&ann, &bob], first, ".reaction", "🎉 2").await;
    let focus = "const button = document.activeElement; return button.matches('.mine') && button.value";
    assert_eq!(ann.until("the focus is on the button that removes it", focus, vec![]).await, json!("🎉"));
    ann.picture("reactions").await;
    for window in [&ann, &bob] {
        window.clicks(&format!("#m{first} .reaction.mine[value='🎉']")).await;
    }
    for window in [&ann, &bob] {
        window.misses(".reactions").await;
    }

    bob.uses_tool(first, "Reply").await;
    bob.until("it says what is answered", "return document.querySelector('#replying .quoted')", vec![]).await;
    bob.is_accessible("replying").await;
    let answer = bob.says("an answer").await;
    bob.misses("#replying .quoted").await;
    both_see([&ann, &bob], answer, ".quoted", "the first").await;
    both_see([&ann, &bob], first, ".replies", "1 reply").await;
    ann.does(first, "pin", "x", "x").await;
    for window in [&ann, &bob] {
        window.sees_in(first, ".message-head", "pinned").await;
        window.find("#pins a").await;
    }
    bob.is_accessible("room-mended").await;
    ann.does(first, "delete", "x", "x").await;
    for window in [&ann, &bob] {
        window.sees_in(first, ".removed", "deleted").await;
        window.sees_in(answer, ".quoted", "This message was deleted.").await;
        window.misses("#pins a").await;
        assert_eq!(window.complaints().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_can_be_left_alone_and_goes_only_once() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let said = bob.says("a question").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.uses_tool(said, "Reply").await;
    ann.find("#replying .quoted").await;
    ann.clicks("#replying .icon-button").await;
    ann.misses("#replying .quoted").await;
    let no_answer = ann.says("no answer").await;
    ann.uses_tool(said, "Reply").await;
    ann.find("#replying .quoted").await;
    ann.presses(Key::Escape).await;
    ann.misses("#replying .quoted").await;
    ann.uses_tool(said, "Reply").await;
    ann.find("#replying .quoted").await;
    ann.says("an answer").await;
    ann.says("and no other").await;
    let quotes = "return document.querySelectorAll('.message .quoted').length";
    assert_eq!(ann.number(quotes).await, 1.0);
    assert_eq!(
        ann.eval("return document.querySelector(`#m${arguments[0]} .quoted`)", vec![json!(no_answer)]).await,
        Value::Null
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_on_its_way_shows_what_it_answers_also_after_a_reload() {
    let house = House::open().await;
    let said = house.guest(BOB).await.says("what do you **think**?").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.uses_tool(said, "Reply").await;
    ann.find("#replying .quoted").await;
    ann.cdp("Network.enable", json!({})).await;
    ann.cdp("Network.setBlockedURLs", json!({"urls": ["*/messages"]})).await;
    ann.writes("a lot").await;
    ann.presses(Key::Enter).await;
    let on_its_way = "const quoted = document.querySelector('.message.pending .quoted');
        return quoted && [quoted.querySelector('strong').textContent, quoted.lastElementChild.textContent]";
    let shown = json!([BOB, "what do you think?"]);
    assert_eq!(ann.until("it is on its way", on_its_way, vec![]).await, shown);
    ann.driver.refresh().await.expect("the same page");
    ann.listens().await;
    assert_eq!(ann.until("it is still on its way", on_its_way, vec![]).await, shown);
    ann.cdp("Network.setBlockedURLs", json!({"urls": []})).await;
    let arrives = "return document.querySelector('.message[id]:last-child .quoted')";
    ann.until("it arrives", arrives, vec![]).await;
    assert_eq!(ann.texts().await, ["what do you think?", "a lot"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_disturb_nobody_who_writes_selects_or_reads_further_up() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let mut said = Vec::new();
    for n in 0..40 {
        said.push(bob.says(&format!("line {n} of many words")).await);
    }
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let (last, above) = (said[39], said[5]);
    let changes = async |n: &str| {
        for message in [above, last] {
            let path = |act: &str| format!("{ROOM_PATH}/messages/{message}/{act}");
            bob.sends(&path("reactions"), &[("reaction", n)]).await;
        }
        bob.sends(&format!("{ROOM_PATH}/messages/{above}/edit"), &[("body", &format!("edited {n}"))]).await;
        ann.sees_in(above, ".body", &format!("edited {n}")).await;
        ann.sees_in(last, ".reactions", n).await;
    };

    ann.writes("half a sent").await;
    ann.presses(Key::Left).await;
    changes("first").await;
    let writing = "const text = document.querySelector('#text');
        return [document.activeElement === text, text.value, text.selectionStart]";
    assert_eq!(ann.eval(writing, vec![]).await, json!([true, "half a sent", 10]));

    let select = "const text = document.querySelector(`#m${arguments[0]} .body p`).firstChild;
        getSelection().setBaseAndExtent(text, 5, text, 15)";
    ann.eval(select, vec![json!(last)]).await;
    changes("second").await;
    assert_eq!(
        ann.string("return getSelection().toString()").await,
        "39 of many",
        "a selection in the row that changes"
    );

    let top = "return document.querySelector(`#m${arguments[0]}`).getBoundingClientRect().top";
    let read = said[10];
    ann.eval("document.querySelector(`#m${arguments[0]}`).scrollIntoView({block: 'start'})", vec![json!(read)]).await;
    let before = ann.eval(top, vec![json!(read)]).await.as_f64().expect("a number");
    changes("third").await;
    let after = ann.eval(top, vec![json!(read)]).await.as_f64().expect("a number");
    assert!((before - after).abs() < 1.5, "what is read moved from {before} to {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_mended_answered_and_reacted_to_without_script() {
    let house = House::open().await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    ann.find("#composer").await;
    let bob = house.guest(BOB).await;
    ann.keys_in("#text", "teh words").await;
    ann.clicks("#composer .send").await;
    ann.find(":target").await;
    let said = bob.reads().await[0].0;
    let room = format!("{}{ROOM_PATH}", house.url);
    let at = |page: &str| format!("{room}/messages/{said}/{page}");

    ann.goes_to(&at("actions")).await;
    ann.clicks("a[href$='/edit']").await;
    ann.keys_in("#text", "the words").await;
    ann.clicks("form .primary").await;
    ann.find(":target .edited").await;
    ann.clicks(":target .edited").await;
    ann.find("#history").await;
    assert_eq!(ann.all(".rows .body").await, ["teh words", "the words"]);

    ann.goes_to(&at("reactions")).await;
    ann.keys_in("#reaction", "so true").await;
    ann.clicks("form.stack button").await;
    ann.find(":target .reaction.boost").await;
    ann.clicks_away(":target .reaction.mine.boost").await;
    ann.find(":target").await;
    let none = ann.driver.query(By::Css(".reaction.boost")).nowait();
    assert!(!none.exists().await.expect("a selector"), "its button removes it");

    ann.goes_to(&at("actions")).await;
    ann.clicks("a[href*='?reply=']").await;
    ann.find("#replying .quoted").await;
    ann.keys_in("#text", "an answer").await;
    ann.clicks("#composer .send").await;
    ann.find(":target .quoted").await;
    ann.clicks(".replies").await;
    ann.find("#thread").await;
    ann.keys_in("#text", "another").await;
    ann.clicks(".composer .send").await;
    ann.find(":target .quoted").await;
    assert_eq!(ann.all(".replies").await, ["2 replies"]);
    ann.goes_to(&at("actions")).await;
    ann.clicks("form[action$='/pin'] button").await;
    ann.clicks("#pins a").await;
    ann.find("#pinned").await;
    ann.clicks_away("form[action$='/unpin'] button").await;
    ann.find(":target").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_message_are_accessible() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let said = ann.says("teh words").await;
    let bob = house.guest(BOB).await;
    ann.does(said, "edit", "body", "the words").await;
    ann.does(said, "pin", "x", "x").await;
    for reaction in ["👍", "so true"] {
        bob.sends(&format!("{ROOM_PATH}/messages/{said}/reactions"), &[("reaction", reaction)]).await;
        ann.does(said, "reactions", "reaction", reaction).await;
    }
    let answer = [("body", "an answer"), ("reply_to", &said.to_string())];
    bob.sends(&format!("{ROOM_PATH}/messages"), &answer).await;
    for page in ["actions", "edit", "history", "reactions", "thread"] {
        ann.goes_to(&format!("{}{ROOM_PATH}/messages/{said}/{page}", house.url)).await;
        ann.is_accessible(&format!("message-{page}")).await;
    }
    ann.goes_to(&format!("{}{ROOM_PATH}/pins", house.url)).await;
    ann.is_accessible("message-pins").await;
    ann.goes_to(&format!("{}{ROOM_PATH}/messages/{said}/edit", house.url)).await;
    ann.fills("#text", "  ").await;
    ann.eval("document.querySelector('#text').required = false", vec![]).await;
    ann.clicks("form .primary").await;
    ann.find("#text-error").await;
    ann.is_accessible("message-edit-refused").await;
}
