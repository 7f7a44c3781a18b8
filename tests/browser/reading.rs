//! Reading what was said before: older messages come without moving what is read, what is new is announced, and every
//! message has an address of its own.

use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, Past, ROOM_PATH};

/// How many messages a page of a room holds.
const PAGE: usize = 50;

/// Bob has said so many things: `line 0` and on, some of them of several lines.
fn bob_said(count: usize) -> impl FnOnce(&mut Past) {
    let text = |n: usize| format!("line {n}{}", "\nand more".repeat(n % 3));
    move |past| {
        let texts: Vec<String> = (0..count).map(text).collect();
        past.said(BOB, texts.iter().map(|text| (Duration::from_secs(600), text.as_str())));
    }
}

impl Browser {
    /// Scrolls up until the oldest message of the list stands at the top; returns its id and the distance of its words
    /// from the top of the window at that moment, before anything can have been loaded.
    async fn scrolls_to_the_oldest(&self) -> (String, f64) {
        let script = "const row = document.querySelector('#messages > .message');
                      row.scrollIntoView({block: 'start'});
                      return [row.id, row.querySelector('.body').getBoundingClientRect().top]";
        let found = self.eval(script, vec![]).await;
        (found[0].as_str().expect("an id").to_owned(), found[1].as_f64().expect("a number"))
    }

    async fn top_of(&self, id: &str) -> f64 {
        let script = format!("return document.querySelector('#{id} .body').getBoundingClientRect().top");
        self.number(&script).await
    }

