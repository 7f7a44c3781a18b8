//! What is new, and what was begun: counted until it is seen, kept until it is sent, the same in every window of one person.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM_PATH};

const INVOLVEMENT: &str = "/rooms/caf%C3%A9-12-3-%F0%9F%9A%80-%3Ci%3E/notifications";

impl Browser {
    /// A window of whoever holds this token, with this page.
    pub async fn is_shown(&self, house: &House, guest: &Guest, path: &str) {
        self.is_of(house, &guest.token).await;
        self.goes_to(&format!("{}{path}", house.url)).await;
    }

    async fn badge(&self) -> String {
        let words = self.find(&format!(".place[href='{ROOM_PATH}'] .count")).await.prop("textContent").await;
        words.expect("a property").unwrap_or_default()
    }
}

/// Waits until the server counts so many as unread.
async fn has_unread(guest: &Guest, count: u64) {
    let since = std::time::Instant::now();
    loop {
        let unread = guest.asks(INVOLVEMENT).await["unread"].as_u64();
        if unread == Some(count) {
            return;
        }
        assert!(since.elapsed().as_secs() < 60, "{unread:?} is unread, not {count}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_seen_in_one_window_is_read_in_the_other_and_the_line_shows_where_one_left_off() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let first = bob.says("seen long ago").await;
    ann.sends(&format!("{ROOM_PATH}/read"), &[("seq", &first.to_string())]).await;
    for n in 0..3 {
        bob.says(&format!("new {n}")).await;
    }
    let (one, other) = (Browser::open().await, Browser::open().await);
    other.is_shown(&house, &ann, "/rooms").await;
    assert_eq!(other.badge().await, "3 unread");
    one.is_shown(&house, &ann, ROOM_PATH).await;
    let line = "const line = document.querySelector('#new');
                return line.innerText + ' / ' + document.querySelector('#new + .message, #new + .day + .message').innerText";
    let found = one.string(line).await;
    assert!(found.starts_with("3 new messages / ") && found.contains("new 0"), "{found}");
    one.is_accessible("room-new-line").await;
    has_unread(&ann, 0).await;
    other.driver.refresh().await.expect("a reload");
    assert_eq!(other.badge().await, "");
    bob.says("and one more").await;
    one.sees("and one more").await;
    has_unread(&ann, 0).await;

    // Marked as unread, it stays so while the page is looked at, until more is said.
    let third = bob.says("keep me for later").await;
    has_unread(&ann, 0).await;
    ann.sends(&format!("{ROOM_PATH}/unread"), &[("message", &third.to_string())]).await;
    one.goes_to(&format!("{}{ROOM_PATH}?around={third}&unread=#new", house.url)).await;
    one.listens().await;
    one.find("#new").await;
    one.is_accessible("room-marked-unread").await; // which looks at it for longer than it takes to have read it
    one.goes_to(&format!("{}/rooms", house.url)).await;
    assert_eq!(one.badge().await, "1 unread");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_has_read_also_if_they_go_on_at_once() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let browser = Browser::open().await;
    browser.is_shown(&house, &ann, ROOM_PATH).await;
    browser.listens().await;
    bob.says("the page tells at once that this is read, and then no sooner than in five seconds").await;
    has_unread(&ann, 0).await;
    let asks = format!("@{ANN} are you there?");
    bob.says(&asks).await;
    browser.sees(&asks).await;
    browser.writes("yes").await;
    browser.presses(Key::Enter).await;
    browser.until("it is said", "return document.querySelectorAll('.message[id]').length === 3", vec![]).await;
    browser.goes_to(&format!("{}/rooms", house.url)).await;
    has_unread(&ann, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_the_first_unread_is_shown_while_it_is_out_of_sight() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let first = bob.says("seen long ago").await;
    ann.sends(&format!("{ROOM_PATH}/read"), &[("seq", &first.to_string())]).await;
    for n in 0..40 {
        bob.says(&format!("new {n}")).await;
    }
    let browser = Browser::open().await;
    browser.is_shown(&house, &ann, ROOM_PATH).await;
    let shown = "const way = document.querySelector('#first-new'); return way && !way.hidden && way.innerText === '40 new messages'";
    browser.until("the way is shown", shown, vec![]).await;
    browser.is_accessible("room-way-to-new").await;
    browser.fits_on_phones("room-way-to-new").await;
    browser.resize(1440, 900).await;
    browser.clicks("#first-new").await;
    let gone = "return document.querySelector('#first-new').hidden";
    browser.until("the way goes when one is there", gone, vec![]).await;
    let seen = "const [line, log] = ['#new', '#log'].map(css => document.querySelector(css).getBoundingClientRect());
                return line.top >= log.top && line.bottom <= log.bottom";
    assert_eq!(browser.eval(seen, vec![]).await, json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_survives_a_reload_is_there_on_another_device_and_goes_with_the_message() {
    let house = House::open().await;
    let ann = house.guest(ANN).await;
    let (one, other) = (Browser::open().await, Browser::open().await);
    one.is_shown(&house, &ann, ROOM_PATH).await;
    one.listens().await;
    one.writes("half a sentence & <b>").await;
    other.is_shown(&house, &ann, "/rooms").await;
    // Nothing but the pause has it kept.
    while other.eval("return document.querySelector('.place .draft') === null", vec![]).await == json!(true) {
        other.driver.refresh().await.expect("a reload");
    }
    other.is_accessible("rooms-draft").await;
    other.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    assert_eq!(other.written().await, "half a sentence & <b>");
    one.driver.refresh().await.expect("a reload");
    assert_eq!(one.written().await, "half a sentence & <b>");
    one.listens().await;
    one.types(", and the rest").await;
    one.goes_to(&format!("{}/rooms", house.url)).await;
    one.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    one.listens().await;
    one.clicks("#composer .send").await;
    let body = "half a sentence & <b>";
    one.until("it is sent", "return document.querySelector('#messages > .message[id] .body')", vec![]).await;
    assert!(one.texts().await[0].starts_with(body));
    other.driver.refresh().await.expect("a reload");
    assert_eq!(other.written().await, "", "it has gone out");
    other.goes_to(&format!("{}/rooms", house.url)).await;
    assert_eq!(other.eval("return document.querySelectorAll('.draft').length", vec![]).await, json!(0));
    assert_eq!((one.complaints().await, other.complaints().await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_is_a_menu_in_which_one_chooses_what_to_hear_of() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let browser = Browser::open().await;
    browser.is_shown(&house, &ann, ROOM_PATH).await;
    browser.listens().await;
    bob.says("hello").await;
    browser.sees("hello").await;
    browser.clicks("[popovertarget=bell]").await;
    browser.opens("#bell").await;
    browser.is_accessible("bell").await;
    browser.fits_on_phones("bell").await;
    browser.resize(1440, 900).await;
    browser.clicks("#bell [value=nothing]").await;
    browser.clicks("#bell .primary").await;
    browser.find("use[href='#i-bell-off']").await;
    browser.goes_to(&format!("{}{INVOLVEMENT}", house.url)).await;
    browser.is_accessible("level").await;
    browser.fits_on_phones("level").await;
    assert_eq!(ann.asks(INVOLVEMENT).await["level"], "nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_script_one_marks_as_read_and_keeps_a_draft() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    bob.says("something new").await;
    let browser = Browser::without_script().await;
    browser.is_shown(&house, &ann, ROOM_PATH).await;
    browser.picture("room-mark-without-script").await;
    browser.clicks_away("form[action$='/read'] button").await;
    bob.says("and more").await;
    has_unread(&ann, 1).await;
    browser.clicks_away("noscript a").await;
    browser.find("#new").await;
    browser.clicks_away("form[action='/read-all'] button").await;
    has_unread(&ann, 0).await;
    browser.keys_in("#text", "half a sentence").await;
    browser.clicks("[formaction$='/draft']").await;
    browser.find(".place .draft").await;
    let text = browser.find("#text").await.value().await.expect("a value");
    assert_eq!(text.as_deref(), Some("half a sentence"));
}
