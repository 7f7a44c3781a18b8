//! What is new in other rooms, told live to whoever looks at a page: beside the names of the rooms, the same as a page
//! that is read anew would show, and to nobody else.

use serde_json::{Value, json};

use crate::harness::{ANN, BEN, Ears, Guest, House, ROOM, ask, encoded, within};
use crate::reading::{badge, reads_to};

/// The address of a badge: `#badge-` and the number of the room, as it stands in the list of `reader`.
pub async fn target(reader: &Guest, room: &str) -> String {
    let page = reader.reads("/rooms", "text/html").await;
    let (_, place) = page.text().split_once(&format!("href=\"{room}\"")).expect("the room is in the list");
    let (_, id) = place.split_once(r#" id="badge-"#).expect("it has a badge");
    format!("#badge-{}", id.split_once('"').expect("an id ends").0)
}

/// What a stream tells of these badges in one event; nothing if the event does not.
fn told(data: &str, target: &str) -> Option<String> {
    let (_, partial) = data.split_once(&format!(r#"<hx-partial hx-target="{target}" hx-swap="outerHTML">"#))?;
    Some(partial.split_once("</hx-partial>").expect("a partial ends").0.to_owned())
}

/// Waits until a stream tells that this badge shows this.
async fn hears_badge(ears: &mut Ears, target: &str, words: &str) -> String {
    within(&format!("{words:?} on {target}"), async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            let Some(badge) = told(&event.data, target) else { continue };
            assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is no change, and has no id");
            if badge.contains(words) {
                return badge;
            }
        }
    })
    .await
}

/// What a badge has in it when there is nothing to show.
const NOTHING: &str = r#""></span>"#;

/// Reads a stream up to the next change, which must be there; no event before it tells of these badges.
async fn hears_of_no(ears: &mut Ears, target: &str) {
    loop {
        let event = ears.next().await.expect("the stream goes on");
        assert!(!event.data.contains(&format!("\"{target}\"")), "{event:?}");
        if event.is_change() {
            return;
        }
    }
}

/// Ann and Ben in two rooms. Ann has read both, and looks at the second.
pub struct Elsewhere {
    pub house: House,
    pub ann: Guest,
    pub ben: Guest,
    /// Ann in the room that she looks at, and Ben there.
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
async fn what_is_said_elsewhere_is_a_badge_in_every_open_page_and_what_is_read_on_another_device_is_none() {
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
async fn what_was_missed_is_told_when_the_stream_comes_back() {
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
async fn the_room_at_which_one_looks_has_no_badge_and_programs_and_strangers_hear_of_none() {
    let Elsewhere { house, ann, ben, anns, bens, badge: target } = elsewhere().await;
    let mut here = ann.listen("").await;
    let mut elsewhere = anns.listen("").await;
    let mut deaf = [anns.listen("as=json").await, anns.listen("as=text").await, house.listen(&anns.room, "").await];
    hears_badge(&mut elsewhere, &target, NOTHING).await;
    let last = ben.posts("something new").await;
    hears_badge(&mut elsewhere, &target, "1<span").await;
    hears_of_no(&mut here, &target).await;
    let page = ann.reads(&ann.room, "text/html").await;
    let shown = page.text().split_once(&format!(r#"id="{}""#, &target[1..])).expect("the place is there").1;
    assert!(shown.starts_with("></span>"), "nor does the page show one when it is read: {}", &shown[..80]);
    reads_to(&ann, last).await;
    hears_badge(&mut elsewhere, &target, NOTHING).await;
    ben.posts("an end for those who hear nothing").await;
    hears_of_no(&mut here, &target).await;
    bens.posts("an end for the others").await;
    for ears in &mut deaf {
        hears_of_no(ears, &target).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_room_tells_nothing_to_whoever_was_taken_out_of_it() {
    let Elsewhere { house: _house, ann, ben, anns, badge: lobby, .. } = elsewhere().await;
    let cellar = Guest { room: ben.creates("cellar", "private", ANN).await, ..ben.clone() };
    let cellars = target(&ann, &cellar.room).await;
    reads_to(&Guest { room: cellar.room.clone(), ..ann.clone() }, cellar.posts("read already").await).await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &cellars, NOTHING).await;
    cellar.posts("for those who belong here").await;
    hears_badge(&mut ears, &cellars, "1<span").await;
    let path = format!("{}/members/{}/remove", cellar.room, encoded(ANN));
    assert_eq!(ben.sends(&path, &[]).await.status, 200);
    cellar.posts("and for nobody else").await;
    ben.posts("an end in a room that she sees").await;
    within("the other room's badge", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            assert!(!event.data.contains(&format!("\"{cellars}\"")), "{event:?}");
            if told(&event.data, &lobby).is_some_and(|badge| badge.contains("1<span")) {
                return;
            }
        }
    })
    .await;
    assert_eq!(listed(&ann).await["rooms"].as_array().expect("rooms").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_talk_that_another_has_begun_is_told_of_in_every_page_also_in_one_that_was_open_before() {
    let Elsewhere { house: _house, ann, ben, anns, badge: read, .. } = elsewhere().await;
    let mut before = anns.listen("").await;
    hears_badge(&mut before, &read, NOTHING).await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let talk = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    talk.posts("hello").await;
    let talks = target(&ann, &talk.room).await;
    hears_badge(&mut before, &talks, "1<span").await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &talks, "1<span").await;
    talk.posts("are you there?").await;
    hears_badge(&mut ears, &talks, "2<span").await;
    hears_badge(&mut before, &talks, "2<span").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_spoken_to_is_told_though_they_have_never_read_there() {
    let Elsewhere { house: _house, ann, ben, anns, badge: read, .. } = elsewhere().await;
    let (asks, answers) = (ann.in_room("a third").await, ben.in_room("a third").await);
    let hers = asks.posts("a question").await;
    let third = target(&ann, &asks.room).await;
    let mut ears = anns.listen("").await;
    hears_badge(&mut ears, &read, NOTHING).await;
    let reply = [("body", "an answer"), ("reply_to", &hers.to_string())];
    assert_eq!(ben.sends(&format!("{}/messages", answers.room), &reply).await.status, 201);
    let badge = hears_badge(&mut ears, &third, "1<span").await;
    assert!(badge.contains(" for you") && badge.contains(r#"data-notify="1""#), "{badge}");
}

/// What is unread, by the address of each room, as programs are told.
async fn listed(reader: &Guest) -> Value {
    reader.reads("/unread", "application/json").await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_unread_is_told_at_once_and_is_what_the_list_of_rooms_shows() {
    let Elsewhere { house, ann, ben, anns, bens, badge: target } = elsewhere().await;
    assert_eq!(listed(&ann).await, json!({"unread": 0, "mentions": 0, "notify": 0, "rooms": []}));
    let hers = ann.posts("a question").await;
    reads_to(&ann, hers).await;
    ben.posts("one").await;
    let reply = [("body", "an answer"), ("reply_to", &hers.to_string())];
    assert_eq!(ben.sends(&format!("{}/messages", ben.room), &reply).await.status, 201);
    bens.posts("three").await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let talk = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    talk.posts("four").await;
    talk.posts("five").await;

    let all = listed(&ann).await;
    assert_eq!((&all["unread"], &all["mentions"], &all["notify"]), (&json!(5), &json!(1), &json!(3)), "{all}");
    let rooms = all["rooms"].as_array().expect("rooms");
    let counted = |room: &str| {
        let of = rooms.iter().find(|other| other["url"] == room).unwrap_or_else(|| panic!("{room} is in {all}"));
        (of["unread"].clone(), of["mentions"].clone(), of["notify"].clone())
    };
    assert_eq!(rooms.len(), 3);
    assert_eq!(rooms[0]["url"], talk.room.as_str(), "latest first");
    assert_eq!(counted(&ann.room), (json!(2), json!(1), json!(1)));
    assert_eq!(counted(&anns.room), (json!(1), json!(0), json!(0)));
    assert_eq!(counted(&talk.room), (json!(2), json!(0), json!(2)));
    for (room, shown) in [(&ann.room, "1 for you"), (&anns.room, "1 unread"), (&talk.room, "2 for you")] {
        assert_eq!(badge(&ann, room).await.expect("it is in the list").1, shown);
    }
    let name = rooms.iter().find(|room| room["url"] == ann.room.as_str()).expect("it is there")["name"].clone();
    assert_eq!(name, ROOM);
    let newest =
        |room: &str| rooms.iter().find(|other| other["url"] == room).expect("it is there").get("newest").cloned();
    let by_ben = |text: &str| json!({"author": BEN, "text": text});
    for (room, told) in [(&ann.room, Some(by_ben("an answer"))), (&anns.room, None), (&talk.room, Some(by_ben("five")))]
    {
        let shown = newest(room).map(|newest| json!({"author": newest["author"], "text": newest["text"]}));
        assert_eq!(shown, told, "one is notified by the newest of what one is to hear of, and by nothing else");
    }

    let fragment = ask(house.get("/unread").bearer_auth(&ann.token).header("hx-request", "true")).await;
    assert!(fragment.header("content-type").starts_with("text/html"));
    assert!(told(fragment.text(), &target).expect("its badge").contains(r#"for-me" "#), "{}", fragment.text());
    assert_eq!(fragment.text().matches("hx-target=\"#badge-").count(), 3);
    assert_eq!(fragment.text().matches("hx-target=\"#name-").count(), 1, "a talk is called after its people");
    assert_eq!(fragment.header("cache-control"), "private, no-cache");
    assert_eq!(house.read("/unread", "application/json").await.status, 401, "nobody has read nothing");
}
