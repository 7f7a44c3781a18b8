//! Rooms with doors, in the browser: what happens to an open page when its room closes, and how a room is made and kept.

use super::browser::Browser;
use super::harness::{ANN, BOB, House, ROOM_PATH};

const GARDEN: &str = "/rooms/garden";

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_is_closed_under_an_open_page_is_gone_from_it() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    bob.sends("/rooms", &[("name", "Garden"), ("visibility", "open")]).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.goes_to(&format!("{}{GARDEN}", house.url)).await;
    ann.listens().await;
    let closed = bob.sends(&format!("{GARDEN}/settings"), &[("visibility", "private")]).await;
    ann.until("the page is gone", "return document.querySelector('h1').innerText === 'Not found'", vec![]).await;
    let hidden = closed["url"].as_str().expect("an address");
    bob.sends(&format!("{hidden}/settings"), &[("visibility", "open")]).await;
    ann.driver.refresh().await.expect("a reload");
    ann.find("#composer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_changes_under_an_open_page_is_shown_as_it_is_now_and_keeps_what_is_being_written() {
    let house = House::open().await;
    let bob = house.guest(BOB).await;
    bob.sends("/rooms", &[("name", "Garden"), ("visibility", "open")]).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    ann.goes_to(&format!("{}{GARDEN}", house.url)).await;
    ann.listens().await;
    ann.clicks("#text").await;
    ann.types("half a sen").await;
    bob.sends(&format!("{GARDEN}/settings"), &[("topic", "Herbs & bees")]).await;
    let topic = "return document.querySelector('.topic')?.innerText === 'Herbs & bees'";
    ann.until("the topic is there", topic, vec![]).await;
    let kept = "return document.querySelector('#text').value === 'half a sen'";
    ann.until("the words are still there", kept, vec![]).await;
    ann.listens().await;
    bob.sends(&format!("{GARDEN}/archive"), &[("archived", "yes")]).await;
    ann.until("nobody writes there", "return !document.querySelector('#composer')", vec![]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_picked_people_is_made_and_kept_without_script() {
    let house = House::open().await;
    let bob = house.guest("Bob Lee").await;
    let ann = Browser::without_script().await;
    ann.knocks(&house, ANN).await;
    ann.find("#composer").await;
    ann.clicks(".places a[href='/rooms']").await;
    ann.keys_in("#name", "Stewards").await;
    ann.clicks("input[value=private]").await;
    ann.keys_in("#members", "Nobody, Bob Lee").await;
    ann.clicks("form[action='/rooms'] button").await;
    ann.find("#members-error").await;
    ann.keys_in("#members", "Bob Lee").await;
    ann.clicks("form[action='/rooms'] button").await;
    ann.find("#composer").await;
    let path = ann.driver.current_url().await.expect("an address").path().to_owned();
    bob.sends(&format!("{path}/messages"), &[("body", "I am in")]).await;

    ann.clicks(".head a[aria-label='Room settings']").await;
    ann.keys_in("#topic", "Keys").await;
    ann.clicks("form[action$='/settings'] button").await;
    ann.find(".flash").await;
    ann.clicks("form[action$='/remove'] button").await;
    ann.find(".rows li:only-child form[action$='/leave']").await;
    let gone = reqwest::Client::new().get(format!("{}{path}", house.url)).bearer_auth(&bob.token).send().await;
    assert_eq!(gone.expect("an answer").status(), 404);
    ann.clicks("[popovertarget=delete]").await;
    ann.clicks("#delete .danger").await;
    ann.clicks("form[action$='/undelete'] button").await;
    ann.find("#composer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_rooms_are_accessible_and_fit_on_a_phone() {
    let house = House::open().await;
    house.guest(BOB).await;
    let ann = Browser::open().await;
    ann.sits_down(&house.url, ANN).await;
    for (name, path) in [("rooms", "/rooms".to_owned()), ("room-settings", format!("{ROOM_PATH}/settings"))] {
        ann.goes_to(&format!("{}{path}", house.url)).await;
        ann.find("#content").await;
        ann.is_accessible(name).await;
        ann.fits_on_phones(name).await;
    }
}
