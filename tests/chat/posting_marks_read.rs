//! Posting moves the author's read position past earlier messages, but not past unread mentions and replies.

use crate::harness::{ANN, BEN, Guest};
use crate::read_state::{ann_and_ben, badge, reads_to, shows, unread};

#[tokio::test(flavor = "multi_thread")]
async fn posting_by_a_program_marks_earlier_messages_read() {
    let (_house, ann, ben) = ann_and_ben().await;
    reads_to(&ann, ben.posts("one").await).await;
    ben.posts("two").await;
    assert_eq!(unread(&ann).await, (1, 0));
    ann.posts("three").await;
    ben.posts("four").await;
    assert_eq!(unread(&ann).await, (1, 0), "messages before her own stay read");
    assert_eq!(unread(&ben).await, (0, 0));
    let answer = ann.sends("/direct", &[("names", BEN)]).await;
    let direct_room = answer.header("location").to_owned();
    let (ann, ben) = (ann.in_room_at(&direct_room), ben.in_room_at(&direct_room));
    ben.posts("five").await;
    ann.posts("six").await;
    ben.posts("seven").await;
    assert_eq!(unread(&ann).await, (1, 0), "also in a direct message without a read position");
}

#[tokio::test(flavor = "multi_thread")]
async fn mentions_stay_unread_when_a_program_posts() {
    let (_house, ann, ben) = ann_and_ben().await;
    reads_to(&ann, ben.posts("one").await).await;
    ben.posts("two").await;
    let mention = ben.posts(&format!("@{ANN}, three")).await;
    ben.posts("four").await;
    let last = ann.posts("the nightly build is done").await;
    assert_eq!(unread(&ann).await, (3, 1));
    assert_eq!(shows(badge(&ann, &ann.room).await.as_ref()), ("count for-me", "1 for you"));
    reads_to(&ann, mention).await;
    assert_eq!(unread(&ann).await, (0, 0));
    ben.posts("five").await;
    assert_eq!(unread(&ann).await.1, 0);
    reads_to(&ann, last).await;
    assert_eq!(unread(&ann).await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_replies_are_linked_and_ones_own_messages_never_count() {
    let (_house, ann, ben) = ann_and_ben().await;
    let first = ann.posts("is anybody here?").await;
    reads_to(&ann, first).await;
    let replies = async |guest: &Guest, to: u64| {
        let form = [("body", "yes, *I* am"), ("reply_to", &to.to_string())];
        assert_eq!(guest.sends(&format!("{}/messages", guest.room), &form).await.status, 201);
    };
    replies(&ben, first).await;
    for n in 0..60 {
        ben.posts(&format!("so much of the rest, {n}")).await;
    }
    ann.posts("the nightly build is done").await;
    let page = ann.reads(&ann.room, "text/html").await;
    let (_, link) = page.text().split_once("id=\"first-new\"").expect("there is a link to it");
    let (link, _) = link.split_once("</a>").unwrap();
    assert!(link.contains("?around=") && link.contains("#new\">62 new messages"), "{link}");
    assert!(!page.text().contains("id=\"new\""), "the first unread message is not on this page");
    let newest = async |room: &str| {
        let unread = ann.reads("/unread", "application/json").await.json();
        let listed = unread["rooms"].as_array().unwrap().iter().find(|other| other["url"] == room);
        listed.unwrap_or_else(|| panic!("the room is not listed: {unread}"))["newest"]["text"].clone()
    };
    assert_eq!(newest(&ann.room).await, "yes, I am");

    let room = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    let (hers, his) = (ann.in_room_at(&room), ben.in_room_at(&room));
    let question = hers.posts("and here?").await;
    replies(&his, question).await;
    hers.posts("the nightly build is done").await;
    assert_eq!(newest(&room).await, "yes, I am");
}

impl Guest {
    /// The same guest in the room at this path.
    fn in_room_at(&self, path: &str) -> Self {
        Self { room: path.to_owned(), ..self.clone() }
    }
}
