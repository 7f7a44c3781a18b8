//! A page of the past is read up and down: more comes at both ends, nothing moves that is being read, and where the past ends
//! the page is one of the present, with nothing missing in between.

use std::time::Duration;

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, Past, ROOM_PATH};

/// Bob has said so many things: `line 0` and on, some of them of several lines.
fn bob_said(count: usize) -> impl FnOnce(&mut Past) {
    let text = |n: usize| format!("line {n}{}", "\nand more".repeat(n % 3));
    move |past| {
        let texts: Vec<String> = (0..count).map(text).collect();
        past.said(BOB, texts.iter().map(|text| (Duration::from_secs(600), text.as_str())));
    }
}

const IS_LIVE: &str = "return document.querySelectorAll('#live').length";

impl Browser {
    /// Scrolls until the row at one end of the list stands at that end of the window; its id, and where its words are.
    async fn scrolls_to(&self, end: &str) -> (String, f64) {
        let script = format!(
            "const rows = [...document.querySelectorAll('#messages > .message')];
             const row = {:?} === 'end' ? rows.at(-1) : rows[0];
             row.scrollIntoView({{block: {end:?}}});
             return [row.id, row.querySelector('.body').getBoundingClientRect().top]",
            end
        );
        let found = self.eval(&script, vec![]).await;
        (found[0].as_str().expect("an id").to_owned(), found[1].as_f64().expect("a number"))
    }

    /// Scrolls there, and waits for more; what was at the end has stayed where it was.
    async fn loads_at(&self, end: &str) {
        let (id, before) = self.scrolls_to(end).await;
        let more = "const rows = [...document.querySelectorAll('#messages > .message')];
                    return (arguments[1] === 'end' ? rows.at(-1) : rows[0]).id !== arguments[0]
                      && !document.querySelector('#log').style.overflowAnchor";
        self.until(&format!("more comes at the {end}"), more, vec![json!(id), json!(end)]).await;
        let top = format!("return document.querySelector('#{id} .body').getBoundingClientRect().top");
        let moved = self.number(&top).await - before;
        assert!(moved.abs() < 1.0, "what is read has moved by {moved} px at the {end}");
    }

    /// The first lines of all messages of the page.
    async fn lines(&self) -> Vec<String> {
        self.texts().await.iter().map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_middle_of_a_long_past_one_reads_up_and_down_to_the_present_and_misses_nothing() {
    let house = House::open_after(bob_said(500)).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    let first = house.guest("Cid").await.reads().await[0].0 - 450;
    let middle = first + 250;
    ann.goes_to(&format!("{}{ROOM_PATH}/messages/{middle}", house.url)).await;
    ann.find(":target").await;
    assert_eq!(ann.number(IS_LIVE).await, 0.0, "a page of the past is not live");
    // While she reads the past, others go on, and somebody mends what stands on her page already.
    let cid = house.guest("Dan").await;
    let late = cid.says("said meanwhile").await;
    cid.sends(&format!("{ROOM_PATH}/messages/{middle}/reactions"), &[("reaction", "👍")]).await;

    let mut steps = 0;
    while ann.number(IS_LIVE).await == 0.0 {
        let before = ann.rows().await.len();
        ann.loads_at("end").await;
        let after = ann.rows().await.len();
        assert!(after <= before + 50, "only one page comes at a time: {before}, {after}");
        steps += 1;
        assert!(steps < 10, "the past never ends");
    }
    assert!(steps >= 4, "there was a past to go through");
    ann.sees("said meanwhile").await;
    let mended = format!("return document.querySelector('#m{middle} .reaction .emoji-char')");
    ann.until("what was changed meanwhile is shown", &mended, vec![]).await;
    for _ in 0..4 {
        ann.loads_at("start").await;
    }
    ann.loads_at("start").await;
    let mut expected: Vec<String> = (0..500).map(|n| format!("line {n}")).collect();
    expected.push("said meanwhile".to_owned());
    assert_eq!(ann.lines().await, expected, "each once, in order");
    assert_eq!(ann.rows().await.last().map(|row| row.id), Some(late));
    assert_eq!(ann.number("return document.querySelectorAll('#older a, #newer').length").await, 0.0);

    // It is a page of the present now: what is said comes in, is announced, and goes out without a new page.
    ann.eval("window.isStill = true", vec![]).await;
    cid.says("live again").await;
    ann.until("the pill tells it", "return document.querySelector('#pill').textContent === '1 new message'", vec![])
        .await;
    ann.writes("so am I").await;
    ann.presses(Key::Enter).await;
    ann.sees("so am I").await;
    expected.extend(["live again".to_owned(), "so am I".to_owned()]);
    let lines = ann.lines().await;
    assert_eq!(lines[lines.len() - 3..], expected[expected.len() - 3..]);
    assert!(ann.eval("return window.isStill", vec![]).await == json!(true), "it is the same page");
    let complaints = ann.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_jumps_from_the_past_to_the_latest_and_back() {
    let house = House::open_after(bob_said(300)).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    ann.goes_to(&format!("{}{ROOM_PATH}?around=60#m60", house.url)).await;
    ann.find("#m60:target").await;
    let shown = ann.find("#pill").await;
    assert_eq!(shown.text().await.expect("a text"), "Jump to latest");
    assert!(shown.is_displayed().await.expect("a look"));
    for (width, name) in [(1440, "past-wide"), (390, "past-narrow")] {
        ann.resize(width, 844).await;
        ann.picture(name).await;
    }
    ann.resize(1440, 900).await;
    ann.clicks_away("#pill").await;
    ann.listens().await;
    assert_eq!(ann.lines().await.last().map(String::as_str), Some("line 299"));
    assert!(ann.driver.current_url().await.expect("an address").as_str().ends_with(ROOM_PATH));
    ann.driver.back().await.expect("back");
    let there = "const row = document.querySelector('#m60'), top = row.getBoundingClientRect().top;
                 return top > 0 && top < innerHeight";
    ann.until("she is where she was", there, vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_links_lead_through_the_past_both_ways() {
    let house = House::open_after(bob_said(130)).await;
    let reader = Browser::without_script().await;
    let lines = async || {
        let texts = reader.all(".message .body").await;
        texts.iter().map(|text| text.lines().next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let line = |from: usize, to: usize| (from..to).map(|n| format!("line {n}")).collect::<Vec<_>>();
    reader.goes_to(&format!("{}{ROOM_PATH}?around=70", house.url)).await;
    let middle = lines().await;
    assert_eq!(middle.len(), 50);
    let from: usize = middle[0].trim_start_matches("line ").parse().expect("a number");
    reader.clicks("#newer a").await;
    reader.find(&format!("#m{}", 70 + 40)).await;
    assert_eq!(lines().await, line(from + 50, (from + 100).min(130)));
    reader.driver.back().await.expect("back");
    reader.find("#m70").await;
    reader.clicks("#older a").await;
    reader.find("#m30").await;
    assert_eq!(lines().await, line(from.saturating_sub(50), from));
    reader.clicks("#pill").await;
    reader.find("#m131").await;
    assert_eq!(lines().await, line(80, 130));
}
