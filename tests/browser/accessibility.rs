//! axe-core finds nothing wrong with any page, in any state, light or dark, wide or narrow. Pictures of all of them are
//! taken here.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM, ROOM_PATH};

/// See `VENDORED.md`.
const AXE: &str = include_str!("axe.min.js");
const RUN: &str = "
  const done = arguments[arguments.length - 1], rules = {'target-size': {enabled: true}};
  axe.run(document, {rules}).then(({violations, passes}) => done({passes: passes.length, faults: violations.map(rule =>
    `${rule.id}: ${rule.help}\\n` + rule.nodes.map(node => `${node.target} ${node.failureSummary}`).join('\\n'))}),
    error => done({passes: 0, faults: [String(error)]}));";

impl Browser {
    async fn examined(&self) -> (u64, Vec<String>) {
        if self.eval("return typeof axe", vec![]).await == json!("undefined") {
            self.eval(&format!("{AXE}; window.axe = axe"), vec![]).await;
        }
        self.driver.set_script_timeout(std::time::Duration::from_secs(60)).await.expect("a timeout");
        let found: Value = self.driver.execute_async(RUN, vec![]).await.expect("axe runs").json().clone();
        let faults = serde_json::from_value(found["faults"].clone()).expect("a list of faults");
        (found["passes"].as_u64().expect("a number"), faults)
    }

    /// The page as it is now, in both colour schemes and both widths.
    pub async fn is_accessible(&self, name: &str) {
        let without = "return [...document.querySelectorAll('use')].map(use => use.getAttribute('href'))
                         .filter(icon => !document.querySelector(icon))";
        assert_eq!(self.eval(without, vec![]).await, json!([]), "{name}: pictures that are not there");
        for (width, height) in [(1440, 900), (390, 844)] {
            self.resize(width, height).await;
            for scheme in ["light", "dark"] {
                self.prefers(scheme, "reduce").await;
                let (passes, faults) = self.examined().await;
                assert!(faults.is_empty(), "{name}, {scheme}, {width} wide:\n{}", faults.join("\n"));
                assert!(passes > 10, "hardly any rule applied to {name}");
                self.picture(&format!("{name}-{scheme}-{width}")).await;
            }
        }
        self.resize(1440, 900).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_accessible() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.goes_to(&house.url).await;
    ann.is_accessible("door-first").await;
    let _bob = house.guest(BOB).await;
    ann.goes_to(&house.url).await;
    ann.is_accessible("join_policy").await;
    ann.fills("#room", ROOM).await;
    ann.fills("#name", BOB).await;
    ann.presses(Key::Enter).await;
    ann.find("#name-error").await;
    ann.is_accessible("door-name-taken").await;
    ann.fills("#room", " / ").await;
    ann.presses(Key::Enter).await;
    ann.find("#room-error").await;
    ann.is_accessible("door-no-room").await;
    ann.goes_to(&format!("{}/rooms/nowhere", house.url)).await;
    ann.find("h1").await;
    ann.is_accessible("error").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_is_accessible() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.is_accessible("room-empty").await;
    let bob = house.guest(BOB).await;
    bob.says("Hello! Have you seen https://a.example/a/link?of=some&length=1 already?").await;
    bob.says("It is about\nseveral lines.").await;
    ann.says("Not yet.").await;
    ann.says("But I will.").await;
    ann.is_accessible("room").await;
    ann.eval("document.querySelector('#state').textContent = 'Reconnecting…'", vec![]).await;
    ann.writes(&"far too long ".repeat(700)).await;
    ann.clicks("#composer .send").await;
    ann.until("the refusal is there", "return document.querySelector('#say-error').textContent", vec![]).await;
    ann.is_accessible("room-in-trouble").await;

    let reader = Browser::open().await;
    reader.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    reader.listens().await;
    reader.is_accessible("room-nameless").await;
    // The rules are really applied: a fault of the test's own is found.
    reader
        .eval("document.querySelector('label').remove(); document.querySelector('#text').placeholder = ''", vec![])
        .await;
    assert!(!reader.examined().await.1.is_empty(), "axe does not see a field without a label");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_in_the_room_is_accessible() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("hello").await;
    ann.clicks(".faces").await;
    ann.opens("#here").await;
    ann.is_accessible("people").await;
    ann.presses(Key::Escape).await;
    ann.asks_to_leave().await;
    ann.opens("#leave").await;
    ann.is_accessible("leave").await;
    ann.driver.back().await.expect("back");
    ann.find("#composer").await;
    ann.resize(390, 844).await;
    ann.clicks(".head .only-narrow").await;
    ann.opens("#places").await;
    for scheme in ["light", "dark"] {
        ann.prefers(scheme, "reduce").await;
        let (_, faults) = ann.examined().await;
        assert!(faults.is_empty(), "the drawer, {scheme}:\n{}", faults.join("\n"));
        ann.picture(&format!("drawer-{scheme}-390")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_past_is_accessible() {
    let texts: Vec<String> = (0..120).map(|n| format!("line {n}")).collect();
    let lines = texts.iter().map(|text| (std::time::Duration::from_secs(86_400 * 3), text.as_str()));
    let house = House::open_after(|past| past.said(BOB, lines)).await;
    let ann = Browser::open().await;
    ann.comes_in(&house.url, ANN).await;
    ann.goes_to(&format!("{}{ROOM_PATH}?around=60#m60", house.url)).await;
    ann.find(":target").await;
    ann.is_accessible("past").await;
}
