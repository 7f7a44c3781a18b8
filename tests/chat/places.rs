//! The list of the rooms beside a page that is open: read anew it is the one that a fresh page has, and a page that listens is
//! told when a room has another place in it.

use serde_json::Value;

use crate::badges::{Elsewhere, elsewhere, target};
use crate::harness::{ANN, Ears, Guest, within};

#[tokio::test(flavor = "multi_thread")]
async fn the_list_beside_a_page_is_read_anew_by_whoever_has_a_name_and_is_the_one_of_that_page() {
    let Elsewhere { house, ann, ben, badge: target, .. } = elsewhere().await;
    ben.sends("/direct", &[("names", ANN)]).await;
    ben.posts("something new").await;
    let room = target.strip_prefix("#badge-").expect("a number");
    let day = format!("{}/days/2026-01-01", ann.room);
    for (page, address) in [
        ("/settings", "/sidebar".to_owned()),
        (&*day, format!("/sidebar?room={room}")),
        (&*ann.room, format!("/sidebar?room={room}&live=on")),
    ] {
        let page = ann.reads(page, "text/html").await;
        assert!(page.text().contains(&format!(r#"data-list="{}""#, address.replace('&', "&amp;"))), "{address}");
        let list = ann.reads(&address, "*/*").await;
        assert_eq!(list.header("cache-control"), "private, no-cache");
        assert!(page.text().contains(list.text()), "{address}: {}", list.text());
        let shows = list.text().split_once(&target[1..]).expect("its badge").1.starts_with(r#"">1<span"#);
        assert_eq!(shows, !address.contains("live"), "whoever looks at a room sees there what is new");
    }
    assert_eq!(house.read("/sidebar", "*/*").await.status, 401, "beside a page of nobody nothing changes");
}

/// Waits until a stream tells where the room of this badge stands in the list of whoever listens; nothing: not there.
async fn hears_rank(ears: &mut Ears, target: &str) -> String {
    let room = target.strip_prefix("#badge-").expect("a number");
    within(&format!("the rank of {room}"), async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name != "places" {
                continue;
            }
            assert_eq!(event.id, None, "it is no change, and has no id");
            let told: Value = serde_json::from_str(&event.data).expect("an object");
            if let Some(rank) = told[room].as_str() {
                return rank.to_owned();
            }
        }
    })
    .await
}

/// Where a room stands in the list that is read anew.
async fn listed_rank(reader: &Guest, target: &str) -> String {
    let list = reader.reads("/sidebar", "*/*").await;
    let place = format!(r#"id="place-{}" data-rank=""#, target.strip_prefix("#badge-").expect("a number"));
    let rank = list.text().split_once(&place).map_or("", |(_, rank)| rank.split('"').next().expect("it ends"));
    rank.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_room_stands_in_the_list_is_told_to_every_page_of_whoever_changed_it_also_to_its_own() {
    let Elsewhere { house: _house, ann, ben, anns, badge: target, .. } = elsewhere().await;
    let (mut there, mut here) = (anns.listen("").await, ann.listen("").await);
    let mut bens = ben.listen("").await;
    let mut ranks = Vec::new();
    for ears in [&mut there, &mut here] {
        ranks.push(hears_rank(ears, &target).await);
    }
    assert!(ranks[0] == ranks[1] && !ranks[0].is_empty(), "{ranks:?}");
    for form in [&[("level", "mentions"), ("favorite", "on")][..], &[("level", "hidden")]] {
        assert_eq!(ann.sends(&format!("{}/notifications", ann.room), form).await.status, 204);
        let rank = hears_rank(&mut there, &target).await;
        assert_eq!(hears_rank(&mut here, &target).await, rank);
        assert_eq!(listed_rank(&ann, &target).await, rank, "it is the one of the list");
        ranks.push(rank);
    }
    assert!(ranks[2] > ranks[0] && ranks[3].is_empty(), "the higher, the later in letters: {ranks:?}");
    ben.posts("an end for him").await;
    while let Some(event) = bens.next().await.filter(|event| !event.is_change()) {
        assert_ne!(event.name, "places", "it is her list alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_a_talk_raises_it_also_beside_itself() {
    let Elsewhere { house: _house, ann, ben, anns, .. } = elsewhere().await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let talk = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    talk.posts("hello").await;
    let target = target(&ann, &talk.room).await;
    let mut all = [
        anns.listen("").await,
        Guest { room: talk.room.clone(), ..ann.clone() }.listen("").await,
        talk.listen("").await,
    ];
    let mut before = String::new();
    for ears in &mut all {
        before = hears_rank(ears, &target).await;
    }
    talk.posts("are you there?").await;
    for ears in &mut all {
        let rank = hears_rank(ears, &target).await;
        assert!(rank > before, "{rank} after {before}");
        assert_eq!(listed_rank(&ann, &target).await, rank);
    }
}
