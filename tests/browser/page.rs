//! What people do and see in Taproom's pages, in their own words: come in, say, see.

use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::ROOM;

/// A message as it stands in the page.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Row {
    pub id: u64,
    pub author: String,
    pub text: String,
    /// “you” can be seen beside it.
    pub own: bool,
    pub follows: bool,
}

const ROWS: &str = "
    return [...document.querySelectorAll('#messages > .message[id]')].map(row => ({
      id: Number(row.id.slice(1)),
      author: row.querySelector('.author').textContent,
      text: row.querySelector('.body').innerText,
      own: getComputedStyle(row.querySelector('.tag')).display !== 'none',
      follows: row.matches('.follows'),
    }));";

impl Browser {
    /// Comes in through the door, into the room of the tests.
    pub async fn comes_in(&self, url: &str, name: &str) {
        self.goes_to(url).await;
        self.fills("#room", ROOM).await;
        self.fills("#name", name).await;
        self.clicks(".enter button").await;
        self.find("#composer").await;
    }

    /// The same, and waits until the page listens.
    pub async fn sits_down(&self, url: &str, name: &str) {
        self.comes_in(url, name).await;
        self.listens().await;
    }

    /// Waits until the page's stream is open: the server counts this listener then.
    pub async fn listens(&self) {
        self.until("the page listens", "return window.hears", vec![]).await;
    }

    /// How many people the page says are here.
    pub async fn sees_here(&self, count: u64) {
        let script = "const shown = document.querySelector('#faces > span:not(.avatar)').firstChild.textContent;
                      return Number(shown) === arguments[0]";
        self.until(&format!("{count} people are here"), script, vec![json!(count)]).await;
    }

    /// Puts a text into a field, in place of what stands there.
    pub async fn fills(&self, css: &str, text: &str) {
        self.clicks(css).await;
        self.eval("document.activeElement.select()", vec![]).await;
        self.types(text).await;
    }

    /// Writes a message and presses Enter; waits until it stands in the list. Returns its number.
    pub async fn says(&self, text: &str) -> u64 {
        self.writes(text).await;
        self.presses(Key::Enter).await;
        self.sees(text).await.id
    }

    /// Writes a message and does not send it.
    pub async fn writes(&self, text: &str) {
        self.clicks("#text").await;
        self.types(text).await;
    }

    /// Waits until the message stands in the list, and returns it. It stands there once.
    pub async fn sees(&self, text: &str) -> Row {
        // One's own stands there hidden until what was sent of it goes.
        let there = "return [...document.querySelectorAll('#messages > .message[id]:not([hidden]) .body')]
                       .some(body => body.innerText === arguments[0])";
        self.until(&format!("“{text}” stands in the list"), there, vec![json!(text)]).await;
        let mut found: Vec<Row> = self.rows().await.into_iter().filter(|row| row.text == text).collect();
        assert_eq!(found.len(), 1, "“{text}” stands there more than once");
        found.remove(0)
    }

    /// The messages in the list, which are in order and each there once.
    pub async fn rows(&self) -> Vec<Row> {
        let rows: Vec<Row> = serde_json::from_value(self.eval(ROWS, vec![]).await).expect("rows");
        let ids: Vec<u64> = rows.iter().map(|row| row.id).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "out of order or doubled: {ids:?}");
        rows
    }

    /// The texts of the messages in the list.
    pub async fn texts(&self) -> Vec<String> {
        self.rows().await.into_iter().map(|row| row.text).collect()
    }

    /// Waits until a menu, a drawer or a question is open.
    pub async fn opens(&self, css: &str) {
        let script = "return document.querySelector(arguments[0]).matches(':popover-open')";
        self.until(&format!("{css} opens"), script, vec![json!(css)]).await;
    }

    /// Waits until it is shut.
    pub async fn shuts(&self, css: &str) {
        let script = "return !document.querySelector(arguments[0]).matches(':popover-open')";
        self.until(&format!("{css} shuts"), script, vec![json!(css)]).await;
    }

    /// What is written in the composer.
    pub async fn written(&self) -> String {
        self.string("return document.querySelector('#text').value").await
    }

    pub async fn string(&self, script: &str) -> String {
        match self.eval(script, vec![]).await {
            Value::String(text) => text,
            other => panic!("{script} gave {other}"),
        }
    }

    pub async fn number(&self, script: &str) -> f64 {
        self.eval(script, vec![]).await.as_f64().unwrap_or_else(|| panic!("{script} gave no number"))
    }
}
