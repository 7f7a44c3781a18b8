//! Of what somebody wants to hear in a room, and which rooms they keep on top: what their list shows follows it.

use crate::harness::{ANN, BEN, Guest, House, ROOM};
use crate::reading::{badge, reads_to, unread};

async fn chooses(guest: &Guest, form: &[(&str, &str)]) -> u16 {
    guest.sends(&format!("{}/notifications", guest.room), form).await.status
}

async fn talk() -> (House, Guest, Guest, u64) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let hers = ann.posts("a question").await;
    reads_to(&ann, hers).await;
    ben.posts("not for her").await;
    (house, ann, ben, hers)
}

async fn answers(guest: &Guest, message: u64) {
    let form = [("body", "an answer"), ("reply_to", &*message.to_string())];
    assert_eq!(guest.sends(&format!("{}/messages", guest.room), &form).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_does_not_want_to_hear_of_has_no_badge_unless_it_speaks_to_them() {
    let (_house, ann, ben, hers) = talk().await;
    let words = |badge: Option<(String, String)>| badge.map(|(_, words)| words);
    for (involvement, shown) in
        [("everything", Some("1 unread")), ("mentions", Some("1 unread")), ("nothing", Some("")), ("hidden", None)]
    {
        assert_eq!(chooses(&ann, &[("level", involvement)]).await, 204, "{involvement}");
        assert_eq!(words(badge(&ann, &ann.room).await).as_deref(), shown, "{involvement}");
        let told = ann.reads(&format!("{}/notifications", ann.room), "application/json").await.json();
        assert_eq!((told["level"].as_str(), told["unread"].as_u64()), (Some(involvement), Some(1)));
    }
    answers(&ben, hers).await;
    assert_eq!(words(badge(&ann, &ann.room).await).as_deref(), Some("1 for you"), "it is back while it speaks to her");
    let last = ben.posts("and more").await;
    reads_to(&ann, last).await;
    assert_eq!(badge(&ann, &ann.room).await, None);
    assert!(badge(&ben, &ben.room).await.is_some(), "it is her list alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_on_top_stand_above_the_others_also_when_much_happens_elsewhere() {
    let house = House::open().await;
    let ann = house.guest(ANN, "zebra").await;
    for n in 0..55 {
        let room = ann.in_room(&format!("room {n}")).await;
        room.posts("busy").await;
    }
    assert_eq!(badge(&ann, &ann.room).await, None, "the list has the latest rooms");
    assert_eq!(chooses(&ann, &[("level", "mentions"), ("favorite", "on")]).await, 204);
    let page = ann.reads("/rooms", "text/html").await;
    let places = page.text().split_once(r#"id="places""#).expect("its places").1;
    let first = places.split("<li ").nth(1).expect("a room");
    assert!(first.contains(&format!("href=\"{}\"", ann.room)), "{first}");
    assert_eq!(chooses(&ann, &[("level", "mentions")]).await, 204);
    assert_eq!(badge(&ann, &ann.room).await, None, "a switch that is not there is off");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_is_a_menu_and_a_page_with_what_is_chosen() {
    let (house, ann, ..) = talk().await;
    let chosen = r#"value="mentions" required checked"#;
    for path in [ann.room.clone(), format!("{}/notifications", ann.room)] {
        let page = ann.reads(&path, "text/html").await;
        assert_eq!(page.status, 200);
        let form = format!(r#"<form class="level" method="post" action="{}/involvement">"#, ann.room);
        assert!(page.text().contains(&form) && page.text().contains(chosen), "{}", page.text());
    }
    assert_eq!(chooses(&ann, &[("level", "nothing"), ("favorite", "on")]).await, 204);
    let page = ann.reads(&format!("{}/notifications", ann.room), "text/html").await;
    assert!(page.text().contains(r#"value="nothing" required checked"#) && !page.text().contains(chosen));
    assert!(page.text().contains(r#"name="favorite" value="on" checked"#));
    assert_eq!(house.read(&format!("{}/notifications", ann.room), "text/html").await.status, 401);
    assert!(!house.read(&ann.room, "text/html").await.text().contains("popovertarget=\"bell\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_is_one_of_four_and_choosing_is_not_reading() {
    let (_house, ann, ..) = talk().await;
    for wrong in [vec![], vec![("level", "usual")], vec![("level", "<b>")], vec![("level", "")]] {
        assert_eq!(chooses(&ann, &wrong).await, 422, "{wrong:?}");
    }
    assert_eq!(chooses(&ann, &[("level", "nothing"), ("favorite", "maybe")]).await, 422);
    assert_eq!(chooses(&ann, &[("level", "nothing"), ("level", "hidden")]).await, 422);
    assert_eq!(chooses(&ann, &[("level", "everything")]).await, 204);
    assert_eq!(unread(&ann).await, (1, 0));
}
