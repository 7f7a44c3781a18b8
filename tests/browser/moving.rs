//! A room takes its place in the list beside every open page as soon as it has another one, and nobody who writes, reads or
//! walks through the list is disturbed by it.

use serde_json::{Value, json};

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM, ROOM_PATH};

impl Browser {
    /// Waits until this list beside the page, 0 of rooms and 1 of talks, has these names in this order.
    async fn lists(&self, list: usize, names: &[&str]) {
        let script = "const list = document.querySelectorAll('#places .places ul')[arguments[0]];
                      const names = [...list.querySelectorAll('.place-name > :first-child, .place-name:not(:has(*))')];
                      return JSON.stringify(names.map(name => name.textContent)) === JSON.stringify(arguments[1])";
        self.until(&format!("{names:?} in the list"), script, vec![json!(list), json!(names)]).await;
    }
}

async fn path_of(by: &Guest, path: &str, form: &[(&str, &str)]) -> String {
    by.sends(path, form).await["url"].as_str().expect("a path").to_owned()
}

/// Of what she hears in the room at this path, and whether it stands on top.
async fn involves(ann: &Guest, path: &str, involvement: &str, on_top: bool) {
    let form = [("level", involvement), ("favorite", "on")];
    ann.sends(&format!("{path}/notifications"), &form[..1 + usize::from(on_top)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_put_on_top_or_hidden_is_there_at_once_in_every_window_also_in_its_own() {
    let house = House::open().await;
    let ann = house.guest(ANN).await;
    let mut paths = Vec::new();
    for name in ["Apples <b>", "Zebras"] {
        paths.push(path_of(&ann, "/rooms", &[("name", name), ("visibility", "open")]).await);
    }
    let (apples, zebras) = (&*paths[0], &*paths[1]);
    let (here, there) = (Browser::open().await, Browser::open().await);
    here.is_shown(&house, &ann, ROOM_PATH).await;
    there.is_shown(&house, &ann, apples).await;
    for window in [&here, &there] {
        window.listens().await;
        window.lists(0, &["Apples <b>", ROOM, "Zebras"]).await;
    }
    here.writes("half a sentence").await;
    let caret = "const text = document.querySelector('#text');
        return [document.activeElement === text, text.value, text.selectionStart]";
    let before = here.eval(caret, vec![]).await;

    for (path, involvement, on_top, names) in [
        (zebras, "mentions", true, &["Zebras", "Apples <b>", ROOM][..]),
        (ROOM_PATH, "mentions", true, &[ROOM, "Zebras", "Apples <b>"]),
        (zebras, "hidden", true, &[ROOM, "Apples <b>"]),
        (ROOM_PATH, "mentions", false, &["Apples <b>", ROOM]),
        (zebras, "mentions", true, &["Zebras", "Apples <b>", ROOM]),
        (apples, "hidden", false, &["Zebras", ROOM]),
        (zebras, "mentions", false, &[ROOM, "Zebras"]),
    ] {
        involves(&ann, path, involvement, on_top).await;
        for window in [&here, &there] {
            window.lists(0, names).await;
        }
    }
    assert_eq!(here.eval(caret, vec![]).await, before);
    let current = "return document.querySelector('#places [aria-current] .place-name')?.textContent ?? null";
    assert_eq!(here.eval(current, vec![]).await, json!(ROOM));
    assert_eq!(there.eval(current, vec![]).await, Value::Null, "one may be in a room that is not in one's list");
    here.is_accessible("moved").await;
    assert_eq!((here.complaints().await, there.complaints().await), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_talk_in_which_something_was_said_last_stands_first_and_the_focus_goes_with_it() {
    const CHEN: &str = "Chen <i>";
    let house = House::open().await;
    let (ann, bob, chen) = (house.guest(ANN).await, house.guest(BOB).await, house.guest(CHEN).await);
    let with_bob = path_of(&bob, "/direct", &[("names", ANN)]).await;
    let with_chen = path_of(&chen, "/direct", &[("names", ANN)]).await;
    let says = async |guest: &Guest, path: &str, body: &str| {
        guest.sends(&format!("{path}/messages"), &[("body", body)]).await;
    };
    says(&bob, &with_bob, "first").await;
    says(&chen, &with_chen, "second").await;
    let (room, talk) = (Browser::open().await, Browser::open().await);
    room.is_shown(&house, &ann, ROOM_PATH).await;
    talk.is_shown(&house, &ann, &with_bob).await;
    for window in [&room, &talk] {
        window.listens().await;
        window.lists(1, &[CHEN, BOB]).await;
    }
    let place = json!(format!("#places [href='{with_bob}']"));
    room.eval("document.querySelector(arguments[0]).focus()", vec![place.clone()]).await;
    says(&bob, &with_bob, "third").await;
    for window in [&room, &talk] {
        window.lists(1, &[BOB, CHEN]).await;
    }
    let is_focused = "return document.activeElement === document.querySelector(arguments[0])";
    assert_eq!(room.eval(is_focused, vec![place]).await, json!(true));
    says(&ann, &with_chen, "fourth").await;
    for window in [&room, &talk] {
        window.lists(1, &[CHEN, BOB]).await;
    }
    // A talk that was begun after both pages were opened.
    const DORA: &str = "Dora";
    let dora = house.guest(DORA).await;
    let with_dora = path_of(&dora, "/direct", &[("names", ANN)]).await;
    says(&dora, &with_dora, "fifth").await;
    for window in [&room, &talk] {
        window.lists(1, &[DORA, CHEN, BOB]).await;
    }
    assert_eq!((room.complaints().await, talk.complaints().await), (vec![], vec![]));
}
