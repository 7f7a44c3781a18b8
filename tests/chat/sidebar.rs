//! The room lists of the sidebar: fetched alone, they equal those of the whole page, and a page with a stream receives the
//! new rank of a room.

use serde_json::Value;

use crate::badges::{Elsewhere, elsewhere, target};
use crate::harness::{ANN, Ears, Guest, within};

#[tokio::test(flavor = "multi_thread")]
async fn the_fetched_lists_equal_those_of_the_page() {
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
        assert_eq!(shows, !address.contains("live"), "the room on the page has no badge");
    }
    assert_eq!(house.read("/sidebar", "*/*").await.status, 401, "only signed-in people fetch it");
}

/// Waits until a stream brings the rank of this badge's room in the listener's sidebar; blank if it is not there.
async fn hears_rank(ears: &mut Ears, target: &str) -> String {
    let room = target.strip_prefix("#badge-").expect("a number");
    within(&format!("the rank of {room}"), async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if event.name != "places" {
                continue;
            }
            assert_eq!(event.id, None, "it is not a change, so it has no id");
            let ranks: Value = serde_json::from_str(&event.data).expect("an object");
            if let Some(rank) = ranks[room].as_str() {
                return rank.to_owned();
            }
        }
    })
    .await
}

/// The rank of a room in the lists that are fetched alone.
async fn listed_rank(reader: &Guest, target: &str) -> String {
    let list = reader.reads("/sidebar", "*/*").await;
    let attribute = format!(r#"id="place-{}" data-rank=""#, target.strip_prefix("#badge-").expect("a number"));
    let rank = list.text().split_once(&attribute).map_or("", |(_, rank)| rank.split('"').next().expect("it ends"));
    rank.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_person_receives_a_changed_rank() {
    let Elsewhere { house: _house, ann, ben, anns, badge: target, .. } = elsewhere().await;
    let (mut elsewhere, mut here) = (anns.listen("").await, ann.listen("").await);
    let mut bens = ben.listen("").await;
    let mut ranks = Vec::new();
    for ears in [&mut elsewhere, &mut here] {
        ranks.push(hears_rank(ears, &target).await);
    }
    assert!(ranks[0] == ranks[1] && !ranks[0].is_empty(), "{ranks:?}");
    for form in [&[("level", "mentions"), ("favorite", "on")][..], &[("level", "hidden")]] {
        assert_eq!(ann.sends(&format!("{}/notifications", ann.room), form).await.status, 204);
        let rank = hears_rank(&mut elsewhere, &target).await;
        assert_eq!(hears_rank(&mut here, &target).await, rank);
        assert_eq!(listed_rank(&ann, &target).await, rank, "it equals the fetched one");
        ranks.push(rank);
    }
    assert!(ranks[2] > ranks[0] && ranks[3].is_empty(), "a greater string is higher: {ranks:?}");
    ben.posts("the last event").await;
    while let Some(event) = bens.next().await.filter(|event| !event.is_change()) {
        assert_ne!(event.name, "places", "only Ann's sidebar changed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_raises_its_room_on_every_page() {
    let Elsewhere { house: _house, ann, ben, anns, .. } = elsewhere().await;
    let opened = ben.sends("/direct", &[("names", ANN)]).await;
    let direct = Guest { room: opened.header("location").to_owned(), ..ben.clone() };
    direct.posts("hello").await;
    let target = target(&ann, &direct.room).await;
    let mut all = [
        anns.listen("").await,
        Guest { room: direct.room.clone(), ..ann.clone() }.listen("").await,
        direct.listen("").await,
    ];
    let mut before = String::new();
    for ears in &mut all {
        before = hears_rank(ears, &target).await;
    }
    direct.posts("are you there?").await;
    for ears in &mut all {
        let rank = hears_rank(ears, &target).await;
        assert!(rank > before, "{rank} after {before}");
        assert_eq!(listed_rank(&ann, &target).await, rank);
    }
}
