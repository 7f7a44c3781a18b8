//! Somebody takes another name in a browser: the page of another has it everywhere at once, exactly as if it were read anew,
//! and whoever took it loses nothing of what they had begun to write.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

const PASSWORD: &str = "a sentence is fine";
const NEW: &str = r#"Zoë & "<i>" of old"#;

/// All rows, byte for byte, with the tools that stand outside them left out, and the line above what is new: whether the last
/// message has been looked at for long enough is no matter of names.
const ROWS: &str = "return [...document.querySelectorAll('#messages > li:not(.new-line)')].map(row => row.outerHTML)";
/// Whether no row has a name any more, and each of its places has the other.
const IS_THERE: &str = "const [name] = arguments, has = css => [...document.querySelectorAll(css)];
    return has('.author').some(link => link.textContent === name)
      && has('.quoted strong').some(quoted => quoted.textContent === name)
      && has('.mention').some(mention => mention.textContent === '@' + name)
      && has('.reaction').some(pill => pill.title.includes(name))";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_is_everywhere_on_an_open_page_as_it_is_on_a_new_one() {
    let house = House::open().await;
    let (ann, bob) = (house.guest(ANN).await, Browser::open().await);
    let claimed = ann.sends("/register", &[("password", PASSWORD)]).await;
    let ann = super::harness::Guest::with(&house.url, claimed["token"].as_str().expect("a token"));
    bob.sits_down(&house.url, BOB).await;
    let first = ann.says("the first").await;
    ann.says("and one that follows").await;
    bob.sees("and one that follows").await;
    let answer = format!("{ROOM_PATH}/messages");
    let reply = first.to_string();
    ann.sends(&answer, &[("body", &format!("*answer* of @{BOB} to @{ANN}")), ("reply_to", &reply)]).await;
    let other = bob.says(&format!("hear, @{ANN}!")).await;
    for (message, with) in [(first, "🎉"), (other, "so be it"), (other, "🎉")] {
        ann.sends(&format!("{ROOM_PATH}/messages/{message}/reactions"), &[("reaction", with)]).await;
    }
    ann.sends(&answer, &[("body", "yes"), ("reply_to", &other.to_string())]).await;
    bob.sees("yes").await;
    let reacted = "return document.querySelectorAll('.reaction:not(.add, .mine)').length === 3";
    bob.until("all has come", reacted, vec![]).await;
    bob.find("#text").await.send_keys("what I write").await.expect("keys");

    ann.sends("/settings/name", &[("name", NEW)]).await;
    bob.until("the new name", IS_THERE, vec![json!(NEW)]).await;
    let here = "return document.querySelector('#here-list').textContent";
    assert_eq!(bob.eval("return document.querySelector('#text').value", vec![]).await, json!("what I write"));
    let open = bob.eval(ROWS, vec![]).await;
    assert!(!open.to_string().contains("Ann"), "{open}");
    bob.is_accessible("renamed").await;
    bob.driver.refresh().await.expect("a reload");
    bob.listens().await;
    assert_eq!(bob.eval(ROWS, vec![]).await, open);
    assert!(!bob.eval(here, vec![]).await.to_string().contains("Ann"));
    assert_eq!(bob.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_another_name_does_so_by_a_form_and_their_other_pages_follow_with_what_is_begun() {
    let house = House::open().await;
    let guest = house.guest("Ada").await;
    let claimed = guest.sends("/register", &[("password", PASSWORD)]).await;
    assert!(claimed["token"].is_string());
    let (open, settings) = (Browser::open().await, Browser::without_script().await);
    for window in [&open, &settings] {
        window.goes_to(&format!("{}/sign-in?next={}", house.url, ROOM_PATH.replace('%', "%25"))).await;
        window.fills("#name", "Ada").await;
        window.fills("#password", PASSWORD).await;
        window.clicks("form .primary").await;
        window.find("#composer").await;
    }
    open.listens().await;
    open.find("#text").await.send_keys("begun").await.expect("keys");
    settings.goes_to(&format!("{}/settings", house.url)).await;
    settings.fills("#name", "").await;
    settings.fills("#name", "Ada L").await;
    settings.clicks("form[action='/settings/name'] button").await;
    let told = settings.find(".flash[role=status]").await.text().await.expect("a text");
    assert!(told.contains("Name changed"), "{told}");
    settings.picture("settings-name").await;
    let named = "return document.querySelector('.me .place-name').textContent === 'Ada L'";
    open.until("the new name beside the page", named, vec![]).await;
    let written = "return document.querySelector('#text').value === 'begun'";
    open.until("what was begun", written, vec![]).await;
}
