//! Typing notices: sent to listeners, shown for a few seconds, never stored.

use std::time::Duration;

use governor::clock::FakeRelativeClock;
use taproom::config::Switch;
use taproom::web::{LimitClock, LimitedAction};
use tokio::time::Instant;

use crate::harness::{ANN, Answer, BEN, Ears, Guest, House, ROOM, ask, escaped, within};
use crate::sse::Event;
use crate::staff::{Staffed, page_of};

/// Waits for the next typing notice of a stream; its text without markup.
async fn hears_typing(ears: &mut Ears) -> String {
    within("who is typing", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if let Some(text) = typing(&event) {
                return text;
            }
        }
    })
    .await
}

fn typing(event: &Event) -> Option<String> {
    let content = event.data.strip_prefix(r##"<hx-partial hx-target="#typing" hx-swap="innerHTML">"##)?;
    assert_eq!((event.name.as_str(), &event.id), ("message", &None), "it is not a change, so it has no id");
    let mut text = content.strip_suffix("</hx-partial>").expect("it is one fragment").to_owned();
    while let (Some(start), Some(end)) = (text.find('<'), text.find('>')) {
        text.replace_range(start..=end, "");
    }
    Some(text)
}

async fn types(guest: &Guest) -> Answer {
    guest.sends(&format!("{}/typing", guest.room), &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_see_who_is_typing_until_the_message_is_sent() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let (mut anonymous, mut program) = (house.listen(&ann.room, "").await, house.listen(&ann.room, "as=json").await);
    let before = house.read(&ann.room, "application/json").await.json()["cursor"].clone();
    let answer = types(&ann).await;
    assert_eq!((answer.status, answer.bytes.len()), (204, 0));
    assert_eq!(hears_typing(&mut anonymous).await, format!("{} is typing", escaped(ANN)));
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(hears_typing(&mut anonymous).await, format!("{} and {} are typing", escaped(ANN), escaped(BEN)));

    let mut late = house.listen(&ann.room, "").await;
    assert!(hears_typing(&mut late).await.ends_with(" are typing"), "a new listener sees it too");
    let after = house.read(&ann.room, "application/json").await.json()["cursor"].clone();
    assert_eq!(before, after, "nothing was written");

    ann.posts("sent").await;
    let row = anonymous.hears().await;
    assert!(row.data.contains("sent"));
    assert_eq!(hears_typing(&mut anonymous).await, format!("{} is typing", escaped(BEN)), "with the message itself");
    ben.posts("too").await;
    assert_eq!(hears_typing(&mut anonymous).await, "");
    loop {
        let event = program.next().await.expect("the stream goes on");
        assert!(typing(&event).is_none(), "a program receives no notices: {event:?}");
        if event.data.contains("too") {
            break;
        }
    }
}

/// The clock of this test is paused once all streams are open, and advances when all tasks wait.
#[tokio::test]
async fn a_notice_lasts_five_seconds_and_a_room_gets_one_a_second() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut ears = house.listen(&ann.room, "").await;
    tokio::time::pause();
    assert_eq!(types(&ann).await.status, 204);
    assert!(hears_typing(&mut ears).await.ends_with(" is typing"));
    let first = Instant::now();
    assert_eq!(types(&ben).await.status, 204);
    assert!(hears_typing(&mut ears).await.ends_with(" are typing"));
    assert!(first.elapsed() >= Duration::from_millis(999), "{:?}", first.elapsed());

    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(types(&ann).await.status, 204);
    let second = Instant::now();
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", escaped(ANN)), "Ben's notice has expired");
    assert!(second.elapsed() < Duration::from_millis(4_900), "{:?}", second.elapsed());
    assert_eq!(hears_typing(&mut ears).await, "");
    assert!(second.elapsed() >= Duration::from_millis(4_900), "{:?}", second.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_three_typists_are_several_people() {
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
async fn people_who_may_not_post_send_no_notices() {
    let Staffed { house, owner, guest, member, .. } = Staffed::open().await;
    let mut ears = house.listen(&guest.room, "").await;
    let path = format!("{}/typing", guest.room);
    let anonymous = ask(house.post(&path).header("accept", "application/json")).await;
    assert_eq!((anonymous.status, anonymous.header("content-type")), (401, "application/problem+json"));
    assert_eq!(guest.sends("/rooms/nowhere/typing", &[]).await.status, 404);
    let hidden = owner.creates("Plans", "private", "").await;
    assert_eq!(guest.sends(&format!("{hidden}/typing"), &[]).await.status, 404);
    assert_eq!(owner.sends(&format!("{}/mute", page_of(&guest.name)), &[("duration", "1h")]).await.status, 200);
    assert_eq!(types(&guest).await.status, 403);
    let foreign = house.post(&path).header("cookie", member.cookie()).header("sec-fetch-site", "cross-site");
    assert_eq!(ask(foreign).await.status, 403, "other sites cannot send notices");
    assert_eq!(member.reads(&path, "application/json").await.status, 405);
    assert_eq!(types(&member).await.status, 204);
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", member.name), "it is the first notice");
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_over_the_rate_limit_are_dropped_silently() {
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
    assert_eq!(types(&ann).await.status, 204, "the answer is the same");
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(hears_typing(&mut ears).await, format!("{} is typing", escaped(BEN)), "Ann's was dropped");
    ann.posts("notices do not count as posts").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_room_gets_no_notices() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let mut listeners = Vec::new();
    for _ in 0..201 {
        listeners.push(house.listen(&ann.room, "").await);
    }
    assert_eq!(types(&ann).await.status, 204);
    listeners.pop();
    crate::harness::until("200 here", || async { house.read("/", "text/html").await.text().contains("200 here") })
        .await;
    assert_eq!(types(&ben).await.status, 204);
    assert_eq!(
        hears_typing(&mut listeners[0]).await,
        format!("{} is typing", escaped(BEN)),
        "Ann's notice was not sent"
    );
}
