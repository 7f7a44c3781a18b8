//! What is new in other rooms, in every window: a number beside the room, in the title what is for whoever looks, and a dot
//! on the icon; until it is read, wherever that is.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM_PATH};

impl Browser {
    /// Waits until this stands beside the room at this path.
    async fn shows_badge(&self, path: &str, words: &str) {
        let script = "const place = document.querySelector(`.place[href='${arguments[0]}']`);
                      return place?.querySelector('.count').textContent === arguments[1]";
        self.until(&format!("{words:?} beside {path}"), script, vec![json!(path), json!(words)]).await;
    }

    /// Waits until the title and the icon tell this.
    async fn tells(&self, title: &str, has_dot: bool) {
        let script = "return document.title === arguments[0]
                      && document.querySelector('link[rel=icon]').href.includes('circle') === arguments[1]";
        self.until(&format!("{title:?} in the tab"), script, vec![json!(title), json!(has_dot)]).await;
    }

    /// How heavy the name of the room at this path is written.
    async fn weight(&self, path: &str) -> f64 {
        let script =
            format!("return Number(getComputedStyle(document.querySelector(`.place[href='{path}']`)).fontWeight)");
        self.number(&script).await
    }
}

/// Says something in the room at this path; the number of the message.
async fn says_in(guest: &Guest, path: &str, body: &str) -> String {
    guest.sends(&format!("{path}/messages"), &[("body", body)]).await["id"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_in_two_rooms_show_what_is_new_in_the_other_until_it_is_read_in_either() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let other = ann.sends("/rooms", &[("name", "Other"), ("visibility", "open")]).await["url"]
        .as_str()
        .expect("a path")
        .to_owned();
    let last = bob.says("read already").await;
    ann.sends(&format!("{ROOM_PATH}/read"), &[("seq", &last.to_string())]).await;
    let window = Browser::open().await;
    window.is_shown(&house, &ann, &other).await;
    window.listens().await;
    let title = window.driver.title().await.expect("a title");
    window.tells(&title, false).await;
    let light = window.weight(ROOM_PATH).await;

    bob.says("something new").await;
    window.shows_badge(ROOM_PATH, "1 unread").await;
    window.tells(&title, true).await;
    assert!(window.weight(ROOM_PATH).await > light, "the name of a room with something new stands out");
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    says_in(&bob, &talk, "for you").await;
    window.tells(&format!("(1) {title}"), true).await;
    window.driver.refresh().await.expect("a reload");
    window.listens().await;
    window.shows_badge(&talk, "1 for you").await;
    window.tells(&format!("(1) {title}"), true).await;
    says_in(&bob, &talk, "and for you").await;
    window.shows_badge(&talk, "2 for you").await;
    window.tells(&format!("(2) {title}"), true).await;
    window.is_accessible("room-badges").await;

    let second = Browser::open().await;
    second.is_shown(&house, &ann, ROOM_PATH).await;
    second.listens().await;
    window.shows_badge(ROOM_PATH, "").await;
    says_in(&bob, &other, "here, where she looks").await;
    window.sees("here, where she looks").await;
    let read = "return performance.getEntriesByType('resource').some(asked => asked.name.endsWith('/read'))";
    window.until("the server knows that she has seen it", read, vec![]).await;
    second.shows_badge(&other, "").await;
    second.shows_badge(&talk, "2 for you").await;
    second.goes_to(&format!("{}{talk}", house.url)).await;
    window.shows_badge(&talk, "").await;
    window.tells(&title, false).await;
    assert_eq!((window.complaints().await, second.complaints().await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_tab_counts_what_is_for_whoever_left_it_in_other_rooms() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    let tab = Browser::open().await;
    tab.keeps_timers().await;
    tab.is_shown(&house, &ann, ROOM_PATH).await;
    tab.listens().await;
    let title = tab.driver.title().await.expect("a title");
    tab.hides(true).await;
    says_in(&bob, &talk, "are you there?").await;
    tab.lets_pass(60_000).await;
    tab.tells(&format!("(1) {title}"), true).await;
    let last = says_in(&ann, &talk, "I am").await;
    ann.sends(&format!("{talk}/read"), &[("seq", &last)]).await;
    tab.lets_pass(60_000).await;
    tab.tells(&title, false).await;
    says_in(&bob, &talk, "usable").await;
    tab.hides(false).await;
    tab.shows_badge(&talk, "1 for you").await;
    tab.tells(&format!("(1) {title}"), true).await;
    assert_eq!(tab.complaints().await, Vec::<String>::new());
}

/// In pages that are opened from here on it is counted how often they ask what is new.
const COUNTER: &str = "const real = window.fetch;
    window.asked = 0;
    window.fetch = (url, ...rest) => { if (url === '/unread') window.asked++; return real(url, ...rest); };";
const ASKED: &str = "return window.asked";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_no_room_shows_what_is_new_too_and_at_once_when_it_is_looked_at() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    let page = Browser::open().await;
    page.keeps_timers().await;
    page.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": COUNTER})).await;
    page.is_shown(&house, &ann, "/settings").await;
    let title = page.driver.title().await.expect("a title");
    page.find(".scroll").await;
    says_in(&bob, &talk, "are you there?").await;
    page.tells(&title, false).await;
    let place = format!("#places [href='{talk}']");
    page.eval("document.querySelector(arguments[0]).focus()", vec![json!(place)]).await;
    page.eval("const at = performance.now(); performance.now = () => at", vec![]).await;
    page.hides(true).await;
    page.hides(false).await;
    page.shows_badge(&talk, "1 for you").await;
    page.tells(&format!("(1) {title}"), true).await;
    page.hides(true).await;
    page.hides(false).await;
    assert_eq!(page.number(ASKED).await, 1.0, "it does not ask each time that one comes and goes");
    page.eval("delete performance.now", vec![]).await;
    let room = ann.sends("/rooms", &[("name", "New <b>"), ("visibility", "open")]).await["url"].clone();
    let last = says_in(&bob, &talk, "I am here").await;
    page.lets_pass(60_000).await;
    page.shows_badge(&talk, "2 for you").await;
    page.find(&format!("#places [href='{}']", room.as_str().expect("a path"))).await;
    let is_focused = "return document.activeElement === document.querySelector(arguments[0])";
    assert_eq!(page.eval(is_focused, vec![json!(place)]).await, json!(true), "the focus stays where it was");
    page.is_accessible("settings-badges").await;

    ann.sends(&format!("{talk}/read"), &[("seq", &last)]).await;
    page.lets_pass(60_000).await;
    page.shows_badge(&talk, "").await;
    page.tells(&title, false).await;
    assert_eq!(page.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_counts_for_whoever_has_a_name_and_asks_nothing_for_whoever_has_none() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    let door = Browser::open().await;
    door.keeps_timers().await;
    door.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": COUNTER})).await;
    door.goes_to(&house.url).await;
    let title = door.driver.title().await.expect("a title");
    for path in ["", ROOM_PATH] {
        door.goes_to(&format!("{}{path}", house.url)).await;
        door.until("the page has started", "return window.htmx && document.readyState === 'complete'", vec![]).await;
        door.hides(true).await;
        door.eval("window.every[60000]?.forEach(ask => ask())", vec![]).await;
        door.hides(false).await;
        assert_eq!(door.number(ASKED).await, 0.0, "{path}");
    }
    says_in(&bob, &talk, "are you there?").await;
    door.is_shown(&house, &ann, "").await;
    door.tells(&format!("(1) {title}"), true).await;
    says_in(&bob, &talk, "hello?").await;
    door.lets_pass(60_000).await;
    door.tells(&format!("(2) {title}"), true).await;
    assert_eq!(door.complaints().await, Vec::<String>::new());
}
