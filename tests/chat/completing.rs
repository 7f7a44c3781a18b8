//! Completing what was begun: what fits comes, best first, and nothing that whoever asks could not see anyway.

use serde_json::Value;

use crate::harness::{ANN, Answer, BEN, Guest, House, ROOM, ask, encoded, escaped};
use crate::staff::{GARDEN, Staffed};

const GARDEN_ADDRESS: &str = "garden-<b>";
const ROOM_ADDRESS: &str = "café-12-3-🚀-<i>";

fn path(room: &str, q: &str) -> String {
    format!("/autocomplete?room={}&q={}", encoded(room), encoded(q))
}

async fn asks(guest: &Guest, room: &str, q: &str) -> Answer {
    guest.reads(&path(room, q), "application/json").await
}

/// The names of what is offered, in its order.
async fn named(guest: &Guest, room: &str, q: &str) -> Vec<String> {
    column(guest, room, q, "name").await
}

async fn column(guest: &Guest, room: &str, q: &str, key: &str) -> Vec<String> {
    let answer = asks(guest, room, q).await;
    assert_eq!(answer.status, 200, "{q}: {}", answer.text());
    let text = |choice: &Value| choice[key].as_str().expect("it is a text").to_owned();
    answer.json().as_array().expect("a list").iter().map(text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_by_the_start_of_their_name_then_of_a_word_then_by_what_is_inside_and_speakers_first() {
    let house = House::open().await;
    let asker = house.guest(BEN, ROOM).await;
    for name in ["Roman", "Lee Anders", "Anna", "Andrew", "René"] {
        house.guest(name, ROOM).await;
    }
    assert_eq!(named(&asker, ROOM_ADDRESS, "@AN").await, ["Andrew", "Anna", "Lee Anders", "Roman"]);
    house.guest("Ánna", ROOM).await.posts("hello").await;
    house.guest("Annabel", ROOM).await.posts("hello").await;
    assert_eq!(named(&asker, ROOM_ADDRESS, "@ann").await, ["Annabel", "Anna"]);
    assert_eq!(named(&asker, ROOM_ADDRESS, "@ＲＥＮe\u{301}").await, ["René"], "folded as names are");
    assert_eq!(named(&asker, ROOM_ADDRESS, "@").await[..2], ["Annabel", "Ánna"], "without a letter those who spoke");
    assert!(named(&asker, ROOM_ADDRESS, "@ben").await.is_empty(), "nobody speaks to themselves");
    for n in 0..9 {
        house.guest(&format!("Zoe {n}"), ROOM).await;
    }
    assert_eq!(named(&asker, ROOM_ADDRESS, "@zo").await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_speaks_to_whom_it_names_whatever_signs_are_in_the_name() {
    let house = House::open().await;
    let asker = house.guest("Asker", ROOM).await;
    for name in [ANN, BEN, "a*b*c", "_x_", "`q` r", "[l](e)", "~~s~~ t", "dot. dot", "\\back\\"] {
        let other = house.guest(name, ROOM).await;
        let q = format!("@{name}");
        let inserts = column(&asker, ROOM_ADDRESS, &q, "insert").await;
        let said = asker.posts(&format!("so {}and more", inserts[0])).await;
        let unread = other.reads("/unread", "application/json").await.json();
        assert_eq!(unread["rooms"][0]["mentions"], 1, "{name} by {inserts:?} in {said}: {unread}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hidden_room_only_those_who_belong_are_offered_and_it_answers_others_as_one_that_is_not_there() {
    let Staffed { house, owner, moderator, member, guest, .. } = &Staffed::open().await;
    let hidden = owner.creates("Plans", "private", &moderator.name).await;
    let address = percent_encoding::percent_decode_str(&hidden["/rooms/".len()..]).decode_utf8().unwrap().into_owned();
    assert_eq!(named(owner, &address, "@").await, [moderator.name.as_str(), "here", "room"]);
    assert_eq!(named(owner, &address, "@me").await, [] as [&str; 0], "a member of the house, and not of the room");
    assert_eq!(named(owner, GARDEN_ADDRESS, "@me").await, [member.name.as_str()]);
    let (absent, shut) = (asks(guest, "plans~0123456789abc", "@").await, asks(guest, &address, "@").await);
    assert_eq!((absent.status, shut.status), (404, 404));
    assert_eq!(absent.text(), shut.text());
    assert_eq!(named(moderator, GARDEN_ADDRESS, "#pl").await, ["Plans"]);
    assert_eq!(named(guest, GARDEN_ADDRESS, "#pl").await, [] as [&str; 0]);
    assert_eq!(
        named(guest, GARDEN_ADDRESS, &format!("#{address}")).await,
        [] as [&str; 0],
        "not by its address either"
    );
    assert_eq!(house.read(&path(GARDEN_ADDRESS, "@"), "application/json").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_put_out_or_hides_is_offered_to_nobody_by_being_here() {
    let Staffed { house: _house, owner, moderator, member, guest, .. } = &Staffed::open().await;
    member.posts("I was here").await;
    owner.sends("/settings/presence", &[]).await;
    let (_ears, _others) = (owner.listen("").await, moderator.listen("").await);
    crate::harness::until("the moderator to be here", || async {
        named(guest, GARDEN_ADDRESS, "@").await.contains(&moderator.name)
    })
    .await;
    let near = named(guest, GARDEN_ADDRESS, "@").await;
    assert!(near.contains(&member.name) && !near.contains(&owner.name), "{near:?}");
    let ban = format!("/people/{}/ban", encoded(&member.name));
    let answer = moderator.sends(&ban, &[("duration", "1h"), ("reason", "")]).await;
    assert!(answer.status < 300, "{}", answer.text());
    assert!(!named(guest, GARDEN_ADDRESS, "@").await.contains(&member.name));
    assert_eq!(named(guest, GARDEN_ADDRESS, "@mel").await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_offered_to_whoever_may_call_them() {
    let Staffed { house, creator, guest, .. } = &Staffed::open().await;
    assert_eq!(named(guest, GARDEN_ADDRESS, "@he").await, ["here"]);
    for n in 0..16 {
        house.guest(&format!("{n} more"), GARDEN).await;
    }
    assert_eq!(named(guest, GARDEN_ADDRESS, "@he").await, [] as [&str; 0], "there are 21 people by now");
    assert_eq!(named(creator, GARDEN_ADDRESS, "@he").await, ["here"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_emoji_and_commands_come_by_their_signs() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    ann.in_room("The cafeteria").await;
    let other = ann.in_room("Café two").await;
    assert_eq!(named(&ann, ROOM_ADDRESS, "#CAFÉ").await, ["Café two", ROOM]);
    assert_eq!(named(&ann, ROOM_ADDRESS, "#cafe").await, ["The cafeteria"]);
    let insert = &column(&ann, ROOM_ADDRESS, "#café t", "insert").await[0];
    let said = ask(ann.post().json(&serde_json::json!({ "body": format!("see {insert}") }))).await.json();
    assert!(said["html"].as_str().is_some_and(|html| html.contains(&format!("href=\"{}\"", other.room))), "{said}");
    assert_eq!(column(&ann, ROOM_ADDRESS, ":tada", "insert").await, ["🎉 "]);
    assert_eq!(named(&ann, ROOM_ADDRESS, "/").await, ["me", "shrug", "topic", "help"]);
    assert_eq!(column(&ann, ROOM_ADDRESS, "/To", "insert").await, ["/topic "]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_beginning_is_refused_and_a_page_gets_options() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    ben.posts("here").await;
    for wrong in ["", "x", "<script>", &format!("@{}", "é".repeat(81))] {
        let refused = asks(&ann, ROOM_ADDRESS, wrong).await;
        assert_eq!(refused.status, 422, "{wrong:?}");
        assert!(refused.text().contains("`q` must start with @, :, # or /"), "{}", refused.text());
    }
    assert_eq!(asks(&ann, ROOM_ADDRESS, &format!("@{}", "é".repeat(80))).await.status, 200);
    let answer = ann.reads(&path(ROOM_ADDRESS, "@"), "text/html").await;
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let option =
        format!("<li id=\"choice-0\" role=\"option\" aria-selected=\"true\" data-insert=\"@{} \">", escaped(BEN));
    assert!(answer.text().starts_with(&option), "{}", answer.text());
    let page = ann.reads(&ann.room, "text/html").await;
    let address = format!("data-completes=\"{}\"", escaped(&path(ROOM_ADDRESS, "")));
    assert!(page.text().contains(&address), "the page asks there: {address}");
}
