//! Whether somebody is here with whom one talks: a dot beside their name, which follows them live.

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped, until, within};

/// Begins a direct talk; its path.
async fn talks(guest: &Guest, names: &str) -> String {
    let answer = guest.sends("/direct", &[("names", names)]).await;
    assert!(answer.status < 400, "{}", answer.text());
    answer.header("location").to_owned()
}

/// What a stream tells next of whether somebody is here.
async fn hears_presence(ears: &mut Ears) -> String {
    within("whether somebody is here", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.data.contains(r##"hx-target="#face-"##) {
                assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is no change, and has no id");
                return event.data;
            }
        }
    })
    .await
}

/// The same, until it tells this.
async fn hears_that(ears: &mut Ears, words: &str) {
    within(words, async { while !hears_presence(ears).await.contains(words) {} }).await;
}

const HERE: &str = ", here now";
const AWAY: &str = ", away";

/// A house in which Ann and Ben talk, and Cid with neither.
async fn house() -> (House, Guest, Guest, Guest) {
    let house = House::open().await;
    let (ann, ben, cid) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await, house.guest("Cid", ROOM).await);
    talks(&ann, BEN).await;
    (house, ann, ben, cid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dot_beside_a_talk_says_whether_the_other_is_here_in_the_page_and_live() {
    let (house, ann, ben, cid) = house().await;
    let mut anns = ann.listen("").await;
    let first = hears_presence(&mut anns).await;
    let fragment = first.clone();
    assert!(fragment.contains(AWAY) && !fragment.contains(HERE), "what is true comes first: {fragment}");
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY));
    let (mut cids, mut program) = (cid.listen("").await, ann.listen("as=json").await);

    let elsewhere = ben.in_room("another room").await;
    let bens = elsewhere.listen("as=text").await;
    let told = hears_presence(&mut anns).await;
    assert!(
        told.contains(HERE) && told.contains(r#"class="dot here""#),
        "in whichever room, and in whichever form: {told}"
    );
    let page = ann.reads(&ann.room, "text/html").await;
    assert!(page.text().contains(HERE) && page.text().contains(r#"class="dot here""#));
    assert!(!ann.reads("/settings", "text/html").await.text().contains(HERE), "a page without a stream does not say");
    assert!(!cid.reads(&cid.room, "text/html").await.text().contains(HERE), "it is nobody else's business");

    ann.posts("an end for those who hear nothing").await;
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
async fn somebody_in_two_windows_is_told_in_both() {
    let (_house, ann, ben, _) = house().await;
    let (mut one, mut other) = (ann.listen("").await, ann.in_room("another room").await.listen("").await);
    let bens = ben.listen("").await;
    hears_that(&mut one, HERE).await;
    hears_that(&mut other, HERE).await;
    drop(bens);
}

/// The clock of this test stands still once everybody is there, and jumps when everybody waits.
#[tokio::test]
async fn somebody_is_here_until_a_minute_after_their_last_stream_and_a_reload_is_no_absence() {
    let (_house, ann, ben, _) = house().await;
    let mut anns = ann.listen("").await;
    let (bens, bens_phone) = (ben.listen("").await, ben.listen("").await);
    hears_that(&mut anns, HERE).await;
    tokio::time::pause();
    drop(bens);
    drop(bens_phone);
    // He comes back half a minute later, and goes for good.
    let pause = Instant::now();
    while pause.elapsed() < Duration::from_secs(30) {
        let event = anns.next().await.expect("the stream goes on");
        assert!(!event.data.contains("#face-"), "he has not been away: {event:?}");
    }
    let back = ben.listen("").await;
    let gone = Instant::now();
    drop(back);
    let told = loop {
        let event = anns.next().await.expect("the stream goes on");
        if event.data.contains("#face-") {
            break event.data;
        }
    };
    assert!(told.contains(AWAY), "{told}");
    assert!(gone.elapsed() >= Duration::from_secs(60), "{:?}", gone.elapsed());
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY));
    drop(ben.listen("").await);
    hears_that(&mut anns, HERE).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_out_is_gone_at_once_with_a_stream_or_without() {
    let (_house, ann, ben, _) = house().await;
    let mut anns = ann.listen("").await;
    let mut bens = ben.listen("").await;
    hears_that(&mut anns, HERE).await;
    assert!(ask(ben.http.post(format!("{}/leave", ben.url)).header("cookie", ben.cookie())).await.status < 400);
    within("the end of the stream", async { while bens.next().await.is_some() {} }).await;
    // A minute has not passed: waiting for anything in these tests takes no longer.
    hears_that(&mut anns, AWAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_away_for_a_moment_and_signs_out_elsewhere_is_gone_at_once() {
    let (house, ann, ben, _) = house().await;
    let mut anns = ann.listen("").await;
    let bens = ben.listen("").await;
    hears_that(&mut anns, HERE).await;
    drop(bens);
    until("nobody but Ann in the room", || async { house.read("/", "text/html").await.text().contains("1 here") })
        .await;
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(HERE), "he may come back");
    assert!(ask(ben.http.post(format!("{}/leave", ben.url)).header("cookie", ben.cookie())).await.status < 400);
    hears_that(&mut anns, AWAY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_want_to_be_seen_is_counted_and_not_named_and_nobody_sees_them_type() {
    let (house, ann, ben, cid) = house().await;
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
        let list = page.text().split_once(r#"id="here-list""#).expect("a room says who is here").1;
        list.split_once("</ul>").expect("the list ends").0.to_owned()
    };
    until("Ben is counted alone", || async {
        let list = here(&cid.reads(&ann.room, "text/html").await);
        list.contains("and 1 more") && !list.contains(&escaped(BEN))
    })
    .await;
    assert_eq!(ben.sends(&format!("{}/typing", ben.room), &[]).await.status, 204);
    ann.sends(&format!("{}/typing", ann.room), &[]).await;
    let told = within("who is typing", async {
        loop {
            let event = anns.next().await.expect("the stream goes on");
            if event.data.contains("#typing") {
                return event.data;
            }
        }
    });
    let told = told.await;
    assert!(told.contains(&escaped(ANN)) && !told.contains(&escaped(BEN)), "{told}");

    drop(ben.listen("").await);
    assert!(ann.reads(&ann.room, "text/html").await.text().contains(AWAY), "another stream does not give him away");
    assert_eq!(ben.sends("/settings/presence", &[("shown", "on")]).await.status, 204);
    hears_that(&mut anns, HERE).await;
    assert!(here(&cid.reads(&ann.room, "text/html").await).contains(&escaped(BEN)));
    assert_eq!(bens.next().await.expect("he is told to read the room again").name, "reset");
}
