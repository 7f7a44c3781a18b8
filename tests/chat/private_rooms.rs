//! Private and direct rooms: everyone else gets the same answers as for a room that does not exist.

use crate::harness::{ANN, Answer, BEN, Guest, House, ask, encoded};

const PLANS: &str = "Plans <i>";
/// Of the form that ends the slug of a private room.
const SALT: &str = "0000000000000";

/// A server with a private room of Ann's that has a message: Ben is a member, Cid is not.
async fn open() -> (House, Guest, Guest, Guest, String, u64) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let cid = house.guest("Cid", "lobby").await;
    let room = ann.creates(PLANS, "private", BEN).await;
    let said = Guest { room: room.clone(), ..ann.clone() }.posts("between us").await;
    (house, ann, ben, cid, room, said)
}

/// The answer without the requested slug and without what differs between any two answers.
fn comparable(answer: &Answer, address: &str) -> (u16, Vec<String>, String) {
    let mut names: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    names.retain(|line| !line.starts_with("date:") && !line.starts_with("content-length:"));
    names.sort();
    (answer.status, names, answer.text().replace(&address[address.len() - SALT.len()..], SALT))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_room_answers_strangers_like_a_missing_room() {
    let (house, ann, ben, cid, room, said) = open().await;
    let there = room.strip_prefix("/rooms/").unwrap();
    let (there, absent) = (there, format!("{}{SALT}", &there[..there.len() - SALT.len()]));
    assert!(said > 0 && absent != there);
    assert_eq!(ben.reads(&room, "application/json").await.json()["messages"][0]["body"], "between us");
    let (message, query) = (format!("/messages/{said}"), format!("?around={said}"));
    let reads = [
        "",
        "/live",
        "/older?before=99",
        "/days/2026-11-22",
        "?after=0",
        &query,
        &message,
        "/settings",
        "/live?after=0&as=json",
    ];
    let sends = [
        "/messages",
        "/settings",
        "/members",
        "/leave",
        "/archive",
        "/delete",
        "/undelete",
        &format!("/members/{}/remove", "Cid"),
    ];
    let mut probes = 0;
    for accept in ["text/html", "application/json", "text/plain", "text/event-stream", "*/*"] {
        for path in reads {
            let ask_for = async |address: &str| cid.reads(&format!("/rooms/{address}{path}"), accept).await;
            let (one, other) = (ask_for(there).await, ask_for(&absent).await);
            assert_eq!(one.status, 404, "{accept} {path}: {}", one.text());
            assert_eq!(comparable(&one, there), comparable(&other, &absent), "{accept} {path}");
            let nobody = async |address: &str| house.read(&format!("/rooms/{address}{path}"), accept).await;
            assert_eq!(
                comparable(&nobody(there).await, there),
                comparable(&nobody(&absent).await, &absent),
                "{accept} {path}"
            );
            probes += 1;
        }
    }
    for path in sends {
        let send_to = async |address: &str| {
            cid.sends(&format!("/rooms/{address}{path}"), &[("body", "x"), ("name", "Cid")]).await
        };
        let (one, other) = (send_to(there).await, send_to(&absent).await);
        assert_eq!(one.status, 404, "{path}: {}", one.text());
        assert_eq!(comparable(&one, there), comparable(&other, &absent), "{path}");
        probes += 1;
    }
    assert!(probes > 20);
    assert_eq!(ann.reads(&room, "application/json").await.json()["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_members_see_a_private_room_in_lists_and_counts() {
    let (house, ann, _ben, cid, room, _) = open().await;
    for path in ["/", "/rooms/lobby", "/rooms"] {
        let (theirs, others) = (ann.reads(path, "text/html").await, cid.reads(path, "text/html").await);
        assert_eq!((theirs.status, others.status), (200, 200));
        assert!(!others.text().contains("Plans"), "{path}");
        assert!(path == "/" || theirs.text().contains(&room), "{path} leads members to it");
        assert!(!house.read(path, "text/html").await.text().contains("Plans"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_private_room_stays_free_for_others() {
    let (house, ann, _ben, cid, room, _) = open().await;
    let open = cid.creates(PLANS, "open", "").await;
    assert_eq!(open, "/rooms/plans-%3Ci%3E");
    assert_ne!(open, room);
    let dora = house.guest("Dora", PLANS).await;
    assert_eq!(dora.room, open, "joining by that name leads to the open room");
    assert_eq!(ann.reads(&room, "application/json").await.json()["messages"][0]["body"], "between us");
    assert_eq!(cid.sends("/rooms", &[("name", PLANS)]).await.status, 409, "the name of a visible room is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_receives_nothing_more_and_cannot_resume() {
    let (_house, ann, ben, _cid, room, said) = open().await;
    let mut ears = ben.listens(&room, "after=0&as=json").await;
    assert_eq!(ears.hears_texts(1).await, ["between us"]);
    let path = format!("{room}/members/{}/remove", encoded(BEN));
    assert_eq!(ann.sends(&path, &[]).await.status, 200);
    let posting = Guest { room: room.clone(), ..ann.clone() };
    posting.posts("without Ben").await;
    let mut others = ann.listens(&room, &format!("after={said}&as=json")).await;
    assert_eq!(others.hears_texts(1).await, ["without Ben"], "other members receive it");
    let last = loop {
        let event = ears.next().await.expect("the stream announces its end");
        assert!(!event.data.contains("without Ben"));
        if event.name == "gone" {
            break event;
        }
    };
    assert!(last.id.is_none());
    assert!(ears.next().await.is_none(), "nothing follows");
    let again = ben.http.get(format!("{}{room}/live?as=json", ben.url)).bearer_auth(&ben.token);
    assert_eq!(ask(again.header("last-event-id", &ears.last_id)).await.status, 404);
    assert_eq!(ben.reads(&room, "text/html").await.status, 404);
    assert_eq!(ben.sends(&format!("{room}/messages"), &[("body", "x")]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_people_share_one_direct_room_that_never_changes() {
    let (house, ann, ben, cid, _, _) = open().await;
    let opened = ann.sends("/direct", &[("names", BEN)]).await;
    assert_eq!(opened.status, 201);
    let room = opened.header("location").to_owned();
    assert_eq!(opened.json()["name"], BEN, "it has the name of the other person");
    let found = ben.sends("/direct", &[("names", ANN)]).await;
    assert_eq!((found.header("location"), &found.json()["name"]), (room.as_str(), &ANN.into()));
    let three = ann.sends("/direct", &[("names", &format!("Cid,{BEN}"))]).await.header("location").to_owned();
    assert_ne!(three, room, "different people have a different room");
    assert_eq!(cid.reads(&room, "text/html").await.status, 404);
    // Nobody moderates a direct room, not even the person who opened it; and nobody leaves it.
    for (path, form, status) in [
        ("settings", vec![("visibility", "open")], 403),
        ("members", vec![("name", "Cid")], 403),
        ("delete", vec![], 403),
        ("leave", vec![], 422),
    ] {
        let answer = ann.sends(&format!("{room}/{path}"), &form).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    assert_eq!(cid.reads(&room, "text/html").await.status, 404);
    for names in ["", ANN, "Nobody at all", "a,b,c"] {
        assert_eq!(ann.sends("/direct", &[("names", names)]).await.status, 404, "{names}");
    }
    drop(house);
}

#[tokio::test(flavor = "multi_thread")]
async fn making_a_room_private_ends_the_streams_of_everyone_else() {
    let (_house, ann, ben, cid, _, _) = open().await;
    let room = ann.creates("Garden", "open", "").await;
    let posting = Guest { room: room.clone(), ..ann.clone() };
    let before = posting.posts("for all").await;
    let mut others = cid.listens(&room, "as=json").await;
    let mut own = ann.listens(&room, "as=json").await;
    let changed = ann.sends(&format!("{room}/settings"), &[("visibility", "private")]).await;
    let hidden = changed.json()["url"].as_str().unwrap().to_owned();
    assert_ne!(hidden, room, "its slug no longer follows from its name");
    let changed = own.hears().await;
    assert!(changed.data.contains("room_changed"), "{changed:?}");
    while let Some(event) = others.next().await {
        assert!(!event.is_change() || event.name == "gone", "{event:?}");
    }
    Guest { room: hidden.clone(), ..ann.clone() }.posts("for some").await;
    assert!(own.hears().await.data.contains("for some"));
    assert_eq!(cid.reads(&room, "text/html").await.status, 404);
    assert_eq!(ben.reads(&hidden, "text/html").await.status, 404, "it has no other members yet");
    let moved = ann.reads(&format!("{room}?around={before}"), "text/html").await;
    assert_eq!((moved.status, moved.header("location")), (303, format!("{hidden}?around={before}").as_str()));
    assert_eq!(ann.sends(&format!("{hidden}/members"), &[("name", BEN)]).await.status, 200);
    let messages = ben.reads(&hidden, "application/json").await.json();
    assert_eq!(messages["messages"].as_array().unwrap().len(), 2, "history stays");
    assert_eq!(ann.sends(&format!("{hidden}/settings"), &[("visibility", "open")]).await.json()["url"], room);
    assert_eq!(cid.reads(&room, "application/json").await.json()["messages"].as_array().unwrap().len(), 2);
}
