//! Pinning messages: who may, what the room shows, and how many there can be.

use serde_json::Value;

use crate::harness::{ANN, Answer, Guest, ask};
use crate::staff::{GARDEN_PATH, Staffed};

async fn pins(person: &Guest, message: u64) -> Answer {
    person.sends(&format!("{}/messages/{message}/pin", person.room), &[]).await
}

async fn unpins(person: &Guest, message: u64) -> Answer {
    person.sends(&format!("{}/messages/{message}/unpin", person.room), &[]).await
}

/// The ids of the pinned messages of the person's room.
async fn pinned(person: &Guest) -> Vec<u64> {
    let list = person.reads(&format!("{}/pins", person.room), "application/json").await.json();
    list["messages"].as_array().unwrap().iter().map(|message| message["id"].as_u64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_pin_and_the_room_links_to_the_pins() {
    let Staffed { house, moderator, creator, guest, .. } = &Staffed::open().await;
    let (first, second) = (guest.posts("Read <b>this</b>").await, guest.posts("and that").await);
    assert!(!house.read(GARDEN_PATH, "text/html").await.text().contains("/pins\""), "nothing is pinned");
    let (mut pages, mut lines) = (guest.listen("").await, guest.listen("as=text").await);
    let mut programs = guest.listen("as=json").await;
    assert_eq!(pins(moderator, first).await.json()["pinned"], true);
    assert_eq!(pins(creator, second).await.status, 200);
    assert_eq!(pins(creator, second).await.status, 200, "pinning twice is no error");
    assert_eq!(pinned(guest).await, [second, first], "newest first");
    let fragment = pages.hears().await.data;
    let link = format!(
        "<a class=\"icon-button\" href=\"{GARDEN_PATH}/pins\" aria-label=\"Pinned messages: 1\" title=\"Pinned messages: 1\">"
    );
    assert!(fragment.contains(&link) && fragment.contains("<span class=\"tag\">pinned</span>"), "{fragment}");
    assert_eq!(lines.hears().await.data, format!("({first} is now pinned)"));
    let change: Value = serde_json::from_str(&programs.hears().await.data).unwrap();
    assert_eq!((&change["kind"], &change["message"]["pinned"]), (&"pinned".into(), &true.into()));
    assert!(pages.hears().await.data.contains("Pinned messages: 2"));
    assert!(house.read(GARDEN_PATH, "text/html").await.text().contains("Pinned messages: 2"));

    let page = guest.reads(&format!("{GARDEN_PATH}/pins"), "text/html").await;
    assert!(page.text().contains("&lt;b&gt;this") && !page.text().contains("Unpin"), "guests can only read");
    let page = moderator.reads(&format!("{GARDEN_PATH}/pins"), "text/html").await;
    assert_eq!(page.text().matches("Unpin").count(), 2);
    let form = house.post(&format!("{GARDEN_PATH}/messages/{first}/unpin")).header("cookie", moderator.cookie());
    assert_eq!(ask(form.header("accept", "text/html")).await.status, 303);
    assert!(pages.hears().await.data.contains("Pinned messages: 1"), "no change is sent twice");
    assert_eq!(unpins(moderator, first).await.status, 200);
    assert_eq!(pinned(guest).await, [second]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_moderators_pin_except_in_direct_messages() {
    let Staffed { house, guest, member, moderator, creator, .. } = &Staffed::open().await;
    let message = guest.posts("mine").await;
    for person in [guest, member] {
        assert_eq!((pins(person, message).await.status, unpins(person, message).await.status), (403, 403));
    }
    assert_eq!(ask(house.post(&format!("{GARDEN_PATH}/messages/{message}/pin"))).await.status, 401);
    let opened = member.sends("/direct", &[("names", ANN)]).await;
    let direct_room = opened.header("location").to_owned();
    let (mine, theirs) =
        (Guest { room: direct_room.clone(), ..member.clone() }, Guest { room: direct_room, ..guest.clone() });
    let between_us = mine.posts("between us").await;
    assert_eq!(pins(&theirs, between_us).await.status, 200);
    assert_eq!(pinned(&mine).await, [between_us]);
    let stranger = moderator.reads(&format!("{}/pins", mine.room), "application/json").await;
    assert_eq!(stranger.status, 404, "others learn nothing of a direct message");
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await.status, 200);
    assert_eq!(pins(creator, message).await.status, 403, "archived rooms are read-only");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_messages_are_unpinned_and_cannot_be_pinned() {
    let Staffed { creator, guest, .. } = &Staffed::open().await;
    let message = guest.posts("not for long").await;
    pins(creator, message).await;
    let mut pages = guest.listen("").await;
    assert_eq!(guest.sends(&format!("{GARDEN_PATH}/messages/{message}/delete"), &[]).await.status, 200);
    let fragment = pages.hears().await.data;
    assert!(fragment.contains("<span id=\"pins\"></span>") && !fragment.contains(">pinned<"), "{fragment}");
    assert!(pinned(guest).await.is_empty());
    for message in [message, message + 1_000] {
        assert_eq!((pins(creator, message).await.status, unpins(creator, message).await.status), (404, 404));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_at_most_fifty_pins() {
    let Staffed { creator, .. } = &Staffed::open().await;
    let mut last = 0;
    for n in 0..50 {
        last = creator.posts(&format!("pin {n}")).await;
        assert_eq!(pins(creator, last).await.status, 200, "{n}");
    }
    let more = creator.posts("one more").await;
    let refused = pins(creator, more).await;
    assert!(refused.status == 422 && refused.text().contains("limit is 50"), "{}", refused.text());
    assert_eq!(unpins(creator, last).await.status, 200);
    assert_eq!(pins(creator, more).await.status, 200, "an unpinned message makes room");
    assert_eq!(pinned(creator).await.len(), 50);
}
