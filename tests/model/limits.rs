//! What has an end: how often a message is edited, how many react to it, how many are pinned.

use taproom::domain::{CompletionQuery, Refusal, RoomId, Seq, Timestamp, UserId, Visibility};

use crate::post::Said;
use crate::told::{ROOM, Told};
use crate::written::{What, Written};

fn a_message() -> (Told, UserId, RoomId, Seq) {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Visibility::Open).unwrap();
    let message = house.says(owner, room);
    (house, owner, room, message)
}

/// Somebody new without an account.
fn comes(house: &Told, n: u64) -> UserId {
    let enter = What::Enter { room: ROOM.into(), name: format!("guest {n}"), token: 1_000 + n };
    UserId(house.does(None, enter).unwrap().seq.0)
}

#[test]
fn a_message_is_edited_a_hundred_times_and_all_that_it_said_is_kept() {
    let (house, owner, room, message) = a_message();
    let edit = |n| house.does(Some(owner), What::EditMessage { room, message, said: Said::plain(&format!("now {n}")) });
    for n in 0..100 {
        edit(n).unwrap();
    }
    assert_eq!(edit(100), Err(Refusal::LimitReached(100)));
    let snapshot = house.0.snapshot().unwrap();
    let versions = snapshot.versions(room, message).unwrap();
    assert_eq!((versions.len(), versions[0].body.as_str(), versions[99].body.as_str()), (100, "words", "now 98"));
    assert_eq!(snapshot.message(room, message).unwrap().unwrap().body, "now 99");
}

#[test]
fn fifty_messages_are_pinned_and_the_next_waits_until_one_is_taken_off() {
    let (house, owner, room, _) = a_message();
    let said: Vec<Seq> = (0..51).map(|_| house.says(owner, room)).collect();
    let pin = |message, pinned| house.does(Some(owner), What::Pin { room, message, pinned });
    for message in &said[..50] {
        pin(*message, true).unwrap();
    }
    assert_eq!(pin(said[50], true), Err(Refusal::LimitReached(50)));
    pin(said[7], false).unwrap();
    pin(said[50], true).unwrap();
}

#[test]
fn twenty_ways_to_react_and_two_hundred_who_do_are_enough() {
    let (house, owner, room, message) = a_message();
    let react = |user, with: &str| {
        house.does(Some(user), What::React { room, message, reaction: with.to_owned(), on: true }).map(|_| ())
    };
    for n in 0..20 {
        react(owner, &format!("way {n}")).unwrap();
    }
    assert_eq!(react(owner, "another"), Err(Refusal::LimitReached(20)));
    for n in 0..199 {
        react(comes(&house, n), "way 3").unwrap();
    }
    let late = comes(&house, 199);
    assert_eq!(react(late, "way 3"), Err(Refusal::LimitReached(200)));
    react(late, "way 4").unwrap();
}

#[test]
fn among_more_than_twenty_people_only_those_who_keep_order_call_everybody() {
    let (house, owner, room, _) = a_message();
    let guests: Vec<UserId> = (0..19).map(|n| comes(&house, n)).collect();
    assert!(is_heard(&house, guests[0], room), "they are twenty");
    comes(&house, 19);
    assert_eq!((is_heard(&house, guests[0], room), is_heard(&house, owner, room)), (false, true));
}

/// Whether everybody hears it if somebody calls them.
fn is_heard(house: &Told, who: UserId, room: RoomId) -> bool {
    let message = house.says_this(who, room, Said { calls_all: true, ..Said::plain("hear") });
    house.0.snapshot().unwrap().message(room, message).unwrap().unwrap().details.extras.mentions_room
}

/// All of it at once, and the rows are looked at once.
fn all_at_once(house: &Told, by: Option<UserId>, what: impl Iterator<Item = What>) -> Vec<UserId> {
    let asked = what.map(|what| Written { at: Timestamp(1), who: by, operator: false, nonce: None, what }.asked());
    let done = house.0.commit(Timestamp(1), &asked.collect::<Vec<_>>()).unwrap();
    house.0.verify().unwrap();
    done.into_iter().map(|done| UserId(done.unwrap().seq.0)).collect()
}

#[test]
fn who_belongs_is_found_behind_hundreds_who_have_gone_and_behind_very_many_nobody() {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Visibility::Private).unwrap();
    let brings = |users: &[UserId]| {
        all_at_once(&house, Some(owner), users.iter().map(|&user| What::Add { room, user }));
    };
    let come = |names: std::ops::Range<u64>| {
        let enter = |n| What::Enter { room: "lobby".into(), name: format!("guest {n}"), token: 1_000 + n };
        all_at_once(&house, None, names.map(enter))
    };
    let offered = || {
        let snapshot = house.0.snapshot().unwrap();
        let (begun, room) = (CompletionQuery::parse("@").unwrap(), snapshot.room_by_id(room).unwrap().unwrap());
        let people = snapshot.matching_people(&begun, &room, &[], Timestamp(1)).unwrap();
        let people: Vec<UserId> = people.into_iter().map(|(_, person)| person.author.id).collect();
        (people, snapshot.is_small_room(&room).unwrap())
    };
    let gone = come(0..998);
    brings(&gone);
    let many = offered();
    assert_eq!((many.0.len(), many.1), (100, false));
    all_at_once(&house, Some(owner), gone.iter().map(|&user| What::Remove { room, user }));
    let last = come(998..1_000);
    brings(&last[..1]);
    assert_eq!(offered(), (vec![owner, last[0]], true), "the thousandth row is looked at");
    assert!(is_heard(&house, last[0], room));
    brings(&last[1..]);
    assert_eq!(offered(), (vec![owner, last[0]], false), "and one more is not");
    assert!(!is_heard(&house, last[0], room));
}
