//! Going to another room: every room that somebody may go to is found by its name, and no other, in whatever form they ask.

use serde_json::Value;
use taproom::domain::{Actor, Command, Envelope, RoomName, UserId};
use taproom::live::ReplayLimits;
use taproom::store::Store;

use crate::harness::{ANN, BEN, Guest, House, ROOM, ask, encoded, escaped};
use crate::names::renames;
use crate::past::{self, Past};
use crate::staff::{GARDEN, Staffed, page_of};

/// The forms in which the list is told.
const FORMS: [(&str, &str); 5] = [
    ("", "text/html"),
    ("as=dialog&", "text/html"),
    ("as=list&", "text/html"),
    ("", "application/json"),
    ("", "text/plain"),
];

/// The rooms that somebody is shown, by name and in order.
async fn found(guest: &Guest, q: &str) -> Vec<String> {
    let answer = guest.reads(&format!("/switcher?q={}", encoded(q)), "application/json").await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "private, no-cache"), "{q}");
    let rooms: Vec<Value> = serde_json::from_slice(&answer.bytes).expect("a list");
    rooms.iter().map(|room| room["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rooms_with_something_new_come_first_then_those_on_top_then_the_rest() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "Elm").await, house.guest(BEN, "Elm").await);
    for name in ["Alder", "Birch", "Cedar", "Dogwood"] {
        ann.creates(name, "open", "").await;
    }
    let (spoken_to, unread) = (ann.in_room("Dogwood").await, ann.in_room("Cedar").await);
    for room in [&spoken_to, &unread] {
        let first = room.posts("a first word").await.to_string();
        assert_eq!(room.sends(&format!("{}/read", room.room), &[("seq", &first)]).await.status, 204);
        let other = Guest { room: room.room.clone(), ..ben.clone() };
        other.posts(&if room.room == unread.room { "another".to_owned() } else { format!("@{ANN}, look") }).await;
    }
    assert_eq!(ann.sends("/rooms/birch/notifications", &[("level", "mentions"), ("favorite", "on")]).await.status, 204);
    let talk = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    assert_eq!(found(&ann, "").await, ["Dogwood", "Cedar", "Birch", BEN, "Alder", "Elm"]);
    assert_eq!(found(&ann, " d ").await[0], "Dogwood", "what is sought is where the name begins");
    assert_eq!(found(&ann, "e").await[0], "Elm", "though Cedar has more to read");
    let page = ann.reads("/switcher?q=cedar", "text/html").await;
    assert!(page.text().contains("1<span class=\"sr\"> unread</span>"), "{}", page.text());
    let rooms = ann.reads("/switcher?q=dog", "application/json").await.json();
    assert_eq!(
        (&rooms[0]["url"], &rooms[0]["unread"], &rooms[0]["mentions"], &rooms[0]["visibility"]),
        (&"/rooms/dogwood".into(), &1.into(), &1.into(), &"open".into())
    );
    let text = ann.reads(&format!("/switcher?q={}", encoded(BEN)), "text/plain").await;
    assert_eq!(text.text(), format!("{talk}\t{BEN}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_somebody_may_not_see_is_never_found() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let cid = house.guest("Cid", "lobby").await;
    let room = ann.creates("Plans <i>", "private", BEN).await;
    let talk = ann.sends("/direct", &[("names", BEN)]).await.header("location").to_owned();
    let deleted = ann.creates("Plans of old", "open", "").await;
    assert_eq!(ann.sends(&format!("{deleted}/delete"), &[]).await.status, 204);
    let (mut seen, mut unseen) = (0, 0);
    for (kind, accept) in FORMS {
        for q in ["", "plans", "PLANS+%3Ci", "old", &encoded(BEN), &encoded(ANN), &room["/rooms/".len()..]] {
            let path = format!("/switcher?{kind}q={q}");
            let nobody = house.read(&path, accept).await;
            for answer in [&nobody, &cid.reads(&path, accept).await] {
                assert_eq!(answer.status, 200, "{path}");
                let told = answer.text().replace(&format!("value=\"{}\"", escaped("PLANS <i")), "");
                let address =
                    |address: &str| told.contains(&format!("{address}\"")) || told.contains(&format!("{address}\t"));
                assert!(!told.contains("Plans") && !address(&room) && !address(&talk), "{path} as {accept}: {told}");
                unseen += 1;
            }
            let theirs = ben.reads(&path, accept).await;
            assert!(!theirs.text().contains("Plans of old"), "what was deleted is not found");
            seen += usize::from(theirs.text().contains(&room));
        }
    }
    assert!(unseen == 70 && seen >= 15, "{unseen} answers have nothing of it, {seen} of a member's have");
    assert_eq!(ann.sends(&format!("{room}/members/{}/remove", encoded(BEN)), &[]).await.status, 200);
    assert_eq!(found(&ben, "plans").await, [""; 0], "whoever was taken out finds it no more");
    assert_eq!(found(&ann, "plans").await, ["Plans <i>"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_hundreds_of_rooms_each_is_found_by_words_of_its_name_those_too_that_stand_in_no_list() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    for n in 0..120 {
        ann.creates(&format!("Room {n:03} Straße"), "open", "").await;
    }
    assert_eq!(found(&ann, "").await.len(), 50, "a list has an end");
    assert_eq!(found(&ann, "room straSSe").await, [""; 0], "letters are compared, not spellings");
    assert_eq!(found(&ann, "STRASSE 003").await, [""; 0]);
    assert_eq!(found(&ann, "straße 003").await, ["Room 003 Straße"], "words in any order");
    assert_eq!(found(&ann, "CAFÉ <I>").await, [ROOM]);
    let hidden = [("level", "hidden")];
    assert_eq!(ann.sends("/rooms/room-119-stra%C3%9Fe/notifications", &hidden).await.status, 204);
    assert!(!found(&ann, "").await.contains(&"Room 119 Straße".to_owned()), "one that was put away");
    assert_eq!(found(&ann, "119").await, ["Room 119 Straße"], "is found by whoever seeks it");
    let page = ann.reads("/switcher?q=stra%C3%9Fe+003", "text/html").await;
    assert!(page.text().contains("href=\"/rooms/room-003-stra%C3%9Fe\""), "forms write blanks so: {}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_a_part_of_their_name_by_whoever_is_in_the_house_and_by_a_former_one_only_as_a_whole() {
    let Staffed { house, moderator, member, guest, .. } = &Staffed::open().await;
    for name in ["Eve <i> Lane", "Dee Lane-Fox", "Melanie"] {
        house.guest(name, GARDEN).await;
    }
    let people = async |who: &Guest, q: &str| {
        let page = who.reads(&format!("/switcher?as=list&q={}", encoded(q)), "text/html").await.text().to_owned();
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
    assert_eq!(people(member, "mel").await, ["Melanie"], "nobody talks with themselves");
    let nobody = house.read("/switcher?as=list&q=lane", "text/html").await;
    assert!(!nobody.text().contains("Talk with"), "{}", nobody.text());
    assert_eq!(renames(member, "Quinn").await, 204);
    assert_eq!(people(guest, "mel?").await, [""; 0]);
    assert_eq!(people(guest, mel).await, ["Quinn"], "whoever knows it has been told it");
    guest.sends("/direct", &[("names", dee)]).await;
    assert_eq!(people(guest, "lane").await, [eve], "with others one talks already");
    let ban = [("duration", "1h"), ("reason", "so <b>rude</b>")];
    assert_eq!(moderator.sends(&format!("{}/ban", page_of("Melanie")), &ban).await.status, 200);
    for q in ["melan", "Melanie"] {
        assert_eq!(people(guest, q).await, [""; 0], "whoever was put outside is found by no name: {q}");
    }
}

/// Somebody opens rooms, one after the other.
fn opens(store: &Store, by: UserId, names: impl Iterator<Item = String>) {
    let open = |name: String| Command::OpenRoom { room: RoomName::parse(&name).unwrap() };
    let asked: Vec<Envelope> =
        names.map(|name| Envelope { actor: Actor::User(by), nonce: None, command: open(name) }).collect();
    for batch in asked.chunks(500) {
        assert!(store.commit(past::now(), batch).unwrap().iter().all(Result::is_ok));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_words_a_room_is_found_among_the_two_thousand_used_last_and_by_its_whole_name_among_all() {
    let directory = tempfile::tempdir().unwrap();
    let store = past::store(directory.path());
    let ann = Past::enters(&store, past::now(), ANN, "A needle & thread");
    opens(&store, ann.user(), ["One needle".to_owned(), "Two needle".to_owned()].into_iter());
    opens(&store, ann.user(), (0..1_999).map(|n| format!("Straw {n}")));
    drop(store);
    let house = House::open_on(directory, ReplayLimits::default()).await;
    let ann = ann.guest(&house);
    assert_eq!(found(&ann, "needle").await, ["Two needle"], "it is the 2,000th, and the other one more");
    for q in ["one NEEDLE", " One needle ", "one-needle"] {
        assert_eq!(found(&ann, q).await, ["One needle"], "{q}");
    }
    assert_eq!(found(&ann, "one need").await, [""; 0]);
    assert_eq!(found(&ann, "Straw 7").await[0], "Straw 7", "of fifty the one that is called so is first");
    Guest { room: "/rooms/straw-3".to_owned(), ..ann.clone() }.posts("said").await;
    assert_eq!(found(&ann, "needle").await, ["Two needle"], "a room in which something is said is no room more");
    ann.in_room("One straw more").await;
    assert_eq!(found(&ann, "needle").await, [""; 0]);
    assert_eq!(found(&ann, "two needle").await, ["Two needle"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sought_may_be_as_long_as_a_name_and_no_longer() {
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
async fn a_talk_with_somebody_is_offered_until_there_is_one() {
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
    let nameless = house.read(&format!("/switcher?as=list&q={}", encoded(BEN)), "text/html").await;
    assert!(!nameless.text().contains("/direct"));
    let list = ann.reads(&format!("/switcher?as=list&q={}", encoded(BEN)), "text/html").await;
    assert!(list.text().contains(&format!("name=\"names\" value=\"{}\"", escaped(BEN))), "{}", list.text());
    let request = house.post("/direct").header("cookie", ann.cookie()).header("accept", "text/html");
    let talk = ask(request.form(&[("names", BEN)])).await;
    assert_eq!(talk.status, 303);
    assert!(!offers(&ann, BEN).await && !offers(&ben, ANN).await, "there it is a room like others");
    assert_eq!(found(&ben, ANN).await, [ANN]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_house_does_not_admit_is_offered_nobody() {
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
async fn help_is_a_page_and_the_same_over_a_page_and_tells_of_every_word_behind_a_slash() {
    let house = House::open().await;
    let (page, over) = (house.read("/help", "text/html").await, house.read("/help?as=dialog", "text/html").await);
    assert_eq!((page.status, over.status), (200, 200));
    let (_, help) = over.text().split_once("<div class=\"help\">").expect("there is help");
    assert!(page.text().contains(help), "{help}");
    assert!(page.text().starts_with("<!DOCTYPE html>") && !over.text().contains("<html"));
    for part in ["<kbd>Ctrl</kbd> <kbd>k</kbd>", "<strong>bold</strong>", ">strikethrough</"] {
        assert!(help.contains(part), "{part} in {help}");
    }
    let words = house.read("/help", "text/plain").await;
    assert!(words.text().lines().count() >= 4);
    for line in words.text().lines() {
        let word = line.split(' ').next().unwrap();
        assert!(help.contains(&format!("<code>{word}</code>")), "{word}");
    }
}
