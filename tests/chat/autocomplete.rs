//! Autocomplete: matches come best first, and nothing is offered that the visitor could not see elsewhere.

use serde_json::Value;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, encoded, escaped};
use crate::staff::{GARDEN, Staffed};

const GARDEN_SLUG: &str = "garden-<b>";
const ROOM_SLUG: &str = "café-12-3-🚀-<i>";

fn path(room: &str, q: &str) -> String {
    format!("/autocomplete?room={}&q={}", encoded(room), encoded(q))
}

async fn autocompletes(guest: &Guest, room: &str, q: &str) -> Answer {
    guest.reads(&path(room, q), "application/json").await
}

/// The names of the suggestions, in order.
async fn names(guest: &Guest, room: &str, q: &str) -> Vec<String> {
    column(guest, room, q, "name").await
}

async fn column(guest: &Guest, room: &str, q: &str, key: &str) -> Vec<String> {
    let answer = autocompletes(guest, room, q).await;
    assert_eq!(answer.status, 200, "{q}: {}", answer.text());
    let text = |suggestion: &Value| suggestion[key].as_str().expect("it is a text").to_owned();
    answer.json().as_array().expect("a list").iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_ranked_by_match_and_recent_authors_come_first() {
    let house = House::open().await;
    let asker = house.guest(BEN, ROOM).await;
    for name in ["Roman", "Lee Anders", "Anna", "Andrew", "René"] {
        house.guest(name, ROOM).await;
    }
    assert_eq!(names(&asker, ROOM_SLUG, "@AN").await, ["Andrew", "Anna", "Lee Anders", "Roman"]);
    house.guest("Ánna", ROOM).await.posts("hello").await;
    house.guest("Annabel", ROOM).await.posts("hello").await;
    assert_eq!(names(&asker, ROOM_SLUG, "@ann").await, ["Annabel", "Anna"]);
    assert_eq!(names(&asker, ROOM_SLUG, "@ＲＥＮe\u{301}").await, ["René"], "folded as names are");
    assert_eq!(names(&asker, ROOM_SLUG, "@").await[..2], ["Annabel", "Ánna"], "an empty query offers recent authors");
    assert!(names(&asker, ROOM_SLUG, "@ben").await.is_empty(), "nobody is offered their own name");
    for n in 0..9 {
        house.guest(&format!("Zoe {n}"), ROOM).await;
    }
    assert_eq!(names(&asker, ROOM_SLUG, "@zo").await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inserted_mention_works_for_any_name() {
    let house = House::open().await;
    let asker = house.guest("Asker", ROOM).await;
    for name in [ANN, BEN, "a*b*c", "_x_", "`q` r", "[l](e)", "~~s~~ t", "dot. dot", "\\back\\"] {
        let other = house.guest(name, ROOM).await;
        let q = format!("@{name}");
        let inserts = column(&asker, ROOM_SLUG, &q, "insert").await;
        let message = asker.posts(&format!("so {}and more", inserts[0])).await;
        let unread = other.reads("/unread", "application/json").await.json();
        assert_eq!(unread["rooms"][0]["mentions"], 1, "{name} by {inserts:?} in {message}: {unread}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_room_offers_only_its_members_and_is_missing_for_others() {
    let Staffed { house, owner, moderator, member, guest, .. } = &Staffed::open().await;
    let hidden = owner.creates("Plans", "private", &moderator.name).await;
    let slug = percent_encoding::percent_decode_str(&hidden["/rooms/".len()..]).decode_utf8().unwrap().into_owned();
    assert_eq!(names(owner, &slug, "@").await, [moderator.name.as_str(), "here", "room"]);
    assert_eq!(names(owner, &slug, "@me").await, [] as [&str; 0], "a member of the server, but not of the room");
    assert_eq!(names(owner, GARDEN_SLUG, "@me").await, [member.name.as_str()]);
    let (missing, hidden) =
        (autocompletes(guest, "plans~0123456789abc", "@").await, autocompletes(guest, &slug, "@").await);
    assert_eq!((missing.status, hidden.status), (404, 404));
    assert_eq!(missing.text(), hidden.text());
    assert_eq!(names(moderator, GARDEN_SLUG, "#pl").await, ["Plans"]);
    assert_eq!(names(guest, GARDEN_SLUG, "#pl").await, [] as [&str; 0]);
    assert_eq!(names(guest, GARDEN_SLUG, &format!("#{slug}")).await, [] as [&str; 0], "not by its slug either");
    assert_eq!(house.read(&path(GARDEN_SLUG, "@"), "application/json").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn banned_and_hidden_people_are_not_offered_as_present() {
    let Staffed { house: _house, owner, moderator, member, guest, .. } = &Staffed::open().await;
    member.posts("I was here").await;
    owner.sends("/settings/presence", &[]).await;
    let (_ears, _others) = (owner.listen("").await, moderator.listen("").await);
    crate::harness::until("the moderator to be here", || async {
        names(guest, GARDEN_SLUG, "@").await.contains(&moderator.name)
    })
    .await;
    let offered = names(guest, GARDEN_SLUG, "@").await;
    assert!(offered.contains(&member.name) && !offered.contains(&owner.name), "{offered:?}");
    let ban = format!("/people/{}/ban", encoded(&member.name));
    let answer = moderator.sends(&ban, &[("duration", "1h"), ("reason", "")]).await;
    assert!(answer.status < 300, "{}", answer.text());
    assert!(!names(guest, GARDEN_SLUG, "@").await.contains(&member.name));
    assert_eq!(names(guest, GARDEN_SLUG, "@mel").await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcast_mentions_are_offered_to_those_who_can_use_them() {
    let Staffed { house, creator, guest, .. } = &Staffed::open().await;
    assert_eq!(names(guest, GARDEN_SLUG, "@he").await, ["here"]);
    for n in 0..16 {
        house.guest(&format!("{n} more"), GARDEN).await;
    }
    assert_eq!(names(guest, GARDEN_SLUG, "@he").await, [] as [&str; 0], "the room now has 21 people");
    assert_eq!(names(creator, GARDEN_SLUG, "@he").await, ["here"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_emoji_and_commands_are_found_by_their_prefixes() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.in_room("The cafeteria").await;
    let other = ann.in_room("Café two").await;
    assert_eq!(names(&ann, ROOM_SLUG, "#CAFÉ").await, ["Café two", ROOM]);
    assert_eq!(names(&ann, ROOM_SLUG, "#cafe").await, ["The cafeteria"]);
    let insert = &column(&ann, ROOM_SLUG, "#café t", "insert").await[0];
    let message = ask(ann.post().json(&serde_json::json!({ "body": format!("see {insert}") }))).await.json();
    assert!(
        message["html"].as_str().is_some_and(|html| html.contains(&format!("href=\"{}\"", other.room))),
        "{message}"
    );
    assert_eq!(column(&ann, ROOM_SLUG, ":tada", "insert").await, ["🎉 "]);
    assert_eq!(names(&ann, ROOM_SLUG, "/").await, ["me", "shrug", "topic", "help"]);
    assert_eq!(column(&ann, ROOM_SLUG, "/To", "insert").await, ["/topic "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_prefixes_are_refused_and_a_page_gets_options() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    ben.posts("here").await;
    for invalid in ["", "x", "<script>", &format!("@{}", "é".repeat(81))] {
        let refused = autocompletes(&ann, ROOM_SLUG, invalid).await;
        assert_eq!(refused.status, 422, "{invalid:?}");
        assert!(refused.text().contains("`q` must start with @, :, # or /"), "{}", refused.text());
    }
    assert_eq!(autocompletes(&ann, ROOM_SLUG, &format!("@{}", "é".repeat(80))).await.status, 200);
    let answer = ann.reads(&path(ROOM_SLUG, "@"), "text/html").await;
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let option =
        format!("<li id=\"choice-0\" role=\"option\" aria-selected=\"true\" data-insert=\"@{} \">", escaped(BEN));
    assert!(answer.text().starts_with(&option), "{}", answer.text());
    let page = ann.reads(&ann.room, "text/html").await;
    let attribute = format!("data-completes=\"{}\"", escaped(&path(ROOM_SLUG, "")));
    assert!(page.text().contains(&attribute), "the page has {attribute}");
}
