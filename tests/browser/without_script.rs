//! Somebody has switched JavaScript off: every form and every link still works, and reading goes on by reload.

use thirtyfour::prelude::*;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM, ROOM_PATH};

impl Browser {
    /// What the elements say, in their order; asked of the browser, as the page can run nothing.
    pub async fn all(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.driver.find_all(By::Css(css)).await.expect("a selector") {
            let text = element.prop("innerText").await.expect("a property");
            texts.push(text.unwrap_or_default());
        }
        texts
    }

    /// Types into a field, as far as chromedriver's keyboard can: no emoji.
    pub async fn keys_in(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field");
        field.click().await.expect("a field");
        self.types(text).await;
    }

    /// Fills in the form of the door, and sends it.
    pub async fn knocks(&self, house: &House, name: &str) {
        self.goes_to(&house.url).await;
        self.keys_in("#room", ROOM).await;
        self.keys_in("#name", name).await;
        self.clicks(".enter button").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_without_script() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    ann.find("#composer").await;
    assert_eq!(ann.all("h1").await, [ROOM]);

    ann.keys_in("#text", "first line\nsecond line").await;
    ann.clicks("#composer .send").await;
    ann.find(":target").await;
    assert_eq!(ann.all(".message .body").await, ["first line\nsecond line"]);
    assert_eq!(ann.all(".message .tag").await, ["you"]);
    let address = ann.driver.current_url().await.expect("an address");
    assert!(address.as_str().contains(&format!("{ROOM_PATH}#m")), "a post leads back to the room: {address}");

    bob.says("an answer").await;
    ann.clicks("noscript a").await;
    let answer = ann.driver.query(By::Css(".message:last-of-type .body")).with_text("an answer");
    answer.first().await.expect("a reload shows what others said");
    ann.driver.refresh().await.expect("a reload");
    assert_eq!(ann.all(".message .body").await, ["first line\nsecond line", "an answer"], "a reload posts nothing");
    assert_eq!(bob.reads().await.len(), 2);

    ann.asks_to_leave().await;
    ann.clicks("#leave .danger").await;
    ann.find("#name").await;
    for _settings_then_room in 0..2 {
        ann.driver.back().await.expect("back");
    }
    ann.driver.refresh().await.expect("a reload");
    assert_eq!(ann.all("h1").await, [ROOM]);
    assert!(ann.driver.find_all(By::Css("#composer")).await.expect("a selector").is_empty(), "nobody writes here now");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_past_are_links() {
    let texts: Vec<String> = (0..120).map(|n| format!("line {n}")).collect();
    let lines = || texts.iter().map(|text| (std::time::Duration::from_secs(600), text.as_str()));
    let house = House::open_after(|past| past.said(BOB, lines())).await;
    let reader = Browser::without_script().await;
    reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    let mut read = reader.all(".message .body").await;
    assert_eq!(read.last().map(String::as_str), Some("line 119"));
    let newest = reader.find(".message:last-of-type").await.rect().await.expect("a place");
    assert!((0.0..900.0).contains(&newest.y), "a page starts at its end, without a script: {}", newest.y);
    reader.picture("room-without-script").await;

    while !reader.driver.find_all(By::Css("#older a")).await.expect("a selector").is_empty() {
        reader.clicks_away("#older a").await;
        let page = reader.all(".message .body").await;
        assert!(read.len() + page.len() <= 120, "pages overlap");
        read.splice(0..0, page);
    }
    assert_eq!(read, texts);
    reader.clicks_away("main .edge-link:not(#older) a").await;
    assert_eq!(reader.all(".message .body").await, texts[20..70], "and there is a way forward");
    reader.clicks_away("#pill").await;
    assert_eq!(reader.all(".message .body").await, texts[70..], "and one to the latest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_keeps_what_was_typed() {
    let house = House::open().await;
    let _bob = house.guest(BOB).await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, BOB).await;
    assert!(ann.find("#name-error").await.text().await.expect("a text").contains("is taken"));
    let fields = [ann.find("#room").await, ann.find("#name").await];
    for (field, typed) in fields.iter().zip([ROOM, BOB]) {
        assert_eq!(field.value().await.expect("a value").as_deref(), Some(typed));
    }
    ann.keys_in("#name", ANN).await;
    ann.clicks(".enter button").await;
    ann.find("#composer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_to_say_something_else_says_both() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    for text in ["one", "two", "three"] {
        ann.keys_in("#text", text).await;
        ann.clicks("#composer .send").await;
        ann.find(":target").await;
        // The page from before the post, with the form as it was.
        ann.driver.back().await.expect("back");
        ann.find("html:not(:has(:target)) #composer").await;
    }
    let said: Vec<String> = bob.reads().await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["one", "two", "three"]);
}
