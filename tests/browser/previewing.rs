//! Looking at what one has written before it is sent.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House};

const SHOWN: &str = "return document.querySelector('.composer-preview .body')";

impl Browser {
    async fn previews(&self) {
        self.clicks("#composer .preview").await;
        self.until("the preview is there", SHOWN, vec![]).await;
    }

    async fn has_no_preview(&self) {
        self.until("the preview is gone", "return !document.querySelector('.composer-preview')", vec![]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_shown_as_it_will_look_until_more_is_written() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let there = "return document.querySelector('.preview').checkVisibility()";
    assert_eq!(ann.eval(there, vec![]).await, json!(false), "of nothing there is nothing to see");
    ann.writes("**loud** <b>").await;
    ann.previews().await;
    let html = ann.string("return document.querySelector('.composer-preview .body').innerHTML").await;
    assert_eq!(html, "<p><strong>loud</strong> &lt;b&gt;</p>");
    let is_open = "return document.querySelector('.preview').ariaExpanded";
    assert_eq!(ann.string(is_open).await, "true");
    ann.is_accessible("preview").await;
    ann.fits_on_phones("preview").await;
    ann.resize(1440, 900).await;
    ann.clicks("#text").await;
    ann.types("!").await;
    ann.has_no_preview().await;
    assert_eq!(ann.string(is_open).await, "false");

    ann.previews().await;
    ann.clicks("#composer .preview").await;
    ann.has_no_preview().await;
    ann.previews().await;
    ann.clicks("#composer .send").await;
    ann.sees("loud <b>!").await;
    ann.has_no_preview().await;
    assert_eq!(bob.reads().await.len(), 1, "nothing is said by looking at it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_reaches_it_and_escape_leaves_it_and_nothing_else() {
    let house = House::open().await;
    let said = house.guest(BOB).await.says("a question").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.eval("document.querySelector(`#m${arguments[0]}`).focus()", vec![json!(said)]).await;
    ann.presses("r").await;
    ann.find("#replying .quoted").await;
    ann.until("one can write", "return document.activeElement.id === 'text'", vec![]).await;
    ann.types("an _answer_").await;
    ann.presses(Key::Tab).await;
    assert_eq!(ann.string("return document.activeElement.ariaLabel").await, "Preview");
    ann.presses(Key::Enter).await;
    ann.until("the preview is there", SHOWN, vec![]).await;
    ann.presses(Key::Escape).await;
    ann.has_no_preview().await;
    assert_eq!(ann.string("return document.activeElement.id").await, "text");
    ann.find("#replying .quoted").await;
    ann.presses(Key::Escape).await;
    ann.until("nothing is answered", "return !document.querySelector('#replying .quoted')", vec![]).await;
    assert_eq!(ann.written().await, "an _answer_");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_sent_is_told_instead() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("/dance").await;
    ann.clicks("#composer .preview").await;
    let told = "return document.querySelector('#say-error').textContent.startsWith('There is no command /dance')";
    ann.until("it says what is wrong", told, vec![]).await;
    ann.has_no_preview().await;
    assert_eq!(ann.eval(SHOWN, vec![]).await, Value::Null);
    assert_eq!(ann.written().await, "/dance");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_an_answer_is_looked_at_and_is_one_still() {
    let house = House::open().await;
    let said = house.guest(BOB).await.says("a question").await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    ann.find("#composer").await;
    let url = ann.driver.current_url().await.expect("an address");
    ann.goes_to(&format!("{url}?reply={said}#text")).await;
    ann.find("#replying .quoted").await;
    ann.keys_in("#text", "an _answer_").await;
    ann.clicks("#composer .preview").await;
    ann.find("blockquote.card em").await;
    assert_eq!(ann.all("blockquote.card .quoted span:last-child").await, ["a question"]);
    ann.clicks("form .primary").await;
    ann.find(":target").await;
    assert_eq!(ann.all(":target .quoted span:last-child").await, ["a question"]);
    assert_eq!(ann.all(":target .body").await, ["an answer"]);
}
