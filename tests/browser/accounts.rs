//! A name of one's own, in a browser: kept, used in a second window, taken away from the first; every page of it looked at,
//! and everything done once without JavaScript.

use serde_json::json;

use super::browser::Browser;
use super::harness::{ANN, House, ROOM_PATH};

const PASSWORD: &str = "a sentence is fine";
const NEW: &str = "another sentence, also fine";
/// A name that chromedriver's keyboard has.
const ADA: &str = "Ada";

impl Browser {
    /// Goes to where one leaves, and is asked whether one means it.
    pub async fn asks_to_leave(&self) {
        self.clicks(".me a[href='/settings']").await;
        self.clicks("[popovertarget=leave]").await;
    }

    async fn signs_in(&self, url: &str, name: &str, password: &str) {
        self.goes_to(&format!("{url}/sign-in")).await;
        self.keys_in("#name", name).await;
        self.keys_in("#password", password).await;
        self.clicks("form .primary").await;
        self.find("form[action='/sign-out']").await;
    }

    /// What the page says has just been done.
    async fn is_told(&self, words: &str) {
        let told = self.find(".flash[role=status]").await.text().await.expect("a text");
        assert!(told.contains(words), "{told}");
    }

    async fn says_of(&self, css: &str) -> String {
        self.find(css).await.prop("innerText").await.expect("a property").unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_kept_used_in_a_second_window_and_the_first_is_signed_out() {
    let house = House::open().await;
    let (ann, other) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    ann.says("as a guest").await;
    ann.clicks(".me a[href='/settings']").await;
    ann.clicks("a[href='/register']").await;
    ann.fills("#password", PASSWORD).await;
    ann.clicks("form .primary").await;
    ann.is_told("Account created.").await;
    ann.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    ann.listens().await;
    assert!(ann.rows().await[0].own, "what was written stays one's own");

    other.goes_to(&format!("{}/sign-in?next={}", house.url, ROOM_PATH.replace('%', "%25"))).await;
    other.fills("#name", ANN).await;
    other.fills("#password", "not my password").await;
    other.clicks("form .primary").await;
    other.find("#form-error").await;
    let name = other.find("#name").await.value().await.expect("a value");
    assert_eq!(name.as_deref(), Some(ANN), "the name stays, the password is typed again");
    other.fills("#password", PASSWORD).await;
    other.clicks("form .primary").await;
    other.find("#composer").await;
    other.says("from the second window").await;
    assert!(other.rows().await[0].own, "both are one person");
    ann.sees("from the second window").await;

    other.goes_to(&format!("{}/settings/devices", house.url)).await;
    other.clicks("[action^='/settings/devices/'] .quiet").await;
    other.is_told("Revoked.").await;
    let gone = "return document.querySelector('#messages') && !document.querySelector('#composer')";
    ann.until("the first window writes no more", gone, vec![]).await;
    other.goes_to(&format!("{}{ROOM_PATH}", house.url)).await;
    other.says("and I still do").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_copied_with_a_button() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.cdp("Browser.grantPermissions", json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }))
        .await;
    ann.comes_in(&house.url, ANN).await;
    ann.goes_to(&format!("{}/register", house.url)).await;
    ann.fills("#password", PASSWORD).await;
    ann.clicks("form .primary").await;
    ann.find(".flash").await;
    ann.goes_to(&format!("{}/settings/tokens", house.url)).await;
    ann.fills("#name", "deploys").await;
    ann.clicks("main .primary").await;
    ann.clicks("[data-copies=token]").await;
    ann.until("a copy", "return document.querySelector('[data-copies]').textContent === 'Copied'", vec![]).await;
    let copied = ann.eval("return navigator.clipboard.readText()", vec![]).await;
    assert_eq!(copied, json!(ann.says_of("#token").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_an_account_works_without_script() {
    let house = House::open().await;
    let ada = Browser::without_script().await;
    ada.goes_to(&format!("{}{}", house.url, house.owner_path())).await;
    ada.keys_in("#server", "Fern Street").await;
    ada.keys_in("#name", ADA).await;
    ada.keys_in("#password", PASSWORD).await;
    ada.clicks("form .primary").await;
    ada.find("form[action='/sign-out']").await;
    assert!(ada.says_of(".brand").await.contains("Fern Street"));
    assert!(ada.says_of("h1").await.contains(ADA), "the owner is signed in");

    ada.goes_to(&format!("{}/settings", house.url)).await;
    ada.clicks(".choice label:last-child").await;
    ada.clicks("form[action='/settings/theme'] button").await;
    ada.is_told("Theme changed.").await;
    ada.find("html[data-theme=dark]").await;

    ada.clicks(".tabs a[href='/settings/password']").await;
    ada.keys_in("#current", "wrong").await;
    ada.keys_in("#password", NEW).await;
    ada.clicks("main .primary").await;
    assert!(ada.says_of("#current-error").await.contains("current password"));
    ada.keys_in("#current", PASSWORD).await;
    ada.keys_in("#password", NEW).await;
    ada.clicks("main .primary").await;
    ada.is_told("Password changed.").await;

    ada.clicks(".tabs a[href='/settings/tokens']").await;
    ada.keys_in("#name", "deploys").await;
    ada.clicks(".tick:last-of-type input").await;
    ada.clicks("main .primary").await;
    assert_eq!(ada.says_of("#token").await.len(), 43);
    assert!(!ada.find("[data-copies]").await.is_displayed().await.expect("an answer"), "nothing that needs a script");
    ada.clicks("main a.button").await;
    assert!(ada.says_of(".rows").await.contains("deploys"));
    assert!(!ada.says_of(".rows").await.contains("post"), "only what was ticked");
    ada.clicks(".rows button").await;
    ada.is_told("Revoked.").await;

    ada.clicks(".tabs a[href='/settings/recovery-codes']").await;
    ada.clicks("form[action='/settings/recovery-codes'] .primary").await;
    ada.find(".codes").await;
    let codes = ada.all(".codes li").await;
    assert_eq!(codes.len(), 10);
    ada.clicks(".tabs a[href='/settings']").await;
    ada.clicks("form[action='/sign-out'] button").await;
    ada.find("#name").await;

    ada.clicks("a[href='/sign-in']").await;
    ada.clicks_away("a[href='/recover']").await;
    ada.keys_in("#name", ADA).await;
    ada.keys_in("#code", codes[3].trim()).await;
    ada.keys_in("#password", PASSWORD).await;
    ada.clicks("form .primary").await;
    ada.is_told("Password changed.").await;
    assert!(ada.says_of("main").await.contains("You have 9 codes left."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_keeps_the_name_and_leaves_no_device_behind_without_script() {
    let house = House::open().await;
    let ada = Browser::without_script().await;
    ada.goes_to(&house.url).await;
    ada.keys_in("#room", "lobby").await;
    ada.keys_in("#name", ADA).await;
    ada.clicks(".enter button").await;
    ada.find("#composer").await;
    ada.goes_to(&house.url).await;
    ada.clicks("a[href='/register']").await;
    ada.keys_in("#password", PASSWORD).await;
    ada.clicks("form .primary").await;
    ada.is_told("Account created.").await;
    let other = Browser::without_script().await;
    other.signs_in(&house.url, ADA, PASSWORD).await;
    other.goes_to(&format!("{}/settings/devices", house.url)).await;
    assert_eq!(other.all(".rows li").await.len(), 2);
    other.clicks("main form[action$='revoke-others'] button").await;
    other.is_told("All other devices are signed out.").await;
    assert_eq!(other.all(".rows li").await.len(), 1);
    ada.goes_to(&format!("{}/settings", house.url)).await;
    ada.clicks("a[href^='/sign-in?next=']").await;
    ada.keys_in("#name", ADA).await;
    ada.keys_in("#password", PASSWORD).await;
    ada.clicks("form .primary").await;
    ada.find(".tabs").await;
    assert!(ada.says_of("h1").await.contains("Settings"), "and goes on to the page it came for");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_an_account_is_accessible() {
    let house = House::open().await;
    let ann = Browser::open().await;
    ann.goes_to(&format!("{}{}", house.url, house.owner_path())).await;
    ann.is_accessible("owner").await;
    ann.goes_to(&format!("{}/sign-in", house.url)).await;
    ann.is_accessible("sign-in").await;
    ann.fills("#name", ANN).await;
    ann.fills("#password", PASSWORD).await;
    ann.clicks("form .primary").await;
    ann.find("#form-error").await;
    ann.is_accessible("sign-in-wrong").await;
    ann.goes_to(&format!("{}/recover", house.url)).await;
    ann.is_accessible("recover").await;
    ann.goes_to(&format!("{}/settings", house.url)).await;
    ann.is_accessible("name-needed").await;

    ann.sits_down(&house.url, ANN).await;
    ann.goes_to(&house.url).await;
    ann.is_accessible("door-guest").await;
    ann.goes_to(&format!("{}/settings", house.url)).await;
    ann.is_accessible("settings-guest").await;
    ann.goes_to(&format!("{}/register", house.url)).await;
    ann.is_accessible("claim").await;
    ann.fills("#password", PASSWORD).await;
    ann.clicks("form .primary").await;
    ann.find(".flash").await;
    ann.is_accessible("settings").await;
    let other = Browser::open().await;
    other.goes_to(&format!("{}/sign-in", house.url)).await;
    other.fills("#name", ANN).await;
    other.fills("#password", PASSWORD).await;
    other.clicks("form .primary").await;
    other.find("form[action='/sign-out']").await;
    other.is_accessible("door-member").await;
    for page in ["password", "devices", "tokens", "recovery-codes"] {
        ann.goes_to(&format!("{}/settings/{page}", house.url)).await;
        ann.is_accessible(page).await;
    }
    ann.clicks("main .primary").await;
    ann.find(".codes").await;
    ann.is_accessible("recovery-codes-made").await;
    ann.goes_to(&format!("{}/settings/tokens", house.url)).await;
    ann.fills("#name", "deploys").await;
    ann.clicks("main .primary").await;
    ann.find("#token").await;
    ann.is_accessible("token-made").await;
    ann.goes_to(&format!("{}/settings/tokens", house.url)).await;
    ann.is_accessible("tokens-one").await;
    ann.goes_to(&format!("{}/settings/password", house.url)).await;
    ann.fills("#current", "wrong").await;
    ann.fills("#password", PASSWORD).await;
    ann.clicks("main .primary").await;
    ann.find("#current-error").await;
    ann.is_accessible("password-wrong").await;
}
