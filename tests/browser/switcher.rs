//! Going to another room by its name: over whatever page one is on, with the keyboard alone, and without a script.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM};

/// What is in the focus, and what was found.
const FOCUS: &str = "return document.activeElement.id || document.activeElement.innerText.trim()";
const FOUND: &str = "return [...document.querySelectorAll('#found .place-name')].map(place => place.innerText)";

impl Browser {
    /// Opens the switcher by its key, and waits until one can type there.
    pub async fn switches(&self) {
        self.presses_with(&[Key::Control], "k").await;
        self.until("one can type where to go", "return document.activeElement.id === 'go'", vec![]).await;
        assert_eq!(self.eval("return document.querySelector('dialog').matches(':modal')", vec![]).await, json!(true));
    }

    /// Waits until these and no others are found.
    async fn finds(&self, places: &[&str]) {
        let found =
            format!("{} === JSON.stringify(arguments[0])", FOUND.replace("return ", "return JSON.stringify(") + ")");
        self.until(&format!("{places:?} are found"), &found, vec![json!(places)]).await;
    }

    /// Waits until one is in the room of this name.
    async fn is_in(&self, room: &str) {
        let there = "return document.querySelector('.head h1')?.innerText === arguments[0] && $readyState";
        let there = there.replace("$readyState", "document.readyState === 'complete'");
        self.until(&format!("one is in {room}"), &there, vec![json!(room)]).await;
    }
}

async fn makes(by: &Guest, rooms: &[&str]) {
    for room in rooms {
        by.sends("/rooms", &[("name", room), ("visibility", "open")]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_gone_to_with_the_keyboard_alone_and_whoever_stays_is_where_they_were() {
    let house = House::open().await;
    makes(&house.guest(BOB).await, &["Garden <b>", "Gables", "Kitchen"]).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.writes("half a sentence").await;
    ann.eval("document.querySelector('#text').setSelectionRange(4, 4)", vec![]).await;
    ann.switches().await;
    ann.finds(&[ROOM, "Gables", "Garden <b>", "Kitchen"]).await;
    ann.presses(Key::Escape).await;
    ann.until("it is shut", "return !document.querySelector(':modal')", vec![]).await;
    assert_eq!(ann.string(FOCUS).await, "text");
    ann.types(" of").await;
    assert_eq!(ann.written().await, "half of a sentence", "the caret is where it was");

    ann.switches().await;
    ann.presses("ga").await;
    ann.finds(&["Gables", "Garden <b>"]).await;
    let told = "return document.querySelector('#found-count').textContent === '2 results'";
    ann.until("it is said how many there are", told, vec![]).await;
    let mut walked = Vec::new();
    for key in [Key::Down, Key::Down, Key::Down, Key::Up, Key::Up] {
        ann.presses(key).await;
        walked.push(ann.string(FOCUS).await);
    }
    assert_eq!(walked, ["Gables", "Garden <b>", "go", "Garden <b>", "Gables"]);
    ann.presses("r").await;
    assert_eq!(ann.string(FOCUS).await, "go", "whoever types on types into the field");
    ann.finds(&["Garden <b>"]).await;
    ann.presses(Key::Enter).await;
    ann.is_in("Garden <b>").await;
    ann.driver.back().await.expect("back");
    ann.is_in(ROOM).await;
    assert_eq!(ann.eval("return document.querySelector(':modal')", vec![]).await, Value::Null);
    assert_eq!(ann.written().await, "half of a sentence", "what was begun is kept");
    assert_eq!(ann.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_goes_by_all_that_was_typed_however_fast() {
    let house = House::open().await;
    makes(&house.guest(BOB).await, &["Garden", "Kitchen"]).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.clicks("#places [aria-label='Jump to…']").await;
    ann.until("one can type", "return document.activeElement.id === 'go'", vec![]).await;
    // Nothing is asked between the key and the key: what stands first in the list at this moment is another room.
    ann.presses(format!("kitchen{}", char::from(Key::Enter))).await;
    ann.is_in("Kitchen").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_over_other_pages_too_and_leads_to_a_talk_with_somebody() {
    let house = House::open().await;
    let _bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.goes_to(&format!("{}/settings", house.url)).await;
    ann.find(".scroll").await;
    ann.switches().await;
    ann.types(&BOB[1..4].to_uppercase()).await;
    ann.finds(&[&format!("Message {BOB}")]).await;
    ann.presses(Key::Enter).await;
    ann.is_in(BOB).await;
    ann.find("#composer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_script_it_is_a_page_with_a_form_and_links_and_help_is_another() {
    let house = House::open().await;
    makes(&house.guest(BOB).await, &["Garden <b> & more", "Kitchen"]).await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    ann.find("#composer").await;
    ann.clicks("#places [aria-label='Jump to…']").await;
    ann.find("#go").await;
    assert_eq!(ann.all("#found .place-name").await, [ROOM, "Garden <b> & more", "Kitchen"]);
    ann.keys_in("#go", "<b> & gard").await;
    ann.presses(Key::Enter).await;
    ann.find("#found[data-q^='<b>']").await;
    assert_eq!(ann.all("#found .place-name").await, ["Garden <b> & more"]);
    ann.clicks("#found a").await;
    ann.find("#composer").await;
    assert_eq!(ann.all(".head h1").await, ["Garden <b> & more"]);
    ann.clicks("#places [aria-label=Help]").await;
    ann.find(".help").await;
    assert_eq!(ann.all(".head h1").await, ["Help"]);
    assert!(ann.all(".help kbd").await.len() > 20);
}
