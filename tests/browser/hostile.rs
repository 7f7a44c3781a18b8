//! Texts that have run scripts elsewhere, in a real browser under the policy: nothing runs, nothing is fetched from
//! anywhere else, and there is nothing to complain about. Neither where they arrive live nor where they come with the page.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House};

const HOSTILE: &str = include_str!("../data/hostile-texts.txt");

/// What the texts call when they come to run anything.
const TRAP: &str = "window.stolen = 0; window.steal = () => { window.stolen += 1; };
    window.alert = window.steal; return true";
/// How often anything ran, and what was fetched from elsewhere.
const CAUGHT: &str = "const elsewhere = performance.getEntriesByType('resource').map(entry => entry.name)
        .filter(name => !name.startsWith(location.origin) && !name.startsWith('data:'));
    return [window.stolen, elsewhere]";

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_have_done_harm_elsewhere_do_none_live_or_with_the_page() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.eval(TRAP, vec![]).await;
    let texts = HOSTILE.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let texts: Vec<String> = texts.map(|line| line.replace("\\n", "\n").replace("\\t", "\t")).collect();
    assert!(texts.len() > 100);
    let mut said = Vec::new();
    for text in &texts {
        said.push(bob.says(text).await);
    }
    let there = "return document.querySelector(`#m${arguments[0]} .body`)";
    ann.until("the last text is there", there, vec![json!(said[said.len() - 1])]).await;
    assert_eq!(ann.eval(CAUGHT, vec![]).await, json!([0, []]), "live");
    for around in said.iter().step_by(40) {
        ann.goes_to(&format!("{}{}?around={around}", house.url, super::harness::ROOM_PATH)).await;
        ann.eval(TRAP, vec![]).await;
        ann.until("the text is on the page", there, vec![json!(around)]).await;
        assert_eq!(ann.eval(CAUGHT, vec![]).await, json!([0, []]), "on the page around {around}");
    }
    assert_eq!(ann.complaints().await, [""; 0]);
}
