//! The presence of direct partners: a dot beside their name in the sidebar, updated live.

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped, until, within};

/// Opens a direct message; its path.
async fn opens_direct(guest: &Guest, names: &str) -> String {
    let answer = guest.sends("/direct", &[("names", names)]).await;
    assert!(answer.status < 400, "{}", answer.text());
    answer.header("location").to_owned()
}

/// Waits for the next presence update of a stream.
async fn hears_presence(ears: &mut Ears) -> String {
    within("a presence update", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.data.contains(r##"hx-target="#face-"##) {
                assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is not a change, so it has no id");
                return event.data;
            }
        }
    })
    .await
}

/// Waits for a presence update with this text.
async fn hears_that(ears: &mut Ears, text: &str) {
    within(text, async { while !hears_presence(ears).await.contains(text) {} }).await;
}

const HERE: &str = ", here now";
const AWAY: &str = ", away";

/// A server on which Ann and Ben have a direct room, and Cid has none.
async fn open() -> (House, Guest, Guest, Guest) {
    let house = House::open().await;
    let (ann, ben, cid) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await, house.guest("Cid", ROOM).await);
    opens_direct(&ann, BEN).await;
    (house, ann, ben, cid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dot_shows_the_presence_of_a_direct_partner() {
    let (house, ann, ben, cid) = open().await;
    let mut anns = ann.listen("").await;
    let fragment = hears_presence(&mut anns).await;
    assert!(fragment.contains(AWAY) && !fragment.contains(HERE), "the present state comes first: {fragment}");
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY));
    let (mut cids, mut program) = (cid.listen("").await, ann.listen("as=json").await);

    let elsewhere = ben.in_room("another room").await;
    let bens = elsewhere.listen("as=text").await;
    let update = hears_presence(&mut anns).await;
    assert!(
        update.contains(HERE) && update.contains(r#"class="dot here""#),
        "in any room and any form of stream: {update}"
    );
    let page = ann.reads(&ann.room, "text/html").await;
    assert!(page.text().contains(HERE) && page.text().contains(r#"class="dot here""#));
    assert!(
        !ann.reads("/settings", "text/html").await.text().contains(HERE),
        "a page without a stream does not show it"
    );
    assert!(!cid.reads(&cid.room, "text/html").await.text().contains(HERE), "only direct partners see it");

    ann.posts("the last event").await;
    for ears in [&mut cids, &mut program] {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            assert!(!event.data.contains("#face-"), "{event:?}");
            if event.is_change() {
                break;
            }
        }
    }
    drop((bens, house));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_window_receives_presence_updates() {
    let (_house, ann, ben, _) = open().await;
    let (mut one, mut other) = (ann.listen("").await, ann.in_room("another room").await.listen("").await);
    let bens = ben.listen("").await;
    hears_that(&mut one, HERE).await;
    hears_that(&mut other, HERE).await;
    drop(bens);
}

/// The clock of this test is paused once all streams are open, and advances when all tasks wait.
#[tokio::test]
async fn a_person_is_here_until_a_minute_after_their_last_stream() {
    let (_house, ann, ben, _) = open().await;
    let mut anns = ann.listen("").await;
    let (bens, bens_phone) = (ben.listen("").await, ben.listen("").await);
    hears_that(&mut anns, HERE).await;
    tokio::time::pause();
    drop(bens);
    drop(bens_phone);
    // Ben comes back half a minute later and leaves again.
    let pause = Instant::now();
    while pause.elapsed() < Duration::from_secs(30) {
        let event = anns.next().await.expect("the stream goes on");
        assert!(!event.data.contains("#face-"), "a short absence is not shown: {event:?}");
    }
    let back = ben.listen("").await;
    let gone = Instant::now();
    drop(back);
    let update = loop {
        let event = anns.next().await.expect("the stream goes on");
        if event.data.contains("#face-") {
            break event.data;
        }
    };
    assert!(update.contains(AWAY), "{update}");
    assert!(gone.elapsed() >= Duration::from_secs(60), "{:?}", gone.elapsed());
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY));
    drop(ben.listen("").await);
    hears_that(&mut anns, HERE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_presence_at_once() {
    let (_house, ann, ben, _) = open().await;
    let mut anns = ann.listen("").await;
    let mut bens = ben.listen("").await;
    hears_that(&mut anns, HERE).await;
    assert!(ask(ben.http.post(format!("{}/leave", ben.url)).header("cookie", ben.cookie())).await.status < 400);
    within("the end of the stream", async { while bens.next().await.is_some() {} }).await;
    // Less than a minute has passed: no wait in these tests is that long.
    hears_that(&mut anns, AWAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_elsewhere_ends_the_minute_of_grace() {
    let (house, ann, ben, _) = open().await;
    let mut anns = ann.listen("").await;
    let bens = ben.listen("").await;
    hears_that(&mut anns, HERE).await;
    drop(bens);
    until("nobody but Ann in the room", || async { house.read("/", "text/html").await.text().contains("1 here") })
        .await;
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(HERE), "he may still come back");
    assert!(ask(ben.http.post(format!("{}/leave", ben.url)).header("cookie", ben.cookie())).await.status < 400);
    hears_that(&mut anns, AWAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_hides_presence_is_counted_but_not_named() {
    let (house, ann, ben, cid) = open().await;
    let (mut anns, mut bens) = (ann.listen("").await, ben.listen("as=json").await);
    hears_that(&mut anns, HERE).await;
    let shown = |page: &Answer| page.text().contains(r#"name="shown" value="on" checked"#);
    assert!(shown(&ben.reads("/settings", "text/html").await));
    assert_eq!(ben.sends("/settings/presence", &[("shown", "perhaps")]).await.status, 422);
    assert_eq!(ask(house.post("/settings/presence").header("accept", "application/json")).await.status, 401);
    assert_eq!(ben.sends("/settings/presence", &[]).await.status, 204);
    assert!(!shown(&ben.reads("/settings", "text/html").await));
    hears_that(&mut anns, AWAY).await;
    let here = |page: &Answer| {
        let list = page.text().split_once(r#"id="here-list""#).expect("a room shows who is here").1;
        list.split_once("</ul>").expect("the list ends").0.to_owned()
    };
    until("Ben is counted alone", || async {
        let list = here(&cid.reads(&ann.room, "text/html").await);
        list.contains("and 1 more") && !list.contains(&escaped(BEN))
    })
    .await;
    assert_eq!(ben.sends(&format!("{}/typing", ben.room), &[]).await.status, 204);
    ann.sends(&format!("{}/typing", ann.room), &[]).await;
    let notice = within("who is typing", async {
        loop {
            let event = anns.next().await.expect("the stream goes on");
            if event.data.contains("#typing") {
                return event.data;
            }
        }
    });
    let notice = notice.await;
    assert!(notice.contains(&escaped(ANN)) && !notice.contains(&escaped(BEN)), "{notice}");

    drop(ben.listen("").await);
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY), "a new stream does not reveal him");
    assert_eq!(ben.sends("/settings/presence", &[("shown", "on")]).await.status, 204);
    hears_that(&mut anns, HERE).await;
    assert!(here(&cid.reads(&ann.room, "text/html").await).contains(&escaped(BEN)));
    assert_eq!(bens.next().await.expect("his page is told to reload").name, "reset");
}
