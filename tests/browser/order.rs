//! Those who keep the house in order, in the browser: inviting, removing, reporting, silencing, putting outside; with a
//! script and without.

use serde_json::{Value, json};
use thirtyfour::Key;

use super::browser::Browser;
use super::harness::{ANN, BOB, Guest, House, ROOM_PATH};

const OWNER: &str = "Olga <i>";

/// A house whose owner has this token.
async fn owned() -> (House, String) {
    let mut token = String::new();
    let house = House::open_after(|past| token = past.owned_by(OWNER)).await;
    (house, token)
}

impl Browser {
    /// Makes this browser one that somebody is signed in with.
    pub async fn is_of(&self, house: &House, token: &str) {
        let cookie = json!({"name": "taproom", "value": token, "url": house.url, "httpOnly": true});
        self.cdp("Network.setCookie", cookie).await;
    }

    async fn visits(&self, house: &House, path: &str) {
        self.goes_to(&format!("{}{path}", house.url)).await;
    }

    /// Opens a message's menu with the keyboard; what it offers.
    async fn tools(&self, message: u64) -> Value {
        let focus = "document.querySelector('#menu').hidePopover();
            document.querySelector(`#m${arguments[0]} .more`).focus()";
        self.eval(focus, vec![json!(message)]).await;
        self.presses(Key::Enter).await;
        let offers = "const links = [...document.querySelectorAll('#menu:popover-open :is(a, button)')];
            return links.some(link => link.href?.endsWith(`/messages/${arguments[0]}`)) && links.map(link => link.innerText.trim())";
        self.until("the menu opens", offers, vec![json!(message)]).await
    }

