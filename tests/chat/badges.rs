//! Badges: the unread counts of other rooms, live on every page of a person and on no other. They equal those of a page that
//! is loaded again.

use serde_json::{Value, json};

use crate::harness::{ANN, BEN, Ears, Guest, House, ROOM, ask, encoded, within};
use crate::read_state::{badge, reads_to};

/// The selector of a room's badge in the sidebar of `reader`: `#badge-` and the room's id.
pub async fn target(reader: &Guest, room: &str) -> String {
    let page = reader.reads("/rooms", "text/html").await;
    let (_, item) = page.text().split_once(&format!("href=\"{room}\"")).expect("the room is in the list");
    let (_, id) = item.split_once(r#" id="badge-"#).expect("it has a badge");
    format!("#badge-{}", id.split_once('"').expect("an id ends").0)
}

/// The badge that an event brings for this selector, if it brings one.
fn badge_in(data: &str, target: &str) -> Option<String> {
    let (_, partial) = data.split_once(&format!(r#"<hx-partial hx-target="{target}" hx-swap="outerHTML">"#))?;
    Some(partial.split_once("</hx-partial>").expect("a partial ends").0.to_owned())
}

/// Waits until a stream brings this badge with this text.
async fn hears_badge(ears: &mut Ears, target: &str, text: &str) -> String {
    within(&format!("{text:?} on {target}"), async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            let Some(badge) = badge_in(&event.data, target) else { continue };
            assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is not a change, so it has no id");
            if badge.contains(text) {
                return badge;
            }
        }
    })
    .await
}

/// The end of an empty badge.
const NOTHING: &str = r#""></span>"#;

/// Reads a stream up to and including the next change. No event up to there may bring this badge.
async fn hears_of_no(ears: &mut Ears, target: &str) {
    loop {
        let event = ears.next().await.expect("the stream goes on");
        assert!(!event.data.contains(&format!("\"{target}\"")), "{event:?}");
        if event.is_change() {
            return;
        }
    }
}

/// Ann and Ben in two rooms. Ann has read both and has the second open.
pub struct Elsewhere {
    pub house: House,
    pub ann: Guest,
    pub ben: Guest,
    /// Ann in the room that she has open, and Ben there.
    pub anns: Guest,
    pub bens: Guest,
    pub badge: String,
}

pub async fn elsewhere() -> Elsewhere {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let (anns, bens) = (ann.in_room("another room").await, ben.in_room("another room").await);
    for guest in [&ben, &bens] {
        let last = guest.posts("read already").await;
        reads_to(&Guest { room: guest.room.clone(), ..ann.clone() }, last).await;
    }
    let badge = target(&ann, &ann.room).await;
    Elsewhere { house, ann, ben, anns, bens, badge }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_elsewhere_shows_a_badge_on_every_page_until_it_is_read_on_any_device() {
    let Elsewhere { house: _house, ann, ben, anns, badge: target, .. } = elsewhere().await;
    let (mut desk, mut phone) = (anns.listen("").await, anns.listen("").await);
    hears_badge(&mut desk, &target, NOTHING).await;
    let first = ben.posts("something new").await;
    for ears in [&mut desk, &mut phone] {
        let badge = hears_badge(ears, &target, "1<span").await;
        assert!(badge.contains(" unread") && !badge.contains("for-me") && !badge.contains("data-notify"), "{badge}");
    }
    let last = ben.posts("and more").await;
    for ears in [&mut desk, &mut phone] {
        hears_badge(ears, &target, "2<span").await;
    }
    reads_to(&ann, first).await;
    hears_badge(&mut desk, &target, "1<span").await;
    reads_to(&ann, last).await;
    for ears in [&mut desk, &mut phone] {
        hears_badge(ears, &target, NOTHING).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_stream_brings_missed_badges() {
    let Elsewhere { house: _house, ann, ben, anns, badge: target, .. } = elsewhere().await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &target, NOTHING).await;
    let last_id = ears.last_id.clone();
    drop(ears);
    ben.posts("one").await;
    ben.posts("two").await;
    let again = ann.http.get(format!("{}{}/live", ann.url, anns.room)).bearer_auth(&ann.token);
    let mut ears = Ears::open(again.header("last-event-id", last_id)).await;
    hears_badge(&mut ears, &target, "2<span").await;
    ben.posts("three").await;
    hears_badge(&mut ears, &target, "3<span").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_open_room_has_no_badge_and_programs_and_strangers_receive_none() {
    let Elsewhere { house, ann, ben, anns, bens, badge: target } = elsewhere().await;
    let mut here = ann.listen("").await;
    let mut elsewhere = anns.listen("").await;
    let mut without_badges =
        [anns.listen("as=json").await, anns.listen("as=text").await, house.listen(&anns.room, "").await];
    hears_badge(&mut elsewhere, &target, NOTHING).await;
    let last = ben.posts("something new").await;
    hears_badge(&mut elsewhere, &target, "1<span").await;
    hears_of_no(&mut here, &target).await;
    let page = ann.reads(&ann.room, "text/html").await;
    let shown = page.text().split_once(&format!(r#"id="{}""#, &target[1..])).expect("the badge is there").1;
    assert!(shown.starts_with("></span>"), "a page that is loaded again has none either: {}", &shown[..80]);
    reads_to(&ann, last).await;
    hears_badge(&mut elsewhere, &target, NOTHING).await;
    ben.posts("the last event here").await;
    hears_of_no(&mut here, &target).await;
    bens.posts("the last event elsewhere").await;
    for ears in &mut without_badges {
        hears_of_no(ears, &target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_receives_no_more_badges_of_a_private_room() {
    let Elsewhere { house: _house, ann, ben, anns, badge: lobby, .. } = elsewhere().await;
    let cellar = Guest { room: ben.creates("cellar", "private", ANN).await, ..ben.clone() };
    let cellars = target(&ann, &cellar.room).await;
    reads_to(&Guest { room: cellar.room.clone(), ..ann.clone() }, cellar.posts("read already").await).await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &cellars, NOTHING).await;
    cellar.posts("for members").await;
    hears_badge(&mut ears, &cellars, "1<span").await;
    let path = format!("{}/members/{}/remove", cellar.room, encoded(ANN));
    assert_eq!(ben.sends(&path, &[]).await.status, 200);
    cellar.posts("for the remaining members").await;
    ben.posts("in a room that she sees").await;
    within("the other room's badge", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            assert!(!event.data.contains(&format!("\"{cellars}\"")), "{event:?}");
            if badge_in(&event.data, &lobby).is_some_and(|badge| badge.contains("1<span")) {
                return;
            }
        }
    })
    .await;
    assert_eq!(unread_json(&ann).await["rooms"].as_array().expect("rooms").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_direct_message_shows_a_badge_also_on_pages_opened_before() {
    let Elsewhere { house: _house, ann, ben, anns, badge: read, .. } = elsewhere().await;
    let mut before = anns.listen("").await;
    hears_badge(&mut before, &read, NOTHING).await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let direct = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    direct.posts("hello").await;
    let direct_badge = target(&ann, &direct.room).await;
    hears_badge(&mut before, &direct_badge, "1<span").await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &direct_badge, "1<span").await;
    direct.posts("are you there?").await;
    hears_badge(&mut ears, &direct_badge, "2<span").await;
    hears_badge(&mut before, &direct_badge, "2<span").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_shows_a_badge_in_a_room_never_read() {
    let Elsewhere { house: _house, ann, ben, anns, badge: read, .. } = elsewhere().await;
    let (ann_third, ben_third) = (ann.in_room("a third").await, ben.in_room("a third").await);
    let question = ann_third.posts("a question").await;
    let third = target(&ann, &ann_third.room).await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &read, NOTHING).await;
    let reply = [("body", "an answer"), ("reply_to", &question.to_string())];
    assert_eq!(ben.sends(&format!("{}/messages", ben_third.room), &reply).await.status, 201);
    let badge = hears_badge(&mut ears, &third, "1<span").await;
    assert!(badge.contains(" for you") && badge.contains(r#"data-notify="1""#), "{badge}");
}

/// All unread rooms as JSON.
async fn unread_json(reader: &Guest) -> Value {
    reader.reads("/unread", "application/json").await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_lists_the_rooms_that_have_a_badge() {
    let Elsewhere { house, ann, ben, anns, bens, badge: target } = elsewhere().await;
    assert_eq!(unread_json(&ann).await, json!({"unread": 0, "mentions": 0, "notify": 0, "rooms": []}));
    let question = ann.posts("a question").await;
    reads_to(&ann, question).await;
    ben.posts("one").await;
    let reply = [("body", "an answer"), ("reply_to", &question.to_string())];
    assert_eq!(ben.sends(&format!("{}/messages", ben.room), &reply).await.status, 201);
    bens.posts("three").await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let direct = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    direct.posts("four").await;
    direct.posts("five").await;

    let all = unread_json(&ann).await;
    assert_eq!((&all["unread"], &all["mentions"], &all["notify"]), (&json!(5), &json!(1), &json!(3)), "{all}");
    let rooms = all["rooms"].as_array().expect("rooms");
    let counts = |room: &str| {
        let found = rooms.iter().find(|other| other["url"] == room).unwrap_or_else(|| panic!("{room} is in {all}"));
        (found["unread"].clone(), found["mentions"].clone(), found["notify"].clone())
    };
    assert_eq!(rooms.len(), 3);
    assert_eq!(rooms[0]["url"], direct.room.as_str(), "latest first");
    assert_eq!(counts(&ann.room), (json!(2), json!(1), json!(1)));
    assert_eq!(counts(&anns.room), (json!(1), json!(0), json!(0)));
    assert_eq!(counts(&direct.room), (json!(2), json!(0), json!(2)));
    for (room, text) in [(&ann.room, "1 for you"), (&anns.room, "1 unread"), (&direct.room, "2 for you")] {
        assert_eq!(badge(&ann, room).await.expect("it is in the list").1, text);
    }
    let name = rooms.iter().find(|room| room["url"] == ann.room.as_str()).expect("it is there")["name"].clone();
    assert_eq!(name, ROOM);
    let newest =
        |room: &str| rooms.iter().find(|other| other["url"] == room).expect("it is there").get("newest").cloned();
    let by_ben = |text: &str| json!({"author": BEN, "text": text});
    for (room, expected) in
        [(&ann.room, Some(by_ben("an answer"))), (&anns.room, None), (&direct.room, Some(by_ben("five")))]
    {
        let shown = newest(room).map(|newest| json!({"author": newest["author"], "text": newest["text"]}));
        assert_eq!(shown, expected, "only messages worth a notification count");
    }

    let fragment = ask(house.get("/unread").bearer_auth(&ann.token).header("hx-request", "true")).await;
    assert!(fragment.header("content-type").starts_with("text/html"));
    assert!(badge_in(fragment.text(), &target).expect("its badge").contains(r#"for-me" "#), "{}", fragment.text());
    assert_eq!(fragment.text().matches("hx-target=\"#badge-").count(), 3);
    assert_eq!(
        fragment.text().matches("hx-target=\"#name-").count(),
        1,
        "only a direct room has a name made of people"
    );
    assert_eq!(fragment.header("cache-control"), "private, no-cache");
    assert_eq!(
        house.read("/unread", "application/json").await.status,
        401,
        "only signed-in people have unread messages"
    );
}
