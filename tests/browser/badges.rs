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
    let other =
        ann.sends("/rooms", &[("name", "Other"), ("kind", "open")]).await["url"].as_str().expect("a path").to_owned();
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
    window.tells(&title, true).await;
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
    second.shows_badge(&other, "").await;
    window.sees("here, where she looks").await;
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
    says_in(&bob, &talk, "good").await;
    tab.hides(false).await;
    tab.shows_badge(&talk, "1 for you").await;
    tab.tells(&format!("(1) {title}"), true).await;
    assert_eq!(tab.complaints().await, Vec::<String>::new());
}
