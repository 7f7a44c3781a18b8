//! What is read by whoever speaks, also by a program: what was only said before, and not what speaks to them.

use crate::harness::{ANN, BEN, Guest};
use crate::read_state::{ann_and_ben, badge, reads_to, shows, unread};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_speaks_by_a_program_has_read_what_was_said_before() {
    let (_house, ann, ben) = ann_and_ben().await;
    reads_to(&ann, ben.posts("one").await).await;
    ben.posts("two").await;
    assert_eq!(unread(&ann).await, (1, 0));
    ann.posts("three").await;
    ben.posts("four").await;
    assert_eq!(unread(&ann).await, (1, 0), "what came before her own words does not come back");
    assert_eq!(unread(&ben).await, (0, 0));
    let answer = ann.sends("/direct", &[("names", BEN)]).await;
    let talk = answer.header("location").to_owned();
    let (ann, ben) = (Guest { room: talk.clone(), ..ann }, Guest { room: talk, ..ben });
    ben.posts("five").await;
    ann.posts("six").await;
    ben.posts("seven").await;
    assert_eq!(unread(&ann).await, (1, 0), "nor in a talk in which she has never said how far she has read");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_to_somebody_waits_until_they_read_it_though_a_program_has_spoken_for_them_since() {
    let (_house, ann, ben) = ann_and_ben().await;
    reads_to(&ann, ben.posts("one").await).await;
    ben.posts("two").await;
    let call = ben.posts(&format!("@{ANN}, three")).await;
    ben.posts("four").await;
    let last = ann.posts("the nightly build is done").await;
    assert_eq!(unread(&ann).await, (3, 1));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count for-me", "1 for you"));
    reads_to(&ann, call).await;
    assert_eq!(unread(&ann).await, (0, 0));
    ben.posts("five").await;
    assert_eq!(unread(&ann).await.1, 0);
    reads_to(&ann, last).await;
    assert_eq!(unread(&ann).await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_spoke_last_is_told_of_what_speaks_to_them_and_led_to_it_and_never_of_their_own_words() {
    let (_house, ann, ben) = ann_and_ben().await;
    let first = ann.posts("is anybody here?").await;
    reads_to(&ann, first).await;
    let answers = async |guest: &Guest, to: u64| {
        let form = [("body", "yes, *I* am"), ("reply_to", &to.to_string())];
        assert_eq!(guest.sends(&format!("{}/messages", guest.room), &form).await.status, 201);
    };
    answers(&ben, first).await;
    for n in 0..60 {
        ben.posts(&format!("so much of the rest, {n}")).await;
    }
    ann.posts("the nightly build is done").await;
    let page = ann.reads(&ann.room, "text/html").await;
    let (_, way) = page.text().split_once("id=\"first-new\"").expect("there is a way to it");
    let (way, _) = way.split_once("</a>").unwrap();
    assert!(way.contains("?around=") && way.contains("#new\">62 new messages"), "{way}");
    assert!(!page.text().contains("id=\"new\""), "it does not begin on this page");
    let newest = async |room: &str| {
        let unread = ann.reads("/unread", "application/json").await.json();
        let there = unread["rooms"].as_array().unwrap().iter().find(|other| other["url"] == room);
        there.unwrap_or_else(|| panic!("there is something: {unread}"))["newest"]["text"].clone()
    };
    assert_eq!(newest(&ann.room).await, "yes, I am");

    let room = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    let (hers, his) = (ann.in_talk(&room), ben.in_talk(&room));
    let question = hers.posts("and here?").await;
    answers(&his, question).await;
    hers.posts("the nightly build is done").await;
    assert_eq!(newest(&room).await, "yes, I am");
}

impl Guest {
    /// The same, in this talk.
    fn in_talk(&self, room: &str) -> Self {
        Self { room: room.to_owned(), ..self.clone() }
    }
}
