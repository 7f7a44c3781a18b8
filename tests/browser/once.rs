//! Reload, back, a double click, an impatient finger: each thing is done once, and nothing is lost.

use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM, ROOM_PATH};

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_shows_every_message_once_and_posts_nothing() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    bob.says("from Bob").await;
    ann.sees("from Bob").await;
    ann.says("from Ann").await;

    for _ in 0..3 {
        ann.driver.refresh().await.expect("a reload");
        ann.listens().await;
        assert_eq!(ann.texts().await, ["from Bob", "from Ann"]);
    }
    bob.says("after the reloads").await;
    ann.sees("after the reloads").await;
    assert_eq!(bob.reads().await.len(), 3, "a reload posts nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn back_and_forward_lose_nothing_and_post_nothing() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("before").await;
    ann.clicks(".brand").await;
    ann.find(".hero").await;
    bob.says("while Ann was at the door").await;

    ann.driver.back().await.expect("back");
    ann.sees("while Ann was at the door").await;
    assert_eq!(ann.texts().await, ["before", "while Ann was at the door"]);
    bob.says("and after she came back").await;
    ann.sees("and after she came back").await;

    ann.driver.back().await.expect("back to the door, as it was before she came in");
    ann.find(".hero").await;
    ann.driver.forward().await.expect("forward");
    ann.listens().await;
    let all = ["before", "while Ann was at the door", "and after she came back"];
    ann.sees(all[2]).await;
    assert_eq!(ann.texts().await, all);
    ann.says("still here").await;
    assert_eq!(bob.reads().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_twice_in_a_hurry_sends_once() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;

    ann.writes("double click").await;
    let send = ann.find("#composer .send").await;
    ann.driver.action_chain().double_click_element(&send).perform().await.expect("a mouse");
    ann.sees("double click").await;
    ann.writes("three times Enter").await;
    ann.presses([Key::Enter, Key::Enter, Key::Enter].iter().map(|key| key.value()).collect::<String>()).await;
    ann.sees("three times Enter").await;
    // Whatever the second click might have sent would have come before this.
    ann.says("the end").await;
    bob.says("Bob's end").await;
    ann.sees("Bob's end").await;

    let texts = ["double click", "three times Enter", "the end", "Bob's end"];
    assert_eq!(ann.texts().await, texts);
    assert_eq!(bob.reads().await.into_iter().map(|(_, text)| text).collect::<Vec<_>>(), texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn coming_in_with_a_double_click_comes_in_once() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.goes_to(&house.url).await;
    ann.fills("#room", ROOM).await;
    ann.fills("#name", ANN).await;
    // A browser may or may not be quick enough to send both, so this looks at what the page lets through.
    let twice = "let sent = 0;
        addEventListener('submit', event => { if (!event.defaultPrevented) sent++; event.preventDefault(); });
        for (let n = 0; n < 2; n++) document.querySelector('.enter button').click();
        return sent";
    assert_eq!(ann.number(twice).await, 1.0);

    ann.goes_to(&house.url).await;
    ann.fills("#room", ROOM).await;
    ann.fills("#name", ANN).await;
    let button = ann.find(".enter button").await;
    ann.driver.action_chain().double_click_element(&button).perform().await.expect("a mouse");
    // A second time the name would be taken already, by herself.
    ann.find("#composer").await;
    assert!(ann.driver.current_url().await.expect("an address").as_str().ends_with(ROOM_PATH));
    ann.says("here I am").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_is_nobody_also_in_the_pages_behind_them() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("before").await;
    ann.asks_to_leave().await;
    ann.clicks("#leave .danger").await;
    ann.find("#name").await;

    for _settings_then_room in 0..2 {
        ann.driver.back().await.expect("back");
    }
    ann.find("#messages").await;
    ann.until("the page of before is gone, or refuses", "return document.querySelector('#text')", vec![]).await;
    ann.fills("#text", "as a ghost").await;
    ann.presses(Key::Enter).await;
    let after = "return document.querySelector('#composer') === null || document.querySelector('.failed')";
    ann.until("the ghost is refused", after, vec![]).await;
    bob.says("after").await;
    let said: Vec<String> = bob.reads().await.into_iter().map(|(_, text)| text).collect();
    assert_eq!(said, ["before", "after"]);
}
