//! Notifications of pages: once for all windows, not of the room that is looked at and not of what one does not want to hear;
//! and where somebody lets a browser show them, and hears the sound.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM, ROOM_PATH};

/// In every page that is opened from here on, notifications are noted down and not shown; each window knows of those of all.
/// What somebody answers when they are asked for permission stands in the store of the page, and so does how loud it was.
const RECORDER: &str = "
    const told = new BroadcastChannel('shown'), RealContext = window.AudioContext;
    window.shown = [];
    window.asked = window.sounds = 0;
    told.onmessage = ({data}) => window.shown.push(data);
    window.Notification = class {
      static get permission() { return localStorage.permission ?? 'granted'; }
      static async requestPermission() { window.asked++; return localStorage.permission = localStorage.answer; }
      constructor(title, {body, tag}) {
        const data = {title, body, tag};
        window.shown.push(data);
        window.notice = this;
        told.postMessage(data);
      }
      close() {}
    };
    window.AudioContext = class extends RealContext { constructor() { super(); window.sounds++; } };";

impl Browser {
    async fn records_notices(&self) {
        self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({"source": RECORDER})).await;
    }

    /// Waits until so many notifications were shown in all windows; the texts of all.
    async fn is_notified(&self, count: usize) -> Vec<String> {
        let script = "return window.shown.length >= arguments[0] && window.shown.map(({body}) => body)";
        let shown = self.until(&format!("{count} notifications"), script, vec![json!(count)]).await;
        serde_json::from_value(shown).expect("texts")
    }

    async fn says_of_notices(&self, words: &str) {
        let script = "return document.querySelector('#notices-state').textContent.includes(arguments[0])";
        self.until(&format!("the page says {words:?}"), script, vec![json!(words)]).await;
    }
}

/// A room of this name, to which Ann goes; its path.
async fn other_room(ann: &Guest) -> String {
    let room = ann.sends("/rooms", &[("name", "Other"), ("visibility", "open")]).await;
    room["url"].as_str().expect("a path").to_owned()
}

