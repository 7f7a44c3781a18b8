//! A file of format 4, which knew no former names and blocked an address because of one person: what is taken over of it.

use taproom::domain::{
    AccountCommand, Actor, Applied, Command, Envelope, Event, PersonCommand, Refusal, RoomId, Seq, Timestamp, UserId,
    UserName,
};
use taproom::store::Store;

use crate::old::opened;

const CID: UserId = UserId(13);
/// She is a member, was mentioned in a closed room that she does not hear, and talks with Cid.
const EVE: UserId = UserId(33);
/// He was put outside for ever, with two addresses.
const GUS: UserId = UserId(51);
const CAFE: RoomId = RoomId(1);
const CLOSED: RoomId = RoomId(11);
const DIRECT: RoomId = RoomId(36);

fn does(store: &Store, at: Timestamp, who: UserId, command: Command) -> Result<Applied, Refusal> {
    store.commit(at, &[Envelope { actor: Actor::User(who), nonce: None, command }]).unwrap().remove(0)
}

#[test]
fn in_a_file_of_format_4_it_is_known_where_a_name_is_seen_and_whoever_has_it_can_take_another() {
    let (_directory, store, now) = opened(4);
    let snapshot = store.snapshot().unwrap();
    let since = |user, room| snapshot.name_used_since(user, room).unwrap();
    let seen = |user| [CAFE, RoomId(9), CLOSED, RoomId(14), DIRECT].map(|room| since(user, room).is_some());
    assert_eq!(seen(EVE), [true, false, true, false, true], "she spoke, was mentioned, and talks");
    assert_eq!(seen(CID), [true, false, true, true, true], "he reacted, was mentioned, and talks");
    assert_eq!(seen(UserId(10)), [false, false, true, true, false], "the owner spoke, and talks");
    assert_eq!([since(EVE, CLOSED), since(EVE, DIRECT)], [Some(Seq(37)), Some(Seq(36))], "since it was said or opened");
    assert_eq!((snapshot.last_rename_of(EVE).unwrap(), snapshot.last_rename().unwrap()), (None, Seq(0)));
    let message = snapshot.message(CLOSED, Seq(37)).unwrap().expect("a message");
    assert_eq!(message.details.mentioned.iter().map(|person| person.id).collect::<Vec<_>>(), [EVE]);
    drop(snapshot);

    let name = UserName::parse("Eva").unwrap();
    let renamed = does(&store, now, EVE, Command::Account(AccountCommand::Rename { name })).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.former_names(EVE).unwrap(), ["<i>Eve & co</i>"]);
    let message = snapshot.message(CLOSED, Seq(37)).unwrap().expect("a message");
    assert_eq!(message.details.mentioned[0].name.as_ref(), "Eva");
    let told = |room| snapshot.changes_after(room, Seq(54), 9).unwrap().pop().map(|done| done.event);
    let event = Some(Event::PersonRenamed { user: EVE });
    assert_eq!([CAFE, CLOSED, DIRECT].map(told), [event, event, event]);
    assert_eq!(told(RoomId(14)), None);
    assert_eq!(renamed.previous, Seq(0));
    store.verify().unwrap();
}

#[test]
fn in_a_file_of_format_4_whoever_is_shut_out_stays_so_until_each_who_is_the_reason_may_come_in() {
    let (_directory, store, now) = opened(4);
    let blocked = || {
        let snapshot = store.snapshot().unwrap();
        ["192.0.2.8", "192.0.2.9", "2a01:4f8:1:2::/64"]
            .map(|address| snapshot.is_address_blocked(address, now).unwrap())
    };
    assert_eq!(blocked(), [true, true, true]);
    does(&store, now, CID, Command::Person(GUS, PersonCommand::Unban)).unwrap();
    assert_eq!(blocked(), [false, true, false], "the other is blocked because of Fay");
    assert_eq!(store.snapshot().unwrap().pending_purges().unwrap(), [(GUS, CID)], "what was begun goes on");
}