    async fn has_rows(&self, count: usize) {
        let script = "return document.querySelectorAll('#messages > .message').length === arguments[0]";
        self.until(&format!("{count} messages are there"), script, vec![json!(count)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn older_messages_come_on_scrolling_up_and_move_nothing() {
    let house = House::open_after(bob_said(135)).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.has_rows(PAGE).await;
    assert_eq!(ann.texts().await[PAGE - 1].lines().next(), Some("line 134"), "a page starts at the present");

    for there_are in [2 * PAGE, 135] {
        let (id, before) = ann.scrolls_to_the_oldest().await;
        ann.has_rows(there_are).await;
        let moved = ann.top_of(&id).await - before;
        assert!(moved.abs() < 0.5, "what is read has moved by {moved} px");
        assert!((0.0..900.0).contains(&before), "the row that was measured is in the window: {before}");
    }
    let firsts: Vec<String> = ann.texts().await.iter().map(|text| text.lines().next().unwrap().to_owned()).collect();
    assert_eq!(firsts, (0..135).map(|n| format!("line {n}")).collect::<Vec<_>>());
    assert_eq!(ann.number("return document.querySelectorAll('#older a').length").await, 0.0, "there is nothing older");
    assert_eq!(ann.number("return document.querySelectorAll('.day').length").await, 1.0, "one day, one line");
    assert_eq!(
        ann.string("return String(document.querySelector('#messages').firstElementChild.className)").await,
        "day"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_below_moves_nothing_and_is_announced() {
    let house = House::open_after(bob_said(60)).await;
    let carl = house.guest("Carl").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let hidden = "return document.querySelector('#pill').hidden";
    ann.until("at the end there is no pill", hidden, vec![]).await;
    let title = ann.driver.title().await.expect("a title");
    carl.says("seen at once").await;
    ann.sees("seen at once").await;
    assert_eq!(ann.driver.title().await.expect("a title"), title, "what is seen is not counted");

    let (id, _) = ann.scrolls_to_the_oldest().await;
    ann.has_rows(61).await;
    let before = ann.top_of(&id).await;
    ann.until("up here there is a pill", "return !document.querySelector('#pill').hidden", vec![]).await;
    assert_eq!(ann.find("#pill").await.text().await.expect("a text"), "Jump to latest");
    carl.says("new 1").await;
    ann.sees("new 1").await;
    assert_eq!(ann.find("#pill").await.text().await.expect("a text"), "1 new message");
    carl.says("new 2").await;
    ann.sees("new 2").await;
    assert_eq!(ann.find("#pill").await.text().await.expect("a text"), "2 new messages");
    assert_eq!(ann.driver.title().await.expect("a title"), format!("(2) {title}"));
    let moved = ann.top_of(&id).await - before;
    assert!(moved.abs() < 0.5, "what is read has moved by {moved} px");
    ann.picture("room-pill").await;

    ann.clicks("#pill").await;
    ann.until("the pill goes at the end", hidden, vec![]).await;
    ann.until("the title is as before", "return document.title === arguments[0]", vec![json!(title)]).await;
    let distance = "const log = document.querySelector('#log'), row = document.querySelector('.message:last-of-type');
                    return Math.abs(log.getBoundingClientRect().bottom - row.getBoundingClientRect().bottom)";
    assert!(ann.number(distance).await < 40.0, "the newest message is in sight");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_while_scrolled_up_sees_what_they_said() {
    let house = House::open_after(bob_said(60)).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.scrolls_to_the_oldest().await;
    ann.until("she is up there", "return !document.querySelector('#pill').hidden", vec![]).await;
    ann.says("here I am").await;
    ann.until("she is at the end", "return document.querySelector('#pill').hidden", vec![]).await;
    assert!(!ann.driver.title().await.expect("a title").starts_with('('), "one's own words are not unread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_an_address_that_shows_it_and_the_way_back_to_now() {
    let house = House::open_after(bob_said(200)).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    ann.goes_to(&format!("{}{ROOM_PATH}?around=60", house.url)).await;
    ann.clicks("#m60 .time").await;
    ann.until("the message is the target", "return document.querySelector('#m60:target')", vec![]).await;
    assert!(
        ann.driver.current_url().await.expect("an address").as_str().ends_with(&format!("{ROOM_PATH}?around=60#m60"))
    );

    let top = ann.top_of("m60").await;
    assert!((56.0..700.0).contains(&top), "it is in sight: {top}");
    let ground = |row: &str| format!("return getComputedStyle(document.querySelector({row:?})).backgroundColor");
    assert_ne!(ann.string(&ground("#m60")).await, ann.string(&ground("#m61")).await, "it is highlighted");
    ann.picture("room-permalink").await;
    ann.clicks_away("#pill").await; // the way to the latest
    ann.listens().await;
    ann.says("back in the present").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_on_a_page_of_the_past_leads_to_the_present() {
    let house = House::open_after(bob_said(120)).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    ann.goes_to(&format!("{}{ROOM_PATH}?around=30#m30", house.url)).await;
    assert_eq!(ann.number("return document.querySelectorAll('#live').length").await, 0.0);
    ann.writes("about that").await;
    ann.presses(thirtyfour::Key::Enter).await;
    ann.listens().await;
    let row = ann.sees("about that").await;
    assert_eq!(ann.rows().await.last(), Some(&row));
    let target = "const row = document.querySelector(':target'); return row ? row.id : ''";
    assert_eq!(ann.string(target).await, format!("m{}", row.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_evening_keeps_the_page_short_and_the_way_up_whole() {
    let house = House::open_after(bob_said(40)).await;
    let carl = house.guest("Carl").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let first = ann.rows().await[0].id;
    let mut last = 0;
    for n in 0..565 {
        last = carl.says(&format!("on and on {n}")).await;
    }
    ann.sees("on and on 564").await;
    let count = ann.rows().await.len();
    assert!(count <= 600, "the page has {count} messages");
    assert!(count >= 400, "the page has only {count} messages");
    assert_eq!(ann.rows().await.last().map(|row| row.id), Some(last));

    while ann.rows().await[0].id > first {
        let (id, before) = ann.scrolls_to_the_oldest().await;
        let above = "return document.querySelector('#messages > .message').id !== arguments[0]";
        ann.until("older messages come", above, vec![json!(id)]).await;
        let moved = ann.top_of(&id).await - before;
        assert!(moved.abs() < 0.5, "what is read has moved by {moved} px");
    }
    assert_eq!(ann.rows().await.len(), 605, "no message is missing after trimming and loading");
}