    async fn value(&self, css: &str) -> String {
        self.find(css).await.value().await.expect("a property").expect("a value")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_by_a_link_and_comes_in_by_it_in_another_browser() {
    let (house, token) = owned().await;
    let olga = Browser::open().await;
    olga.is_of(&house, &token).await;
    olga.visits(&house, "/admin/invitations").await;
    olga.fills("#name", "For the <b>neighbours</b>").await;
    olga.fills("#uses", "1").await;
    olga.clicks("form[action='/admin/invitations'] button").await;
    let link = olga.value("#link").await;
    assert!(link.starts_with(&format!("{}/invite/", house.url)), "{link}");
    let drawn = "const code = document.querySelector('.qr'); return code.complete && code.naturalWidth > 0";
    olga.until("the code is drawn", drawn, vec![]).await;

    let ann = Browser::open().await;
    ann.goes_to(&link).await;
    ann.fills("#name", OWNER).await;
    ann.fills("#password", "a long sentence").await;
    ann.presses(Key::Enter).await;
    ann.find("#name-error").await;
    assert_eq!(ann.value("#name").await, OWNER, "what was typed stays");
    ann.fills("#name", ANN).await;
    ann.fills("#password", "a long sentence").await;
    ann.presses(Key::Enter).await;
    ann.until("Ann is in", "return document.body.innerText.includes('Welcome back')", vec![]).await;
    olga.visits(&house, "/admin/invitations").await;
    let row = "return document.querySelector('.rows li').innerText";
    let row = olga.eval(row, vec![]).await.as_str().expect("a text").to_owned();
    assert!(row.contains("Used up") && row.contains(ANN), "{row}");
    ann.goes_to(&link).await;
    ann.until("the link is dead", "return document.querySelector('h1').innerText === 'Not found'", vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_takes_effect_under_an_open_page() {
    let (house, token) = owned().await;
    let (ann, olga) = (Browser::open().await, Browser::open().await);
    ann.sits_down(&house.url, ANN).await;
    ann.says("words that disturb").await;
    olga.is_of(&house, &token).await;
    olga.visits(&house, ROOM_PATH).await;
    olga.clicks(".message .author").await;
    olga.fills("#reason", "it <b>disturbs</b>").await;
    olga.clicks("form[action$='/ban'] input[name=delete_messages]").await;
    olga.clicks("form[action$='/ban'] .danger").await;
    olga.find(".flash").await;
    let out = "return !document.querySelector('#composer') && !document.querySelector('link[href^=\"/me.css\"]')";
    ann.until("Ann's page is nobody's", out, vec![]).await;
    olga.visits(&house, ROOM_PATH).await;
    let gone = "return document.querySelector('.message .body').innerText === 'This message was deleted.' || location.reload()";
    olga.until("what she said is gone", gone, vec![]).await;
    olga.visits(&house, "/admin/bans").await;
    olga.clicks("form[action$='/unban'] button").await;
    olga.until("nobody is banned", "return document.querySelector('.empty')", vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_the_tools_that_are_theirs_and_reaches_them_by_keyboard_and_by_touch() {
    let (house, token) = owned().await;
    let bob = house.guest(BOB).await;
    let theirs = bob.says("Bob's own").await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.says("Ann's own").await;
    let own = "const row = document.querySelector('.message:last-child'); return row.id && Number(row.id.slice(1))";
    let own = ann.until("her message has a number", own, vec![]).await.as_u64().expect("a number");
    let (reply, react, edit, pin) = ("Reply", "React", "Edit", "Pin");
    let (unread, link, report, delete) = ("Mark unread from here", "Link to this message", "Report…", "Delete…");
    assert_eq!(ann.tools(theirs).await, json!([reply, react, unread, link, report]));
    assert_eq!(ann.tools(own).await, json!([reply, react, edit, unread, link, delete]));
    let olga = Browser::open().await;
    olga.is_of(&house, &token).await;
    olga.visits(&house, ROOM_PATH).await;
    assert_eq!(olga.tools(theirs).await, json!([reply, react, pin, unread, link, report, delete]));
    let stranger = Browser::open().await;
    stranger.visits(&house, ROOM_PATH).await;
    assert_eq!(stranger.tools(theirs).await, json!([link]));
    ann.presses(Key::Escape).await;
    ann.shuts("#menu").await;
    ann.resize(390, 844).await;
    ann.clicks("#text").await;
    // They are at her own so far, and cover the end of what stands above it.
    let body = ann.find(&format!("#m{theirs} .body")).await;
    let tap = ann.driver.action_chain().move_to_element_with_offset(&body, -120, 0).click();
    tap.perform().await.expect("a tap");
    let shown = format!(
        "const tools = document.querySelector('#tools');
         return !tools.hidden && tools.lastElementChild.href.endsWith('/messages/{theirs}/actions')"
    );
    ann.until("the tools come to a tap", &shown, vec![]).await;
    ann.clicks("#tools [aria-label=More]").await;
    ann.opens("#menu").await;
    ann.picture("menu-phone").await;
    ann.presses(Key::Escape).await;
    ann.resize(1440, 900).await;
    ann.tools(own).await;
    ann.clicks("#menu .danger").await;
    ann.clicks("form[action$='/delete'] .danger").await;
    let tombstone = format!("return document.querySelector('#m{own} .body.removed')");
    ann.until("it is gone for her", &tombstone, vec![]).await;
    let offered = format!("return document.querySelector('#m{own} .more').checkVisibility()");
    assert_eq!(ann.eval(&offered, vec![]).await, json!(false), "with what is gone nothing can be done");
    stranger.until("and for whoever looks on", &tombstone, vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moderation_works_without_a_script() {
    let (house, token) = owned().await;
    let bob = house.guest("Bob Lee").await;
    bob.says("rude words").await;
    let olga = Browser::without_script().await;
    olga.is_of(&house, &token).await;
    olga.visits(&house, "/admin/settings").await;
    olga.keys_in("#name", "Our house").await;
    olga.clicks("input[value=invited]").await;
    olga.clicks("form[action='/admin/settings'] button").await;
    olga.find(".flash").await;

    olga.visits(&house, ROOM_PATH).await;
    olga.clicks(".message .body").await; // which brings up what can be done with it, as a tap does
    olga.clicks(".message .more").await;
    olga.clicks(".rows a[href$='/report']").await;
    olga.keys_in("#reason", "it is rude").await;
    olga.clicks("form[action$='/report'] .primary").await;
    olga.find(".flash").await;
    olga.visits(&house, "/admin/reports").await;
    olga.clicks(".results a[href$='/delete']").await;
    olga.clicks("form[action$='/delete'] .danger").await;
    olga.find(".body.removed").await;
    olga.visits(&house, "/admin/reports").await;
    olga.clicks("form[action$='/resolve'] button").await;
    olga.find(".flash").await;

    olga.visits(&house, "/admin/people").await;
    olga.keys_in("#q", "bob").await;
    olga.clicks_away("form[role=search] button").await;
    olga.clicks(".rows a[href='/people/Bob%20Lee']").await;
    olga.clicks("form[action$='/mute'] button:not([formaction])").await;
    olga.find("form[action$='/unmute'] button").await;
    olga.clicks_away("form[action$='/unmute'] button").await;
    olga.clicks("form[action$='/ban'] .danger").await;
    olga.find("form[action$='/unban']").await;
    olga.visits(&house, "/admin/invitations").await;
    olga.keys_in("#name", "For Ann").await;
    olga.clicks("form[action='/admin/invitations'] button").await;
    let link = olga.value("#link").await;
    let ann = Browser::without_script().await;
    ann.goes_to(&link).await;
    ann.keys_in("#name", ANN).await;
    ann.keys_in("#password", "a long sentence").await;
    ann.clicks("form .primary").await;
    ann.find(".me, .enter").await;
    olga.visits(&house, "/admin/invitations").await;
    olga.clicks("form[action$='/revoke'] button").await;
    olga.find(".flash").await;
    ann.goes_to(&link).await;
    assert_eq!(ann.find("h1").await.text().await.expect("a text"), "Not found");
    olga.visits(&house, "/admin/audit-log").await;
    let log = olga.find("ol.rows").await.text().await.expect("a text");
    for action in ["deleted message", "muted Bob Lee", "banned Bob Lee", "revoked the invitation", "resolved report"] {
        assert!(log.contains(action), "{action} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_pages_are_accessible_and_fit_on_a_phone() {
    let (house, token) = owned().await;
    let bob = house.guest(BOB).await;
    let said = bob.says("words that somebody reports,\n\nand more of them").await;
    bob.sends("/rooms", &[("name", "Plans"), ("visibility", "private")]).await;
    let by_program = Guest::with(&house.url, &token);
    by_program.sends("/rooms", &[("name", "Stewards' <i>"), ("visibility", "private")]).await;
    for reason in ["", "it is <b>rude</b>"] {
        by_program.sends(&format!("{ROOM_PATH}/messages/{said}/report"), &[("reason", reason)]).await;
    }
    let invite = [("name", "For the neighbours"), ("role", "member"), ("expires", "1w"), ("uses", "3")];
    let invited = by_program.sends("/admin/invitations", &invite).await;
    let link = invited["url"].as_str().expect("a link").to_owned();
    let tom = house.guest("Tom").await;
    tom.says("spam").await;
    by_program.sends("/people/Tom/ban", &[("duration", "1w"), ("reason", "spam"), ("delete_messages", "on")]).await;
    let olga = Browser::open().await;
    olga.is_of(&house, &token).await;
    let message = format!("{ROOM_PATH}/messages/{said}");
    for (name, path) in [
        ("house", "/admin/settings".to_owned()),
        ("house-people", "/admin/people".to_owned()),
        ("house-bans", "/admin/bans".to_owned()),
        ("house-invitations", "/admin/invitations".to_owned()),
        ("house-reports", "/admin/reports".to_owned()),
        ("house-audit", "/admin/audit-log".to_owned()),
        ("person", "/people/Bob'%20onclick='alert(1)".to_owned()),
        ("remove", format!("{message}/delete")),
        ("report", format!("{message}/report")),
        ("join", link[house.url.len()..].to_owned()),
    ] {
        olga.visits(&house, &path).await;
        olga.find("h1").await;
        assert!(!olga.driver.title().await.expect("a title").starts_with("Not found"), "{path}");
        olga.is_accessible(name).await;
        olga.fits_on_phones(name).await;
    }
    olga.visits(&house, "/admin/invitations").await;
    olga.fills("#name", "once more").await;
    olga.fills("#uses", "0").await;
    olga.clicks("form[action='/admin/invitations'] button").await;
    olga.find("#uses-error").await;
    olga.is_accessible("invitation-wrong").await;
    olga.fills("#uses", "").await;
    olga.clicks("form[action='/admin/invitations'] button").await;
    olga.find("#link").await;
    olga.is_accessible("invitation-made").await;
}
