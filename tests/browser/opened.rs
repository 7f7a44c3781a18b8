//! Everything that opens in a room, open: nothing is wrong with it for whoever sees, hears or touches it, light or dark, wide or
//! narrow.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House};

/// What opens, by what it is opened with: a key, or a click. The list of who is here, the question before leaving and the
/// drawer are looked at in `accessibility.rs` and `phone.rs`.
enum By {
    Held(&'static str),
    OnMessage(&'static str),
    Click(&'static str),
}

const OPENING: [(&str, By, &str); 5] = [
    ("switcher", By::Held("k"), "dialog:modal .finder"),
    ("help", By::Held("/"), "dialog:modal .help"),
    ("menu-of-a-message", By::OnMessage("m"), "#menu:popover-open a"),
    ("reactions", By::OnMessage(":"), "#menu:popover-open .picker"),
    ("bell", By::Click("[popovertarget=bell]"), "#bell:popover-open"),
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_opens_in_the_room_is_accessible_and_fits_on_a_phone() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    for name in ["W".repeat(80), "Garden <b>".to_owned()] {
        bob.sends("/rooms", &[("name", &name), ("visibility", "open")]).await;
    }
    let said = bob.says("Hello to **everybody** who reads this").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("hello").await;
    for (name, by, there) in OPENING {
        match by {
            By::Held(key) => ann.presses_with(&[Key::Control], key).await,
            By::OnMessage(key) => {
                ann.eval("document.querySelector(`#m${arguments[0]}`).focus()", vec![json!(said)]).await;
                ann.presses(key).await;
            }
            By::Click(css) => ann.clicks(css).await,
        }
        ann.until(&format!("{name} is open"), "return document.querySelector(arguments[0])", vec![json!(there)]).await;
        ann.is_accessible(name).await;
        ann.fits_on_phones(name).await;
        ann.resize(1440, 900).await;
        assert!(
            ann.eval("return document.querySelector(arguments[0])", vec![json!(there)]).await.is_object(),
            "{name}"
        );
        ann.presses(Key::Escape).await;
        ann.until(&format!("{name} is shut"), "return !document.querySelector(arguments[0])", vec![json!(there)]).await;
    }
    for page in ["switcher", "help"] {
        ann.goes_to(&format!("{}/{page}", house.url)).await;
        ann.find(".scroll").await;
        ann.is_accessible(&format!("{page}-page")).await;
        ann.fits_on_phones(&format!("{page}-page")).await;
    }
    ann.goes_to(&format!("{}/switcher?q=nowhere", house.url)).await;
    ann.find("#found .hint").await;
    ann.is_accessible("switch-nothing").await;
}

/// What is done with a message by the menu behind its link, and what is there when it has come to that.
const DONE: [(&str, &str); 9] = [
    ("Reply", "document.querySelector('#replying .quoted')"),
    ("React", "document.querySelector('#menu:popover-open .picker')"),
    ("Edit", "location.pathname.endsWith('/edit') && document.querySelector('textarea')"),
    ("Thread", "location.pathname.endsWith('/thread')"),
    ("Edit history", "location.pathname.endsWith('/history')"),
    ("Pin", "document.querySelector('#pins a')"),
    ("Mark unread from here", "location.search.includes('unread')"),
    ("Link to this message", "location.search.startsWith('?around=') && document.querySelector(':target')"),
    ("Delete…", "location.pathname.endsWith('/delete')"),
];

#[tokio::test(flavor = "multi_thread")]
async fn tab_and_enter_alone_do_all_that_can_be_done_with_a_message() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let said = ann.says("teh first").await;
    let sends = "const [path, body] = arguments;
        return fetch(location.pathname + path, {method: 'POST', body: new URLSearchParams(body)}).then(a => a.ok)";
    for (path, body) in [
        (format!("/messages/{said}/edit"), json!({"body": "the first"})),
        ("/messages".to_owned(), json!({"body": "an answer", "reply_to": said.to_string()})),
    ] {
        assert_eq!(ann.eval(sends, vec![json!(path), body]).await, json!(true), "{path}");
    }
    let room = ann.driver.current_url().await.expect("an address").to_string();
    for (n, (name, done)) in DONE.into_iter().enumerate() {
        ann.goes_to(&room).await;
        ann.listens().await;
        ann.eval("document.querySelector('#log').focus()", vec![]).await;
        ann.tabs_to(&format!("#m{said} .more")).await;
        ann.presses(Key::Enter).await;
        ann.until("the menu is open", "return document.activeElement.closest('#menu:popover-open')", vec![]).await;
        for _ in 0..n {
            ann.presses(Key::Tab).await;
        }
        assert_eq!(ann.string("return document.activeElement.innerText.trim()").await, name);
        ann.presses(Key::Enter).await;
        ann.until(name, &format!("return {done}"), vec![]).await;
    }
}
