//! The menu of a message: it comes to whoever points at one, and nothing that arrives disturbs whoever has it open.

use serde_json::json;
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, House};

const MENU: &str = "return [document.querySelector('#menu').matches(':popover-open'), document.activeElement.href,
    [...document.querySelectorAll('#menu a')].map(link => link.getAttribute('href'))]";

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_leaves_an_open_menu_alone() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let first = bob.says("first").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let gone = ann.says("to be removed").await;
    ann.eval("document.querySelector(`#m${arguments[0]} .more`).focus()", vec![json!(first)]).await;
    ann.presses(Key::Enter).await;
    ann.opens("#menu").await;
    ann.presses(Key::Down).await;
    let before = ann.eval(MENU, vec![]).await;
    assert_eq!(before[0], json!(true));
    assert!(before[1].as_str().is_some_and(|href| href.ends_with(&format!("/messages/{first}/reactions"))), "{before}");

    for n in 0..5 {
        bob.says(&format!("interruption {n}")).await;
    }
    ann.sees("interruption 4").await;
    let removes =
        "return fetch(location.pathname + `/messages/${arguments[0]}/delete`, {method: 'POST'}).then(a => a.ok)";
    assert_eq!(ann.eval(removes, vec![json!(gone)]).await, json!(true));
    ann.until("what was removed is gone", "return document.querySelector('.removed')", vec![]).await;
    assert_eq!(ann.eval(MENU, vec![]).await, before);
    ann.is_accessible("menu").await;
    ann.presses(Key::Escape).await;
    ann.shuts("#menu").await;
    let focus = ann.string("return document.activeElement.closest('.message').id").await;
    assert_eq!(focus, format!("m{first}"), "the focus is where it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_come_to_the_message_under_the_mouse_and_stay_with_it() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let first = bob.says("first\nof several\nlines").await;
    let second = bob.says("second\nof several\nlines").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    let distance = "const tools = document.querySelector('#tools');
        if (tools.hidden || !tools.lastElementChild.href.endsWith(`/messages/${arguments[0]}/actions`)) return null;
        const top = document.querySelector(`#m${arguments[0]}`).getBoundingClientRect().top;
        return tools.getBoundingClientRect().top - top";
    let mut distances: Vec<f64> = Vec::new();
    for message in [first, second] {
        let body = ann.find(&format!("#m{message} .body")).await;
        ann.driver.action_chain().move_to_element_center(&body).perform().await.expect("a mouse");
        let found = ann.until("the tools are there", distance, vec![json!(message)]).await;
        distances.push(found.as_f64().expect("a number"));
    }
    ann.picture("tools").await;
    bob.says("and another,\nwhich moves all the others").await;
    ann.sees("and another,\nwhich moves all the others").await;
    let found = ann.until("they are still there", distance, vec![json!(second)]).await;
    distances.push(found.as_f64().expect("a number"));
    assert!(distances.iter().all(|found| (found - distances[0]).abs() < 1.0), "{distances:?}");
    ann.clicks("#tools [aria-label=More]").await;
    ann.opens("#menu").await;
    ann.picture("menu-at-tools").await;
}
