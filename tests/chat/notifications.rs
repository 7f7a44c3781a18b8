//! Notification levels and favorites, and how they change the sidebar.

use crate::harness::{ANN, BEN, Guest, House, ROOM};
use crate::read_state::{badge, reads_to, unread};

async fn sets(guest: &Guest, form: &[(&str, &str)]) -> u16 {
    guest.sends(&format!("{}/notifications", guest.room), form).await.status
}

async fn open() -> (House, Guest, Guest, u64) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let question = ann.posts("a question").await;
    reads_to(&ann, question).await;
    ben.posts("not for her").await;
    (house, ann, ben, question)
}

async fn replies(guest: &Guest, message: u64) {
    let form = [("body", "an answer"), ("reply_to", &*message.to_string())];
    assert_eq!(guest.sends(&format!("{}/messages", guest.room), &form).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_level_decides_which_messages_show_a_badge() {
    let (_house, ann, ben, question) = open().await;
    let text = |badge: Option<(String, String)>| badge.map(|(_, text)| text);
    for (level, expected) in
        [("everything", Some("1 unread")), ("mentions", Some("1 unread")), ("nothing", Some("")), ("hidden", None)]
    {
        assert_eq!(sets(&ann, &[("level", level)]).await, 204, "{level}");
        assert_eq!(text(badge(&ann, &ann.room).await).as_deref(), expected, "{level}");
        let read_state = ann.reads(&format!("{}/notifications", ann.room), "application/json").await.json();
        assert_eq!((read_state["level"].as_str(), read_state["unread"].as_u64()), (Some(level), Some(1)));
    }
    replies(&ben, question).await;
    assert_eq!(text(badge(&ann, &ann.room).await).as_deref(), Some("1 for you"), "a reply brings the room back");
    let last = ben.posts("and more").await;
    reads_to(&ann, last).await;
    assert_eq!(badge(&ann, &ann.room).await, None);
    assert!(badge(&ben, &ben.room).await.is_some(), "only Ann's sidebar changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn favorites_come_first_also_when_other_rooms_are_more_active() {
    let house = House::open().await;
    let ann = house.guest(ANN, "zebra").await;
    for n in 0..55 {
        let room = ann.in_room(&format!("room {n}")).await;
        room.posts("busy").await;
    }
    assert_eq!(badge(&ann, &ann.room).await, None, "the sidebar has the most active rooms");
    assert_eq!(sets(&ann, &[("level", "mentions"), ("favorite", "on")]).await, 204);
    let page = ann.reads("/rooms", "text/html").await;
    let sidebar = page.text().split_once(r#"id="places""#).expect("a sidebar").1;
    let first = sidebar.split("<li ").nth(1).expect("a room");
    assert!(first.contains(&format!("href=\"{}\"", ann.room)), "{first}");
    assert_eq!(sets(&ann, &[("level", "mentions")]).await, 204);
    assert_eq!(badge(&ann, &ann.room).await, None, "a missing switch is off");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_a_menu_and_a_page() {
    let (house, ann, ..) = open().await;
    let checked = r#"value="mentions" required checked"#;
    for path in [ann.room.clone(), format!("{}/notifications", ann.room)] {
        let page = ann.reads(&path, "text/html").await;
        assert_eq!(page.status, 200);
        let form = format!(r#"<form class="involvement" method="post" action="{}/notifications">"#, ann.room);
        assert!(page.text().contains(&form) && page.text().contains(checked), "{}", page.text());
    }
    assert_eq!(sets(&ann, &[("level", "nothing"), ("favorite", "on")]).await, 204);
    let page = ann.reads(&format!("{}/notifications", ann.room), "text/html").await;
    assert!(page.text().contains(r#"value="nothing" required checked"#) && !page.text().contains(checked));
    assert!(page.text().contains(r#"name="favorite" value="on" checked"#));
    assert_eq!(house.read(&format!("{}/notifications", ann.room), "text/html").await.status, 401);
    assert!(!house.read(&ann.room, "text/html").await.text().contains("popovertarget=\"bell\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_four_levels_and_changing_one_reads_nothing() {
    let (_house, ann, ..) = open().await;
    for form in [vec![], vec![("level", "usual")], vec![("level", "<b>")], vec![("level", "")]] {
        assert_eq!(sets(&ann, &form).await, 422, "{form:?}");
    }
    assert_eq!(sets(&ann, &[("level", "nothing"), ("favorite", "maybe")]).await, 422);
    assert_eq!(sets(&ann, &[("level", "nothing"), ("level", "hidden")]).await, 422);
    assert_eq!(sets(&ann, &[("level", "everything")]).await, 204);
    assert_eq!(unread(&ann).await, (1, 0));
}