/// Says something in the room at this path, and speaks to whoever said what it answers.
async fn answers(guest: &Guest, path: &str, message: u64, body: &str) {
    guest.sends(&format!("{path}/messages"), &[("body", body), ("reply_to", &message.to_string())]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_somebody_is_told_once_in_whichever_of_their_windows() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let (other, hers) = (other_room(&ann).await, ann.says("a question").await);
    answers(&bob, ROOM_PATH, hers, "said before she came").await;
    let window = Browser::open().await;
    window.records_notices().await;
    window.is_shown(&house, &ann, &other).await;
    window.listens().await;
    let first = window.driver.window().await.expect("a window");
    let second = window.driver.new_tab().await.expect("another window");
    window.driver.switch_to_window(second).await.expect("it is there");
    window.records_notices().await;
    window.notes_streams().await;
    window.goes_to(&format!("{}{other}", house.url)).await;
    window.listens().await;

    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    bob.sends(&format!("{talk}/messages"), &[("body", "<b>first</b>\nof two")]).await;
    let told = format!("{BOB}: <b>first</b> of two");
    assert_eq!(window.is_notified(1).await, [told.as_str()]);
    // Whatever would tell the first once more would have done so by the time that the second is told.
    answers(&bob, ROOM_PATH, hers, "second").await;
    let both = [told, format!("{BOB}: second")];
    assert_eq!(window.is_notified(2).await, both);
    window.driver.switch_to_window(first).await.expect("it is there");
    assert_eq!(window.is_notified(2).await, both);
    let shown = window.eval("return window.shown", vec![]).await;
    assert_eq!(shown[0]["title"], BOB, "a direct talk is called after the other");
    assert_eq!((&shown[1]["title"], &shown[1]["tag"]), (&json!(ROOM), &json!(ROOM_PATH)));
    assert_eq!(window.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_the_room_they_look_at_nor_of_what_they_do_not_want_to_hear() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let (other, hers) = (other_room(&ann).await, ann.says("a question").await);
    let muted = ann.sends(&format!("{other}/messages"), &[("body", "quietly")]).await["id"].as_u64().expect("an id");
    ann.sends(&format!("{other}/notifications"), &[("level", "nothing")]).await;
    let window = Browser::open().await;
    window.keeps_timers().await;
    window.records_notices().await;
    window.is_shown(&house, &ann, ROOM_PATH).await;
    window.listens().await;
    window.eval("localStorage.sound = 'on'", vec![]).await;
    window.clicks("#text").await; // without that a page makes no sound

    answers(&bob, ROOM_PATH, hers, "looked at").await;
    answers(&bob, &other, muted, "not wanted").await;
    window.sees("looked at").await;
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    bob.sends(&format!("{talk}/messages"), &[("body", "for you")]).await;
    let mut told = vec![format!("{BOB}: for you")];
    assert_eq!(window.is_notified(1).await, told);
    assert_eq!(window.number("return window.sounds").await, 1.0, "it is heard too");

    // A hidden tab looks at nothing. What it has shown before is no news.
    window.hides(true).await;
    window.lets_pass(60_000).await;
    answers(&bob, ROOM_PATH, hers, "while nobody looks").await;
    window.lets_pass(60_000).await;
    told.push(format!("{BOB}: while nobody looks"));
    assert_eq!(window.is_notified(2).await, told);
    window.lets_pass(60_000).await;
    bob.sends(&format!("{talk}/messages"), &[("body", "again")]).await;
    window.lets_pass(60_000).await;
    told.push(format!("{BOB}: again"));
    assert_eq!(window.is_notified(3).await, told);
    assert_eq!(window.number("return window.sounds").await, 3.0);

    window.eval("setTimeout(() => window.notice.onclick())", vec![]).await;
    let there =
        "return location.pathname === arguments[0] && document.querySelector('#log').innerText.includes('again')";
    window.until("a click leads there", there, vec![json!(talk)]).await;
    assert_eq!(window.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_no_room_tells_what_is_new_once_for_all_windows_and_nothing_that_was_said_before() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, house.guest(BOB).await);
    let hers = ann.says("a question").await;
    answers(&bob, ROOM_PATH, hers, "said before she came").await;
    let window = Browser::open().await;
    window.keeps_timers().await;
    window.records_notices().await;
    window.is_shown(&house, &ann, "/settings").await;
    window.find(".scroll").await;
    let first = window.driver.window().await.expect("a window");
    let second = window.driver.new_tab().await.expect("another window");
    window.driver.switch_to_window(second).await.expect("it is there");
    window.keeps_timers().await;
    window.records_notices().await;
    window.goes_to(&format!("{}{ROOM_PATH}/days", house.url)).await;
    window.find(".thread").await;

    window.lets_pass(60_000).await;
    answers(&bob, ROOM_PATH, hers, "of the room whose day she looks at").await;
    window.lets_pass(60_000).await;
    let mut told = vec![format!("{BOB}: of the room whose day she looks at")];
    assert_eq!(window.is_notified(1).await, told);
    window.driver.switch_to_window(first).await.expect("it is there");
    window.lets_pass(60_000).await;
    let talk = bob.sends("/direct", &[("names", ANN)]).await["url"].as_str().expect("a path").to_owned();
    bob.sends(&format!("{talk}/messages"), &[("body", "for you")]).await;
    window.lets_pass(60_000).await;
    told.push(format!("{BOB}: for you"));
    assert_eq!(window.is_notified(2).await, told);
    // Another page of the same window goes on from there: what comes between the two is told at once.
    bob.sends(&format!("{talk}/messages"), &[("body", "while she goes on")]).await;
    window.goes_to(&house.url).await;
    told.push(format!("{BOB}: while she goes on"));
    assert_eq!(window.is_notified(1).await, told[2..]);
    assert_eq!(window.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_ask_for_permission_when_one_presses_the_button_and_never_else() {
    let house = House::open().await;
    let ann = house.guest(ANN).await;
    let window = Browser::open().await;
    window.records_notices().await;
    window.is_shown(&house, &ann, ROOM_PATH).await;
    window.eval("localStorage.permission = 'default'; localStorage.answer = 'granted'", vec![]).await;
    window.listens().await;
    let asked = "return window.asked";
    assert_eq!(window.number(asked).await, 0.0);
    window.goes_to(&format!("{}/settings", house.url)).await;
    window.says_of_notices("until you allow them").await;
    assert_eq!(window.number(asked).await, 0.0);
    window.is_accessible("notices-default").await;
    window.clicks("#notices-allow").await;
    window.says_of_notices("Notifications are allowed").await;
    assert_eq!(window.number(asked).await, 1.0);
    window.until("the focus goes on", "return document.activeElement.id === 'notices-try'", vec![]).await;
    window.clicks("#notices-try").await;
    assert_eq!(window.is_notified(1).await, ["This is how it looks."]);
    window.clicks("#sound-try").await;
    assert_eq!(window.number("return window.sounds").await, 1.0);
    window.clicks("[name=sound]").await;
    window.is_accessible("notices-granted").await;
    window.driver.refresh().await.expect("a reload");
    let loud = "return document.querySelector('[name=sound]').checked && !document.querySelector('#notices').hidden";
    window.until("this browser keeps it", loud, vec![]).await;

    for (permission, words) in [("denied", "Notifications are blocked"), ("default", "until you allow them")] {
        window
            .eval("localStorage.permission = arguments[0]; dispatchEvent(new Event('focus'))", vec![json!(permission)])
            .await;
        window.says_of_notices(words).await;
        let ways = "return ['#notices-allow', '#notices-try'].map(id => document.querySelector(id).hidden)";
        assert_eq!(window.eval(ways, vec![]).await, json!([permission == "denied", true]));
    }
    window.eval("localStorage.answer = 'denied'", vec![]).await;
    window.clicks("#notices-allow").await;
    window.says_of_notices("Notifications are blocked").await;
    window.is_accessible("notices-denied").await;
    window.fits_on_phones("notices").await;
    assert_eq!(window.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_browser_shows_one_and_where_no_script_runs_nothing_is_offered() {
    let house = House::open().await;
    let ann = house.guest(ANN).await;
    let window = Browser::open().await;
    let granted = json!({"origin": house.url, "permissions": ["notifications"]});
    window.cdp("Browser.grantPermissions", granted).await;
    window.is_shown(&house, &ann, "/settings").await;
    window.says_of_notices("Notifications are allowed").await;
    window.clicks("#notices-try").await;
    window.clicks("#sound-try").await;
    window.says_of_notices("Notifications are allowed").await;
    assert_eq!(window.complaints().await, Vec::<String>::new());

    let without = Browser::without_script().await;
    without.is_shown(&house, &ann, "/settings").await;
    let section = without.find("#presence").await;
    assert!(section.is_displayed().await.expect("a look"));
    let notices = without.driver.find_all(thirtyfour::By::Css("#notices")).await.expect("a selector");
    assert!(!notices[0].is_displayed().await.expect("a look"));
}
