//! Room settings: who can change them, what listeners receive, archiving, deleting and restoring.

use crate::harness::{ANN, BEN, Guest, House};
use crate::staff::{GARDEN_PATH, Staffed};

/// A server with a room that Ann created; Ben did not.
async fn open() -> (House, Guest, Guest, String) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let room = ann.creates("Café 7", "open", "").await;
    (house, ann, ben, room)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_slug_leads_to_the_room_until_another_room_takes_it() {
    let (_house, ann, ben, room) = open().await;
    let renamed = ann.sends(&format!("{room}/settings"), &[("name", "Bar <8>"), ("topic", "What & why")]).await.json();
    assert_eq!(
        (&renamed["name"], &renamed["topic"], &renamed["url"]),
        (&"Bar <8>".into(), &"What & why".into(), &"/rooms/bar-%3C8%3E".into())
    );
    let moved = ben.reads(&format!("{room}?after=1"), "text/html").await;
    assert_eq!((moved.status, moved.header("location")), (303, "/rooms/bar-%3C8%3E?after=1"));
    assert_eq!(ben.sends(&format!("{room}/messages"), &[("body", "by the old slug")]).await.status, 201);
    let page = ben.reads("/rooms/bar-%3C8%3E", "text/html").await;
    assert!(page.text().contains("Bar &lt;8&gt;</h1>") && page.text().contains("What &amp; why"));
    let new = ben.creates("Café 7", "open", "").await;
    assert_eq!(new, room);
    assert_eq!(ben.reads(&room, "text/html").await.status, 200, "the new room has the slug now");
    assert_eq!(ann.sends("/rooms/bar-%3C8%3E/settings", &[("name", "Café 7")]).await.status, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_creator_changes_a_room_and_every_listener_receives_the_change() {
    let (_house, ann, ben, room) = open().await;
    for path in ["settings", "archive", "delete", "members"] {
        assert_eq!(ben.sends(&format!("{room}/{path}"), &[("name", "Mine")]).await.status, 403, "{path}");
    }
    let (mut page, mut json) = (ben.listens(&room, "").await, ben.listens(&room, "as=json").await);
    assert_eq!(ann.sends(&format!("{room}/settings"), &[("topic", "New")]).await.status, 200);
    let reset = loop {
        let event = page.next().await.expect("the stream goes on");
        if event.name == "reset" {
            break event;
        }
    };
    assert!(reset.id.is_some(), "a page that is fetched again resumes here");
    let change: serde_json::Value = serde_json::from_str(&json.hears().await.data).unwrap();
    assert_eq!((&change["kind"], &change["room"]["topic"]), (&"room_changed".into(), &"New".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archived_room_is_read_only() {
    let (_house, ann, ben, room) = open().await;
    let posting = Guest { room: room.clone(), ..ann.clone() };
    posting.posts("before").await;
    assert_eq!(ann.sends(&format!("{room}/archive"), &[("archived", "yes")]).await.json()["archived"], true);
    for guest in [&ann, &ben] {
        assert_eq!(guest.sends(&format!("{room}/messages"), &[("body", "after")]).await.status, 403);
        assert!(!guest.reads(&room, "text/html").await.text().contains("id=\"composer\""));
        assert_eq!(guest.reads(&room, "application/json").await.json()["messages"].as_array().unwrap().len(), 1);
    }
    assert_eq!(ann.sends(&format!("{room}/archive"), &[("archived", "perhaps")]).await.status, 422);
    assert_eq!(ann.sends(&format!("{room}/archive"), &[("archived", "no")]).await.json()["archived"], false);
    posting.posts("again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_room_disappears_and_its_creator_can_restore_it() {
    let (house, ann, ben, room) = open().await;
    Guest { room: room.clone(), ..ann.clone() }.posts("precious").await;
    let mut ears = ben.listens(&room, "as=json").await;
    assert_eq!(ann.sends(&format!("{room}/delete"), &[]).await.status, 204);
    while let Some(event) = ears.next().await {
        assert!(event.name == "gone" || !event.is_change(), "{event:?}");
    }
    for guest in [&ann, &ben] {
        assert_eq!(guest.reads(&room, "text/html").await.status, 404);
        assert_eq!(guest.sends(&format!("{room}/messages"), &[("body", "x")]).await.status, 404);
    }
    assert!(!house.read("/", "text/html").await.text().contains("Café 7"));
    assert!(ann.reads("/rooms", "text/html").await.text().contains("Restore"));
    assert!(!ben.reads("/rooms", "text/html").await.text().contains("Restore"));
    assert_eq!(ben.sends(&format!("{room}/undelete"), &[]).await.status, 404);
    assert_eq!(ann.sends(&format!("{room}/undelete"), &[]).await.status, 200);
    assert_eq!(ben.reads(&room, "application/json").await.json()["messages"][0]["body"], "precious");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_may_no_longer_join_cannot_restore_a_room() {
    let staffed = Staffed::open().await;
    let Staffed { owner, creator, .. } = &staffed;
    let set_join_policy = async |join_policy: &str| {
        let form =
            [("name", "Server"), ("join_policy", join_policy), ("room_creation", "guest"), ("allow_guests", "on")];
        assert_eq!(owner.sends("/admin/settings", &form).await.status, 200);
    };
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/delete"), &[]).await.status, 204);
    set_join_policy("members").await;
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/undelete"), &[]).await.status, 404, "as if it did not exist");
    set_join_policy("anyone").await;
    assert_eq!(creator.sends(&format!("{GARDEN_PATH}/undelete"), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_mode_applies_to_everyone_but_moderators() {
    let (_house, ann, ben, room) = open().await;
    assert_eq!(ann.sends(&format!("{room}/settings"), &[("slow_mode_s", "3600")]).await.json()["slow_mode_s"], 3600);
    let post = format!("{room}/messages");
    assert_eq!(ben.sends(&post, &[("body", "one")]).await.status, 201);
    let second = ben.sends(&post, &[("body", "two")]).await;
    assert_eq!(second.status, 429);
    let wait: u64 = second.header("retry-after").parse().unwrap();
    assert!((3_000..=3_600).contains(&wait), "{wait}");
    for text in ["one", "two"] {
        assert_eq!(ann.sends(&post, &[("body", text)]).await.status, 201);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_shown_beside_their_field_and_typed_values_stay() {
    let (_house, ann, _ben, room) = open().await;
    let settings = format!("{room}/settings");
    let long = "t".repeat(200);
    assert_eq!(ann.sends(&settings, &[("topic", &long)]).await.status, 200);
    let over = "t".repeat(201);
    for (field, value) in [
        ("topic", over.as_str()),
        ("visibility", "direct"),
        ("visibility", "<b>"),
        ("slow_mode_s", "-1"),
        ("slow_mode_s", "21601"),
        ("name", " "),
        ("name", "/"),
    ] {
        let answer = ann.sends(&settings, &[(field, value)]).await;
        assert_eq!(answer.status, 422, "{field}={value}: {}", answer.text());
    }
    let page = ann.http.post(format!("{}{settings}", ann.url)).bearer_auth(&ann.token).header("accept", "text/html");
    let page = crate::harness::ask(page.form(&[("name", "Kept <i>"), ("slow_mode_s", "x")])).await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("value=\"Kept &lt;i&gt;\"") && page.text().contains("slow_mode_s-error"));
    let page = ann.http.post(format!("{}/rooms", ann.url)).bearer_auth(&ann.token).header("accept", "text/html");
    let page =
        crate::harness::ask(page.form(&[("name", "Ours"), ("visibility", "private"), ("members", "Nobody <i>")])).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("value=\"Nobody &lt;i&gt;\"") && page.text().contains("members-error"));
}
