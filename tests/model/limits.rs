//! What has an end: how often a message is edited, how many react to it, how many are pinned.

use taproom::domain::{Kind, Refusal, RoomId, Seq, UserId};

use crate::told::{ROOM, Told};
use crate::written::{Said, What};

fn a_message() -> (Told, UserId, RoomId, Seq) {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Kind::Open).unwrap();
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
    assert_eq!(edit(100), Err(Refusal::TooMany(100)));
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
    assert_eq!(pin(said[50], true), Err(Refusal::TooMany(50)));
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
    assert_eq!(react(owner, "another"), Err(Refusal::TooMany(20)));
    for n in 0..199 {
        react(comes(&house, n), "way 3").unwrap();
    }
    let late = comes(&house, 199);
    assert_eq!(react(late, "way 3"), Err(Refusal::TooMany(200)));
    react(late, "way 4").unwrap();
}

#[test]
fn among_more_than_twenty_people_only_those_who_keep_order_call_everybody() {
    let (house, owner, room, _) = a_message();
    let guests: Vec<UserId> = (0..19).map(|n| comes(&house, n)).collect();
    let is_heard = |who| {
        let message = house.says_this(who, room, Said { calls_all: true, ..Said::plain("hear") });
        house.0.snapshot().unwrap().message(room, message).unwrap().unwrap().extras.calls_all
    };
    assert!(is_heard(guests[0]), "they are twenty");
    comes(&house, 19);
    assert_eq!((is_heard(guests[0]), is_heard(owner)), (false, true));
}
