//! What the store once judged wrongly, each told as a story: draws come to the rarest of them too seldom to rely on.

use taproom::domain::{Event, Expiry, Refusal, Role, RoomId, Timestamp, UserId, Visibility};

use crate::post::Said;
use crate::told::{ROOM, Told};
use crate::written::What;

#[test]
fn whoever_is_made_less_or_put_outside_comes_back_by_no_link_of_their_own() {
    let (house, owner) = Told::new();
    for (n, is_put_outside) in [(1, false), (2, true)] {
        let moderator = house.comes(owner, &format!("Moderator {n}"), Role::Moderator);
        house.invites(moderator, Role::Moderator, n).unwrap();
        house.invites(owner, Role::Moderator, 10 + n).unwrap();
        let less = match is_put_outside {
            true => What::Ban { user: moderator, until: Expiry::NEVER, why: None, addresses: Vec::new(), erase: false },
            false => What::SetRole { user: moderator, role: Role::Member },
        };
        house.does(Some(owner), less).unwrap();
        assert_eq!(house.joins(n, "again"), Err(Refusal::LinkInvalid));
        house.joins(10 + n, &format!("by another's link {n}")).unwrap();
    }
}

#[test]
fn an_owner_does_not_step_down_while_the_only_other_is_outside() {
    let (house, owner) = Told::new();
    let other = house.comes(owner, "Other", Role::Member);
    house.does(Some(owner), What::SetRole { user: other, role: Role::Owner }).unwrap();
    let ban = What::Ban { user: other, until: Expiry::NEVER, why: None, addresses: Vec::new(), erase: false };
    house.does(Some(owner), ban).unwrap();
    let step_down = || house.does(Some(owner), What::SetRole { user: owner, role: Role::Member });
    assert_eq!(step_down(), Err(Refusal::LastOwner));
    house.does(Some(owner), What::Unban { user: other }).unwrap();
    step_down().unwrap();
    assert_eq!((house.role(owner), house.role(other)), (Role::Member, Role::Owner));
}

#[test]
fn whoever_begins_a_direct_talk_is_not_above_the_other() {
    let (house, owner) = Told::new();
    let [ann, ben] = ["Ann", "Ben"].map(|name| house.comes(owner, name, Role::Member));
    let room = RoomId(house.does(Some(ann), What::Direct { with: vec![ben], salt: 1 }).unwrap().seq.0);
    let message = house.says(ben, room);
    for what in [
        What::RemoveMessage { room, message },
        What::MuteInRoom { room, user: ben, until: Expiry::NEVER },
        What::Archive { room, archived: true },
    ] {
        assert_eq!(house.does(Some(ann), what), Err(Refusal::NotAllowed));
    }
    let found = house.does(Some(ben), What::Direct { with: vec![ann], salt: 2 }).unwrap();
    assert_eq!(found.event, Event::RoomOpened { room });
}

#[test]
fn a_direct_room_is_not_created_by_a_name() {
    let (house, owner) = Told::new();
    assert_eq!(house.creates(owner, Visibility::Direct), Err(Refusal::RoomVisibilityUnsupported));
}

#[test]
fn in_a_room_its_creator_silences_members_and_nobody_silences_another_moderator() {
    let (house, owner) = Told::new();
    let [one, other] = ["One", "Two"].map(|name| house.comes(owner, name, Role::Moderator));
    let member = house.comes(owner, "Member", Role::Member);
    let entered = house.does(None, What::Enter { room: ROOM.into(), name: "Guest".into(), token: 5 }).unwrap();
    let (guest, room) = (UserId(entered.seq.0), RoomId(entered.seq.0));
    let silences =
        |who, user| house.does(Some(who), What::MuteInRoom { room, user, until: Expiry::NEVER }).map(|done| done.event);
    assert_eq!(silences(guest, member), Ok(Event::MutedInRoom { room, user: member }));
    assert_eq!(silences(one, other), Err(Refusal::NotAllowed));
    assert_eq!(silences(guest, one), Err(Refusal::NotAllowed));
    assert_eq!(silences(owner, one), Ok(Event::MutedInRoom { room, user: one }));
}

