//! The switcher: it finds every room that a person may see by its name, and no other room, in every form.

use serde_json::Value;
use taproom::domain::{Actor, Command, Envelope, RoomName, UserId};
use taproom::live::ReplayLimits;
use taproom::store::Store;

use crate::harness::{ANN, BEN, Guest, House, ROOM, ask, encoded, escaped};
use crate::names::renames;
use crate::past::{self, Past};
use crate::staff::{GARDEN, Staffed, page_of};

/// The forms of the list: query and `Accept`.
const FORMS: [(&str, &str); 5] = [
    ("", "text/html"),
    ("as=dialog&", "text/html"),
    ("as=list&", "text/html"),
    ("", "application/json"),
    ("", "text/plain"),
];

/// The names of the rooms that a guest finds, in order.
async fn found(guest: &Guest, q: &str) -> Vec<String> {
    let answer = guest.reads(&format!("/switcher?q={}", encoded(q)), "application/json").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"), "{q}");
    let rooms: Vec<Value> = serde_json::from_slice(&answer.bytes).expect("a list");
    rooms.iter().map(|room| room["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_with_unread_messages_come_first_then_favorites_then_the_rest() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "Elm").await, house.guest(BEN, "Elm").await);
    for name in ["Alder", "Birch", "Cedar", "Dogwood"] {
        ann.creates(name, "open", "").await;
    }
    let (mentioned, unread) = (ann.in_room("Dogwood").await, ann.in_room("Cedar").await);
    for room in [&mentioned, &unread] {
        let first = room.posts("a first word").await.to_string();
        assert_eq!(room.sends(&format!("{}/read", room.room), &[("seq", &first)]).await.status, 204);
        let other = Guest { room: room.room.clone(), ..ben.clone() };
        other.posts(&if room.room == unread.room { "another".to_owned() } else { format!("@{ANN}, look") }).await;
    }
    assert_eq!(ann.sends("/rooms/birch/notifications", &[("level", "mentions"), ("favorite", "on")]).await.status, 204);
    let direct = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    assert_eq!(found(&ann, "").await, ["Dogwood", "Cedar", "Birch", BEN, "Alder", "Elm"]);
    assert_eq!(found(&ann, " d ").await[0], "Dogwood", "a name that begins with the query");
    assert_eq!(found(&ann, "e").await[0], "Elm", "though Cedar has more to read");
    let page = ann.reads("/switcher?q=cedar", "text/html").await;
    assert!(page.text().contains("1<span class=\"sr\"> unread</span>"), "{}", page.text());
    let rooms = ann.reads("/switcher?q=dog", "application/json").await.json();
    assert_eq!(
        (&rooms[0]["url"], &rooms[0]["unread"], &rooms[0]["mentions"], &rooms[0]["visibility"]),
        (&"/rooms/dogwood".into(), &1.into(), &1.into(), &"open".into())
    );
    let text = ann.reads(&format!("/switcher?q={}", encoded(BEN)), "text/plain").await;
    assert_eq!(text.text(), format!("{direct}\t{BEN}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_finds_a_room_they_may_not_see() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let cid = house.guest("Cid", "lobby").await;
    let room = ann.creates("Plans <i>", "private", BEN).await;
    let direct = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    let deleted = ann.creates("Plans of old", "open", "").await;
    assert_eq!(ann.sends(&format!("{deleted}/delete"), &[]).await.status, 204);
    let (mut seen, mut unseen) = (0, 0);
    for (shape, accept) in FORMS {
        for q in ["", "plans", "PLANS+%3Ci", "old", &encoded(BEN), &encoded(ANN), &room["/rooms/".len()..]] {
            let path = format!("/switcher?{shape}q={q}");
            let anonymous = house.read(&path, accept).await;
            for answer in [&anonymous, &cid.reads(&path, accept).await] {
                assert_eq!(answer.status, 200, "{path}");
                let text = answer.text().replace(&format!("value=\"{}\"", escaped("PLANS <i")), "");
                let has_address =
                    |path: &str| text.contains(&format!("{path}\"")) || text.contains(&format!("{path}\t"));
                assert!(
                    !text.contains("Plans") && !has_address(&room) && !has_address(&direct),
                    "{path} as {accept}: {text}"
                );
                unseen += 1;
            }
            let theirs = ben.reads(&path, accept).await;
            assert!(!theirs.text().contains("Plans of old"), "a deleted room is not found");
            seen += usize::from(theirs.text().contains(&room));
        }
    }
    assert!(unseen == 70 && seen >= 15, "{unseen} answers do not have the room, {seen} of a member do");
    assert_eq!(ann.sends(&format!("{room}/members/{}/remove", encoded(BEN)), &[]).await.status, 200);
    assert_eq!(found(&ben, "plans").await, [""; 0], "a removed member no longer finds it");
    assert_eq!(found(&ann, "plans").await, ["Plans <i>"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_room_is_found_by_words_of_its_name_also_outside_the_sidebar() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..120 {
        ann.creates(&format!("Room {n:03} Straße"), "open", "").await;
    }
    assert_eq!(found(&ann, "").await.len(), 50, "a list has at most fifty rooms");
    assert_eq!(found(&ann, "room straSSe").await, [""; 0], "letters are compared exactly");
    assert_eq!(found(&ann, "STRASSE 003").await, [""; 0]);
    assert_eq!(found(&ann, "straße 003").await, ["Room 003 Straße"], "words in any order");
    assert_eq!(found(&ann, "CAFÉ <I>").await, [ROOM]);
    let hidden = [("level", "hidden")];
    assert_eq!(ann.sends("/rooms/room-119-stra%C3%9Fe/notifications", &hidden).await.status, 204);
    assert!(!found(&ann, "").await.contains(&"Room 119 Straße".to_owned()), "a hidden room is not listed");
    assert_eq!(found(&ann, "119").await, ["Room 119 Straße"], "a search finds it");
    let page = ann.reads("/switcher?q=stra%C3%9Fe+003", "text/html").await;
    assert!(
        page.text().contains("href=\"/rooms/room-003-stra%C3%9Fe\""),
        "forms encode a space as a plus: {}",
        page.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_part_of_their_name_or_a_whole_former_name() {
    let Staffed { house, moderator, member, guest, .. } = &Staffed::open().await;
    for name in ["Eve <i> Lane", "Dee Lane-Fox", "Melanie"] {
        house.guest(name, GARDEN).await;
    }
    let people = async |guest: &Guest, q: &str| {
        let page = guest.reads(&format!("/switcher?as=list&q={}", encoded(q)), "text/html").await.text().to_owned();
        let parts = page.split("name=\"names\" value=\"").skip(1);
        parts.map(|part| part.split('"').next().expect("it ends").to_owned()).collect::<Vec<_>>()
    };
    let (dee, eve, mel) = ("Dee Lane-Fox", &*escaped("Eve <i> Lane"), "Mel?#%");
    for (q, found) in [
        ("LANE", vec![dee, eve]),
        ("lan", vec![dee, eve, "Melanie"]),
        ("mel", vec![mel, "Melanie"]),
        ("Mel?", vec![mel]),
        ("ève", vec![]),
        ("eve <I>", vec![eve]),
        ("", vec![]),
        (" ", vec![]),
        ("@", vec![]),
    ] {
        assert_eq!(people(guest, q).await, found, "{q:?}");
    }
    assert_eq!(people(member, "mel").await, ["Melanie"], "nobody finds themselves");
    let anonymous = house.read("/switcher?as=list&q=lane", "text/html").await;
    assert!(!anonymous.text().contains("Message "), "{}", anonymous.text());
    assert_eq!(renames(member, "Quinn").await, 204);
    assert_eq!(people(guest, "mel?").await, [""; 0]);
    assert_eq!(people(guest, mel).await, ["Quinn"], "a whole former name leads to the person");
    guest.sends("/direct", &[("names", dee)]).await;
    assert_eq!(people(guest, "lane").await, [eve], "people with a direct room are not offered again");
    let ban = [("duration", "1h"), ("reason", "so <b>rude</b>")];
    assert_eq!(moderator.sends(&format!("{}/ban", page_of("Melanie")), &ban).await.status, 200);
    for q in ["melan", "Melanie"] {
        assert_eq!(people(guest, q).await, [""; 0], "a banned person is not found: {q}");
    }
}

/// Opens rooms, one after the other.
fn opens(store: &Store, by: UserId, names: impl Iterator<Item = String>) {
    let open = |name: String| Command::OpenRoom { room: RoomName::parse(&name).unwrap() };
    let envelopes: Vec<Envelope> =
        names.map(|name| Envelope { actor: Actor::User(by), nonce: None, command: open(name) }).collect();
    for batch in envelopes.chunks(500) {
        assert!(store.commit(past::now(), batch).unwrap().iter().all(Result::is_ok));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_the_two_thousand_most_active_rooms_and_a_whole_name_finds_any() {
    let directory = tempfile::tempdir().unwrap();
    let store = past::store(directory.path());
    let ann = Past::enters(&store, past::now(), ANN, "A needle & thread");
    opens(&store, ann.user(), ["One needle".to_owned(), "Two needle".to_owned()].into_iter());
    opens(&store, ann.user(), (0..1_999).map(|n| format!("Straw {n}")));
    drop(store);
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let ann = ann.guest(&house);
    assert_eq!(found(&ann, "needle").await, ["Two needle"], "it is the 2,000th, the other one the 2,001st");
    for q in ["one NEEDLE", " One needle ", "one-needle"] {
        assert_eq!(found(&ann, q).await, ["One needle"], "{q}");
    }
    assert_eq!(found(&ann, "one need").await, [""; 0]);
    assert_eq!(found(&ann, "Straw 7").await[0], "Straw 7", "the exact name comes first");
    Guest { room: "/rooms/straw-3".to_owned(), ..ann.clone() }.posts("said").await;
    assert_eq!(found(&ann, "needle").await, ["Two needle"], "activity adds no room");
    ann.in_room("One straw more").await;
    assert_eq!(found(&ann, "needle").await, [""; 0]);
    assert_eq!(found(&ann, "two needle").await, ["Two needle"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_has_the_length_limit_of_a_name() {
    let house = House::open().await;
    let longest = format!("{} x", "W".repeat(78));
    let ann = house.guest(ANN, &longest).await;
    let words = |count: usize| format!("ww{}", " x".repeat(count));
    let (longest_words, longer) = (words(39), format!("w{}", words(39)));
    assert_eq!((longest.chars().count(), longest_words.len(), longer.len()), (80, 80, 81));
    for q in [&longest, &longest_words] {
        assert_eq!(found(&ann, q).await, std::slice::from_ref(&longest));
    }
    assert_eq!(found(&ann, &longer).await, [""; 0]);
    assert_eq!(found(&ann, &"x ".repeat(4_000)).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_offered_until_there_is_a_direct_room() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    let offers = async |guest: &Guest, q: &str| {
        let list = guest.reads(&format!("/switcher?as=list&q={}", encoded(q)), "text/html").await;
        list.text().contains("action=\"/direct\"")
    };
    assert!(offers(&ann, BEN).await && offers(&ann, &BEN.to_uppercase()).await);
    for q in ["", ANN, "Nobody"] {
        assert!(!offers(&ann, q).await, "{q}");
    }
    let anonymous = house.read(&format!("/switcher?as=list&q={}", encoded(BEN)), "text/html").await;
    assert!(!anonymous.text().contains("/direct"));
    let list = ann.reads(&format!("/switcher?as=list&q={}", encoded(BEN)), "text/html").await;
    assert!(list.text().contains(&format!("name=\"names\" value=\"{}\"", escaped(BEN))), "{}", list.text());
    let request = house.post("/direct").header("cookie", ann.cookie()).header("accept", "text/html");
    let opened = ask(request.form(&[("names", BEN)])).await;
    assert_eq!(opened.status, 303);
    assert!(!offers(&ann, BEN).await && !offers(&ben, ANN).await, "now it is found as a room");
    assert_eq!(found(&ben, ANN).await, [ANN]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_may_not_join_is_offered_nobody() {
    let staffed = Staffed::open().await;
    let Staffed { owner, guest, .. } = &staffed;
    let path = format!("/switcher?as=list&q={}", encoded(&owner.name));
    assert!(guest.reads(&path, "text/html").await.text().contains("/direct"));
    assert_eq!(
        owner
            .sends("/admin/settings", &[("name", "Fern"), ("join_policy", "members"), ("room_creation", "member")])
            .await
            .status,
        200
    );
    let list = guest.reads(&path, "text/html").await;
    assert!(list.status == 200 && !list.text().contains("/direct"), "{}", list.text());
}

#[tokio::test]
async fn help_has_the_same_content_as_page_and_dialog_and_lists_every_command() {
    let house = House::open().await;
    let (page, dialog) = (house.read("/help", "text/html").await, house.read("/help?as=dialog", "text/html").await);
    assert_eq!((page.status, dialog.status), (200, 200));
    let (_, help) = dialog.text().split_once("<div class=\"help\">").expect("the dialog has the help");
    assert!(page.text().contains(help), "{help}");
    assert!(page.text().starts_with("<!DOCTYPE html>") && !dialog.text().contains("<html"));
    for part in ["<kbd>Ctrl</kbd> <kbd>k</kbd>", "<strong>bold</strong>", ">strikethrough</"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    let commands = house.read("/help", "text/plain").await;
    assert!(commands.text().lines().count() >= 4);
    for line in commands.text().lines() {
        let command = line.split(' ').next().unwrap();
        assert!(help.contains(&format!("<code>{command}</code>")), "{command}");
    }
}
