//! Who is typing: told to those who listen, for some seconds, and kept nowhere.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};
use tokio::time::Instant;

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped, within};
use crate::sse::Event;
use crate::staff::{Staffed, page_of};

/// What stands in the foot of the composer from here on, without its markup, when the stream tells it next.
async fn hears_typing(ears: &mut Ears) -> String {
    within("who is typing", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if let Some(words) = typing(&event) {
                return words;
            }
        }
    })
    .await
}

fn typing(event: &Event) -> Option<String> {
    let inside = event.data.strip_prefix(r##"<hx-partial hx-target="#typing" hx-swap="innerHTML">"##)?;
    assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is no change, and has no id");
    let mut words = inside.strip_suffix("</hx-partial>").expect("it is one fragment").to_owned();
    while let (Some(start), Some(end)) = (words.find('<'), words.find('>')) {
        words.replace_range(start..=end, "");
    }
    Some(words)
}

async fn types(guest: &Guest) -> Answer {
    guest.sends(&format!("{}/typing", guest.room), &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_is_told_who_is_typing_until_it_is_sent() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let (mut nobodys, mut program) = (house.listen(&ann.room, "").await, house.listen(&ann.room, "as=json").await);
    let before = house.read(&ann.room, "application/json").await.json()["cursor"].clone();
    let told = types(&ann).await;
    assert_eq!((told.status, told.bytes.len()), (204, 0));
    assert_eq!(hears_typing(&mut nobodys).await, format!("{} is typing", escaped(ANN)));
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(hears_typing(&mut nobodys).await, format!("{} and {} are typing", escaped(ANN), escaped(BEN)));

    let mut late = house.listen(&ann.room, "").await;
    assert!(hears_typing(&mut late).await.ends_with(" are typing"), "whoever comes now sees it too");
    let after = house.read(&ann.room, "application/json").await.json()["cursor"].clone();
    assert_eq!(before, after, "nothing was written");

    ann.posts("sent").await;
    let row = nobodys.hears().await;
    assert!(row.data.contains("sent"));
    assert_eq!(hears_typing(&mut nobodys).await, format!("{} is typing", escaped(BEN)), "with the very message");
    ben.posts("too").await;
    assert_eq!(hears_typing(&mut nobodys).await, "");
    loop {
        let event = program.next().await.expect("the stream goes on");
        assert!(typing(&event).is_none(), "a program hears nothing of it: {event:?}");
        if event.data.contains("too") {
            break;
        }
    }
}

/// The clock of this test stands still once everybody is there, and jumps when everybody waits.
#[tokio::test]
async fn somebody_types_for_five_seconds_after_they_said_so_last_and_a_room_is_told_once_a_second() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "").await;
    tokio::time::pause();
    assert_eq!(types(&ann).await.status, 204);
    assert!(hears_typing(&mut ears).await.ends_with(" is typing"));
    let told = Instant::now();
    assert_eq!(types(&ben).await.status, 204);
    assert!(hears_typing(&mut ears).await.ends_with(" are typing"));
    assert!(told.elapsed() >= Duration::from_millis(999), "{:?}", told.elapsed());

    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(types(&ann).await.status, 204);
    let again = Instant::now();
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", escaped(ANN)), "Ben has said nothing since");
    assert!(again.elapsed() < Duration::from_millis(4_900), "{:?}", again.elapsed());
    assert_eq!(hears_typing(&mut ears).await, "");
    assert!(again.elapsed() >= Duration::from_millis(4_900), "{:?}", again.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_three_are_several_people() {
    let house = House::open().await;
    let first = house.guest("Typist 0", ROOM).await;
    let mut ears = house.listen(&first.room, "").await;
    types(&first).await;
    for n in 1..4 {
        types(&house.guest(&format!("Typist {n}"), ROOM).await).await;
    }
    within("several", async { while hears_typing(&mut ears).await != "Several people are typing" {} }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_speak_does_not_type_either() {
    let Staffed { house, owner, guest, member, .. } = Staffed::open().await;
    let mut ears = house.listen(&guest.room, "").await;
    let path = format!("{}/typing", guest.room);
    let nobody = ask(house.post(&path).header("accept", "application/json")).await;
    assert_eq!((nobody.status, nobody.header("content-type")), (401, "application/problem+json"));
    assert_eq!(guest.sends("/rooms/nowhere/typing", &[]).await.status, 404);
    let hidden = owner.creates("Plans", "private", "").await;
    assert_eq!(guest.sends(&format!("{hidden}/typing"), &[]).await.status, 404);
    assert_eq!(owner.sends(&format!("{}/mute", page_of(&guest.name)), &[("duration", "1h")]).await.status, 200);
    assert_eq!(types(&guest).await.status, 403);
    let foreign = house.post(&path).header("cookie", member.cookie()).header("sec-fetch-site", "cross-site");
    assert_eq!(ask(foreign).await.status, 403, "no other site says that somebody types");
    assert_eq!(member.reads(&path, "application/json").await.status, 405);
    assert_eq!(types(&member).await.status, 204);
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", member.name), "and nobody before");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_so_too_often_is_not_told_and_neither_is_the_room() {
    let clock = FakeRelativeClock::default();
    let house = House::open_by(LimitClock::Fake(clock.clone()), |config| config.rate_limits = Switch::On).await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "").await;
    for _ in 0..LimitedAction::SendTyping.quota().person.burst {
        assert_eq!(types(&ann).await.status, 204);
    }
    assert!(hears_typing(&mut ears).await.ends_with(" is typing"));
    ann.posts("sent").await;
    assert_eq!(hears_typing(&mut ears).await, "");
    assert_eq!(types(&ann).await.status, 204, "it looks as ever");
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", escaped(BEN)), "Ann's was dropped");
    ann.posts("and takes nothing from what one may say").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_not_told() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut crowd = Vec::new();
    for _ in 0..201 {
        crowd.push(house.listen(&ann.room, "").await);
    }
    assert_eq!(types(&ann).await.status, 204);
    crowd.pop();
    crate::harness::until("200 here", || async { house.read("/", "text/html").await.text().contains("200 here") })
        .await;
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(hears_typing(&mut crowd[0]).await, format!("{} is typing", escaped(BEN)), "of Ann nobody was told");
}
