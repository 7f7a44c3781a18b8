//! The migration of a file of format 4, which had no former names and blocked an address because of one person only.

use taproom::domain::{
    AccountCommand, Actor, Applied, Command, Envelope, Event, PersonCommand, Refusal, RoomId, Seq, Timestamp, UserId,
    UserName,
};
use taproom::store::Store;

use crate::old::opened;

const CID: UserId = UserId(13);
/// She is a member, was mentioned in a private room that she cannot read, and has a direct message with Cid.
const EVE: UserId = UserId(33);
/// He was banned permanently, with two addresses.
const GUS: UserId = UserId(51);
const CAFE: RoomId = RoomId(1);
const PRIVATE: RoomId = RoomId(11);
const DIRECT: RoomId = RoomId(36);

fn commit(store: &Store, at: Timestamp, user: UserId, command: Command) -> Result<Applied, Refusal> {
    store.commit(at, &[Envelope { actor: Actor::User(user), nonce: None, command }]).unwrap().remove(0)
}

#[test]
fn format_4_files_know_where_a_name_is_used_and_people_can_rename() {
    let (_directory, store, now) = opened(4);
    let snapshot = store.snapshot().unwrap();
    let since = |user, room| snapshot.name_used_since(user, room).unwrap();
    let used = |user| [CAFE, RoomId(9), PRIVATE, RoomId(14), DIRECT].map(|room| since(user, room).is_some());
    assert_eq!(used(EVE), [true, false, true, false, true], "she posted, was mentioned, and has a direct message");
    assert_eq!(used(CID), [true, false, true, true, true], "he reacted, was mentioned, and has a direct message");
    assert_eq!(used(UserId(10)), [false, false, true, true, false], "the owner posted, and has a direct message");
    assert_eq!(
        [since(EVE, PRIVATE), since(EVE, DIRECT)],
        [Some(Seq(37)), Some(Seq(36))],
        "since the message or the room"
    );
    assert_eq!((snapshot.last_rename_of(EVE).unwrap(), snapshot.last_rename().unwrap()), (None, Seq(0)));
    let message = snapshot.message(PRIVATE, Seq(37)).unwrap().expect("a message");
    assert_eq!(message.details.mentioned.iter().map(|person| person.id).collect::<Vec<_>>(), [EVE]);
    drop(snapshot);

    let name = UserName::parse("Eva").unwrap();
    let renamed = commit(&store, now, EVE, Command::Account(AccountCommand::Rename { name })).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.former_names(EVE).unwrap(), ["<i>Eve & co</i>"]);
    let message = snapshot.message(PRIVATE, Seq(37)).unwrap().expect("a message");
    assert_eq!(message.details.mentioned[0].name.as_ref(), "Eva");
    let last_event = |room| snapshot.changes_after(room, Seq(54), 9).unwrap().pop().map(|applied| applied.event);
    let event = Some(Event::PersonRenamed { user: EVE });
    assert_eq!([CAFE, PRIVATE, DIRECT].map(last_event), [event, event, event]);
    assert_eq!(last_event(RoomId(14)), None);
    assert_eq!(renamed.previous, Seq(0));
    store.verify().unwrap();
}

#[test]
fn format_4_files_keep_an_address_blocked_until_every_reason_is_unbanned() {
    let (_directory, store, now) = opened(4);
    let blocked = || {
        let snapshot = store.snapshot().unwrap();
        ["192.0.2.8", "192.0.2.9", "2a01:4f8:1:2::/64"]
            .map(|address| snapshot.is_address_blocked(address, now).unwrap())
    };
    assert_eq!(blocked(), [true, true, true]);
    commit(&store, now, CID, Command::Person(GUS, PersonCommand::Unban)).unwrap();
    assert_eq!(blocked(), [false, true, false], "Fay's ban still blocks the other");
    assert_eq!(store.snapshot().unwrap().pending_purges().unwrap(), [(GUS, CID)], "the purge goes on");
}
