//! Rooms that are there for some only: to everybody else, on every road, they are not there.

use crate::harness::{ANN, Answer, BEN, Guest, House, ask, encoded};

const PLANS: &str = "Plans <i>";
/// What could stand at the end of a hidden room's address.
const SALT: &str = "0000000000000";

/// A house with a room of Ann's that Ben may hear and Cid may not, in which something was said.
async fn house() -> (House, Guest, Guest, Guest, String, u64) {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, "lobby").await, house.guest(BEN, "lobby").await);
    let cid = house.guest("Cid", "lobby").await;
    let room = ann.creates(PLANS, "private", BEN).await;
    let said = Guest { room: room.clone(), ..ann.clone() }.posts("between us").await;
    (house, ann, ben, cid, room, said)
}

/// What an answer says once the address that was asked for is taken out of it, and what no two answers share.
fn told(answer: &Answer, address: &str) -> (u16, Vec<String>, String) {
    let mut names: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    names.retain(|line| !line.starts_with("date:") && !line.starts_with("content-length:"));
    names.sort();
    (answer.status, names, answer.text().replace(&address[address.len() - SALT.len()..], SALT))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_one_may_not_see_answers_on_every_road_as_one_that_is_not_there() {
    let (house, ann, ben, cid, room, said) = house().await;
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
            assert_eq!(told(&one, there), told(&other, &absent), "{accept} {path}");
            let nobody = async |address: &str| house.read(&format!("/rooms/{address}{path}"), accept).await;
            assert_eq!(told(&nobody(there).await, there), told(&nobody(&absent).await, &absent), "{accept} {path}");
            probes += 1;
        }
    }
    for path in sends {
        let send_to = async |address: &str| {
            cid.sends(&format!("/rooms/{address}{path}"), &[("body", "x"), ("name", "Cid")]).await
        };
        let (one, other) = (send_to(there).await, send_to(&absent).await);
        assert_eq!(one.status, 404, "{path}: {}", one.text());
        assert_eq!(told(&one, there), told(&other, &absent), "{path}");
        probes += 1;
    }
    assert!(probes > 20);
    assert_eq!(ann.reads(&room, "application/json").await.json()["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_room_stands_in_no_list_and_in_no_count_but_its_peoples() {
    let (house, ann, _ben, cid, room, _) = house().await;
    for path in ["/", "/rooms/lobby", "/rooms"] {
        let (theirs, others) = (ann.reads(path, "text/html").await, cid.reads(path, "text/html").await);
        assert_eq!((theirs.status, others.status), (200, 200));
        assert!(!others.text().contains("Plans"), "{path}");
        assert!(path == "/" || theirs.text().contains(&room), "{path} is the way there for those who belong to it");
        assert!(!house.read(path, "text/html").await.text().contains("Plans"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_a_hidden_room_is_free_for_others_and_nobody_learns_of_it_by_taking_it() {
    let (house, ann, _ben, cid, room, _) = house().await;
    let open = cid.creates(PLANS, "open", "").await;
    assert_eq!(open, "/rooms/plans-%3Ci%3E");
    assert_ne!(open, room);
    let entered = house.guest("Dora", PLANS).await;
    assert_eq!(entered.room, open, "and whoever comes in by that name comes into the open one");
    assert_eq!(ann.reads(&room, "application/json").await.json()["messages"][0]["body"], "between us");
    assert_eq!(cid.sends("/rooms", &[("name", PLANS)]).await.status, 409, "a room that is seen is taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_taken_out_hears_that_and_nothing_after_it_and_cannot_come_back_by_an_old_id() {
    let (_house, ann, ben, _cid, room, said) = house().await;
    let mut ears = ben.listens(&room, "after=0&as=json").await;
    assert_eq!(ears.hears_texts(1).await, ["between us"]);
    let path = format!("{room}/members/{}/remove", encoded(BEN));
    assert_eq!(ann.sends(&path, &[]).await.status, 200);
    let talk = Guest { room: room.clone(), ..ann.clone() };
    talk.posts("without Ben").await;
    let mut others = ann.listens(&room, &format!("after={said}&as=json")).await;
    assert_eq!(others.hears_texts(1).await, ["without Ben"], "others hear it");
    let last = loop {
        let event = ears.next().await.expect("the stream says that it ends");
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
async fn a_direct_room_is_one_for_the_same_people_and_never_anything_else() {
    let (house, ann, ben, cid, _, _) = house().await;
    let made = ann.sends("/direct", &[("names", BEN)]).await;
    assert_eq!(made.status, 201);
    let room = made.header("location").to_owned();
    assert_eq!(made.json()["name"], BEN, "it is called after the other");
    let found = ben.sends("/direct", &[("names", ANN)]).await;
    assert_eq!((found.header("location"), &found.json()["name"]), (room.as_str(), &ANN.into()));
    let three = ann.sends("/direct", &[("names", &format!("Cid,{BEN}"))]).await.header("location").to_owned();
    assert_ne!(three, room, "other people are another room");
    assert_eq!(cid.reads(&room, "text/html").await.status, 404);
    // Nobody keeps order there, not even whoever began it; and nobody leaves.
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
async fn a_room_that_is_closed_while_others_listen_is_gone_for_them_and_goes_on_for_its_members() {
    let (_house, ann, ben, cid, _, _) = house().await;
    let room = ann.creates("Garden", "open", "").await;
    let talk = Guest { room: room.clone(), ..ann.clone() };
    let before = talk.posts("for all").await;
    let mut others = cid.listens(&room, "as=json").await;
    let mut own = ann.listens(&room, "as=json").await;
    let closed = ann.sends(&format!("{room}/settings"), &[("visibility", "private")]).await;
    let hidden = closed.json()["url"].as_str().unwrap().to_owned();
    assert_ne!(hidden, room, "nobody finds it by its name any more");
    let changed = own.hears().await;
    assert!(changed.data.contains("room_changed"), "{changed:?}");
    while let Some(event) = others.next().await {
        assert!(!event.is_change() || event.name == "gone", "{event:?}");
    }
    Guest { room: hidden.clone(), ..ann.clone() }.posts("for some").await;
    assert!(own.hears().await.data.contains("for some"));
    assert_eq!(cid.reads(&room, "text/html").await.status, 404);
    assert_eq!(ben.reads(&hidden, "text/html").await.status, 404, "nobody else was picked yet");
    let moved = ann.reads(&format!("{room}?around={before}"), "text/html").await;
    assert_eq!((moved.status, moved.header("location")), (303, format!("{hidden}?around={before}").as_str()));
    assert_eq!(ann.sends(&format!("{hidden}/members"), &[("name", BEN)]).await.status, 200);
    let messages = ben.reads(&hidden, "application/json").await.json();
    assert_eq!(messages["messages"].as_array().unwrap().len(), 2, "history stays");
    assert_eq!(ann.sends(&format!("{hidden}/settings"), &[("visibility", "open")]).await.json()["url"], room);
    assert_eq!(cid.reads(&room, "application/json").await.json()["messages"].as_array().unwrap().len(), 2);
}