#[test]
fn a_room_that_was_closed_and_is_open_again_stands_in_one_list() {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Visibility::Private).unwrap();
    let lists = || {
        let snapshot = house.0.snapshot().unwrap();
        let person = snapshot.person_by_id(owner).unwrap().expect("the owner");
        let hidden = snapshot.members_only_rooms(&person, Timestamp(1)).unwrap().len();
        (hidden, snapshot.active_rooms(9, Some(&person), Timestamp(1)).unwrap().len())
    };
    assert_eq!(lists(), (1, 0));
    let open = What::SetRoom { room, name: ROOM.into(), topic: None, kind: Visibility::Open, slow_s: 0, salt: 8 };
    house.does(Some(owner), open).unwrap();
    assert_eq!(lists(), (0, 1));
}

/// A room of a house, and two people in it: one who speaks and one who reads.
fn two_in_a_room() -> (Told, RoomId, UserId, UserId) {
    let (house, owner) = Told::new();
    let room = house.creates(owner, Visibility::Open).unwrap();
    let reader = house.comes(owner, "Reader", Role::Member);
    (house, room, owner, reader)
}

#[test]
fn nothing_that_somebody_has_read_speaks_to_them_later() {
    let (house, room, speaker, reader) = two_in_a_room();
    let to_reader = || Said { mentions: vec![reader], ..Said::plain("hear") };
    house.says_this(speaker, room, to_reader());
    assert_eq!((house.reading(reader, room).unread, house.reading(reader, room).mentions), (1, 1));
    let later = house.says(speaker, room);
    house.says(speaker, room);
    // They have not read anything yet, and begin with the second.
    house.does(Some(reader), What::Unread { room, message: later }).unwrap();
    assert_eq!((house.reading(reader, room).unread, house.reading(reader, room).mentions), (2, 0));
}

#[test]
fn wanting_to_read_a_message_again_does_not_read_those_before_it() {
    let (house, room, speaker, reader) = two_in_a_room();
    let said: Vec<_> = (0..4).map(|_| house.says(speaker, room)).collect();
    house.does(Some(reader), What::Read { room, seq: said[0] }).unwrap();
    house.does(Some(reader), What::Unread { room, message: said[3] }).unwrap();
    assert_eq!((house.reading(reader, room).read_up_to, house.reading(reader, room).unread), (said[0], 3));
    house.does(Some(reader), What::Read { room, seq: said[3] }).unwrap();
    house.does(Some(reader), What::Unread { room, message: said[2] }).unwrap();
    assert_eq!(house.reading(reader, room).unread, 2);
}

#[test]
fn a_message_that_calls_somebody_twice_counts_once_and_nobody_is_called_by_themselves() {
    let (house, room, speaker, reader) = two_in_a_room();
    let other = house.comes(speaker, "Other", Role::Member);
    for user in [speaker, reader] {
        house.does(Some(user), What::Read { room, seq: house.says(other, room) }).unwrap();
    }
    house.says_this(speaker, room, Said { mentions: vec![reader], calls_all: true, ..Said::plain("hear") });
    house.says(other, room);
    house.says(other, room);
    assert_eq!((house.reading(reader, room).unread, house.reading(reader, room).mentions), (3, 1));
    assert_eq!(house.reading(speaker, room).mentions, 0);
}

#[test]
fn whoever_was_spoken_to_where_they_never_read_is_told_until_they_do() {
    let (house, room, speaker, reader) = two_in_a_room();
    house.says_this(speaker, room, Said { mentions: vec![reader], ..Said::plain("hear") });
    let readings = || house.0.snapshot().unwrap().read_states(reader).unwrap();
    assert_eq!(readings().iter().map(|(room, reading)| (*room, reading.mentions)).collect::<Vec<_>>(), [(room, 1)]);
    let answer = house.says(reader, room);
    assert_eq!((house.reading(reader, room).unread, house.reading(reader, room).mentions), (1, 1));
    house.does(Some(reader), What::Read { room, seq: answer }).unwrap();
    assert_eq!((house.reading(reader, room).unread, house.reading(reader, room).mentions), (0, 0));
}
